import { type ChildProcess, spawn } from "node:child_process";
import { appendFileSync } from "node:fs";

/** How a command is run; every command is an argument list, never a line for a shell. */
export interface CommandOptions {
  /** @default - the current folder */
  readonly cwd?: string;
  /** Replaces the whole environment. @default - this process's own */
  readonly env?: NodeJS.ProcessEnv;
  /** Everything the command prints is added to this file. @default - it is only returned */
  readonly log?: string;
  /** Called with each line as it comes. @default - nobody watches */
  readonly onLine?: (line: string) => void;
  /** Written to standard input. @default - standard input is closed */
  readonly input?: string;
  /** Exit codes that are no failure. @default - 0 */
  readonly accept?: readonly number[];
}

export interface CommandResult {
  readonly code: number;
  readonly output: string;
  readonly stdout: string;
}

/** A command that failed: says which, how, and its last lines. */
export class CommandError extends Error {
  public constructor(
    public readonly argv: readonly string[],
    public readonly code: number,
    public readonly output: string,
  ) {
    const tail = output.trimEnd().split("\n").slice(-25).join("\n");
    super(`\`${argv.join(" ")}\` ended with ${code}\n${tail}`);
    this.name = "CommandError";
  }
}

const running = new Set<ChildProcess>();

/** Ends what runs now, with all that it has started; each `command` then fails. */
export function endRunningCommands(): void {
  for (const { pid } of running) {
    if (pid === undefined) continue;
    try {
      process.kill(-pid, "SIGTERM");
    } catch {
      // it has just ended by itself
    }
  }
}

/** Runs a command to its end. Throws {@link CommandError} unless its exit code is accepted. */
export function command(argv: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const [program, ...rest] = argv as [string, ...string[]];
  return new Promise((resolve, reject) => {
    const child = spawn(program, rest, {
      cwd: options.cwd,
      env: options.env,
      // a group of its own: Ctrl-C reaches this process alone, which then ends its commands once and in order
      detached: true,
      stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    });
    running.add(child);
    let output = "";
    let stdout = "";
    let unfinished = "";
    const receive = (text: string) => {
      output += text;
      if (options.log) appendFileSync(options.log, text);
      if (!options.onLine) return;
      const lines = (unfinished + text).split(/\r?\n/);
      unfinished = lines.pop() ?? "";
      for (const line of lines) options.onLine(line);
    };
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      receive(text);
    });
    child.stderr?.setEncoding("utf8").on("data", receive);
    child.stdin?.on("error", () => {}); // a command may end without reading its input
    if (options.input !== undefined) child.stdin?.end(options.input);
    child.on("error", (error) => reject(new Error(`cannot start \`${program}\`: ${error.message}`)));
    child.on("close", (status, killedBy) => {
      running.delete(child);
      const code = status ?? (killedBy ? 128 : 1);
      if ((options.accept ?? [0]).includes(code)) resolve({ code, output, stdout });
      else reject(new CommandError(argv, code, output));
    });
  });
}
