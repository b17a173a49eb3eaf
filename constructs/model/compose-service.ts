import { limitsOf, reservationsOf, type ServiceResources } from "./capacity";
import type { DocumentService } from "./compose-document";
import {
  dependenciesOf,
  type EnvironmentFile,
  environmentFilesOf,
  exposedOf,
  isMapping,
  type Mapping,
  mappingOf,
  mountsOf,
  namesOf,
  pairsOf,
  portsOf,
  secretFilesOf,
  sourcesOf,
  textOf,
  textsOf,
} from "./compose-fields";
import type { ServiceFiles } from "./compose-files";

/** What the library reads of one service of a compose file, after `extends`, `include` and `images`. */
export interface ComposeService {
  readonly name: string;
  /** The image it runs: from `images`, else the file's own; null where there is neither. */
  readonly image: string | null;
  /** Whether `images` names it: its image is then released by the team rather than configured. */
  readonly released: boolean;
  /** Whether the file builds it. */
  readonly built: boolean;
  /** Ports it publishes on the server, as the file says. */
  readonly published: readonly PublishedPort[];
  /** Ports its container listens on, as far as `expose`, `ports` and the healthcheck say. */
  readonly containerPorts: readonly number[];
  readonly dependencies: readonly ServiceDependency[];
  readonly profiles: readonly string[];
  /** Its restart policy, null where the file names none. */
  readonly restart: string | null;
  readonly hasHealthcheck: boolean;
  /** Whether its healthcheck has a start period, and nothing said of how often it is tried in it. */
  readonly hasPlainStartPeriod: boolean;
  /** Networks it names; empty where it is on the implicit `default` alone. */
  readonly networks: readonly string[];
  readonly networkMode: string | null;
  /** Other services that it can't do without though it does not depend on them: `network_mode: service:x`. */
  readonly bonds: readonly string[];
  /** Keys of the top-level `volumes` that it mounts. */
  readonly namedVolumes: readonly string[];
  /** Where it mounts them. */
  readonly volumeMounts: readonly VolumeMount[];
  /** Whether two of it would be in each other's way: it writes files that stay, or has what can be had once. */
  readonly runsAlone: boolean;
  /** Keys of the top-level `secrets` that it mounts. */
  readonly secrets: readonly string[];
  /** Where they are in its container: `/run/secrets/db-password`. */
  readonly secretFiles: readonly string[];
  readonly files: ServiceFiles;
  /** Names of the variables that it refers to. */
  readonly variables: readonly string[];
  /** Its `env_file`s, in order. */
  readonly environmentFiles: readonly EnvironmentFile[];
  readonly links: readonly string[];
  /** Names that its `environment` sets; null stands for a name without value, which the caller's environment fills. */
  readonly environment: Readonly<Record<string, string | null>>;
  /** Names and values that its `environment`, and the options of its `command`, set without a variable. */
  readonly literals: Readonly<Record<string, string>>;
  readonly containerName: string | null;
  /** Whether it says where its log goes. */
  readonly hasLogging: boolean;
  readonly pullPolicy: string | null;
  readonly limits: ServiceResources;
  readonly reservations: ServiceResources;
  /** The platform that it asks for: `linux/arm64`. */
  readonly platform: string | null;
  /** Privileges over the server that it asks for. */
  readonly privileges: readonly ServicePrivilege[];
}

export interface VolumeMount {
  /** A key of the top-level `volumes`. */
  readonly key: string;
  /** The folder in its container. */
  readonly target: string;
  readonly readOnly: boolean;
}

export interface PublishedPort {
  /** Ports on the server, first to last; null where Docker chooses. */
  readonly host: readonly [number, number] | null;
  readonly container: number;
  readonly address: string | null;
}

export interface ServiceDependency {
  readonly service: string;
  readonly condition: string;
  readonly required: boolean;
  /** Whether it is restarted when that service is. */
  readonly restart: boolean;
}

/** A privilege that makes a container as strong as root on the server. */
export interface ServicePrivilege {
  readonly kind: "privileged" | "hostNetwork" | "dockerSocket" | "hostProcesses";
  /** What the file says: `network_mode: host`. */
  readonly said: string;
}

/** Reads a service. `image` is the one that the team's props name, undefined where they name none. */
export function readService(
  name: string,
  service: DocumentService,
  files: ServiceFiles,
  image: string | undefined,
): ComposeService {
  const { fields } = service;
  const published = portsOf(fields.ports);
  const networkMode = textOf(fields.network_mode);
  const volumeMounts = mountsOf(fields.volumes).flatMap(({ kind, source, target, readOnly }): VolumeMount[] =>
    kind === "volume" && source !== null ? [{ key: source, target, readOnly }] : [],
  );
  return {
    name,
    image: image ?? textOf(fields.image),
    released: image !== undefined,
    built: fields.build !== undefined && fields.build !== null,
    published,
    containerPorts: [...new Set([...published.map((port) => port.container), ...exposedOf(fields.expose)])],
    dependencies: dependenciesOf(fields.depends_on),
    profiles: textsOf(fields.profiles),
    restart: textOf(fields.restart) ?? textOf(mappingOf(mappingOf(fields.deploy).restart_policy).condition),
    hasHealthcheck: isMapping(fields.healthcheck) && fields.healthcheck.disable !== true,
    hasPlainStartPeriod:
      isMapping(fields.healthcheck) &&
      fields.healthcheck.disable !== true &&
      fields.healthcheck.start_period !== undefined &&
      fields.healthcheck.start_interval === undefined,
    networks: networkMode === null ? namesOf(fields.networks) : [],
    networkMode,
    bonds: bondsOf(fields),
    namedVolumes: volumeMounts.map(({ key }) => key),
    volumeMounts,
    runsAlone: runsAlone(fields),
    secrets: sourcesOf(fields.secrets),
    secretFiles: secretFilesOf(fields.secrets),
    files,
    variables: [...new Set(service.references.map((reference) => reference.name))],
    environmentFiles: environmentFilesOf(fields.env_file),
    links: textsOf(fields.links),
    environment: pairsOf(fields.environment),
    literals: service.literals,
    containerName: textOf(fields.container_name),
    hasLogging: isMapping(fields.logging),
    pullPolicy: textOf(fields.pull_policy),
    limits: limitsOf(fields),
    reservations: reservationsOf(fields),
    platform: textOf(fields.platform) || null,
    privileges: privilegesOf(fields),
  };
}

/**
 * Whether two of a service would be in each other's way, by its fields. The server judges the same, and sees volumes that
 * images bring besides.
 */
export function runsAlone(fields: Mapping): boolean {
  return (
    mountsOf(fields.volumes).some(({ kind, readOnly }) => kind !== "other" && !readOnly) ||
    /^(host$|service:|container:)/.test(textOf(fields.network_mode) ?? "") ||
    Object.values(mappingOf(fields.networks)).some((network) => textOf(mappingOf(network).ipv4_address) !== null)
  );
}

function bondsOf(fields: Mapping): string[] {
  const modes = [fields.network_mode, fields.pid, fields.ipc].flatMap((mode) => {
    const text = textOf(mode) ?? "";
    return text.startsWith("service:") ? text.slice("service:".length) : [];
  });
  const volumes = textsOf(fields.volumes_from).map((text) => text.split(":")[0] ?? "");
  return [...modes, ...volumes];
}

/** Folders of the server from which everything else can be had. */
const DOCKER_PATHS = ["/", "/var", "/var/run", "/run", "/var/run/docker.sock", "/run/docker.sock", "/var/lib/docker"];
const STRONG_CAPABILITIES = ["ALL", "SYS_ADMIN", "SYS_PTRACE", "SYS_MODULE"];

/** What a service asks for that makes it as strong as root on the server. */
export function privilegesOf(fields: Mapping): ServicePrivilege[] {
  const privileges: ServicePrivilege[] = [];
  if (fields.privileged === true || fields.privileged === "true") {
    privileges.push({ kind: "privileged", said: "privileged: true" });
  }
  for (const capability of textsOf(fields.cap_add)) {
    if (STRONG_CAPABILITIES.includes(capability.toUpperCase().replace(/^CAP_/, ""))) {
      privileges.push({ kind: "privileged", said: `cap_add: ${capability}` });
    }
  }
  if (fields.network_mode === "host") {
    privileges.push({ kind: "hostNetwork", said: "network_mode: host" });
  }
  for (const field of ["pid", "ipc"] as const) {
    if (fields[field] === "host") {
      privileges.push({ kind: "hostProcesses", said: `${field}: host` });
    }
  }
  for (const mount of mountsOf(fields.volumes)) {
    if (mount.kind === "bind" && DOCKER_PATHS.includes((mount.source ?? "").replace(/(.)\/+$/, "$1"))) {
      privileges.push({ kind: "dockerSocket", said: `volumes: ${mount.source}` });
    }
  }
  return privileges;
}
