import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";

/** One call that a simulated API was asked. Secrets are gone from it before it comes here. */
export interface Call {
  readonly time: string;
  readonly api: string;
  readonly method: string;
  readonly path: string;
  readonly query?: string;
  readonly status: number | "connection reset";
  readonly milliseconds: number;
  readonly request?: unknown;
  /** The message of a refusal. */
  readonly message?: string;
  /** The answer was made by the control API's order, not by the simulator. */
  readonly injected?: boolean;
  /** No simulator knows such a route. */
  readonly unknown?: boolean;
}

/** Every call, one JSON object a line, oldest first. */
export class CallLog {
  public constructor(private readonly file: string) {
    mkdirSync(dirname(file), { recursive: true });
  }

  public add(call: Call): void {
    appendFileSync(this.file, `${JSON.stringify(call)}\n`, { mode: 0o600 });
    if (call.unknown) console.error(`unknown route: ${call.api} ${call.method} ${call.path}`);
  }

  public list(): Call[] {
    if (!existsSync(this.file)) return [];
    const lines = readFileSync(this.file, "utf8").split("\n");
    return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Call);
  }
}
