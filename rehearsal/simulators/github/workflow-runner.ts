/** A workflow to be run, with all that its jobs get. */
export interface RunOrder {
  readonly id: number;
  readonly runNumber: number;
  /** `owner/name` */
  readonly repository: string;
  /** The workflow's file in the repository. */
  readonly workflow: string;
  /** What the file holds. */
  readonly text: string;
  readonly event: string;
  readonly payload: unknown;
  /** What is checked out, and the name that it has. */
  readonly sha: string;
  readonly ref: string;
  readonly actor: string;
  readonly token: string;
  readonly secrets: Readonly<Record<string, string>>;
  readonly variables: Readonly<Record<string, string>>;
}

/** What runs workflows. */
export interface WorkflowRunner {
  /** Runs to the end, and tells each line of act's log (JSON) as it comes. @returns the exit code */
  run(order: RunOrder, onLine: (line: string) => void): Promise<number>;
  /** Ends a run, as its cancellation does. */
  cancel(id: number): Promise<void>;
}
