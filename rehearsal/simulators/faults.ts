/** Which calls an order is about. Left out means any. */
export interface CallPattern {
  /** `digitalocean`, `github`, `object-storage` of either cloud, or `spaces` for DigitalOcean's alone. */
  readonly api?: string;
  /**
   * `GET`, several as `POST,PUT`, or `write` for all that change something. `ACTION`: work of Hetzner's that a call has
   * begun, its command as the path; it ends in an error with the order's `code`.
   */
  readonly method?: string;
  /** A whole path without its query; `*` stands for any characters. */
  readonly path?: string;
}

/** An order to answer calls otherwise than they would be answered. */
export interface FaultOrder extends CallPattern {
  /** @default - the next matching call */
  readonly nth?: number;
  /** How many calls from the nth on. @default - one */
  readonly times?: number;
  /** An HTTP status, or `reset` to cut the connection. @default - the call is answered as usual */
  readonly status?: number | "reset";
  /** The company's word for the refusal, such as Hetzner's `placement_error`. @default - the usual one of the status */
  readonly code?: string;
  /** @default - 30 for status 429, none else */
  readonly retryAfterSeconds?: number;
  /** Waited before the call is handled. @default - none */
  readonly delayMilliseconds?: number;
  /** The simulator does the work first; only its answer is lost. @default - nothing is done */
  readonly afterwards?: boolean;
}

/** An order and how far it is. */
export interface StandingFault extends FaultOrder {
  readonly id: number;
  readonly seen: number;
  readonly applied: number;
}

/** The orders of the control API, and the verdict over each call. */
export class Faults {
  private standing: StandingFault[] = [];
  private last = 0;

  public add(order: FaultOrder): StandingFault {
    const fault = { ...order, id: ++this.last, seen: 0, applied: 0 };
    this.standing.push(fault);
    return fault;
  }

  public list(): readonly StandingFault[] {
    return this.standing;
  }

  public clear(): void {
    this.standing = [];
  }

  /** Counts the call for every order that is about it; returns the orders whose turn it is. */
  public takeFor(api: string, method: string, path: string): FaultOrder[] {
    const due: FaultOrder[] = [];
    this.standing = this.standing.map((fault) => {
      if (!matches(fault, api, method, path)) return fault;
      const seen = fault.seen + 1;
      const first = fault.nth ?? 1;
      const isDue = seen >= first && seen < first + (fault.times ?? 1);
      if (isDue) due.push(fault);
      return { ...fault, seen, applied: fault.applied + (isDue ? 1 : 0) };
    });
    return due;
  }
}

const WRITES = ["POST", "PUT", "PATCH", "DELETE"];

/** Whether a call is one that a pattern means. */
export function matches(pattern: CallPattern, api: string, method: string, path: string): boolean {
  if (pattern.api !== undefined && pattern.api !== api && !(pattern.api === "object-storage" && api === "spaces")) {
    return false;
  }
  if (pattern.method === undefined ? method === "ACTION" : !methods(pattern.method).includes(method)) return false;
  if (pattern.path === undefined) return true;
  const literal = pattern.path.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${literal.join(".*")}$`).test(path);
}

function methods(text: string): readonly string[] {
  return text === "write" ? WRITES : text.toUpperCase().split(",");
}
