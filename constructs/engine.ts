import { execFileSync } from "node:child_process";

/** The program that Terraform's work is done with. */
export interface Engine {
  readonly product: "Terraform" | "OpenTofu";
  /** `1.11.4` */
  readonly version: string;
}

/** Its name, or where it is, as cdktf reads it. */
export function enginePath(): string {
  return process.env.TERRAFORM_BINARY_NAME ?? "terraform";
}

const known = new Map<string, Engine | null>();

/** The one that `cdktf` will call; null where it does not tell. */
export function findEngine(path = enginePath()): Engine | null {
  if (!known.has(path)) known.set(path, ask(path));
  return known.get(path) ?? null;
}

/** From `terraform version`: what it says first. */
function parseEngine(text: string): Engine | null {
  const [, product, version = ""] = /^(Terraform|OpenTofu) v(\d+\.\d+\.\d+)/.exec(text) ?? [];
  return product === undefined ? null : { product: product as Engine["product"], version };
}

/** Whether it can lock a state in a bucket, by a file that is written there only where there is none: both since 1.10. */
export function knowsLockFiles({ version }: Engine): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 1 || (major === 1 && minor >= 10);
}

function ask(path: string): Engine | null {
  try {
    return parseEngine(
      execFileSync(path, ["version"], {
        encoding: "utf8",
        env: { ...process.env, CHECKPOINT_DISABLE: "1" },
        stdio: ["ignore", "pipe", "ignore"],
        timeout: 20_000,
      }),
    );
  } catch {
    return null; // it is missing, or no such program: whoever runs it says so
  }
}
