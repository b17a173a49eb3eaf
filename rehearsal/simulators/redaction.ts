import { createHash } from "node:crypto";

const SECRET_NAME = /secret|password|passwd|token|credential|encrypted|private|authorization|signature/i;
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;
const LONGEST = 2000;

/**
 * A request's body as it may stand in a log. Values whose name sounds secret, private keys wherever they
 * are, and user data (it carries the bootstrap host key) are replaced by their length; user data also by the
 * SHA-1 that Terraform's state shows for it.
 */
export function redact(value: unknown, name = ""): unknown {
  if (name === "user_data" && typeof value === "string") {
    return `[user data, ${Buffer.byteLength(value)} bytes, sha1 ${createHash("sha1").update(value).digest("hex")}]`;
  }
  if (typeof value === "string") {
    if (value !== "" && (SECRET_NAME.test(name) || PRIVATE_KEY.test(value))) {
      return `[redacted, ${Buffer.byteLength(value)} bytes]`;
    }
    return value.length > LONGEST ? `${value.slice(0, LONGEST)}... [${value.length} characters]` : value;
  }
  if (Array.isArray(value)) return value.map((item) => redact(item, name));
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, redact(inner, key)]));
  }
  return value;
}

/** A query string without the values that sign or name a credential. */
export function redactQuery(query: string): string {
  return query.replace(
    /([?&][^=&]*(?:signature|credential|token|secret|password)[^=&]*=)[^&]*/gi,
    (_whole, start: string) => `${start}[redacted]`,
  );
}
