import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
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
  "--no-renames",
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
  const all = Object.entries(files).flatMap(([how, paths]) => {
    return paths.map((path: string) => {
      const { before = null, after = null } = texts[path] ?? {};
      const isKnown = (before !== null || how === "added") && (after !== null || how === "removed");
      return { path, how: how as FileDifference["how"], before, after, isKnown };
    });
  });
  const lines = await linesBetween(all.filter(({ isKnown }) => isKnown));
  return all
    .map(({ path, how }) => ({ path, how, lines: lines.get(path) ?? null }))
    .sort((one, other) => (one.path < other.path ? -1 : 1));
}

interface Versions {
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** Two folders are compared at once. Their files are named by numbers: the paths of a plan are no paths of this machine. */
async function linesBetween(files: readonly Versions[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const folder = mkdtempSync(join(tmpdir(), "single-host-review-"));
  try {
    for (const side of ["before", "after"] as const) {
      mkdirSync(join(folder, side));
      for (const [number, file] of files.entries()) {
        const text = file[side];
        if (text !== null) writeFileSync(join(folder, side, String(number)), text, { mode: 0o600 });
      }
    }
    const options = { folder, environment: UNSWAYED, install: "install git" };
    const { out } = await runProgram(["git", ...DIFF, "--", "before", "after"], options);
    return new Map(
      out.split(/^diff --git /m).flatMap((part): [string, string[]][] => {
        const lines = part.replace(/\n$/, "").split("\n");
        const file = files[Number(/\/(\d+)$/.exec(lines[0] ?? "")?.[1] ?? Number.NaN)];
        const first = lines.findIndex((line) => line.startsWith("@@"));
        return file === undefined ? [] : [[file.path, first === -1 ? [] : lines.slice(first)]];
      }),
    );
  } catch (error) {
    if (error instanceof InputFault) return new Map(); // there is no git here
    throw error;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
