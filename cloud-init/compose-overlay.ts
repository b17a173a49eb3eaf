import { createHash } from "node:crypto";
import { Document, type Node } from "yaml";
import { mappingOf, textOf } from "../constructs/model/compose-fields";
import { mountedSecrets, secretVariable } from "../constructs/model/compose-secrets";
import type { ComposeService } from "../constructs/model/compose-service";
import { composeContext, type HostModel, upstreamsOf } from "../constructs/model/host";
import { EDGE } from "./edge";

/** A profile that nobody starts. */
const LEFT_OUT = "single-host-left-out";

/** Where folders of named volumes are on the data volume, which is mounted at /srv/volume. */
const DATA_VOLUME = "/srv/volume/volumes";

const BRIDGE_NAME = "com.docker.network.bridge.name";

/**
 * Renders the second compose file, which makes the team's own file one for this host without a change in it. It uses
 * `!reset` and `!override`, which compose understands since 2.24.
 */
export function renderComposeOverlay(host: HostModel): string {
  return new OverlayRenderer(host).render();
}

class OverlayRenderer {
  private readonly document = new Document();
  private readonly upstreams: readonly string[];
  private readonly active: readonly ComposeService[];
  private readonly leftOut: readonly string[];

  constructor(private readonly host: HostModel) {
    this.upstreams = upstreamsOf(host);
    this.active = host.app.activeServices(this.upstreams);
    this.leftOut = host.app.leftOut(this.upstreams);
  }

  render(): string {
    const services: Record<string, unknown> = {};
    for (const service of this.active) {
      services[service.name] = this.service(service);
    }
    for (const name of this.leftOut) {
      services[name] = { profiles: this.override([LEFT_OUT]) };
    }
    const networks: Record<string, unknown> = { ...this.ownBridges(), ...this.externals("networks") };
    if (this.upstreams.length > 0) {
      networks[EDGE.key] = { name: EDGE.network, external: true };
    }
    const volumes = { ...this.externals("volumes"), ...this.onDataVolume() };
    const sections = { services, networks, volumes, secrets: this.secrets() };
    const filled = Object.entries(sections).filter(([, section]) => Object.keys(section).length > 0);
    this.document.commentBefore = " Written by cdktf-single-host: changes made here are lost.";
    this.document.contents = this.document.createNode(Object.fromEntries(filled)) as typeof this.document.contents;
    return this.document.toString({ lineWidth: 0, nullStr: "null" });
  }

  private service(service: ComposeService): Record<string, unknown> {
    const fields: Record<string, unknown> = {};
    if (service.released) {
      fields.image = literal(service.image ?? "");
    }
    if (service.built) {
      fields.build = this.reset(null);
    }
    if (service.pullPolicy !== null) {
      fields.pull_policy = this.reset(null);
    }
    if (service.containerName !== null) {
      fields.container_name = this.reset(null);
    }
    // Docker publishes past the firewall, so nothing is published but Caddy's own ports.
    fields.ports = this.reset([]);
    if (service.restart === null && !this.host.app.isOneShot(service)) {
      fields.restart = "unless-stopped";
    }
    if (!service.hasLogging) {
      const { maximumSize, files } = this.host.containerLog;
      const options = { "max-size": `${maximumSize.toMebibytes()}m`, "max-file": String(files) };
      fields.logging = { driver: "json-file", options };
    }
    if (service.hasPlainStartPeriod) {
      // Else a service that is up in a second counts as up after its whole interval, often half a minute.
      fields.healthcheck = { start_interval: "1s" };
    }
    this.addEnvironment(service, fields);
    this.addTies(service, fields);
    const labels = { ...this.filesLabel(service), ...this.secretLabels(service) };
    if (Object.keys(labels).length > 0) {
      // A container does not see that a file it mounts has changed: its label does, and compose recreates it.
      fields.labels = labels;
    }
    return fields;
  }

  private addEnvironment(service: ComposeService, fields: Record<string, unknown>): void {
    const { home } = service.files;
    if (home.length > 0) {
      const others = service.environmentFiles.filter((file) => !home.includes(file.path));
      fields.env_file = others.length === 0 ? this.reset([]) : this.override(others.map((file) => ({ ...file })));
    }
    const names = exposedNames(this.host, service);
    if (names.length > 0) {
      // Without a value: compose takes it from its own environment as it is, dollars included.
      fields.environment = Object.fromEntries(names.map((name) => [name, null]));
    }
  }

  /** What ties it to others: services left out must not be waited for, and Caddy must reach those of sites. */
  private addTies(service: ComposeService, fields: Record<string, unknown>): void {
    const dependencies = service.dependencies.filter((item) => !this.leftOut.includes(item.service));
    if (dependencies.length < service.dependencies.length) {
      fields.depends_on = this.override(
        Object.fromEntries(
          dependencies.map(({ service: name, condition, required, restart }) => [
            name,
            { condition, required, restart },
          ]),
        ),
      );
    }
    const links = service.links.filter((link) => !this.leftOut.includes(link.split(":")[0] ?? ""));
    if (links.length < service.links.length) {
      fields.links = this.override(links);
    }
    if (this.upstreams.includes(service.name)) {
      // Naming one network takes the implicit `default` away, and with it the way to the database.
      fields.networks = { ...(service.networks.length === 0 ? { default: null } : {}), [EDGE.key]: null };
    }
  }

  /** On a fresh server nothing external is there yet: compose makes it, under the name that the file means. */
  private externals(section: "networks" | "volumes"): Record<string, unknown> {
    const used = new Set(
      this.active.flatMap((service) => (section === "networks" ? service.networks : service.namedVolumes)),
    );
    const entries = Object.entries(this.host.app.document[section]).filter(([key, value]) => {
      return used.has(key) && isExternal(mappingOf(value).external);
    });
    return Object.fromEntries(
      entries.map(([key, value]) => {
        const { name, external } = mappingOf(value);
        return [key, { name: literal(textOf(name) ?? textOf(mappingOf(external).name) ?? key), external: false }];
      }),
    );
  }

  /** Bound folders: Docker fills an empty one with what the image has there, and refuses to start without one. */
  private onDataVolume(): Record<string, unknown> {
    const keys = this.host.dataVolume?.volumes ?? [];
    return Object.fromEntries(
      keys.map((key) => [key, { driver_opts: { type: "none", o: "bind", device: `${DATA_VOLUME}/${key}` } }]),
    );
  }

  /** The firewall knows containers by the names that Docker gives to bridges: one of the team's own would be outside. */
  private ownBridges(): Record<string, unknown> {
    const named = Object.entries(this.host.app.document.networks).filter(
      ([, value]) => mappingOf(mappingOf(value).driver_opts)[BRIDGE_NAME] !== undefined,
    );
    return Object.fromEntries(named.map(([key]) => [key, { driver_opts: { [BRIDGE_NAME]: this.reset(null) } }]));
  }

  private secrets(): Record<string, unknown> {
    const used = new Set(this.active.flatMap((service) => service.secrets));
    const entries = Object.entries(this.host.app.document.secrets).filter(([key, value]) => {
      return used.has(key) && mappingOf(value).environment === undefined;
    });
    return Object.fromEntries(
      entries.map(([key, value]) => {
        const replaced = mappingOf(value).file !== undefined ? "file" : "external";
        return [key, { [replaced]: this.reset(null), environment: secretVariable(key) }];
      }),
    );
  }

  private filesLabel(service: ComposeService): Record<string, string> {
    return service.files.travelling.length === 0 ? {} : { "single-host.files": this.filesDigest(service) };
  }

  /** The program on the server puts the digest of each secret beside it. */
  private secretLabels(service: ComposeService): Record<string, string> {
    const { secrets } = composeContext(this.host);
    const mounted = [...mountedSecrets(this.host.app, service)].filter(([, name]) =>
      secrets.some((secret) => secret.name === name),
    );
    return Object.fromEntries(
      mounted.map(([key, name]) => [`single-host.secret.${key}`, `\${SINGLE_HOST_DIGEST_${name}:-}`]),
    );
  }

  private filesDigest(service: ComposeService): string {
    const hash = createHash("sha256");
    for (const file of this.host.app.files.filter((file) => service.files.travelling.includes(file.path))) {
      hash.update(`${file.path}\0`).update(file.content).update("\0");
    }
    return hash.digest("hex").slice(0, 16);
  }

  private reset(value: unknown): Node {
    return this.tagged(value, "!reset");
  }

  private override(value: unknown): Node {
    return this.tagged(value, "!override");
  }

  private tagged(value: unknown, tag: string): Node {
    const node = this.document.createNode(value);
    node.tag = tag;
    return node;
  }
}

/** Settings and secrets that a service gets though its file does not refer to them. */
export function exposedNames(host: HostModel, service: ComposeService): string[] {
  const { secrets } = composeContext(host);
  const asked = [
    ...(Object.hasOwn(host.app.environment, service.name) ? (host.app.environment[service.name] ?? []) : []),
    ...secrets.filter((secret) => secret.services.includes(service.name)).map((secret) => secret.name),
  ];
  // What an `env_file` at home would have held; the file's own `environment` is stronger, as in compose. A secret that
  // comes as a file stays out of the environment, where anything that the service starts could read it.
  const home = [...Object.keys(host.app.settings), ...secrets.map((secret) => secret.name)];
  const mounted = [...mountedSecrets(host.app, service).values()];
  const all =
    service.files.home.length > 0
      ? home.filter((name) => !(name in service.environment) && !mounted.includes(name))
      : [];
  return [...new Set([...asked, ...all])].sort();
}

/** Text that compose must not read variables in. */
function literal(text: string): string {
  return text.replaceAll("$", "$$$$");
}

function isExternal(value: unknown): boolean {
  return value === true || value === "true" || (typeof value === "object" && value !== null);
}
