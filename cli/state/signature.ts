import { createHash, createHmac } from "node:crypto";

export interface S3Key {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of a key that lasts for hours alone. */
  readonly sessionToken: string | null;
}

export interface UnsignedRequest {
  readonly method: string;
  /** Its path and query percent-encoded as {@link encoded} does. */
  readonly url: URL;
  /** By names in lower case, without `host`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const ALGORITHM = "AWS4-HMAC-SHA256";

/**
 * The headers that make it a signed request to an S3 store, with those that it had.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
export function signedHeaders(request: UnsignedRequest, region: string, key: S3Key, now: Date): Record<string, string> {
  const moment = now.toISOString().replace(/[-:]|\.\d+/g, "");
  const day = moment.slice(0, 8);
  const digest = sha256(request.body);
  const token: Record<string, string> = key.sessionToken === null ? {} : { "x-amz-security-token": key.sessionToken };
  const headers = { ...request.headers, "x-amz-content-sha256": digest, "x-amz-date": moment, ...token };
  const lines = Object.entries({ ...headers, host: request.url.host }).sort(([left], [right]) =>
    left < right ? -1 : 1,
  );
  const names = lines.map(([name]) => name).join(";");
  const canonical = [
    request.method,
    request.url.pathname,
    canonicalQuery(request.url),
    ...lines.map(([name, value]) => `${name}:${value.trim()}`),
    "",
    names,
    digest,
  ].join("\n");
  const scope = `${day}/${region}/s3/aws4_request`;
  const signingKey = [day, region, "s3", "aws4_request"].reduce<string | Buffer>(hmac, `AWS4${key.secretAccessKey}`);
  const signature = hmac(signingKey, [ALGORITHM, moment, scope, sha256(canonical)].join("\n")).toString("hex");
  const credential = `Credential=${key.accessKeyId}/${scope}`;
  return { ...headers, authorization: `${ALGORITHM} ${credential}, SignedHeaders=${names}, Signature=${signature}` };
}

/** A name in a path or a query: all but letters, digits, `-`, `.`, `_` and `~` as `%XX`. */
export function encoded(name: string): string {
  return encodeURIComponent(name).replace(/[!'()*]/g, (letter) => {
    return `%${letter.charCodeAt(0).toString(16).toUpperCase()}`;
  });
}

function canonicalQuery(url: URL): string {
  const pairs = [...url.searchParams].map(([name, value]) => `${encoded(name)}=${encoded(value)}`);
  return pairs.sort().join("&");
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
