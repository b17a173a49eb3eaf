import { readFileSync } from "node:fs";
import type { Faults } from "./faults";
import { LARGEST_VALUE } from "./github-names";

/** What a sealed box is longer than its content: a public key and a checksum. https://doc.libsodium.org/public-key_cryptography/sealed_boxes */
const OVERHEAD = 48;

export interface SealedSecretProps {
  /**
   * The number of GitHub's key that the value was sealed to.
   * @default - the key that the environment has when Terraform writes the secret
   */
  readonly keyId?: string;
}

/**
 * A secret that was sealed for GitHub before Terraform saw it: only the environment (or repository) whose key it was
 * sealed to can open it, so that it may stand in code, plans and state. `gh secret set NAME --env ENVIRONMENT --no-store`
 * seals what it reads.
 */
export class SealedSecret {
  /** The sealed value, in Base64. */
  static fromText(sealed: string, props: SealedSecretProps = {}): SealedSecret {
    return new SealedSecret(sealed.trim(), "text", props.keyId ?? null);
  }

  /** A file with the sealed value in Base64. Relative paths count from the working directory. */
  static fromFile(path: string, props: SealedSecretProps = {}): SealedSecret {
    try {
      return new SealedSecret(readFileSync(path, "utf8").trim(), path, props.keyId ?? null);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      return new SealedSecret(null, path, props.keyId ?? null);
    }
  }

  private constructor(
    private readonly sealed: string | null,
    private readonly origin: string,
    readonly keyId: string | null,
  ) {}

  /** The sealed value, in Base64; empty where its file is missing. */
  get value(): string {
    return this.sealed ?? "";
  }

  /** @param command that seals it anew */
  validate(faults: Faults, path: string, command: string): void {
    const what = this.origin === "text" ? "the text" : this.origin;
    if (this.sealed === null) {
      faults.add(path, `${what} cannot be read: there is no such file`, `${command} > ${this.origin}`);
      return;
    }
    const bytes = /^[A-Za-z0-9+/]+={0,2}$/.test(this.sealed) ? Buffer.from(this.sealed, "base64").length : 0;
    // Never the value: somebody may have written what was to be sealed.
    if (bytes <= OVERHEAD) faults.add(path, `${what} is no sealed value`, `seal it: ${command}`);
    else if (bytes > LARGEST_VALUE + OVERHEAD) {
      const problem = `must have 48 KB (${LARGEST_VALUE} bytes) at most, got ${bytes - OVERHEAD}`;
      faults.add(path, problem, "keep it in a file or a bucket");
    }
  }

  /** So that a message or a log line says no more than what it is. */
  toString(): string {
    return "[sealed secret]";
  }
}
