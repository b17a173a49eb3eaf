import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runProgram } from "../external-program";
import { InputFault } from "../fault";
import type { ConfigurationApplied } from "./configuration";

/** How a file that the server gets differs, line by line. */
export interface FileDifference {
  readonly path: string;
  readonly how: "added" | "changed" | "removed";
  /** Lines of a unified diff, from its first `@@` on; null: secret, not known yet, or there is no git to tell. */
  readonly lines: readonly string[] | null;
}

/**
 * What is asked of git, which stands wherever a pull request does: the lines are those that people read in it. Nothing of the
 * caller's own settings and attributes has a say.
 */
const DIFF = [
  "diff",
  "--no-index",
  "--no-color",
  "--no-ext-diff",
  "--no-textconv",
  "--text",
  "--histogram",
  "--unified=3",
] as const;
const UNSWAYED = {
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_SYSTEM: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_ATTR_NOSYSTEM: "1",
};

/** The differences that configurations bring. */
export type AllDifferences = ReadonlyMap<ConfigurationApplied, readonly FileDifference[]>;

/** How the files of living servers differ; a new server has no file before. */
export async function differencesOf(configurations: readonly ConfigurationApplied[]): Promise<AllDifferences> {
  const all = new Map<ConfigurationApplied, FileDifference[]>();
  for (const applied of configurations) {
    const isNew = applied.why === "first time" || applied.why === "server is new";
    if (!isNew) all.set(applied, await textDifferences(applied));
  }
  return all;
}

async function textDifferences({ files, texts }: ConfigurationApplied): Promise<FileDifference[]> {
  const folder = mkdtempSync(join(tmpdir(), "single-host-review-"));
  try {
    const differences: FileDifference[] = [];
    for (const [how, paths] of Object.entries(files) as [FileDifference["how"], string[]][]) {
      for (const path of paths) {
        const { before = null, after = null } = texts[path] ?? {};
        const isKnown = (before !== null || how === "added") && (after !== null || how === "removed");
        differences.push({ path, how, lines: isKnown ? await linesBetween(folder, before ?? "", after ?? "") : null });
      }
    }
    return differences.sort((one, other) => (one.path < other.path ? -1 : 1));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function linesBetween(folder: string, before: string, after: string): Promise<readonly string[] | null> {
  writeFileSync(join(folder, "before"), before, { mode: 0o600 });
  writeFileSync(join(folder, "after"), after, { mode: 0o600 });
  try {
    const options = { folder, environment: UNSWAYED, install: "install git" };
    const { out } = await runProgram(["git", ...DIFF, "--", "before", "after"], options);
    const lines = out.replace(/\n$/, "").split("\n");
    const first = lines.findIndex((line) => line.startsWith("@@"));
    return first === -1 ? [] : lines.slice(first);
  } catch (error) {
    if (error instanceof InputFault) return null;
    throw error;
  }
}
