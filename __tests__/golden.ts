import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * Compares a whole artefact with the one that was reviewed. After a wanted change: `UPDATE_GOLDENS=1 npm run unit`, and
 * read what changed.
 */
export function expectGolden(name: string, text: string): void {
  const path = join(__dirname, name);
  if (process.env.UPDATE_GOLDENS === "1") {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  if (!existsSync(path)) {
    throw new Error(`${path} is not there: UPDATE_GOLDENS=1 writes it`);
  }
  expect(text).toBe(readFileSync(path, "utf8"));
}
