import { readFileSync } from "node:fs";
import { createInterface, type Interface } from "node:readline";
import { Writable } from "node:stream";
import { InputFault } from "./fault";

const NAME = "the password of the backups";

/**
 * A password from standard input, where it is asked for without showing it, or from a variable. Never from an argument.
 * @param keyboard where it is typed
 */
export async function readPassword(
  fromInput: boolean,
  question: string,
  keyboard: NodeJS.ReadableStream & { readonly isTTY?: boolean } = process.stdin,
): Promise<string> {
  if (fromInput) return nonEmpty(readFileSync(0, "utf8").replace(/\r?\n$/, ""));
  if (process.env.RESTIC_PASSWORD) return process.env.RESTIC_PASSWORD;
  if (!keyboard.isTTY) {
    throw new InputFault(NAME, "is missing", "pipe it in, and say so: --password-stdin");
  }
  process.stderr.write(question);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: keyboard, output: nowhere, terminal: true });
  try {
    return nonEmpty(await nextLine(lines));
  } finally {
    lines.close();
    process.stderr.write("\n");
  }
}

/** Ctrl-C and Ctrl-D end the input without a line. */
function nextLine(lines: Interface): Promise<string> {
  return new Promise((resolve, reject) => {
    lines.once("line", resolve);
    lines.once("close", () => reject(new InputFault(NAME, "was not given", "nothing was changed")));
  });
}

function nonEmpty(password: string): string {
  if (password !== "") return password;
  throw new InputFault(NAME, "is empty", "give it as you kept it outside of the state");
}
