import { basename } from "node:path/posix";
import type { ComposeDocument } from "./compose-document";
import { environmentFilesOf, type Mapping, mappingOf, mountsOf, sourcesOf, textOf } from "./compose-fields";
import { ComposeFolder } from "./compose-folder";
import { isSecretDefault } from "./compose-variables";
import { Faults, joinPath } from "./faults";
import { Size } from "./size";

/** A file that travels with the compose file, by its path relative to the compose file's folder. */
export interface TravellingFile {
  readonly path: string;
  readonly content: Buffer;
  readonly executable: boolean;
}

/** What a service reads of the compose file's folder. */
export interface ServiceFiles {
  /** Files that travel. */
  readonly travelling: readonly string[];
  /** `env_file`s that stay at home. */
  readonly home: readonly string[];
  /** What is wrong with them; it matters only when the service starts. */
  readonly faults: Faults;
  /** Folders that a mount names and that are not there: Docker makes them on the server. */
  readonly made: readonly string[];
}

/** More than this is data, not configuration. */
const LIMIT = Size.mebibytes(4);

/** Finds, and reads once, the files that services name. */
export class FileCollector {
  readonly files = new Map<string, TravellingFile>();
  private bytes = 0;

  constructor(private readonly folder: ComposeFolder) {}

  /** Adds a file whose text is at hand. */
  add(path: string, text: string): void {
    this.files.set(path, { path, content: Buffer.from(text, "utf8"), executable: false });
  }

  service(name: string, fields: Mapping, document: ComposeDocument): ServiceFiles {
    const path = joinPath("services", name);
    const travelling: string[] = [];
    const home: string[] = [];
    const made: string[] = [];
    const faults = new Faults();
    for (const file of environmentFilesOf(fields.env_file)) {
      if (staysHome(file.path) || (isHidden(file.path) && this.folder.kind(file.path) === "absent")) {
        home.push(file.path);
      } else if (this.folder.kind(file.path) !== "absent" || file.required) {
        const collected = this.collect(file.path, joinPath(path, "env_file"), faults);
        travelling.push(...collected);
        for (const secret of collected.flatMap((found) => this.secretsIn(found))) {
          const remedy = `put ${secret} in the SecretsBundle, and out of the file`;
          faults.add(joinPath(path, "env_file"), `${file.path} holds ${secret}, which looks secret`, remedy);
        }
      }
    }
    for (const mount of mountsOf(fields.volumes)) {
      if (mount.kind !== "bind" || mount.source === null || mount.source.startsWith("/")) {
        continue;
      }
      const where = joinPath(path, "volumes");
      if (mount.source.startsWith("~")) {
        faults.add(where, `mounts ${mount.source}, a home folder`, "mount a path below the compose file's folder");
      } else if (this.folder.kind(mount.source) === "absent") {
        made.push(mount.source);
      } else {
        travelling.push(...this.collect(mount.source, where, faults));
      }
    }
    for (const source of sourcesOf(fields.configs)) {
      const file = textOf(mappingOf(document.configs[source]).file);
      if (file !== null) {
        travelling.push(...this.collect(file, joinPath("configs", source), faults));
      }
    }
    return { travelling: [...new Set(travelling)].sort(), home, made, faults };
  }

  /** Takes a file, or all files of a folder. */
  collect(path: string, where: string, faults: Faults): string[] {
    switch (this.folder.kind(path)) {
      case "absent":
        faults.add(where, `${path} is not there`, "correct the path, or add the file");
        return [];
      case "outside":
        faults.add(where, `${path} is outside the compose file's folder`, "move it below that folder");
        return [];
      case "other":
        faults.add(where, `${path} is neither file nor folder`, "mount a file, a folder or a named volume");
        return [];
      case "folder":
        // A link may lead in a circle.
        if (this.folder.isLink(path)) {
          faults.add(where, `${path} is a link to a folder`, "put the folder itself there");
          return [];
        }
        return this.folder
          .list(path)
          .filter((name) => !staysHome(name))
          .flatMap((name) => this.collect(ComposeFolder.join(path, name), where, faults));
      case "file":
        this.take(path, where, faults);
        return [path];
    }
  }

  private secretsIn(path: string): string[] {
    const lines = (this.files.get(path)?.content.toString("utf8") ?? "").split("\n");
    return lines.flatMap((line) => {
      const [, name = "", value = ""] = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*["']?(.*?)["']?\s*$/.exec(line) ?? [];
      return name !== "" && isSecretDefault(name, value) ? [name] : [];
    });
  }

  private take(path: string, where: string, faults: Faults): void {
    if (this.files.has(path)) {
      return;
    }
    const before = this.bytes;
    this.bytes += this.folder.size(path);
    if (this.bytes > LIMIT.toBytes()) {
      if (before <= LIMIT.toBytes()) {
        faults.add(where, `${path} brings the files that travel above ${LIMIT}`, "keep data in a named volume");
      }
      return;
    }
    const executable = this.folder.isExecutable(path);
    this.files.set(path, { path, content: this.folder.read(path), executable });
  }
}

/** `.env` is a developer's own: it is never uploaded. Nor is a repository's history, where a whole folder is mounted. */
function staysHome(path: string): boolean {
  return [".env", ".git"].includes(basename(path));
}

/** `.env.production` and the like, which teams keep out of git. */
function isHidden(path: string): boolean {
  return basename(path).startsWith(".env");
}
