import { spawn } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CloudRecord } from "./cloud-record";
import { command } from "./command";
import { EmbeddedCloud } from "./embedded-cloud";
import { powers } from "./machine-powers";
import { label, RehearsalNetwork } from "./network";
import type { RunOrder, WorkflowRunner } from "./simulators/github/workflow-runner";
import { projectFolder } from "./workspace";

/**
 * The machine that runs workflows, as GitHub's hosted ones: with an engine of its own, on the servers' network, where
 * everything answers under its real name. It starts with the first run, and goes with the network.
 */
export class Runner implements WorkflowRunner {
  private started: Promise<void> | undefined;

  public constructor(private readonly network: RehearsalNetwork = RehearsalNetwork.fromEnvironment()) {}

  public async run(order: RunOrder, onLine: (line: string) => void): Promise<number> {
    this.started ??= this.start();
    await this.started;
    const argv = ["exec", "--interactive", this.network.runnerContainer, "/runner/run-workflow"];
    return new Promise((resolve, reject) => {
      const child = spawn("docker", argv, { stdio: ["pipe", "pipe", "pipe"] });
      let unfinished = "";
      const hear = (text: string) => {
        const lines = (unfinished + text).split(/\r?\n/);
        unfinished = lines.pop() ?? "";
        for (const line of lines) onLine(line);
      };
      child.stdout.setEncoding("utf8").on("data", hear);
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        for (const line of text.split("\n").filter((each) => each.trim() !== "")) onLine(line);
      });
      child.on("error", reject);
      child.on("close", (code) => {
        if (unfinished !== "") onLine(unfinished);
        resolve(code ?? 1);
      });
      child.stdin.on("error", () => {}); // it may end without reading
      // by standard input: secrets would be seen in the process list
      child.stdin.end(JSON.stringify(order));
    });
  }

  public async cancel(id: number): Promise<void> {
    await this.inside(["/runner/run-workflow", "cancel", String(id)]);
  }

  private async start(): Promise<void> {
    const { network } = this;
    const { images, terraform, mirror } = CloudRecord.read(network);
    const mounts = [`${programFile(terraform)}:/usr/local/bin/terraform:ro`];
    mounts.push(`${mirror}:/usr/local/share/terraform-providers:ro`);
    // as npm would bring it
    mounts.push(`${projectFolder}:/usr/local/share/cdktf-single-host:ro`);
    await command([
      ...["docker", "run", "--detach", "--name", network.runnerContainer, "--hostname", "runner"],
      ...["--label", label, "--label", network.ownLabel, "--network", network.name, "--ip", network.runnerAddress],
      ...["--dns", network.cloudAddress, "--env", `NAME_SERVER=${network.cloudAddress}`],
      ...mounts.flatMap((mount) => ["--volume", mount]),
      ...["--cgroupns", "private", ...powers],
      images.runner,
    ]);
    await this.trust(await new EmbeddedCloud(undefined, network).pebbleRoots());
    for (let attempt = 0; attempt < 150; attempt++) {
      const { code } = await command(["docker", "exec", network.runnerContainer, "docker", "version"], ANY);
      if (code === 0) return;
      await sleep(200);
    }
    const { output } = await command(
      ["docker", "exec", network.runnerContainer, "tail", "-n", "20", "/var/log/dockerd.log"],
      ANY,
    );
    throw new Error(`the runner's engine does not start: ${output}`);
  }

  /** The sites' certificates: at GitHub everybody trusts who has signed them. */
  private async trust(roots: string): Promise<void> {
    const file = "/usr/local/share/ca-certificates/pebble.crt";
    await this.inside(["sh", "-c", `cat > ${file} && update-ca-certificates`], roots);
  }

  private inside(argv: readonly string[], input?: string) {
    return command(["docker", "exec", "--interactive", this.network.runnerContainer, ...argv], { input });
  }
}

const ANY = { accept: Array.from({ length: 256 }, (_, code) => code) };

/** The file behind a command's name. */
function programFile(program: string): string {
  const folders = program.includes("/") ? [""] : (process.env.PATH ?? "").split(delimiter);
  const found = folders.map((folder) => join(folder, program)).find((file) => existsSync(file));
  if (found === undefined) throw new Error(`${program}: not found on PATH`);
  return realpathSync(found);
}
