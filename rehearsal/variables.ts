import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RehearsalDefinition } from "./definition";
import type { Workspace } from "./workspace";

/**
 * A value for each variable of the stack that has no default: the definition's, else a random one. They are kept beside
 * the workspace's state, as a team would keep them: a second deploy answers the same.
 */
export function answersFor(workspace: Workspace, definition: RehearsalDefinition): Record<string, string> {
  const file = join(workspace.folder, "answers.json");
  const answers: Record<string, string> = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
  for (const { name } of workspace.openVariables()) {
    answers[name] = definition.variables?.[name] ?? answers[name] ?? randomBytes(16).toString("hex");
  }
  writeFileSync(file, JSON.stringify(answers), { mode: 0o600 });
  return answers;
}
