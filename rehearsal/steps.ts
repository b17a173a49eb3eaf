import { styleText } from "node:util";

export interface StepTime {
  readonly name: string;
  readonly seconds: number;
}

/** A step that failed, named, with what to look at. */
export class StepError extends Error {
  public constructor(
    public readonly step: string,
    public override readonly cause: Error,
    logs?: string,
  ) {
    super(`${step} failed: ${cause.message}${logs ? `\nlogs: ${logs}` : ""}`);
    this.name = "StepError";
  }
}

/** Says what is being done, step by step, with times; on a terminal the running step shows its newest detail. */
export class Steps {
  public readonly times: StepTime[] = [];
  /** Whether somebody has asked to stop; no step begins after that. */
  public interrupted = false;
  private detail = "";

  /** Whether somebody watches a terminal. */
  public get interactive(): boolean {
    return this.stream.isTTY === true;
  }

  public constructor(private readonly stream: NodeJS.WriteStream) {}

  public say(text: string): void {
    this.clear();
    this.stream.write(`  ${text}\n`);
  }

  /** Runs one step. Its work tells details by `tell`; they are shown on a terminal, and kept out of a log. */
  public async step<T>(name: string, work: (tell: (detail: string) => void) => Promise<T>): Promise<T> {
    if (this.interrupted) throw new StepError(name, new Error("interrupted"));
    const begin = Date.now();
    const seconds = () => (Date.now() - begin) / 1000;
    const ticker = this.stream.isTTY ? setInterval(() => this.show(name, seconds()), 250) : undefined;
    if (!this.stream.isTTY) this.stream.write(`- ${name}\n`);
    this.detail = "";
    try {
      const result = await work((detail) => {
        this.detail = detail;
      });
      this.times.push({ name, seconds: seconds() });
      this.finish(styleText("green", "✔"), name, seconds());
      return result;
    } catch (error) {
      this.finish(styleText("red", "✘"), name, seconds());
      throw error instanceof StepError ? error : new StepError(name, error as Error);
    } finally {
      clearInterval(ticker);
    }
  }

  private show(name: string, seconds: number): void {
    const line = `… ${name} ${seconds.toFixed(0)} s  ${this.detail}`;
    this.stream.write(`\r\x1b[2K${line.slice(0, (this.stream.columns ?? 80) - 1)}`);
  }

  private finish(mark: string, name: string, seconds: number): void {
    this.clear();
    this.stream.write(`${mark} ${name} (${seconds.toFixed(1)} s)\n`);
  }

  private clear(): void {
    if (this.stream.isTTY) this.stream.write("\r\x1b[2K");
  }
}
