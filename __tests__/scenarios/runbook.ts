import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { command } from "../../rehearsal/command";
import { projectFolder } from "../../rehearsal/workspace";
import type { DeployedStack } from "./deployed-stack";

/** The runbook of a stack, as its team would have written it while all was well. */
export async function writeRunbook(host: DeployedStack): Promise<string> {
  const { workspace } = host.now;
  const file = join(workspace.folder, "RUNBOOK.md");
  await type(host, [`npx single-host runbook ${workspace.stack} --out ${file}`]);
  return workspace.read("RUNBOOK.md");
}

/** The lines to type under a heading of a runbook. */
export function wordsUnder(runbook: string, heading: string): string[] {
  const section = runbook.split(/^## /m).find((text) => text.startsWith(`${heading}\n`));
  const block = section?.match(/^```sh\n([\s\S]*?)^```$/m)?.[1];
  if (block === undefined) throw new Error(`the runbook has nothing to type under "${heading}"`);
  return block.trimEnd().split("\n");
}

/**
 * Types lines in one shell, as somebody would who stands in the team's repository, a key to the server in their agent. All
 * that is added is the yes to Terraform's plan.
 */
export async function type(
  host: DeployedStack,
  lines: readonly string[],
  variables: Readonly<Record<string, string | undefined>> = {},
): Promise<string> {
  const { workspace, environment, login } = host.now;
  const programs = join(workspace.folder, ".programs");
  mkdirSync(programs, { recursive: true });
  // `npx` finds the programs of a team's node_modules; those of this project are not built.
  const npx = join(programs, "npx");
  writeFileSync(npx, shim());
  chmodSync(npx, 0o755);
  const env = { ...environment, ...variables, PATH: `${programs}:${environment.PATH}`, HOME: workspace.folder };
  const argv = ["ssh-agent", "bash", "-euo", "pipefail", "-c", [`ssh-add -q ${login.keyFile}`, ...lines].join("\n")];
  const { output } = await command(argv, { cwd: workspace.folder, env, log: join(workspace.logs, "typed.log") });
  return output;
}

function shim(): string {
  const [node, tsx] = [process.execPath, require.resolve("tsx/cli")];
  const program = join(projectFolder, "cli", "single-host.ts");
  return `#!/bin/sh
case "$1 $2" in
  "single-host "*) shift; exec "${node}" "${tsx}" "${program}" "$@" ;;
  "cdktf deploy") shift; exec node_modules/.bin/cdktf "$@" --auto-approve ;;
  *) exec node_modules/.bin/"$@" ;;
esac
`;
}
