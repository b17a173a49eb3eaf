import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { projectFolder } from "./workspace";

const folder = join(projectFolder, "__tests__");
const ending = ".scenario.ts";

/** The scenarios by name, in the order in which `npm test` runs them: the main one first. */
export function scenarioNames(): string[] {
  const first = (name: string) => Number(name !== "first-deployment");
  return [...files().keys()].sort((left, right) => first(left) - first(right) || left.localeCompare(right));
}

/** What a scenario says of itself: the comment at its head. */
export function scenarioDescription(name: string): string {
  const text = readFileSync(files().get(name) as string, "utf8");
  const comment = text.match(/^\/\*\*([\s\S]*?)\*\//)?.[1] ?? "";
  return comment.replace(/\s*\n \*\s*/g, " ").trim();
}

function files(): Map<string, string> {
  const found = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(ending));
  return new Map(found.map((file) => [basename(file, ending), join(folder, file)]));
}
