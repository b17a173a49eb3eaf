import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { withoutComments } from "./python-source";
import { packTarGz, type TarFile } from "./tar";

/** A packed program. */
export interface ProgramArchive {
  /** Over every file, sorted: path, NUL, content, NUL. */
  readonly sha256: string;
  /** base64 of a tar.gz whose files are below `single_host/`; the same sources give the same bytes. */
  readonly archive: string;
}

/** The program that runs on the server, packed. */
export interface HostProgram extends ProgramArchive {
  readonly version: string;
  /** As much of it as the first boot needs, without comments: user data has little room, and all of it comes over SSH. */
  readonly first: ProgramArchive;
  /** The program's fixed texts by name, such as `sshd.conf`. */
  readonly texts: Readonly<Record<string, string>>;
}

const PACKAGE = "single_host";
/** What the verbs of the first boot begin with: converge, identity, and apply's first step. */
const ENTRIES = ["cli", "lock", "program", "machine/converge", "machine/ssh", "machine/wanted"];
const LEFTOVERS = /(^|\/)(__pycache__|\.[^/]*_cache)(\/|$)|\.pyc$/;

/** Reads and packs the program that ships with this package. */
export function readHostProgram(folder: string = join(__dirname, "host")): HostProgram {
  const files = readFiles(folder, PACKAGE);
  const modules = new Map(files.filter(({ path }) => path.endsWith(".py")).map((file) => [file.path, textOf(file)]));
  const needed = neededModules(modules);
  const version = /__version__ = "([^"]+)"/.exec(modules.get(`${PACKAGE}/__init__.py`) ?? "")?.[1] ?? "0";
  const texts = files.filter((file) => file.path.startsWith(`${PACKAGE}/files/`));
  return {
    version,
    ...pack(files),
    first: pack(files.filter(({ path }) => !modules.has(path) || needed.has(path)).map(compact)),
    texts: Object.fromEntries(texts.map((file) => [file.path.slice(`${PACKAGE}/files/`.length), textOf(file)])),
  };
}

function readFiles(folder: string, below: string): TarFile[] {
  const entries = readdirSync(join(folder, below), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path, name: path.slice(folder.length + 1).replaceAll("\\", "/") }))
    .filter(({ name }) => !LEFTOVERS.test(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ path, name }) => ({
      path: name,
      content: readFileSync(path),
      executable: name.includes("/bin/") || name.endsWith(".sh"),
    }));
}

function pack(files: readonly TarFile[]): ProgramArchive {
  const hash = createHash("sha256");
  for (const file of files) {
    hash.update(`${file.path}\0`).update(file.content).update("\0");
  }
  return { sha256: hash.digest("hex"), archive: packTarGz(files).toString("base64") };
}

function compact(file: TarFile): TarFile {
  return file.path.endsWith(".py") ? { ...file, content: Buffer.from(withoutComments(textOf(file))) } : file;
}

/** Modules that are reached by imports at the top of a file; a verb that the first boot lacks imports its own later. */
function neededModules(modules: ReadonlyMap<string, string>): Set<string> {
  const needed = new Set<string>();
  const visit = (path: string) => {
    const source = modules.get(path);
    if (source !== undefined && !needed.has(path)) {
      needed.add(path);
      visit(posix.join(path, "../__init__.py"));
      importedModules(path, source).forEach(visit);
    }
  };
  ENTRIES.forEach((entry) => {
    visit(`${PACKAGE}/${entry}.py`);
  });
  return needed;
}

/** Every path that an import may mean: `from ..machine import docker` is a module's name in a module, or in a package. */
function importedModules(path: string, source: string): string[] {
  const imports = source.matchAll(/^from (\.+)([\w.]*) import (\([^)]*\)|.*)$/gm);
  return [...imports].flatMap(([, dots = "", from = "", names = ""]) => {
    const place = posix.join(path, "../".repeat(dots.length), from.replaceAll(".", "/"));
    return [`${place}.py`, ...(names.match(/\w+/g) ?? []).map((name) => posix.join(place, `${name}.py`))];
  });
}

function textOf(file: TarFile): string {
  return file.content.toString("utf8");
}
