import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { projectFolder } from "./workspace";

const folder = join(projectFolder, "__tests__");

/** When a scenario runs: with every change, or once a night because it is slow. Its file's name ends with it. */
export type Occasion = "scenario" | "nightly";

export interface Scenario {
  readonly name: string;
  readonly occasion: Occasion;
  readonly path: string;
}

/** All scenarios, in the order in which they run: the main one first. */
export function scenarios(): Scenario[] {
  const first = ({ name }: Scenario) => Number(name !== "first-deployment");
  return (["scenario", "nightly"] as const).flatMap((occasion) =>
    files(occasion).sort((left, right) => first(left) - first(right) || left.name.localeCompare(right.name)),
  );
}

/** What a scenario says of itself: the comment at its head. */
export function descriptionOf({ path, occasion }: Scenario): string {
  const comment = readFileSync(path, "utf8").match(/^\/\*\*([\s\S]*?)\*\//)?.[1] ?? "";
  const text = comment.replace(/\s*\n \*\s*/g, " ").trim();
  return occasion === "nightly" ? `(nightly) ${text}` : text;
}

/** What jest is told, to run one of them. */
export function argumentsFor({ path }: Scenario): string[] {
  return ["--selectProjects", "scenarios", "--runInBand", "--runTestsByPath", path];
}

function files(occasion: Occasion): Scenario[] {
  const ending = `.${occasion}.ts`;
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(ending))
    .map((file) => ({ name: basename(file, ending), occasion, path: join(folder, file) }));
}
