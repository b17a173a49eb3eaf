import { readFileSync } from "node:fs";
import { InputFault } from "./fault";

export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a value is an object that is neither null nor a list. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Reads one JSON object from a file, or from standard input for `-`. */
export function readJsonObject(path: string, makeIt: string): JsonObject {
  const name = path === "-" ? "standard input" : path;
  const bytes = readBytes(path, name, makeIt);
  if (bytes.subarray(0, 2).toString("latin1") === "PK") {
    throw new InputFault(name, "is Terraform's binary plan, not its JSON", makeIt);
  }
  const text = decode(bytes);
  if (text.trim() === "") throw new InputFault(name, "is empty", makeIt);
  const depth = depthOf(text);
  if (depth > DEEPEST) throw new InputFault(name, `is nested ${depth} deep, which no plan of Terraform's is`, makeIt);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // Only where it broke: V8 quotes the text around it, and a plan's text holds secrets.
    const at = /at position (\d+)/.exec((error as Error).message)?.[1];
    throw new InputFault(name, at === undefined ? "is not JSON" : `is not JSON from character ${at} on`, makeIt);
  }
  if (!isObject(value)) throw new InputFault(name, "is JSON, but not an object", makeIt);
  return value;
}

const LARGEST_MEGABYTES = 256;

/** Deeper values would end the program that walks through them. */
const DEEPEST = 1000;

/** How deep lists and objects are nested in a JSON text. */
function depthOf(text: string): number {
  let [deepest, depth, quoted] = [0, 0, false];
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (quoted && character === "\\") index++;
    else if (character === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (character === "{" || character === "[") deepest = Math.max(deepest, ++depth);
    else if (character === "}" || character === "]") depth--;
  }
  return deepest;
}

function readBytes(path: string, name: string, makeIt: string): Buffer {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path === "-" ? 0 : path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const problem = code === "ENOENT" ? "is not there" : code === "EISDIR" ? "is a folder" : `can't be read (${code})`;
    throw new InputFault(name, problem, makeIt);
  }
  const megabytes = Math.round(bytes.length / 1e6);
  if (megabytes <= LARGEST_MEGABYTES) return bytes;
  throw new InputFault(name, `has ${megabytes} MB, and at most ${LARGEST_MEGABYTES} are read`, makeIt);
}

/** PowerShell's `>` writes UTF-16 with a byte order mark. */
function decode(bytes: Buffer): string {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : "utf-8";
  return new TextDecoder(encoding).decode(bytes);
}
