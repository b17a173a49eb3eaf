import type { PublishedPort, ServiceDependency } from "./compose-service";

/**
 * Readers of the fields that a compose file may write in a short or a long way. They take what YAML gave, never throw,
 * and leave out what they can't read: `docker compose config` is the judge of a file's grammar.
 */
export type Mapping = Record<string, unknown>;

export function isMapping(value: unknown): value is Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function mappingOf(value: unknown): Mapping {
  return isMapping(value) ? value : {};
}

export function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) {
    return [];
  }
  return Array.isArray(value) ? value : [value];
}

export function textOf(value: unknown): string | null {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : null;
}

export function textsOf(value: unknown): string[] {
  return listOf(value).flatMap((item) => textOf(item) ?? []);
}

/** `environment`, `labels`: a mapping, or a list of `NAME=value` and `NAME`. A name without value gives null. */
export function pairsOf(value: unknown): Record<string, string | null> {
  if (isMapping(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, textOf(item)]));
  }
  return Object.fromEntries(
    textsOf(value).map((item) => {
      const equals = item.indexOf("=");
      return equals === -1 ? [item, null] : [item.slice(0, equals), item.slice(equals + 1)];
    }),
  );
}

/** `networks`, and any field that is a list of names or a mapping by name. */
export function namesOf(value: unknown): string[] {
  return isMapping(value) ? Object.keys(value) : textsOf(value);
}

export function dependenciesOf(value: unknown): ServiceDependency[] {
  if (!isMapping(value)) {
    return textsOf(value).map((service) => ({ service, condition: "service_started", required: true, restart: false }));
  }
  return Object.entries(value).map(([service, item]) => ({
    service,
    condition: textOf(mappingOf(item).condition) ?? "service_started",
    required: mappingOf(item).required !== false,
    restart: mappingOf(item).restart === true,
  }));
}

/** `80`, `8080:80`, `127.0.0.1:8000-8001:8000-8001/tcp`, or the long form. One entry a container port. */
export function portsOf(value: unknown): PublishedPort[] {
  return listOf(value).flatMap((item) => {
    if (isMapping(item)) {
      const container = Number(textOf(item.target));
      const host = rangeOf(textOf(item.published) ?? "");
      return Number.isInteger(container) ? [{ host, container, address: textOf(item.host_ip) }] : [];
    }
    return shortPortsOf(textOf(item) ?? "");
  });
}

function shortPortsOf(text: string): PublishedPort[] {
  const parsed = /^(?:(?:(\[[^\]]*\]|[0-9.]+):)?([0-9-]*):)?([0-9-]+)(?:\/[a-z]+)?$/.exec(text.trim());
  const container = rangeOf(parsed?.[3] ?? "");
  if (parsed === null || container === null) {
    return [];
  }
  const host = rangeOf(parsed[2] ?? "");
  const address = parsed[1]?.replace(/^\[|\]$/g, "") ?? null;
  const count = container[1] - container[0] + 1;
  return Array.from({ length: Math.min(count, 65_536) }, (_, index) => ({
    host: host === null || host[1] - host[0] + 1 !== count ? host : [host[0] + index, host[0] + index],
    container: container[0] + index,
    address,
  }));
}

function rangeOf(text: string): [number, number] | null {
  const parsed = /^(\d+)(?:-(\d+))?$/.exec(text);
  return parsed === null ? null : [Number(parsed[1]), Number(parsed[2] ?? parsed[1])];
}

/** `expose` names container ports, alone or as a range. */
export function exposedOf(value: unknown): number[] {
  return textsOf(value).flatMap((text) => shortPortsOf(text).map((port) => port.container));
}

export interface EnvironmentFile {
  readonly path: string;
  readonly required: boolean;
}

export function environmentFilesOf(value: unknown): EnvironmentFile[] {
  return listOf(value).flatMap((item) => {
    const path = isMapping(item) ? textOf(item.path) : textOf(item);
    return path === null ? [] : [{ path, required: mappingOf(item).required !== false }];
  });
}

/** What a service mounts. A source is a path, a volume's key, or null for an unnamed volume. */
export interface Mount {
  readonly kind: "bind" | "volume" | "other";
  readonly source: string | null;
  readonly target: string;
  readonly readOnly: boolean;
}

export function mountsOf(value: unknown): Mount[] {
  return listOf(value).flatMap((item): Mount[] => {
    if (isMapping(item)) {
      const kind = item.type === "bind" || item.type === "volume" ? item.type : "other";
      const readOnly = item.read_only === true || item.read_only === "true";
      return [{ kind, source: textOf(item.source), target: textOf(item.target) ?? "", readOnly }];
    }
    const text = textOf(item);
    return text === null ? [] : [shortMount(text)];
  });
}

function shortMount(text: string): Mount {
  const [first = "", second, options = ""] = text.split(":");
  if (second === undefined) {
    return { kind: "volume", source: null, target: first, readOnly: false };
  }
  const readOnly = options.split(",").includes("ro");
  return { kind: /^[./~]/.test(first) ? "bind" : "volume", source: first, target: second, readOnly };
}

/** `configs` and `secrets` of a service: names, or mappings with a `source`. */
export function sourcesOf(value: unknown): string[] {
  return listOf(value).flatMap((item) => (isMapping(item) ? (textOf(item.source) ?? []) : (textOf(item) ?? [])));
}

/** The files that `secrets` of a service become: a target may be a name below /run/secrets, or a path. */
export function secretFilesOf(value: unknown): string[] {
  return listOf(value).flatMap((item) => {
    const name = isMapping(item) ? (textOf(item.target) ?? textOf(item.source)) : textOf(item);
    return name === null ? [] : [name.startsWith("/") ? name : `/run/secrets/${name}`];
  });
}

/** The options of a `command`, with their values: `--requirepass x`, `--token=x`. */
export function optionsOf(value: unknown): Record<string, string> {
  const words = Array.isArray(value) ? textsOf(value) : (textOf(value) ?? "").split(/\s+/);
  return Object.fromEntries(
    words.flatMap((word, index) => {
      const [, name, given] = /^(--?[A-Za-z][\w-]*)(?:=(.*))?$/s.exec(word) ?? [];
      const next = given ?? words[index + 1] ?? "";
      return name === undefined || (given === undefined && next.startsWith("-")) ? [] : [[name, next]];
    }),
  );
}
