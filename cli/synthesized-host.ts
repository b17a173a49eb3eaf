import { InputFault } from "./fault";
import { isObject, type JsonObject } from "./json-file";
import { at, type DeclaredResource, type SynthesizedStack } from "./synthesized-stack";

const SERVERS: readonly string[] = ["digitalocean_droplet", "hcloud_server"];

/** A secret of the server's, and what Terraform takes its value from. */
export interface SecretSource {
  /** As secrets.json has it: `application`, `backup`, `storage`, `registry`. */
  readonly group: string;
  readonly name: string;
  readonly from:
    | { readonly kind: "generated"; readonly address: string }
    | { readonly kind: "variable"; readonly variable: string }
    | { readonly kind: "derived" };
}

/** Where backups are, as the stack says it. */
export interface Repository {
  /** `https://nyc3.digitaloceanspaces.com` */
  readonly endpoint: string;
  /** The bucket's name, in Terraform's words where a part of it is drawn. */
  readonly bucket: string;
  /** The folder in it. */
  readonly folder: string;
}

/** One host of a stack: its settings as the server will get them. */
export class SynthesizedHost {
  private constructor(
    readonly stack: SynthesizedStack,
    /** What all its resources in Terraform's state begin with: `host`. */
    readonly prefix: string,
    /** host.json, with Terraform's words in place of what is known later. */
    readonly settings: JsonObject,
    private readonly checksums: JsonObject,
  ) {}

  /** The host of a stack; of several, the one that is named. */
  static of(stack: SynthesizedStack, name: string | undefined): SynthesizedHost {
    const hosts = stack.resources.flatMap(({ type, name: id, values }) => {
      const settings = at(values, "triggers_replace", "files", "host.json");
      if (type !== "terraform_data" || typeof settings !== "string") return [];
      const checksums = at(values, "triggers_replace", "secrets");
      const prefix = id.replace(/_configuration$/, "");
      return [new SynthesizedHost(stack, prefix, JSON.parse(settings), isObject(checksums) ? checksums : {})];
    });
    const named = name === undefined ? hosts : hosts.filter((host) => host.name === name);
    if (named.length === 1) return named[0] as SynthesizedHost;
    if (hosts.length === 0) throw new InputFault(stack.name, "holds no host", "name a stack that has a SingleHost");
    const names = hosts.map((host) => host.name).join(", ");
    throw new InputFault(
      stack.name,
      named.length === 0 ? `has no host ${name}` : `holds the hosts ${names}`,
      `name one of them: --host ${hosts[0]?.name}`,
    );
  }

  get name(): string {
    return String(this.settings.name);
  }

  get server(): DeclaredResource {
    const server = this.stack.resources.find(
      ({ type, name }) => SERVERS.includes(type) && name === `${this.prefix}_server`,
    );
    if (server === undefined) throw new InputFault(this.stack.name, `has no server for ${this.name}`, "synthesize it");
    return server;
  }

  /** Null: the host has no backups. */
  get backup(): JsonObject | null {
    return isObject(this.settings.backup) ? this.settings.backup : null;
  }

  get repository(): Repository | null {
    const text = this.backup?.repository;
    const match = typeof text === "string" ? /^s3:(https?:\/\/[^/]+)\/(.+)\/([^/]+)$/.exec(text) : null;
    if (match === null) return null;
    const [, endpoint = "", bucket = "", folder = ""] = match;
    return { endpoint, bucket, folder };
  }

  get secrets(): SecretSource[] {
    return Object.entries(this.checksums).map(([key, checksum]) => {
      const [, group = "application", name = key] = /^(backup|storage|registry|notices) (.*)$/.exec(key) ?? [];
      return { group, name, from: sourceOf(String(checksum)) };
    });
  }
}

/** Each secret stands in a stack as `${sha256(EXPRESSION)}`; a registry's is an object with its password. */
function sourceOf(checksum: string): SecretSource["from"] {
  const [, address] = /^\$\{sha256\((random_password\.[\w-]+)\.result\)\}$/.exec(checksum) ?? [];
  if (address !== undefined) return { kind: "generated", address };
  const [, variable] = /^\$\{sha256\((?:jsonencode\(.*password = )?var\.([\w-]+)(?:\}\))?\)\}$/.exec(checksum) ?? [];
  return variable === undefined ? { kind: "derived" } : { kind: "variable", variable };
}
