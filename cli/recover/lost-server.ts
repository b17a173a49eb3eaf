import { InputFault } from "../fault";
import type { SynthesizedHost } from "../synthesized-host";
import { at } from "../synthesized-stack";
import type { StateResource, Terraform } from "../terraform";
import type { ServerAccount } from "./account";
import { serverAccount } from "./leftovers";

export interface LostServer {
  readonly lost: "server";
  readonly stack: string;
  readonly host: string;
  /** The cloud's id of the server that is gone. */
  readonly server: string;
  /** What keeps Terraform from making a new one; null: it was let go before. */
  readonly protection: string | null;
  /** What the stack says that the new server begins with. */
  readonly restoreFrom: string | null;
  /** Whether the host has backups. */
  readonly backups: boolean;
}

/**
 * The server is gone from the account, Terraform's state is there: lets Terraform make a new one. The protection is let go
 * of only after the cloud has said that the server is not there, to a token that sees the rest of the stack.
 */
export async function recoverServer(
  host: SynthesizedHost,
  terraform: Terraform,
  state: readonly StateResource[],
  dryRun: boolean,
): Promise<LostServer> {
  const { address, type } = host.server;
  const server = state.find((resource) => resource.address === address);
  const record = `terraform_data.${host.prefix}_server_protection`;
  const id = String(server?.attributes.id ?? protectedId(state, record));
  const account = serverAccount(type);
  if (await account.holds(type, id)) {
    const remedy = `nothing is lost: \`npx cdktf deploy\` changes it as it stands. Shall it go, ${account.deletion} first`;
    throw new InputFault(host.name, `its server ${id} stands at ${account.company}`, remedy);
  }
  const others = state.filter((other) => other.address !== address && other.attributes.id !== undefined);
  if (!(await holdsAny(account, others))) {
    const remedy = "is it the token of another account? Export the one of the account that the stack was deployed to";
    throw new InputFault(`${account.company}'s token`, `sees nothing of ${host.name}`, remedy);
  }
  const isProtected = state.some((resource) => resource.address === record);
  if (isProtected && !dryRun) await terraform.forget(record);
  const { backup } = host;
  const restoreFrom = typeof backup?.restore_from === "string" ? backup.restore_from : null;
  return {
    lost: "server",
    stack: host.stack.name,
    host: host.name,
    server: id,
    protection: isProtected ? record : null,
    restoreFrom,
    backups: backup !== null,
  };
}

/** Terraform may have seen already that the server is gone: its protection still knows the id. */
function protectedId(state: readonly StateResource[], record: string): string {
  const protection = state.find(({ address }) => address === record);
  const id = at(protection?.attributes, "triggers_replace", "value", "id");
  if (id !== undefined) return String(id);
  const remedy = "`npx cdktf deploy` makes one";
  throw new InputFault("Terraform's state", "holds no server, and nothing that protects one", remedy);
}

async function holdsAny(account: ServerAccount, resources: readonly StateResource[]): Promise<boolean> {
  for (const { type, attributes } of resources) {
    if (await account.holds(type, String(attributes.id))) return true;
  }
  return false;
}
