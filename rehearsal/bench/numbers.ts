import { renderBackupNumbers } from "./backup-numbers";
import type { BackupNumbers, Recovery } from "./backups";
import type { DeploymentRun, IdleMemory, Memory } from "./deployment";
import { renderReleases } from "./release-numbers";
import type { ReleaseNumbers } from "./release-run";
import type { SynthesisNumbers } from "./synthesis";

/** What the parts of the benchmark keep. */
export interface Kept {
  readonly sizes?: {
    readonly tarball: number;
    readonly unpacked: number;
    readonly userData: number;
    readonly synthesized: number;
  };
  readonly synth?: {
    readonly chitram: { readonly import: number; readonly synth: number };
    readonly hosts: readonly SynthesisNumbers[];
  };
  readonly deploy?: {
    readonly runs: number;
    readonly library: DeploymentRun;
    readonly manual: DeploymentRun;
    readonly memory: IdleMemory;
  };
  readonly releases?: ReleaseNumbers;
  readonly backups?: BackupNumbers;
  /** As the scenario `large-backups` has measured them. */
  readonly largeBackups?: BackupNumbers;
  readonly recovery?: Recovery;
}

const seconds = (value: number) => value.toFixed(1);
const kibibytes = (bytes: number) => `${(bytes / 1024).toFixed(1)} KiB`;

const row = (name: string, { proportional, anonymous }: Memory) =>
  `| ${name} | ${proportional.toFixed(1)} | ${anonymous.toFixed(1)} |`;

/**
 * The page of numbers, as Markdown.
 * @param before the page as it is: a section whose part was not measured stays
 */
export function renderNumbers(kept: Kept, machine: string, date: string, before: string): string {
  const backups = [kept.backups, kept.largeBackups].filter((numbers) => numbers !== undefined);
  const sections = new Map([
    ...sectionsOf([...deployment(kept.deploy), ...synthesis(kept.synth), ...sizes(kept.sizes)].join("\n")),
    ...sectionsOf(kept.releases ? renderReleases(kept.releases).join("\n") : ""),
    ...sectionsOf(renderBackupNumbers(backups, kept.recovery, machine).join("\n")),
  ]);
  const present = sectionsOf(before);
  const names = [...new Set([...order, ...present.keys(), ...sections.keys()])];
  const text = names.flatMap((name) => sections.get(name) ?? present.get(name) ?? []);
  const head = `Measured by \`npm run bench\`, last on ${date}, on ${machine}. Machines are noisy: trust ratios and medians.`;
  return `${["# Numbers", head, ...text].join("\n\n")}\n`;
}

const order = ["From nothing to HTTPS health", "Releases", "Backups"];

/** Text by the headings of the second level, each with its heading. */
function sectionsOf(page: string): Map<string, string> {
  const parts = `\n${page}`.split(/\n(?=## )/).slice(1);
  return new Map(parts.map((part) => [part.slice(3).split("\n", 1)[0] ?? "", part.trimEnd()]));
}

function deployment(deploy: Kept["deploy"]): string[] {
  if (!deploy) return [];
  const timeline = (run: DeploymentRun) =>
    Object.entries(run.steps).map(([name, at]) => `| ${name} | ${seconds(at)} |`);
  return [
    "",
    "## From nothing to HTTPS health",
    "",
    `Chitram's beta on the embedded cloud, against the commands of its own manual scripted without pauses on an equal fresh`,
    `server (\`rehearsal/bench/manual-deployment.sh\`). Seconds since the start at which a step had ended; medians of ${deploy.runs} each,`,
    "in turn. The manual gives no bucket, no CI secrets, no encrypted backup, no hardening, no unattended security updates.",
    "The DigitalOcean provider alone waits ten seconds by design after ordering a server.",
    "",
    "| with the library | s |",
    "|---|---:|",
    ...timeline(deploy.library),
    `| **/health over HTTPS** | **${seconds(deploy.library.total)}** |`,
    "",
    "| by hand | s |",
    "|---|---:|",
    ...timeline(deploy.manual),
    `| **/health over HTTPS** | **${seconds(deploy.manual.total)}** |`,
    "",
    `Ratio ${(deploy.library.total / deploy.manual.total).toFixed(2)}.`,
    "",
    "## Idle memory of all that is ours on the server",
    "",
    "Twenty seconds after the deployment, in MiB. Proportional set size counts the programs' own pages too, which the kernel",
    "may drop and read again; anonymous memory is what it cannot drop.",
    "",
    "| process | proportional | anonymous |",
    "|---|---:|---:|",
    ...Object.entries(deploy.memory.processes).map(([name, memory]) => row(name, memory)),
    row("**total**", deploy.memory.total),
  ];
}

function synthesis(synth: Kept["synth"]): string[] {
  if (!synth) return [];
  return [
    "",
    "## Synthesis",
    "",
    `Chitram's stack: ${Math.round(synth.chitram.import)} ms of imports (TypeScript compiled on the fly by tsx), ${Math.round(synth.chitram.synth)} ms of synthesis.`,
    "",
    "Hosts of two services, two secrets and one site, one stack each, beside the same resources in plain cdktf with all texts",
    "ready made (`rehearsal/bench/plain-host.ts`); fresh processes in turn, medians. Plain cdktf is slower here for one reason:",
    "its DataResource runs `terraform version` for every instance, and the library's own class for the same resource does not.",
    "",
    "| hosts | library, ms | plain cdktf, ms | ratio | library, ms a host |",
    "|---:|---:|---:|---:|---:|",
    ...synth.hosts.map(
      ({ hosts, library, plain, ratio }) =>
        `| ${hosts} | ${Math.round(library.synth)} | ${Math.round(plain.synth)} | ${ratio.toFixed(2)} | ${(library.synth / hosts).toFixed(0)} |`,
    ),
    "",
    `Imports: library ${Math.round(synth.hosts[0]?.library.import ?? 0)} ms, plain cdktf ${Math.round(synth.hosts[0]?.plain.import ?? 0)} ms.`,
  ];
}

function sizes(sizes: Kept["sizes"]): string[] {
  if (!sizes) return [];
  return [
    "",
    "## Sizes",
    "",
    "| what | size |",
    "|---|---:|",
    `| user data of chitram-beta (Hetzner takes 32 KiB, DigitalOcean 64 KiB) | ${kibibytes(sizes.userData)} |`,
    `| packed tarball | ${kibibytes(sizes.tarball)} |`,
    `| unpacked | ${kibibytes(sizes.unpacked)} |`,
    `| synthesized stack | ${kibibytes(sizes.synthesized)} |`,
  ];
}
