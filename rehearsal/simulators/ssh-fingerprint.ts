import { createHash } from "node:crypto";

/** MD5 over a public key's blob, as OpenSSH writes it: sixteen pairs with colons. Null: it is no key. */
export function sshFingerprint(publicKey: string): string | null {
  const [type, blob] = publicKey.trim().split(/\s+/);
  const bytes = Buffer.from(blob ?? "", "base64");
  const named = bytes.length > 4 ? bytes.subarray(4, 4 + bytes.readUInt32BE(0)).toString() : "";
  if (type === undefined || blob === undefined || named !== type) return null;
  const digest = createHash("md5").update(bytes).digest("hex");
  return (digest.match(/../g) ?? []).join(":");
}
