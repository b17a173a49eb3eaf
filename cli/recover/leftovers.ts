import { InputFault } from "../fault";
import type { SynthesizedStack } from "../synthesized-stack";
import { at } from "../synthesized-stack";
import type { Account, Resolve, ServerAccount } from "./account";
import { DigitaloceanAccount } from "./digitalocean";
import { GithubAccount } from "./github";
import { HetznerAccount } from "./hetzner";

/** Something that stands in an account, and that Terraform shall take over. */
export interface Leftover {
  readonly address: string;
  /** As the provider imports it. */
  readonly id: string;
}

/** The account in which the server stands. */
export function serverAccount(serverType: string): ServerAccount {
  return serverType === "hcloud_server" ? new HetznerAccount() : new DigitaloceanAccount();
}

/**
 * What a stack declares and an account still has: all that a cloud refuses to make twice, or would make a second one of.
 * @param known values that were drawn, by Terraform's expression
 */
export async function leftovers(
  stack: SynthesizedStack,
  servers: ServerAccount,
  known: ReadonlyMap<string, string>,
): Promise<Leftover[]> {
  const accounts: Account[] = [servers];
  if (stack.resources.some(({ type }) => type.startsWith("github_"))) {
    accounts.push(new GithubAccount(at(stack.json.provider, "github")));
  }
  const resolve: Resolve = (text) => stack.resolve(text, known);
  const found: Leftover[] = [];
  for (const resource of stack.resources) {
    const bucket = bucketId(resource.type, resource.values, resolve);
    if (bucket !== undefined) found.push({ address: resource.address, id: bucket });
    for (const account of accounts) {
      const id = await account.leftover(resource, resolve);
      if (id) found.push({ address: resource.address, id });
    }
  }
  return found;
}

/** Buckets have no list that a token of the cloud opens: their names are known, and Terraform says when one is gone. */
function bucketId(type: string, values: Readonly<Record<string, unknown>>, resolve: Resolve): string | undefined {
  const name = resolve(values.name ?? values.bucket);
  if (name === null) return undefined;
  if (type === "digitalocean_spaces_bucket") return `${values.region},${name}`;
  return type === "minio_s3_bucket" ? name : undefined;
}

/** Whether Terraform found nothing to import. */
export function isGone(error: unknown): boolean {
  return error instanceof InputFault && /non-existent remote object|not found|404/i.test(error.problem);
}
