import { isObject } from "../json-file";
import type { ResourceChange } from "../plan";
import { attributeOf } from "./values";

/** A resource in this library's words: `server` `chitram-beta`. */
export interface Named {
  readonly what: string;
  /** As the team or the cloud calls it; `null`: there is only one. */
  readonly name: string | null;
}

/** What the constructs make, and the attributes that tell two of a kind apart. */
const WORDS: Readonly<Record<string, readonly [what: string, ...name: string[]]>> = {
  digitalocean_domain: ["DNS zone", "name"],
  digitalocean_droplet: ["server", "name"],
  digitalocean_firewall: ["firewall", "name"],
  digitalocean_project: ["project", "name"],
  digitalocean_project_resources: ["project's list of resources"],
  digitalocean_record: ["DNS record", "name", "type"],
  digitalocean_reserved_ip: ["reserved address", "ip_address"],
  digitalocean_spaces_bucket: ["bucket", "name"],
  digitalocean_spaces_key: ["key of a bucket", "name"],
  digitalocean_ssh_key: ["SSH key at DigitalOcean", "name"],
  digitalocean_volume: ["data volume", "name"],
  digitalocean_volume_attachment: ["data volume's place at the server"],
  github_actions_environment_secret: ["GitHub secret", "secret_name"],
  github_actions_environment_variable: ["GitHub variable", "variable_name"],
  github_actions_secret: ["GitHub secret", "secret_name"],
  github_actions_variable: ["GitHub variable", "variable_name"],
  github_branch: ["branch", "branch"],
  github_repository_deployment_branch_policy: ["GitHub environment's branch policy", "name"],
  github_repository_environment: ["GitHub environment", "environment"],
  github_repository_environment_deployment_policy: ["GitHub environment's branch policy", "branch_pattern"],
  github_repository_file: ["file in the repository", "file"],
  github_repository_pull_request: ["pull request", "title"],
  hcloud_firewall: ["firewall", "name"],
  hcloud_network: ["network", "name"],
  hcloud_network_subnet: ["network's subnet", "ip_range"],
  hcloud_placement_group: ["placement group", "name"],
  hcloud_primary_ip: ["address", "name"],
  hcloud_rdns: ["reverse DNS name"],
  hcloud_server: ["server", "name"],
  hcloud_server_network: ["server's place in the network"],
  hcloud_ssh_key: ["SSH key at Hetzner", "name"],
  hcloud_volume: ["data volume", "name"],
  hcloud_volume_attachment: ["data volume's place at the server"],
  hcloud_zone: ["DNS zone", "name"],
  hcloud_zone_rrset: ["DNS record", "name", "type"],
  minio_s3_bucket: ["bucket", "bucket"],
  minio_s3_bucket_versioning: ["bucket's versioning", "bucket"],
  random_id: ["end of a bucket's name"],
  random_password: ["generated secret"],
  tls_private_key: ["generated key"],
};

/** Records that tell Terraform something, by the end of their names; nothing stands behind them. */
const RECORDS: readonly (readonly [RegExp, string])[] = [
  [/_protection$/, "protection of"],
  [/_processor$/, "record of the server's processor"],
  [/_identity$/, "host identity"],
  [/_configuration$/, "host configuration"],
];

const CONFIGURATION = /^terraform_data\.(.+)_configuration$/;

/** What only this library's own plans have, told apart by the hosts that they configure. */
export class Vocabulary {
  /** The names of the hosts, as their servers have them. */
  readonly hostNames: readonly string[];
  /** What the names of a host's resources begin with. */
  private readonly hosts: readonly string[];

  constructor(resources: readonly ResourceChange[]) {
    const configurations = resources.filter(({ address, type, change }) => {
      return (
        type === "terraform_data" && CONFIGURATION.test(address) && (hasFiles(change.before) || hasFiles(change.after))
      );
    });
    this.hosts = configurations.flatMap(({ address }) => CONFIGURATION.exec(address)?.[1] ?? []);
    const servers = resources.filter(({ type }) => type === "digitalocean_droplet" || type === "hcloud_server");
    this.hostNames = servers.filter((each) => this.of(each) !== undefined).flatMap((each) => this.of(each)?.name ?? []);
  }

  /** The words for a resource of the library's; `undefined`: somebody else's. */
  of({ address, type, name, module_address, change }: ResourceChange): Named | undefined {
    if (module_address !== undefined || (this.hosts.length > 0 && this.hostOf(name) === undefined)) return undefined;
    if (type === "terraform_data") return this.record(address);
    const words = Object.hasOwn(WORDS, type) ? WORDS[type] : undefined;
    if (words === undefined) return undefined;
    const [what, ...attributes] = words;
    return { what, name: nameIn(change, attributes) ?? this.ownName(name) };
  }

  private record(address: string): Named | undefined {
    const name = address.slice("terraform_data.".length);
    const [end, what] = RECORDS.find(([each]) => each.test(name)) ?? [];
    if (end === undefined || what === undefined) return undefined;
    return { what, name: what === "protection of" ? this.ownName(name.replace(end, "")) : null };
  }

  private hostOf(name: string): string | undefined {
    return this.hosts.find((host) => name.startsWith(`${host}_`));
  }

  /** What follows the host in a name that the library gave: `secret_POSTGRES_PASSWORD`. */
  private ownName(name: string): string {
    const host = this.hostOf(name) ?? "host";
    return name.replace(`${host}_`, "").replace(/^(secret|record)_/, "");
  }
}

/** Null where nothing of it is known yet. */
function nameIn({ before, after }: ResourceChange["change"], attributes: readonly string[]): string | null {
  const parts = attributes.map((attribute) => attributeOf(after, attribute) ?? attributeOf(before, attribute));
  return parts.length > 0 && parts.every((part) => typeof part === "string") ? parts.join(" ") : null;
}

function hasFiles(values: unknown): boolean {
  const triggers = attributeOf(values, "triggers_replace");
  return isObject(triggers) && isObject(triggers.files);
}
