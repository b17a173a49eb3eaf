import { appendFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { RunningCloud } from "../../rehearsal/cloud";
import type { RehearsalDefinition } from "../../rehearsal/definition";
import { deployStack, type Preparing, type RehearsedStack } from "../../rehearsal/stack-rehearsal";
import { Steps } from "../../rehearsal/steps";
import { projectFolder, rehearsalFolder, Workspace } from "../../rehearsal/workspace";

/** Progress of a scenario: to the terminal, not through jest's console. */
export function scenarioSteps(): Steps {
  return new Steps(process.stderr);
}

/** A cloud from nothing, for a scenario that deploys by itself. */
export function cloudFromNothing(steps: Steps): Promise<RunningCloud> {
  return steps.step("the embedded cloud", () => RunningCloud.up(() => {}));
}

/** The workspace of the stack of `__tests__/scenarios/projects/PROJECT`, which has its name. */
export function workspaceOf(project: string, scenario: string): Workspace {
  return new Workspace(project, join(projectFolder, "__tests__", "scenarios", "projects", project), scenario);
}

/** Deploys and returns what is needed to look at it. */
export function deploy(
  cloud: RunningCloud,
  workspace: Workspace,
  definition: RehearsalDefinition,
  steps: Steps,
  prepare?: Preparing,
): Promise<RehearsedStack> {
  return deployStack(cloud, definition, workspace, steps, prepare);
}

/** Runs a part of a scenario; when it fails, the logs of all servers and of the API are kept, and it says where. */
export async function withLogs<T>(cloud: RunningCloud, name: string, part: () => Promise<T>): Promise<T> {
  try {
    return await part();
  } catch (error) {
    const folder = join(rehearsalFolder, "logs", name);
    await cloud
      .collectLogs(folder)
      .catch((reason: Error) => note(folder, `logs could not be gathered: ${reason.message}`));
    (error as Error).message += `\nlogs: ${folder}`;
    throw error;
  }
}

function note(folder: string, text: string): void {
  mkdirSync(dirname(folder), { recursive: true });
  appendFileSync(`${folder}.txt`, `${text}\n`);
}
