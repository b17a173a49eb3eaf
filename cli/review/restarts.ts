import { isMapping, listOf, type Mapping, mappingOf } from "../../constructs/model/compose-fields";
import { runsAlone } from "../../constructs/model/compose-service";
import { readCompose } from "./compose-text";
import type { ConfigurationApplied } from "./configuration";
import type { Downtime } from "./downtime";

const RELEASES = "docs/releases.md";

/** What visitors notice of a configuration that is brought to a living server. */
export function restartsBy(applied: ConfigurationApplied): Downtime[] {
  if (applied.what !== "configuration" || applied.why === "first time" || applied.why === "server is new") return [];
  return [...edgeRestarts(applied), ...serviceRestarts(applied)];
}

function edgeRestarts({ files }: ConfigurationApplied): Downtime[] {
  const differs = (path: string) => files.changed.includes(path);
  if (differs("edge.yaml")) {
    const [what, note] = ["restart of Caddy: the sites are away for seconds", "its certificates stay"];
    return [{ kind: "restart", what, note, source: "an estimate: its container is made anew" }];
  }
  if (!differs("Caddyfile")) return [];
  const note = "under load one or two requests on kept connections meet a reset";
  return [{ kind: "moment", what: "Caddy is reloaded", note, source: "docs/sites.md" }];
}

function serviceRestarts(applied: ConfigurationApplied): Downtime[] {
  const before = Application.read(applied.texts, "before");
  const after = Application.read(applied.texts, "after");
  if (before === null || after === null) {
    const touched = [...applied.files.changed, ...applied.files.added, ...applied.files.removed];
    if (touched.every((path) => APART.has(path)) && applied.secrets.changed.length === 0) return [];
    const what = "restart of services whose configuration differs";
    return [{ kind: "restart", what, note: "this plan does not show which", source: RELEASES }];
  }
  const secrets = new Set([...applied.secrets.added, ...applied.secrets.changed, ...applied.secrets.removed]);
  const changed = after.names.filter((name) => {
    return before.names.includes(name) && (before.print(name) !== after.print(name) || after.reads(name, secrets));
  });
  const gone = before.names.filter((name) => !after.names.includes(name));
  return [
    ...changed.flatMap((name) => restartOf(name, after)),
    ...gone.map((name): Downtime => ({ kind: "away", what: `${name} ends`, note: null, source: RELEASES })),
  ];
}

/** Files that no service reads. */
const APART = new Set(["Caddyfile", "edge.yaml", "program"]);

function restartOf(name: string, { runsTwice, isOneShot, isVisited, minutes }: Application): Downtime[] {
  if (isOneShot(name)) return [];
  if (runsTwice(name)) {
    const note = "the new one starts beside the old, and no request fails";
    return [{ kind: "none", what: `${name} is made anew`, note, source: "docs/numbers.md, 0 of 42,828 requests" }];
  }
  const told = isVisited(name)
    ? "its requests wait at Caddy for up to 30 seconds"
    : "what asks it meanwhile waits or fails";
  const note = `it is stopped before its successor starts; ${told}; given up after ${minutes} minutes (healthDeadline)`;
  return [{ kind: "restart", what: `restart of ${name}, for seconds`, note, source: RELEASES }];
}

/** The services of a bundle, as far as its texts tell. */
class Application {
  static read(texts: ConfigurationApplied["texts"], side: "before" | "after"): Application | null {
    const text = (path: string) => texts[path]?.[side];
    const settings = parse(text("host.json") ?? "");
    const { services, compose_file: file } = mappingOf(settings.application);
    const compose = readCompose(text(`app/${file}`) ?? "");
    const overlay = readCompose(text("overlay.yaml") ?? "");
    if (!isMapping(services) || compose === null || overlay === null) return null;
    return new Application(settings, services, compose, overlay, text);
  }

  readonly names: readonly string[];
  /** Until all must be healthy. */
  readonly minutes: number;
  private readonly variables: Mapping;

  private constructor(
    private readonly settings: Mapping,
    private readonly known: Mapping,
    private readonly compose: Mapping,
    private readonly overlay: Mapping,
    private readonly text: (path: string) => string | null | undefined,
  ) {
    this.names = Object.keys(known);
    const { health_seconds: seconds, settings: variables } = mappingOf(settings.application);
    this.minutes = Math.ceil(Number(seconds ?? 300) / 60);
    this.variables = mappingOf(variables);
  }

  /** All by which compose tells one configuration of a service from another. */
  print(name: string): string {
    const { image, released, mounts_files } = mappingOf(this.known[name]);
    const { image: _, build: __, ...fields } = this.fields(name);
    const { image: ___, ...overlay } = mappingOf(mappingOf(this.overlay.services)[name]);
    const text = JSON.stringify(fields);
    const values = Object.entries(this.variables).filter(([variable]) => text.includes(variable));
    const mounted = listOf(mounts_files).map((path) => this.text(`app/${path}`) ?? this.text(`app/${path} (program)`));
    // a deployment turns back no image that releases own, until the stack names another repository
    const own =
      released === true
        ? String(image)
            .replace(/@.*$/, "")
            .replace(/:[^:/]*$/, "")
        : image;
    return JSON.stringify([fields, overlay, values, mounted, own]);
  }

  /** Whether a service gets one of these secrets. */
  reads(name: string, secrets: ReadonlySet<string>): boolean {
    const text = JSON.stringify([this.fields(name), mappingOf(this.overlay.services)[name]]);
    // compose's own secrets are written small, and with dashes: `db-password` is DB_PASSWORD
    const words = [/\w+/g, /[\w-]+/g].flatMap((word) => text.match(word) ?? []);
    const names = new Set(words.map((word) => word.toUpperCase().replaceAll("-", "_")));
    return [...secrets].some((secret) => names.has(secret.toUpperCase()));
  }

  readonly isOneShot = (name: string): boolean => mappingOf(this.known[name]).one_shot === true;

  /** Whether the new one may start beside the old. */
  readonly runsTwice = (name: string): boolean =>
    mappingOf(this.known[name]).runs_twice === true || !runsAlone(this.fields(name));

  /** Whether a site sends requests to it. */
  readonly isVisited = (name: string): boolean => {
    const upstreams = listOf(this.settings.sites).flatMap((site) => listOf(mappingOf(site).upstreams));
    return upstreams.some((upstream) => mappingOf(upstream).service === name);
  };

  private fields(name: string): Mapping {
    return mappingOf(mappingOf(this.compose.services)[name]);
  }
}

function parse(text: string): Mapping {
  try {
    return mappingOf(JSON.parse(text));
  } catch {
    return {}; // not as this version writes it
  }
}
