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

function readBytes(path: string, name: string, makeIt: string): Buffer {
  try {
    return readFileSync(path === "-" ? 0 : path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const problem = code === "ENOENT" ? "is not there" : code === "EISDIR" ? "is a folder" : `can't be read (${code})`;
    throw new InputFault(name, problem, makeIt);
  }
}

/** PowerShell's `>` writes UTF-16 with a byte order mark. */
function decode(bytes: Buffer): string {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : "utf-8";
  return new TextDecoder(encoding).decode(bytes);
}
