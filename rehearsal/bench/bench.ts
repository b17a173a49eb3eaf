import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { RunningCloud } from "../cloud";
import { command } from "../command";
import { projectFolder, rehearsalFolder } from "../workspace";
import {
  cloudForDeployments,
  type DeploymentRun,
  deployByHand,
  deployWithLibrary,
  type IdleMemory,
  keep,
} from "./deployment";
import { median } from "./median";
import { renderNumbers } from "./numbers";
import { measureChitram, measureSynthesis } from "./synthesis";

const say = (line: string) => process.stdout.write(`${line}\n`);

/** The parts, each of which keeps its numbers; docs/numbers.md is made of all that are kept. */
const parts: Readonly<Record<string, (options: { runs: number }) => Promise<void>>> = {
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
  },
  async synth() {
    keep("synth", { chitram: await measureChitram(), hosts: await measureSynthesis(say) });
  },
  async deploy({ runs }) {
    const library: (DeploymentRun & { memory: IdleMemory })[] = [];
    const manual: DeploymentRun[] = [];
    try {
      for (let run = 0; run < runs; run++) {
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
    keep("deploy", { runs, library: medians(library), manual: medians(manual), memory });
  },
};

new Command("bench")
  .description("Measures, and writes docs/numbers.md.")
  .argument("[part...]", `one or more of ${Object.keys(parts).join(", ")}; all when none is named`)
  .option("--runs <count>", "deployments each way", "3")
  .action(async (named: string[], { runs }: { runs: string }) => {
    for (const name of named.length > 0 ? named : Object.keys(parts)) {
      const part = parts[name];
      if (!part) throw new Error(`part: there is no "${name}"; choose one of ${Object.keys(parts).join(", ")}`);
      say(`measuring: ${name}`);
      await part({ runs: Number(runs) });
    }
    const kept = Object.fromEntries(
      Object.keys(parts).flatMap((name) => {
        const file = join(rehearsalFolder, "bench", `${name}.json`);
        return existsSync(file) ? [[name, JSON.parse(readFileSync(file, "utf8"))]] : [];
      }),
    );
    const machine = `${cpus().length} cores, ${Math.round(totalmem() / 1024 ** 3)} GiB`;
    const text = renderNumbers(kept, machine, new Date().toISOString().slice(0, 10));
    writeFileSync(join(projectFolder, "docs", "numbers.md"), text);
    say(text);
  })
  .parseAsync()
  .catch((error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
