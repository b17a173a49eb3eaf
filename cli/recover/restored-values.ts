import { isObject, type JsonObject } from "../json-file";
import type { SynthesizedHost } from "../synthesized-host";
import type { DeclaredResource, SynthesizedStack } from "../synthesized-stack";
import { at } from "../synthesized-stack";
import type { NewResource } from "../terraform";

const RANDOM = "hashicorp/random";

/** Of another text: the provider sees that it does not fit, and makes the right one. */
const SOME_HASH = "$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy";

/**
 * The passwords that were drawn for the host, as Terraform keeps them, with the values of the backup. They are put into the
 * state and not imported: an import takes the password for its id, which stands in arguments and is printed, and forgets
 * how it was to be drawn, so that the next plan would draw another.
 */
export function restoredPasswords(host: SynthesizedHost, secrets: JsonObject): Map<string, NewResource> {
  const restored = new Map<string, NewResource>();
  for (const { group, name, from } of host.secrets) {
    if (from.kind !== "generated" || restored.has(from.address)) continue;
    const value = at(secrets, group, name);
    const declared = host.stack.find(from.address);
    if (typeof value === "string" && declared !== undefined) restored.set(from.address, password(declared, value));
  }
  return restored;
}

/**
 * The second version of the provider's schema is known to all releases that these constructs take (3.4 and newer); those
 * with a third bring it up to date by themselves, and the hash of the password with it.
 */
function password({ type, name, values }: DeclaredResource, result: string): NewResource {
  const { length = result.length, special = true } = values;
  const attributes = {
    id: "none",
    keepers: null,
    length,
    special,
    upper: true,
    lower: true,
    number: true,
    numeric: true,
    min_upper: 0,
    min_lower: 0,
    min_numeric: 0,
    min_special: 0,
    override_special: null,
    result,
    bcrypt_hash: SOME_HASH,
  };
  return { type, name, provider: RANDOM, schemaVersion: 2, attributes };
}

/** Values of the variables that a team gave: by variable. */
export function restoredVariables(host: SynthesizedHost, secrets: JsonObject): Map<string, string> {
  const restored = new Map<string, string>();
  for (const { group, name, from } of host.secrets) {
    if (from.kind !== "variable") continue;
    const value = at(secrets, group, name);
    const text = group === "registry" ? at(value, "password") : value;
    if (typeof text === "string") restored.set(from.variable, text);
  }
  return restored;
}

/** Secrets of the stack that the backup does not know: they were added later, and are drawn anew. */
export function secretsNotSaved(host: SynthesizedHost, secrets: JsonObject): string[] {
  return host.secrets
    .filter(({ group, name, from }) => from.kind === "generated" && typeof at(secrets, group, name) !== "string")
    .map(({ name }) => name);
}

/**
 * The drawn parts of buckets' names: what was drawn is read from the names themselves, which are given, or stand in the
 * settings of the server.
 */
export function restoredNames(
  stack: SynthesizedStack,
  bucket: string,
  saved: readonly JsonObject[],
): Map<string, NewResource> {
  const texts = [bucket, ...saved.flatMap((document) => [...textsIn(document)])];
  const restored = new Map<string, NewResource>();
  for (const { address, type, name, values } of stack.resources) {
    if (type !== "random_id") continue;
    const pattern = nameWith(stack, `\${${address}.hex}`, Number(values.byte_length));
    const drawn = pattern && texts.map((text) => pattern.exec(text)?.[1]).find((hex) => hex !== undefined);
    if (drawn) restored.set(address, { type, name, provider: RANDOM, schemaVersion: 0, attributes: drawnId(drawn) });
  }
  return restored;
}

/** What a name looks like that has a drawn part; null: no bucket has it. */
function nameWith(stack: SynthesizedStack, drawn: string, bytes: number): RegExp | null {
  for (const { values } of stack.resources) {
    const name = values.name ?? values.bucket;
    if (typeof name !== "string" || !name.includes(drawn)) continue;
    const around = name.split(drawn).map((text) => text.replace(/[^a-z0-9]/g, "\\$&"));
    return new RegExp(`^${around.join(`([0-9a-f]{${2 * bytes}})`)}$`);
  }
  return null;
}

function drawnId(hex: string): JsonObject {
  const bytes = Buffer.from(hex, "hex");
  return {
    id: bytes.toString("base64url"),
    b64_url: bytes.toString("base64url"),
    b64_std: bytes.toString("base64"),
    byte_length: bytes.length,
    dec: BigInt(`0x${hex}`).toString(),
    hex,
    keepers: null,
    prefix: null,
  };
}

/** All texts in a document, those inside of JSON that stands there as text too. */
function* textsIn(value: unknown): Generator<string> {
  if (typeof value === "string") {
    yield value;
    if (/^\s*\{/.test(value)) yield* textsIn(parsed(value));
  } else if (Array.isArray(value) || isObject(value)) {
    for (const inner of Object.values(value)) yield* textsIn(inner);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
