import { spoken } from "../duration";
import type { Paint } from "../terminal";
import { visible } from "../terminal";
import type { LostServer } from "./lost-server";
import type { LostState } from "./lost-state";

/** What a recovery found and did, and what to type next. */
export function renderRecovery(recovery: LostServer | LostState, dryRun: boolean, paint: Paint): string[] {
  const lines = recovery.lost === "server" ? serverLines(recovery, dryRun) : stateLines(recovery, dryRun);
  return [...lines.map(visible), "", ...nextLines(recovery, dryRun).map((line) => paint.bold(visible(line)))];
}

function serverLines({ host, server, protection, backups, restoreFrom }: LostServer, dryRun: boolean): string[] {
  const letGo = dryRun ? "would be let go" : "is let go";
  return [
    `${host}: its server ${server} is gone from the account`,
    protection === null ? "its protection was let go before" : `${protection} ${letGo}: a deploy makes a new server`,
    ...(backups ? beginning(restoreFrom) : ["it has no backups: the new server begins empty"]),
  ];
}

function stateLines(recovery: LostState, dryRun: boolean): string[] {
  const { host, repository, run, age, restored, imported, gone, drawnAnew, variables } = recovery;
  const heading = (done: string, planned: string) => (dryRun ? planned : done);
  return [
    `${host}: the newest complete backup of ${repository} is ${run}, ${spoken(age)} old`,
    heading("as before:", "would be as before:"),
    ...restored.map((address) => `  ${address}`),
    heading("taken over from the accounts:", "would be taken over from the accounts:"),
    ...imported.map(({ address, id }) => `  ${address}  ${id}`),
    ...gone.map((what) => `not there any more, made anew: ${what}`),
    ...drawnAnew.map((name) => `not in the backup, drawn anew: ${name}`),
    ...(variables.length === 0 ? [] : [`given before: ${variables.join(", ")}`]),
    "new: the server's and Terraform's SSH keys",
    ...beginning(recovery.restoreFrom),
  ];
}

function beginning(restoreFrom: string | null): string[] {
  if (restoreFrom === "nothing") return ['restoreFrom is "nothing": the new server begins empty'];
  if (restoreFrom !== null)
    return [`the new server begins with the backup: restoreFrom is ${JSON.stringify(restoreFrom)}`];
  return ['write restoreFrom: "latest" into the BackupBucket first: without it the new server refuses to begin empty'];
}

function nextLines(recovery: LostServer | LostState, dryRun: boolean): string[] {
  if (dryRun) return ["nothing was changed; the same without --dry-run does it"];
  const file = recovery.lost === "state" ? recovery.variablesFile : null;
  return ["next:", ...(file === null ? [] : [`  . ${file}`]), `  npx cdktf deploy ${recovery.stack}`];
}
