import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { command } from "../command";
import { projectFolder } from "../workspace";
import { median } from "./median";

interface Run {
  readonly import: number;
  readonly synth: number;
  readonly rss: number;
}

export interface SynthesisNumbers {
  readonly hosts: number;
  readonly runs: number;
  readonly library: Run;
  readonly plain: Run;
  /** Median of library by plain, pair by pair. */
  readonly ratio: number;
}

/** Measures hosts synthesized by the library beside the same resources in plain cdktf, in turn, in fresh processes. */
export async function measureSynthesis(tell: (line: string) => void): Promise<SynthesisNumbers[]> {
  const folder = mkdtempSync(join(tmpdir(), "synthesis-"));
  try {
    await measured("library", 1, folder, "");
    const texts = readyTexts(folder);
    const numbers: SynthesisNumbers[] = [];
    for (const [hosts, runs] of [
      [1, 9],
      [100, 5],
      [1000, 1],
    ] as const) {
      const library: Run[] = [];
      const plain: Run[] = [];
      for (let run = 0; run < runs; run++) {
        library.push(await measured("library", hosts, folder, texts));
        plain.push(await measured("plain", hosts, folder, texts));
      }
      const ratio = median(library.map(({ synth }, index) => synth / (plain[index] as Run).synth));
      numbers.push({ hosts, runs, library: medians(library), plain: medians(plain), ratio });
      tell(`synth of ${hosts}: ${JSON.stringify(numbers.at(-1))}`);
    }
    return numbers;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Synthesis of Chitram's whole stack. */
export async function measureChitram(runs = 9): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), "synthesis-"));
  try {
    const all: Run[] = [];
    for (let run = 0; run < runs; run++) all.push(await measured("chitram", 1, folder, ""));
    return medians(all);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measured(kind: string, hosts: number, folder: string, texts: string): Promise<Run> {
  const subject = join(__dirname, "synthesis-subject.ts");
  const argv = [process.execPath, require.resolve("tsx/cli"), subject, kind, String(hosts), join(folder, kind)];
  const { stdout } = await command(argv, { cwd: projectFolder, env: { ...process.env, TEXTS: texts } });
  return JSON.parse(stdout);
}

/** What the library rendered for one host, tokens taken out, for plain cdktf to write. */
function readyTexts(folder: string): string {
  const { resource } = JSON.parse(readFileSync(join(folder, "library", "stacks", "host-0", "cdk.tf.json"), "utf8"));
  const literal = (text: string) => text.replace(/\$\{[^}]*\}/g, "");
  const configuration = resource.terraform_data.host_configuration;
  const files = Object.entries<string>(configuration.triggers_replace.files).map(([name, text]) => [
    name,
    literal(text),
  ]);
  const file = join(folder, "texts.json");
  const texts = {
    userData: literal(resource.digitalocean_droplet.host_server.user_data),
    bundle: literal(configuration.provisioner[0].file.content),
    files: Object.fromEntries(files),
  };
  writeFileSync(file, JSON.stringify(texts));
  return file;
}

function medians(runs: readonly Run[]): Run {
  const of = (name: keyof Run) => median(runs.map((run) => run[name]));
  return { import: of("import"), synth: of("synth"), rss: of("rss") };
}
