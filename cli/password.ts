import { readFileSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { InputFault } from "./fault";

/** A password from standard input, where it is asked for without showing it, or from a variable. Never from an argument. */
export async function readPassword(fromInput: boolean, question: string): Promise<string> {
  if (fromInput) return nonEmpty(readFileSync(0, "utf8").replace(/\r?\n$/, ""));
  if (process.env.RESTIC_PASSWORD) return process.env.RESTIC_PASSWORD;
  if (!process.stdin.isTTY) {
    throw new InputFault("the password of the backups", "is missing", "pipe it in, and say so: --password-stdin");
  }
  process.stderr.write(question);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  try {
    return nonEmpty(await lines.question(""));
  } finally {
    lines.close();
    process.stderr.write("\n");
  }
}

function nonEmpty(password: string): string {
  if (password !== "") return password;
  throw new InputFault("the password of the backups", "is empty", "give it as you kept it outside of the state");
}
