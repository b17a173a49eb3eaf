import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { RunningCloud } from "../cloud";
import { command, endRunningCommands } from "../command";
import { projectFolder, rehearsalFolder } from "../workspace";
import { backupsInOneLine } from "./backup-numbers";
import { measureBackups } from "./backups";
import {
  cloudForDeployments,
  type DeploymentRun,
  deployByHand,
  deployWithLibrary,
  type IdleMemory,
  keep,
} from "./deployment";
import { median } from "./median";
import { type Kept, renderNumbers } from "./numbers";
import { releasesInOneLine } from "./release-numbers";
import { joined } from "./release-run";
import { measureReleases } from "./releases";
import { renderReleasesPlot } from "./releases-plot";
import { shapes } from "./shapes";
import { measureChitram, measureSynthesis } from "./synthesis";

interface Options {
  readonly runs: string;
  readonly releases: string;
  readonly shape?: string;
  readonly quick?: boolean;
  readonly mebibytes: string;
}

const say = (line: string) => process.stdout.write(`${line}\n`);

/** The parts, each of which keeps its numbers, and may have a last line to say. */
const parts: Readonly<Record<string, (options: Options) => Promise<string | undefined>>> = {
  async sizes() {
    const folder = mkdtempSync(join(tmpdir(), "sizes-"));
    const { stdout } = await command(["npm", "pack", "--json", "--pack-destination", folder], { cwd: projectFolder });
    const [{ size, unpackedSize }] = JSON.parse(stdout.slice(stdout.indexOf("[\n")));
    await command(
      [process.execPath, require.resolve("tsx/cli"), join(__dirname, "synthesis-subject.ts"), "chitram", "1", folder],
      {
        cwd: projectFolder,
      },
    );
    const synthesized = join(folder, "stacks", "chitram-beta", "cdk.tf.json");
    const { resource } = JSON.parse(readFileSync(synthesized, "utf8"));
    const userData = Buffer.byteLength(resource.digitalocean_droplet.host_server.user_data);
    keep("sizes", { tarball: size, unpacked: unpackedSize, userData, synthesized: statSync(synthesized).size });
    rmSync(folder, { recursive: true, force: true });
    return undefined;
  },
  async synth() {
    keep("synth", { chitram: await measureChitram(), hosts: await measureSynthesis(say) });
    return undefined;
  },
  async deploy({ runs }) {
    const library: (DeploymentRun & { memory: IdleMemory })[] = [];
    const manual: DeploymentRun[] = [];
    try {
      for (let run = 0; run < Number(runs); run++) {
        library.push(await deployWithLibrary(await cloudForDeployments()));
        say(`with the library: ${library.at(-1)?.total.toFixed(1)} s`);
        manual.push(await deployByHand(await cloudForDeployments()));
        say(`by hand: ${manual.at(-1)?.total.toFixed(1)} s`);
      }
    } finally {
      await RunningCloud.down();
    }
    const medians = (all: readonly DeploymentRun[]): DeploymentRun => ({
      steps: Object.fromEntries(
        Object.keys(all[0]?.steps ?? {}).map((name) => [name, median(all.map(({ steps }) => steps[name] ?? 0))]),
      ),
      total: median(all.map(({ total }) => total)),
    });
    const memory = library[0]?.memory;
    keep("deploy", { runs: Number(runs), library: medians(library), manual: medians(manual), memory });
    return undefined;
  },
  async releases({ releases, shape, quick }) {
    const others = shape === undefined ? undefined : readKept().releases;
    let line = "";
    await measureReleases({
      releases: quick ? 2 : Number(releases),
      byHand: quick ? 1 : 2,
      shapes: shape === undefined ? Object.keys(shapes) : [shape],
      say,
      keep: (measured) => {
        const numbers = joined(others, measured);
        keep("releases", numbers);
        writeFileSync(join(projectFolder, "docs", "releases.svg"), renderReleasesPlot(numbers));
        line = releasesInOneLine(numbers);
      },
    });
    return line;
  },
  async backups({ mebibytes }) {
    let line = "";
    await measureBackups({
      mebibytes: Number(mebibytes),
      say,
      keep: (numbers) => {
        keep("backups", numbers);
        line = backupsInOneLine(numbers);
      },
    });
    return line;
  },
};

/** Ctrl-C leaves no cloud behind; what was measured by then stays kept. */
function removeTraces(): void {
  process.on("SIGINT", () => {}); // npm passes on the signal that the terminal has sent to all
  say("interrupted: every trace is removed");
  endRunningCommands();
  RunningCloud.down().finally(() => process.exit(130));
}

/** What parts have kept, this time or before. */
function readKept(): Kept {
  // scenarios have measured the recovery of a lost server, and backups of much data
  const found = [...Object.keys(parts), "largeBackups", "recovery"].flatMap((name) => {
    const file = join(rehearsalFolder, "bench", `${name}.json`);
    return existsSync(file) ? [[name, JSON.parse(readFileSync(file, "utf8"))]] : [];
  });
  return Object.fromEntries(found);
}

new Command("bench")
  .description("Measures, and writes docs/numbers.md.")
  .argument("[part...]", `one or more of ${Object.keys(parts).join(", ")}; all when none is named`)
  .option("--runs <count>", "deployments each way", "3")
  .option(
    "--releases <count>",
    "releases of Chitram with the library, half as many of Deita; two in three near saturation",
    "20",
  )
  .option(
    "--shape <name>",
    `releases of one application; what was measured of the other stays: ${Object.keys(shapes).join(" or ")}`,
  )
  .option("--quick", "two releases with the library and one with each other way: to see whether it works")
  .option("--mebibytes <count>", "data of the host whose backups are measured", "1024")
  .action(async (named: string[], options: Options) => {
    process.once("SIGINT", removeTraces);
    const lines: string[] = [];
    for (const name of named.length > 0 ? named : Object.keys(parts)) {
      const part = parts[name];
      if (!part) throw new Error(`part: there is no "${name}"; choose one of ${Object.keys(parts).join(", ")}`);
      say(`measuring: ${name}`);
      lines.push((await part(options)) ?? "");
    }
    const file = join(projectFolder, "docs", "numbers.md");
    const machine = `${cpus().length} cores, ${Math.round(totalmem() / 1024 ** 3)} GiB`;
    const date = new Date().toISOString().slice(0, 10);
    const text = renderNumbers(readKept(), machine, date, readFileSync(file, "utf8"));
    writeFileSync(file, text);
    say(text);
    for (const line of lines.filter((line) => line !== "")) say(line);
  })
  .parseAsync()
  .catch((error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
