import {
  environmentFilesOf,
  isMapping,
  listOf,
  type Mapping,
  mappingOf,
  mountsOf,
  optionsOf,
  pairsOf,
  textOf,
  textsOf,
} from "./compose-fields";
import { ComposeFolder } from "./compose-folder";
import { extendService } from "./compose-merge";
import { readComposeYaml } from "./compose-yaml";
import type { Faults } from "./faults";
import { joinPath } from "./faults";
import { InterpolationError, parseTemplate, type Reference, referencesOf, substitute } from "./interpolation";

/** A service with variables replaced, `extends` merged and its paths counted from the root folder. */
export interface DocumentService {
  readonly fields: Mapping;
  readonly references: readonly Reference[];
  /** What its `environment`, and the options of its `command`, set without a variable. */
  readonly literals: Readonly<Record<string, string>>;
}

/** A compose file together with the files it extends and includes. */
export interface ComposeDocument {
  readonly name: string | null;
  readonly services: Map<string, DocumentService>;
  readonly volumes: Mapping;
  readonly networks: Mapping;
  readonly configs: Mapping;
  readonly secrets: Mapping;
  /** References outside services. */
  readonly references: Reference[];
  /** Compose files that were read, the root first. */
  readonly composeFiles: Set<string>;
}

/** Reads compose files of one folder. */
export class DocumentReader {
  private readonly contents = new Map<string, ReadFile | null>();

  constructor(
    private readonly folder: ComposeFolder,
    private readonly values: Readonly<Record<string, string>>,
    private readonly faults: Faults,
  ) {}

  /** Reads the root file, whose text is at hand. */
  read(text: string, file: string): ComposeDocument {
    const document: ComposeDocument = {
      name: null,
      services: new Map(),
      volumes: {},
      networks: {},
      configs: {},
      secrets: {},
      references: [],
      composeFiles: new Set([file]),
    };
    const content = this.parse(text, file);
    this.contents.set(file, content);
    if (content === null) {
      return document;
    }
    if (!isMapping(content.fields.services) && content.fields.include === undefined) {
      this.faults.add("", `${file} has no services`, "a compose file begins with `services:`");
    }
    this.take(content, document, []);
    return { ...document, name: textOf(content.fields.name) };
  }

  private take(content: ReadFile, document: ComposeDocument, within: readonly string[]): void {
    for (const item of listOf(content.fields.include)) {
      this.include(item, content, document, [...within, content.file]);
    }
    for (const name of Object.keys(mappingOf(content.fields.services))) {
      if (document.services.has(name)) {
        this.faults.add(joinPath("services", name), `is defined twice, again in ${content.file}`, "rename one");
      }
      const service = this.service(content, name, document, []);
      document.services.set(name, service);
    }
    for (const section of ["volumes", "networks", "configs", "secrets"] as const) {
      for (const [key, value] of Object.entries(mappingOf(content.fields[section]))) {
        document[section][key] = rebaseSource(value, content.folder);
      }
    }
    document.references.push(...content.references);
  }

  private include(item: unknown, from: ReadFile, document: ComposeDocument, within: readonly string[]): void {
    const paths = isMapping(item) ? textsOf(item.path) : textsOf(item);
    if (isMapping(item) && (item.env_file !== undefined || item.project_directory !== undefined)) {
      const field = item.env_file !== undefined ? "env_file" : "project_directory";
      this.faults.add("include", `sets ${field} for ${paths.join(", ")}`, `drop ${field}: give the values as settings`);
    }
    for (const path of paths) {
      const file = ComposeFolder.join(from.folder, path);
      if (within.includes(file)) {
        this.faults.add("include", `goes in a circle: ${[...within, file].join(" -> ")}`, "include each file once");
        continue;
      }
      const content = this.open(file, "include");
      if (content !== null) {
        document.composeFiles.add(file);
        this.take(content, document, within);
      }
    }
  }

  private service(
    content: ReadFile,
    name: string,
    document: ComposeDocument,
    within: readonly string[],
  ): DocumentService {
    const path = joinPath("services", name);
    const fields = rebaseService(mappingOf(mappingOf(content.fields.services)[name]), content.folder);
    const { references, literals } = content.services.get(name) ?? { references: [], literals: {} };
    const { extends: extended, ...own } = fields;
    if (extended === undefined || extended === null) {
      return { fields: own, references, literals };
    }
    const step = `${content.file}#${name}`;
    const baseName = isMapping(extended) ? (textOf(extended.service) ?? "") : (textOf(extended) ?? "");
    const baseFile = isMapping(extended) ? textOf(extended.file) : null;
    if (within.includes(step)) {
      this.faults.add(path, `extends itself: ${[...within, step].join(" -> ")}`, "break the circle");
      return { fields: own, references, literals };
    }
    const base =
      baseFile === null ? content : this.open(ComposeFolder.join(content.folder, baseFile), joinPath(path, "extends"));
    if (base === null) {
      return { fields: own, references, literals };
    }
    if (!Object.hasOwn(mappingOf(base.fields.services), baseName)) {
      this.faults.add(joinPath(path, "extends"), `${base.file} has no service ${baseName}`, "name one that it has");
      return { fields: own, references, literals };
    }
    document.composeFiles.add(base.file);
    const merged = this.service(base, baseName, document, [...within, step]);
    return {
      fields: extendService(merged.fields, own),
      references: [...merged.references, ...references],
      literals: { ...merged.literals, ...literals },
    };
  }

  private open(file: string, path: string): ReadFile | null {
    const known = this.contents.get(file);
    if (known !== undefined) {
      return known;
    }
    const kind = this.folder.kind(file);
    if (kind !== "file") {
      const remedy = kind === "outside" ? "move it below the compose file's folder" : "correct the path";
      this.faults.add(
        path,
        `${file} is ${kind === "outside" ? "outside the compose file's folder" : "not there"}`,
        remedy,
      );
      return null;
    }
    const content = this.parse(this.folder.read(file).toString("utf8"), file);
    this.contents.set(file, content);
    return content;
  }

  private parse(text: string, file: string): ReadFile | null {
    const raw = readComposeYaml(text, file, this.faults, "");
    if (raw === null) {
      return null;
    }
    const services: ReadFile["services"] = new Map();
    const references: Reference[] = [];
    const fields: Mapping = {};
    for (const [section, value] of Object.entries(raw)) {
      if (section === "services" && isMapping(value)) {
        fields.services = Object.fromEntries(
          Object.entries(value).map(([name, service]) => {
            const found: Reference[] = [];
            services.set(name, { references: found, literals: literalsOf(service) });
            return [name, this.interpolate(service, found, joinPath("services", name))];
          }),
        );
      } else {
        fields[section] = section.startsWith("x-") ? value : this.interpolate(value, references, section);
      }
    }
    const slash = file.lastIndexOf("/");
    return { file, folder: slash === -1 ? "" : file.slice(0, slash), fields, references, services };
  }

  private interpolate(value: unknown, found: Reference[], path: string): unknown {
    if (typeof value === "string") {
      try {
        const template = parseTemplate(value);
        found.push(...referencesOf(template));
        return substitute(template, this.values);
      } catch (error) {
        if (!(error instanceof InterpolationError)) {
          throw error;
        }
        this.faults.add(path, `${error.message} is not a variable`, "write $$ for a dollar that stays one");
        return value;
      }
    }
    if (Array.isArray(value)) {
      return value.map((item, index) => this.interpolate(item, found, joinPath(path, String(index))));
    }
    if (isMapping(value)) {
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, this.interpolate(item, found, joinPath(path, key))]),
      );
    }
    return value;
  }
}

interface ReadFile {
  readonly file: string;
  readonly folder: string;
  readonly fields: Mapping;
  readonly references: readonly Reference[];
  readonly services: Map<string, Pick<DocumentService, "references" | "literals">>;
}

function literalsOf(service: unknown): Record<string, string> {
  const { environment, command, entrypoint } = mappingOf(service);
  const pairs = Object.entries({ ...pairsOf(environment), ...optionsOf(entrypoint), ...optionsOf(command) });
  return Object.fromEntries(pairs.flatMap(([name, value]) => (value?.includes("$") === false ? [[name, value]] : [])));
}

/** Counts a service's relative paths from the root folder instead of its own file's. */
function rebaseService(service: Mapping, folder: string): Mapping {
  const rebased: Mapping = { ...service };
  if (service.env_file !== undefined) {
    rebased.env_file = environmentFilesOf(service.env_file).map((file) => ({
      ...file,
      path: rebase(file.path, folder),
    }));
  }
  if (service.volumes !== undefined) {
    rebased.volumes = mountsOf(service.volumes).map((mount) => ({
      type: mount.kind,
      target: mount.target,
      source: mount.kind === "bind" && mount.source !== null ? rebase(mount.source, folder) : mount.source,
      read_only: mount.readOnly,
    }));
  }
  return rebased;
}

function rebaseSource(value: unknown, folder: string): unknown {
  const file = textOf(mappingOf(value).file);
  return file === null ? value : { ...mappingOf(value), file: rebase(file, folder) };
}

function rebase(path: string, folder: string): string {
  return /^[/~]/.test(path) ? path : ComposeFolder.join(folder, path);
}
