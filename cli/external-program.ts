import { spawn } from "node:child_process";
import { InputFault } from "./fault";

export interface ProgramOptions {
  /** @default - the current folder */
  readonly folder?: string;
  /** Variables besides this process's own. What is secret goes here or to standard input, never into the arguments. */
  readonly environment?: Readonly<Record<string, string>>;
  /** @default - standard input is closed */
  readonly input?: string;
  /** Called with each line that it prints. @default - its output is only kept */
  readonly onLine?: (line: string) => void;
  /** What to do where the program is not there. */
  readonly install: string;
}

export interface ProgramResult {
  readonly code: number;
  readonly out: string;
  /** The last lines that it complained with. */
  readonly complaint: string;
}

const COMPLAINT_LINES = 20;

/** Where in a program it went wrong is nothing to somebody who runs it. */
const STACK_TRACE = /^\s*at \S.*(:\d+|<anonymous>)\)?$|^\s*Node\.js v/;

/** Runs a program to its end, whatever its exit code; what it prints is kept, not shown. */
export function runProgram(argv: readonly [string, ...string[]], options: ProgramOptions): Promise<ProgramResult> {
  const [program, ...rest] = argv;
  const { folder, environment, input, onLine, install } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(program, rest, {
      cwd: folder,
      env: { ...process.env, ...environment },
      stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    });
    let out = "";
    let error = "";
    let unfinished = "";
    const watch = (text: string) => {
      const lines = (unfinished + text).split(/\r?\n/);
      unfinished = lines.pop() ?? "";
      for (const line of lines) onLine?.(line);
    };
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      out += text;
      watch(text);
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      error += text;
      watch(text);
    });
    child.stdin?.on("error", () => {}); // a program may end without reading its input
    if (input !== undefined) child.stdin?.end(input);
    child.on("error", (fault: NodeJS.ErrnoException) => {
      const missing = fault.code === "ENOENT";
      reject(missing ? new InputFault(program, "is not installed", install) : fault);
    });
    child.on("close", (code) => {
      const lines = (error.trim() || out.trim()).split("\n").filter((line) => !STACK_TRACE.test(line));
      const complaint = lines.slice(-COMPLAINT_LINES).join("\n");
      resolve({ code: code ?? 1, out, complaint });
    });
  });
}
