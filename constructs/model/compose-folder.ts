import { lstatSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { posix, resolve, sep } from "node:path";

/** What a path of the compose folder leads to. */
export type FolderEntry = "file" | "folder" | "absent" | "outside" | "other";

/** The folder of a compose file: the only place on the team's machine that is read. Paths are relative, with `/`. */
export class ComposeFolder {
  private readonly root: string | null;

  /** @param folder - null where there is none: then every path is absent */
  constructor(folder: string | null) {
    this.root = folder === null ? null : resolve(folder);
  }

  /** Joins a path that a file says to the folder of that file. */
  static join(folder: string, path: string): string {
    return posix.normalize(posix.join(folder, path)).replace(/\/+$/, "");
  }

  static leads(path: string): boolean {
    return path === ".." || path.startsWith("../") || posix.isAbsolute(path);
  }

  kind(path: string): FolderEntry {
    if (ComposeFolder.leads(path)) {
      return "outside";
    }
    if (this.root === null) {
      return "absent";
    }
    const real = this.realPath(path);
    if (real === null) {
      return "absent";
    }
    if (!this.holds(real)) {
      return "outside";
    }
    const stats = statSync(real);
    return stats.isFile() ? "file" : stats.isDirectory() ? "folder" : "other";
  }

  read(path: string): Buffer {
    return readFileSync(this.absolute(path));
  }

  isExecutable(path: string): boolean {
    return (statSync(this.absolute(path)).mode & 0o111) !== 0;
  }

  size(path: string): number {
    return statSync(this.absolute(path)).size;
  }

  /** Names in a folder, sorted. */
  list(path: string): string[] {
    return readdirSync(this.absolute(path)).sort();
  }

  isLink(path: string): boolean {
    return lstatSync(this.absolute(path)).isSymbolicLink();
  }

  private absolute(path: string): string {
    return resolve(this.root ?? "", path);
  }

  private realPath(path: string): string | null {
    try {
      return realpathSync(this.absolute(path));
    } catch {
      return null;
    }
  }

  private holds(real: string): boolean {
    const root = realpathSync(this.root ?? "");
    return real === root || real.startsWith(root + sep);
  }
}
