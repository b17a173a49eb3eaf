import { exposedNames } from "../../cloud-init/compose-overlay";
import {
  isMapping,
  listOf,
  type Mapping,
  mappingOf,
  mountsOf,
  namesOf,
  pairsOf,
  sourcesOf,
  textOf,
} from "../model/compose-fields";
import { ComposeFolder } from "../model/compose-folder";
import { mountedSecrets } from "../model/compose-secrets";
import type { ComposeService } from "../model/compose-service";
import { type HostModel, upstreamsOf } from "../model/host";
import { trialHealth } from "./health";
import type { BuiltImage } from "./model";
import type { TrialValues } from "./values";

/** The tag of an image that nobody has judged yet; it never leaves the runner. */
export const CANDIDATE = "candidate";

/** What belongs to a server, not to a trial. */
const LEFT_OUT = [
  ...["build", "container_name", "deploy", "depends_on", "env_file", "labels", "links", "logging", "network_mode"],
  ...["networks", "ports", "profiles", "pull_policy", "restart", "environment", "healthcheck", "volumes", "secrets"],
  ...["configs", "image", "platform"],
];

/** Services of a host's compose file as a runner starts them: one file by itself, with nothing beside it. */
export class TrialServices {
  /** What services read as files, by compose's names. */
  readonly configs: Record<string, { content: string }> = {};
  /** Those that start. */
  readonly active: readonly ComposeService[];
  private readonly fields: ReadonlyMap<string, Mapping>;

  constructor(
    private readonly host: HostModel,
    private readonly values: TrialValues,
    private readonly images: readonly BuiltImage[],
  ) {
    const document = host.app.documentWith(values.all);
    this.fields = new Map([...document.services].map(([name, service]) => [name, service.fields]));
    this.active = host.app.activeServices(upstreamsOf(host));
  }

  /** A service's entry. */
  entry(service: ComposeService): Mapping {
    const fields = this.fields.get(service.name) ?? {};
    const kept = Object.fromEntries(Object.entries(fields).filter(([name]) => !LEFT_OUT.includes(name)));
    const image = this.imageOf(service.name);
    const reference = image === undefined ? (service.image ?? "") : `${image.repository}:${CANDIDATE}`;
    const health = trialHealth(fields.healthcheck, reference);
    const aliases = aliasesOf(fields);
    return this.forCompose({
      image: reference,
      ...kept,
      ...this.runtime(service),
      ...(health === null ? {} : { healthcheck: health }),
      ...this.dependencies(service),
      ...(aliases.length === 0 ? {} : { networks: { default: { aliases } } }),
    }) as Mapping;
  }

  /** What it reads: environment, files, volumes. */
  runtime(service: ComposeService): Mapping {
    const environment = this.environment(service);
    const mounts = mountsOf(this.fields.get(service.name)?.volumes);
    const volumes = mounts.flatMap(({ kind, source, target }) => {
      if (kind === "volume") return [source === null ? target : `${source}:${target}`];
      return kind === "bind" && source !== null && service.files.made.includes(source) ? [target] : [];
    });
    const tmpfs = mounts.filter(({ kind }) => kind === "other").map(({ target }) => target);
    const configs = [...this.secretFiles(service), ...this.mountedFiles(service), ...this.namedConfigs(service)];
    return {
      ...(Object.keys(environment).length === 0 ? {} : { environment }),
      ...(volumes.length === 0 ? {} : { volumes }),
      ...(tmpfs.length === 0 ? {} : { tmpfs }),
      ...(configs.length === 0 ? {} : { configs }),
    };
  }

  environment(service: ComposeService): Record<string, string> {
    const own = pairsOf(this.fields.get(service.name)?.environment);
    const files = service.environmentFiles.flatMap(({ path }) =>
      Object.entries(environmentOf(this.content(path) ?? "")),
    );
    const exposed = exposedNames(this.host, service).map((name) => [name, null] as const);
    const named = [...files, ...exposed, ...Object.entries(own)];
    return Object.fromEntries(
      named.flatMap(([name, value]) => {
        const given = value ?? this.values.all[name];
        return given === undefined ? [] : [[name, given]];
      }),
    );
  }

  private secretFiles(service: ComposeService): Mapping[] {
    const fields = listOf(this.fields.get(service.name)?.secrets);
    return [...mountedSecrets(this.host.app, service)].map(([key, variable]) => {
      const said = mappingOf(fields.find((item) => mappingOf(item).source === key));
      const target = textOf(said.target) ?? key;
      return this.config(`secret-${key}`, this.values.all[variable] ?? "", {
        target: target.startsWith("/") ? target : `/run/secrets/${target}`,
      });
    });
  }

  private mountedFiles(service: ComposeService): Mapping[] {
    const mounts = mountsOf(this.fields.get(service.name)?.volumes).filter(({ kind }) => kind === "bind");
    return mounts.flatMap(({ source, target }) =>
      this.host.app.files.flatMap((file) => {
        const within = source === null ? null : pathBelow(ComposeFolder.join("", source), file.path);
        if (within === null || !service.files.travelling.includes(file.path)) return [];
        const place = within === "" ? target : `${target.replace(/\/$/, "")}/${within}`;
        const mode = file.executable ? { mode: 0o755 } : {};
        return [this.config(file.path, file.content.toString("utf8"), { target: place, ...mode })];
      }),
    );
  }

  private namedConfigs(service: ComposeService): Mapping[] {
    const fields = listOf(this.fields.get(service.name)?.configs);
    return sourcesOf(fields).flatMap((key) => {
      const { file, content, environment } = mappingOf(this.host.app.document.configs[key]);
      const text = textOf(content) ?? this.values.all[textOf(environment) ?? ""] ?? this.content(textOf(file) ?? "");
      const said = mappingOf(fields.find((item) => mappingOf(item).source === key));
      return text === undefined ? [] : [this.config(key, text, { target: textOf(said.target) ?? `/${key}` })];
    });
  }

  private config(name: string, content: string, fields: Mapping): Mapping {
    const source = name.replace(/[^A-Za-z0-9._-]/g, "-").replace(/^[^A-Za-z0-9]+/, "");
    this.configs[source] = { content: this.values.forCompose(content) };
    return { source, ...fields };
  }

  private content(path: string): string | undefined {
    return this.host.app.files.find((file) => file.path === path)?.content.toString("utf8");
  }

  private dependencies(service: ComposeService): Mapping {
    const names = this.active.map(({ name }) => name);
    const present = service.dependencies.filter((item) => names.includes(item.service));
    if (present.length === 0) return {};
    return { depends_on: Object.fromEntries(present.map((item) => [item.service, { condition: item.condition }])) };
  }

  imageOf(service: string): BuiltImage | undefined {
    return this.images.find(({ services }) => services.includes(service));
  }

  /** compose reads variables in every text, and a drawn secret is one. */
  forCompose(value: unknown): unknown {
    if (typeof value === "string") return this.values.forCompose(value);
    if (Array.isArray(value)) return value.map((item) => this.forCompose(item));
    if (!isMapping(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.forCompose(item)]));
  }
}

function aliasesOf(fields: Mapping): string[] {
  const networks = mappingOf(fields.networks);
  return [...new Set(namesOf(networks).flatMap((name) => listOf(mappingOf(networks[name]).aliases)))].map(String);
}

/** An `env_file`, as far as one needs no shell to read it. */
function environmentOf(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split("\n").flatMap((line) => {
      const [, name = "", value = ""] = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
      return name === "" ? [] : [[name, value.replace(/^(["'])(.*)\1$/, "$2")]];
    }),
  );
}

/** A path's rest below another: "" for itself, null where it is elsewhere. */
function pathBelow(folder: string, path: string): string | null {
  if (path === folder) return "";
  if (folder === ".") return path;
  return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : null;
}
