/** One thing that is wrong with what a team wrote. */
export interface Fault {
  /** Where, as a path of props: `sites/chitram.example/port`. */
  readonly path: string;
  /** What, with the value: `must be 1-65535, got 70000`. */
  readonly problem: string;
  /** What to do about it: `set the port the container listens on`. */
  readonly remedy?: string;
}

/** Collects every fault, so that a team sees all of them in one message. */
export class Faults {
  private readonly faults: Fault[] = [];

  /** Records a fault at a path. */
  add(path: string, problem: string, remedy?: string): void {
    this.faults.push(remedy === undefined ? { path, problem } : { path, problem, remedy });
  }

  /** Takes over faults that were found below a path; an empty prefix leaves their paths as they are. */
  addAll(prefix: string, faults: Faults | readonly Fault[]): void {
    const list = faults instanceof Faults ? faults.list : faults;
    for (const fault of list) {
      this.faults.push({ ...fault, path: joinPath(prefix, fault.path) });
    }
  }

  get isEmpty(): boolean {
    return this.faults.length === 0;
  }

  get list(): readonly Fault[] {
    return this.faults;
  }

  /** One line a fault: path, problem, remedy. */
  toLines(): string[] {
    return this.faults.map((fault) => {
      const line = fault.path === "" ? fault.problem : `${fault.path}: ${fault.problem}`;
      return fault.remedy === undefined ? line : `${line}; ${fault.remedy}`;
    });
  }
}

/** Joins parts of a fault's path, leaving out empty ones. */
export function joinPath(...parts: string[]): string {
  return parts.filter((part) => part !== "").join("/");
}
