import { readFileSync } from "node:fs";
import { basename } from "node:path";
import type { Faults } from "./faults";
import { isLateBound } from "./token";

const SMALLEST_RSA_KEY = 2048;
const KEY_TYPES = new Set([
  "ssh-ed25519",
  "ssh-rsa",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "sk-ssh-ed25519@openssh.com",
  "sk-ecdsa-sha2-nistp256@openssh.com",
]);

/** Where a public key comes from. */
export type SshKeySource =
  | { readonly kind: "text"; readonly text: string; readonly origin: string }
  | { readonly kind: "unreadable"; readonly origin: string; readonly reason: string }
  | { readonly kind: "existing"; readonly name: string };

/** The public key of a person who may log in to the server as `deploy`. */
export class SshKey {
  /** A public key file, such as `keys/admin.pub`. Relative paths count from the working directory. */
  static fromFile(path: string): SshKey {
    try {
      return new SshKey({ kind: "text", text: readFileSync(path, "utf8"), origin: path });
    } catch (error) {
      const reason = (error as NodeJS.ErrnoException).code === "ENOENT" ? "there is no such file" : String(error);
      return new SshKey({ kind: "unreadable", origin: path, reason });
    }
  }

  /** A public key as one line of text: `ssh-ed25519 AAAA... name`. */
  static fromText(publicKey: string): SshKey {
    return new SshKey({ kind: "text", text: publicKey, origin: "text" });
  }

  /** A key that the cloud account holds already, by its name there. */
  static existing(name: string): SshKey {
    return new SshKey({ kind: "existing", name });
  }

  private constructor(readonly source: SshKeySource) {}

  /** The key as one line; empty where it is not known before Terraform runs. */
  get line(): string {
    return this.source.kind === "text" ? this.source.text.trim() : "";
  }

  validate(faults: Faults, path: string): void {
    const { source } = this;
    switch (source.kind) {
      case "unreadable":
        faults.add(
          path,
          `${source.origin} cannot be read: ${source.reason}`,
          `make a key with: ssh-keygen -t ed25519 -f ${source.origin.replace(/\.pub$/, "")}`,
        );
        return;
      case "existing":
        if (source.name.trim() === "") faults.add(path, "must name a key, got an empty name");
        return;
      case "text":
        validateLine(this.line, source.origin === "text" ? "the key" : basename(source.origin), faults, path);
    }
  }
}

function validateLine(line: string, origin: string, faults: Faults, path: string): void {
  if (isLateBound(line)) return;
  if (/PRIVATE KEY-----/.test(line)) {
    faults.add(path, `${origin} holds a private key`, "give its public half, the file that ends in .pub");
    return;
  }
  if (line.includes("\n")) {
    faults.add(path, `${origin} must hold one key, got ${line.split("\n").length} lines`, "give each key by itself");
    return;
  }
  const [type = "", body = ""] = line.split(/\s+/);
  if (!KEY_TYPES.has(type)) {
    const shown = line === "" ? "nothing" : JSON.stringify(line.slice(0, 40));
    faults.add(
      path,
      `${origin} must be an OpenSSH public key, got ${shown}`,
      "it looks like: ssh-ed25519 AAAA... name",
    );
    return;
  }
  const fields = wireFields(Buffer.from(body, "base64"));
  if (fields[0]?.toString() !== type) {
    faults.add(
      path,
      `${origin} is damaged: what follows ${type} is no such key`,
      "copy the whole line of the .pub file",
    );
    return;
  }
  const modulus = fields[2];
  if (type === "ssh-rsa" && modulus !== undefined && bits(modulus) < SMALLEST_RSA_KEY) {
    faults.add(
      path,
      `${origin} must have at least ${SMALLEST_RSA_KEY} bits, got ${bits(modulus)}`,
      "make a new one with: ssh-keygen -t ed25519",
    );
  }
}

/** A key's body: fields, each after its length (RFC 4253, section 6.6). */
function wireFields(body: Buffer): Buffer[] {
  const fields: Buffer[] = [];
  for (let offset = 0; offset + 4 <= body.length; ) {
    const length = body.readUInt32BE(offset);
    const end = offset + 4 + length;
    if (end > body.length) return [];
    fields.push(body.subarray(offset + 4, end));
    offset = end;
  }
  return fields;
}

function bits(number: Buffer): number {
  const digits = number[0] === 0 ? number.subarray(1) : number;
  return digits.length === 0 ? 0 : digits.length * 8 - Math.clz32(digits[0] ?? 0) + 24;
}
