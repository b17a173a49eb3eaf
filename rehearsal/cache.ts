import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, relative } from "node:path";

/** What is built or fetched once and serves every checkout. Safe to delete: it is made anew. */
export const cacheFolder = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "cdktf-single-host");

/**
 * Makes a folder of the cache, once. The work is done under another name and renamed when all of it is there, so that
 * a killed run leaves nothing that looks finished, and two runs at once don't meet.
 */
export async function madeOnce(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const finished = join(cacheFolder, name);
  if (existsSync(finished)) return finished;
  await inUnfinished(finished, async (unfinished) => {
    await make(unfinished);
    takeItsPlace(unfinished, finished);
  });
  return finished;
}

/** Lends a folder for a piece of work; it is gone afterwards. */
export function inWorkFolder<T>(name: string, work: (folder: string) => Promise<T>): Promise<T> {
  return inUnfinished(join(cacheFolder, "work", name), work);
}

async function inUnfinished<T>(path: string, work: (folder: string) => Promise<T>): Promise<T> {
  const unfinished = `${path}.${process.pid}-${randomBytes(4).toString("hex")}.unfinished`;
  mkdirSync(unfinished, { recursive: true });
  removeAbandoned(dirname(path));
  try {
    return await work(unfinished);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** Another run may have been faster: its result is as good. */
function takeItsPlace(unfinished: string, finished: string): void {
  try {
    renameSync(unfinished, finished);
  } catch (error) {
    if (!existsSync(finished)) throw error;
  }
}

/** A day is longer than any work here takes: who was at it is gone. */
function removeAbandoned(folder: string): void {
  for (const entry of readdirSync(folder)) {
    const path = join(folder, entry);
    if (!entry.endsWith(".unfinished")) continue;
    if (Date.now() - statSync(path).mtimeMs > 86_400_000) rmSync(path, { recursive: true, force: true });
  }
}

/** A short name for texts and files: it changes when one of them does. */
export function digestOf(...parts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}\n${part}`);
  return hash.digest("hex").slice(0, 12);
}

/** The digest of all files under a folder: their places, their contents, whether they are programs. */
export function digestOfFolder(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const parts = files.flatMap((file) => [
    relative(folder, file),
    readFileSync(file, "base64"),
    String(statSync(file).mode & 0o111),
  ]);
  return digestOf(...parts);
}
