import { readFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import type { Architecture } from "./architecture";
import { type ComposeDocument, DocumentReader } from "./compose-document";
import { mappingOf, textOf } from "./compose-fields";
import { FileCollector, type TravellingFile } from "./compose-files";
import { ComposeFolder } from "./compose-folder";
import { isOneShot } from "./compose-one-shot";
import { type ComposeContext, checkCompose } from "./compose-rules";
import { type ComposeService, readService, type ServicePrivilege } from "./compose-service";
import { type ComposeVariable, collectVariables } from "./compose-variables";
import { Duration } from "./duration";
import { Faults } from "./faults";

/** Leave for one service to hold a privilege over the server. */
export interface ComposeAllowance {
  /** Its name in the compose file. */
  readonly service: string;
  readonly kind: ServicePrivilege["kind"];
}

/** Names a service that may hold a privilege which makes it as strong as root on the server. */
export const Allow = {
  /** `privileged: true`, and capabilities that amount to it: `ALL`, `SYS_ADMIN`, `SYS_PTRACE`, `SYS_MODULE`. */
  privileged: (service: string): ComposeAllowance => ({ service, kind: "privileged" }),
  /** `network_mode: host` */
  hostNetwork: (service: string): ComposeAllowance => ({ service, kind: "hostNetwork" }),
  /** `pid: host`, `ipc: host` */
  hostProcesses: (service: string): ComposeAllowance => ({ service, kind: "hostProcesses" }),
  /** A mount of Docker's socket, or of a folder that holds it. */
  dockerSocket: (service: string): ComposeAllowance => ({ service, kind: "dockerSocket" }),
};

/** A command of the application's own that brings its database forward. */
export interface ComposeMigration {
  /** The service whose image and environment it runs in; one of `images`. */
  readonly service: string;
  /** As in the `command:` of a compose file, word by word: `["alembic", "upgrade", "head"]`. */
  readonly command: readonly string[];
  /**
   * How long it may take before the release is given up.
   * @default - ten minutes
   */
  readonly timeout?: Duration;
}

export interface ComposeAppProps {
  /**
   * Images by service; each takes the place of the service's `build:` and is what a release changes.
   * @default - every service runs the image that the file names
   */
  readonly images?: Readonly<Record<string, string>>;
  /**
   * What the images named in `images` are built for.
   * @default - amd64 alone, what GitHub's runners build
   */
  readonly architectures?: readonly Architecture[];
  /**
   * Values, not secret, for the `${NAME}` of the file.
   * @default - the file's own defaults hold
   */
  readonly settings?: Readonly<Record<string, string>>;
  /**
   * Profiles of the file to start.
   * @default - only services without a profile start
   */
  readonly profiles?: readonly string[];
  /**
   * The compose project. Named volumes hang on it: changing it later leaves the data behind.
   * @default - the file's own `name:`, else the host's name
   */
  readonly name?: string;
  /**
   * Services that may be privileged, use the host's network or processes, or the Docker socket.
   * @default - none may
   */
  readonly allow?: readonly ComposeAllowance[];
  /**
   * Settings and secrets that a service gets in its environment besides those that it refers to, by service.
   * @default - a service gets what its `environment:` names
   */
  readonly environment?: Readonly<Record<string, readonly string[]>>;
  /**
   * Services of which the old and the new may run side by side for a moment, though they write a volume.
   * @default - a service that writes a volume or a folder is stopped before its successor starts; all others run side by side
   */
  readonly runsTwice?: readonly string[];
  /**
   * What each release of a new image runs once, in that image, while the old version serves: so it must leave a database
   * that the old version understands. A backup is taken before; when it fails, the release ends and nothing else changes.
   * @default - nothing is run
   */
  readonly migration?: ComposeMigration;
  /**
   * How long services may take until all are healthy. After that a release or a deployment has failed, and what ran before
   * goes on.
   * @default - 5 minutes
   */
  readonly healthDeadline?: Duration;
}

const POSTGRES_IMAGE =
  /(^|\/)(postgres|postgresql|postgis|timescaledb|timescaledb-ha|pgvector|pgvecto-rs|supabase-postgres)(:|@|$)/;

/** Where the images of PostgreSQL keep a cluster, unless PGDATA says otherwise. */
const POSTGRES_DATA = /^\/(var\/lib\/postgresql|bitnami\/postgresql|home\/postgres\/pgdata)(\/|$)/;

/**
 * A team's own compose file, unchanged, as the description of its application.
 * Reading it never throws: what is wrong with it is reported by `validate`, together with the faults of everything else.
 */
export class ComposeApp {
  /** Reads a compose file. A relative path counts from the folder that `cdktf` runs in. */
  static fromFile(path: string, props: ComposeAppProps = {}): ComposeApp {
    try {
      return new ComposeApp(readFileSync(path, "utf8"), basename(path), dirname(path), props, null);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? String(error);
      return new ComposeApp("", basename(path), null, props, { path, code });
    }
  }

  /**
   * A compose file given as text.
   * @param folder - the folder that its relative paths count from; without one no file can travel with it
   */
  static fromText(text: string, props: ComposeAppProps = {}, folder: string | null = null): ComposeApp {
    return new ComposeApp(text, "compose.yaml", folder, props, null);
  }

  readonly images: Readonly<Record<string, string>>;
  readonly architectures: readonly Architecture[];
  readonly settings: Readonly<Record<string, string>>;
  readonly profiles: readonly string[];
  readonly allow: readonly ComposeAllowance[];
  readonly environment: Readonly<Record<string, readonly string[]>>;
  readonly runsTwice: readonly string[];
  readonly migration: ComposeMigration | null;
  readonly healthDeadline: Duration;
  /** Every service of the file, whether it starts or not, in the file's order. */
  readonly services: ReadonlyMap<string, ComposeService>;
  /** Every `${NAME}` of the file. */
  readonly variables: ReadonlyMap<string, ComposeVariable>;
  /** The compose file and everything that travels with it, by path. */
  readonly files: readonly TravellingFile[];
  /** The file after `extends` and `include`. */
  readonly document: ComposeDocument;

  private readonly reading = new Faults();

  private constructor(
    private readonly text: string,
    /** Name of the compose file within its folder. */
    readonly composeFile: string,
    private readonly folder: string | null,
    private readonly props: ComposeAppProps,
    unreadable: { readonly path: string; readonly code: string } | null,
  ) {
    this.images = props.images ?? {};
    this.architectures = props.architectures ?? ["amd64"];
    this.settings = props.settings ?? {};
    this.profiles = props.profiles ?? [];
    this.allow = props.allow ?? [];
    this.environment = props.environment ?? {};
    this.runsTwice = props.runsTwice ?? [];
    this.migration = props.migration ?? null;
    this.healthDeadline = props.healthDeadline ?? Duration.minutes(5);

    const within = new ComposeFolder(folder);
    const faults = unreadable === null ? this.reading : new Faults();
    if (unreadable !== null) {
      const problem = unreadable.code === "ENOENT" ? "is not there" : `can't be read (${unreadable.code})`;
      this.reading.add(
        "",
        `${unreadable.path} ${problem}`,
        "name the team's compose file, from the folder of cdktf.json",
      );
    }
    const document = new DocumentReader(within, this.settings, faults).read(text, composeFile);
    const collector = new FileCollector(within);
    collector.add(composeFile, text);
    for (const file of document.composeFiles) {
      collector.files.has(file) || collector.collect(file, "include", faults);
    }
    this.document = document;
    this.services = new Map(
      [...document.services].map(([name, service]) => {
        const files = this.starts(service.fields.profiles)
          ? collector.service(name, service.fields, document)
          : { travelling: [], home: [], made: [], faults: new Faults() };
        return [name, readService(name, service, files, ownValue(this.images, name))];
      }),
    );
    this.variables = collectVariables(document, this.services);
    this.files = [...collector.files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** Where `files` lie, from the folder that `cdktf` runs in, with `/`. */
  get sources(): readonly string[] {
    const { folder } = this;
    if (folder === null) return [];
    return this.files.map(({ path }) => relative(resolve(), join(resolve(folder), path)).replaceAll(sep, "/"));
  }

  /** The file with other values in the place of its variables. */
  documentWith(values: Readonly<Record<string, string>>): ComposeDocument {
    return new DocumentReader(new ComposeFolder(this.folder), values, new Faults()).read(this.text, this.composeFile);
  }

  /** The compose project on a host. */
  projectName(hostName: string): string {
    return this.props.name ?? this.document.name ?? hostName;
  }

  /** Services that start, given the services that sites send requests to: a team's own proxy is left out. */
  activeServices(upstreams: readonly string[]): readonly ComposeService[] {
    const leftOut = this.leftOut(upstreams);
    return [...this.services.values()].filter(
      (service) => this.starts(service.profiles) && !leftOut.includes(service.name),
    );
  }

  /** Services that publish port 80 or 443 themselves, as a team's own Caddy or nginx does, and that no site names. */
  leftOut(upstreams: readonly string[]): readonly string[] {
    return [...this.services.values()]
      .filter((service) => this.starts(service.profiles) && !upstreams.includes(service.name))
      .filter((service) => service.published.some((port) => [80, 443].some((web) => covers(port.host, web))))
      .map((service) => service.name);
  }

  isOneShot(service: ComposeService): boolean {
    return isOneShot(service, this.services.values());
  }

  /** Whether a service is stopped before its successor starts. */
  isStoppedFirst(name: string): boolean {
    return (this.services.get(name)?.runsAlone ?? false) && !this.runsTwice.includes(name);
  }

  /** Services that are PostgreSQL, by the name of their image or by what they mount: they are dumped, not copied. */
  postgresServices(upstreams: readonly string[]): readonly string[] {
    // a one-shot of the same image is a client: psql, pg_restore
    const services = this.activeServices(upstreams).filter((service) => !this.isOneShot(service));
    const named = services.filter((service) => POSTGRES_IMAGE.test(service.image ?? ""));
    const theirs = named.flatMap((service) => service.namedVolumes);
    const found = services.filter((service) => named.includes(service) || isPostgres(service, theirs));
    return found.map((service) => service.name);
  }

  /**
   * Names on the server of the volumes that are copied to a backup: all but those of PostgreSQL, whoever else mounts them.
   * A copy of a cluster's files while it writes them is none, and one put back under a running server would end it.
   */
  backedUpVolumes(project: string, upstreams: readonly string[]): readonly string[] {
    const services = this.activeServices(upstreams);
    const postgres = this.postgresServices(upstreams);
    const databases = services.filter((service) => postgres.includes(service.name)).flatMap(clusterVolumes);
    const keys = services
      .filter((service) => !postgres.includes(service.name))
      .flatMap((service) => service.namedVolumes.filter((key) => !databases.includes(key)));
    return [...new Set(keys)].map((key) => this.volumeName(key, project)).sort();
  }

  /** Keys of volumes that only PostgreSQL mounts, and not for its data: no dump holds them. */
  forgottenVolumes(upstreams: readonly string[]): readonly string[] {
    const services = this.activeServices(upstreams);
    const postgres = this.postgresServices(upstreams);
    const databases = services.filter((service) => postgres.includes(service.name));
    const held = [
      ...services.filter((service) => !databases.includes(service)).flatMap((service) => service.namedVolumes),
      ...databases.flatMap(clusterVolumes),
    ];
    return [...new Set(databases.flatMap((service) => service.namedVolumes))].filter((key) => !held.includes(key));
  }

  /** What Docker calls a named volume of the file. */
  volumeName(key: string, project: string): string {
    const volume = mappingOf(this.document.volumes[key]);
    return textOf(volume.name) ?? (volume.external === true ? key : `${project}_${key}`);
  }

  /** Reports everything that is wrong with the file and these props. */
  validate(faults: Faults, path: string, context: ComposeContext): void {
    faults.addAll(path, this.reading);
    if (this.reading.isEmpty) {
      const found = checkCompose(this, context);
      faults.addAll(path, found.faults);
    }
  }

  /** What a team should know though nothing is wrong: services left out, secrets that nobody reads. */
  warnings(context: ComposeContext): readonly string[] {
    return this.reading.isEmpty ? checkCompose(this, context).warnings : [];
  }

  private starts(profiles: unknown): boolean {
    const named = Array.isArray(profiles) ? profiles : [];
    return named.length === 0 || named.some((profile) => this.profiles.includes(String(profile)));
  }
}

/** An image of the team's own may be called anything: who writes where PostgreSQL keeps its data is PostgreSQL. */
function isPostgres(service: ComposeService, mountedByOthers: readonly string[]): boolean {
  return (
    Object.keys(service.environment).some((name) => name.startsWith("POSTGRES_")) &&
    service.volumeMounts.some(
      ({ key, target, readOnly }) => !readOnly && POSTGRES_DATA.test(target) && !mountedByOthers.includes(key),
    )
  );
}

/** Keys of the volumes that a service of PostgreSQL has its data in: all, where none lies at a known place. */
function clusterVolumes(service: ComposeService): readonly string[] {
  const { PGDATA, POSTGRES_INITDB_WALDIR } = service.environment;
  const holdsData = (target: string): boolean =>
    POSTGRES_DATA.test(target) ||
    [PGDATA, POSTGRES_INITDB_WALDIR].some((folder) => `${folder ?? ""}/`.startsWith(`${target.replace(/\/+$/, "")}/`));
  const found = service.volumeMounts.filter(({ target }) => holdsData(target)).map(({ key }) => key);
  return found.length === 0 ? service.namedVolumes : found;
}

function covers(range: readonly [number, number] | null, port: number): boolean {
  return range !== null && range[0] <= port && port <= range[1];
}

function ownValue(record: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
