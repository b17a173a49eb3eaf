import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * State in one JSON file, there again after a restart. A write is a rename, so a killed process leaves
 * the file as it was before or as it is after, never half.
 */
export class JsonStore<T extends object> {
  private constructor(
    private readonly file: string,
    public readonly value: T,
  ) {}

  /** What the file holds, or a first value where there is none yet. */
  public static open<T extends object>(file: string, first: () => T): JsonStore<T> {
    const value = existsSync(file) ? { ...first(), ...(JSON.parse(readFileSync(file, "utf8")) as T) } : first();
    return new JsonStore(file, value);
  }

  /** Readable by its owner alone: it holds what the clouds would keep secret. */
  public save(): void {
    mkdirSync(dirname(this.file), { recursive: true });
    const unfinished = `${this.file}.${process.pid}.new`;
    writeFileSync(unfinished, JSON.stringify(this.value, null, 1), { mode: 0o600 });
    renameSync(unfinished, this.file);
  }
}
