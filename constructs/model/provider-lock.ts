/** Beside cdktf.json, for the repository. */
export const LOCKS_FOLDER = "provider-locks";

export interface LockedProvider {
  /** As a configuration names it: `hashicorp/random`. */
  readonly source: string;
  readonly version: string;
}

/** Terraform and OpenTofu have registries of their own, so each has a file of its own. */
export function lockFileFor(stack: string, product: "Terraform" | "OpenTofu"): string {
  return `${LOCKS_FOLDER}/${stack}.${product === "OpenTofu" ? "tofu" : "terraform"}.lock.hcl`;
}

/** What a `.terraform.lock.hcl` says, by name. https://developer.hashicorp.com/terraform/language/files/dependency-lock */
export function lockedProviders(text: string): LockedProvider[] {
  const blocks = text.matchAll(/^provider "[^"\n]*?([^"/\n]+\/[^"/\n]+)" \{\n([\s\S]*?)^\}/gm);
  return [...blocks].map(([, source = "", body = ""]) => ({
    source,
    version: /^\s*version\s*=\s*"([^"]*)"/m.exec(body)?.[1] ?? "",
  }));
}
