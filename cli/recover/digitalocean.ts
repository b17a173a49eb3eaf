import { COMPANIES } from "../companies";
import type { JsonObject } from "../json-file";
import { at, type DeclaredResource } from "../synthesized-stack";
import { ReadableApi, type Resolve, type ServerAccount, type StandingServer, tokenOf } from "./account";

const PER_PAGE = 200;

/** Where things of a kind are listed, and under which key. */
const LISTS: Readonly<Record<string, readonly [path: string, key: string]>> = {
  digitalocean_droplet: ["/v2/droplets", "droplets"],
  digitalocean_firewall: ["/v2/firewalls", "firewalls"],
  digitalocean_project: ["/v2/projects", "projects"],
  digitalocean_ssh_key: ["/v2/account/keys", "ssh_keys"],
  digitalocean_volume: ["/v2/volumes", "volumes"],
};

/** What a DigitalOcean account still holds. */
export class DigitaloceanAccount implements ServerAccount {
  readonly company = COMPANIES.digitalocean_droplet.company;
  readonly deletion = COMPANIES.digitalocean_droplet.deletion;
  private readonly api = new ReadableApi(
    this.company,
    process.env.DIGITALOCEAN_API_URL ?? "https://api.digitalocean.com",
    tokenOf(this.company, "DIGITALOCEAN_TOKEN", "DIGITALOCEAN_ACCESS_TOKEN"),
  );

  async holds(type: string, id: string): Promise<boolean> {
    const [path] = LISTS[type] ?? [];
    return path !== undefined && (await this.api.get(`${path}/${encodeURIComponent(id)}`)) !== null;
  }

  async serversNamed(name: string): Promise<StandingServer[]> {
    const found = await this.api.named("/v2/droplets", "droplets", name, PER_PAGE);
    return found.map((droplet) => ({ id: String(droplet.id), name, address: publicAddress(droplet) }));
  }

  async leftover(resource: DeclaredResource, resolve: Resolve): Promise<string | null | undefined> {
    const { type, values } = resource;
    const name = resolve(values.name);
    switch (type) {
      case "digitalocean_firewall":
      case "digitalocean_project":
      case "digitalocean_ssh_key":
        return this.idOf(type, name);
      case "digitalocean_volume":
        return this.idOf(type, name, (volume) => at(volume, "region", "slug") === values.region);
      case "digitalocean_domain":
        return name !== null && (await this.api.get(`/v2/domains/${name}`)) !== null ? name : null;
      case "digitalocean_record":
        return this.record(resolve(values.domain), name, values.type);
      default:
        return undefined;
    }
  }

  private async idOf(type: string, name: string | null, fits = (_: JsonObject) => true): Promise<string | null> {
    const [path, key] = LISTS[type] as readonly [string, string];
    if (name === null) return null;
    const [found] = (await this.api.named(path, key, name, PER_PAGE)).filter(fits);
    return found === undefined ? null : String(found.id);
  }

  /** A second record of the same name would send every other visitor to the server that is gone. */
  private async record(domain: string | null, name: string | null, type: unknown): Promise<string | null> {
    if (domain === null || name === null) return null;
    const found = await this.api.named(`/v2/domains/${domain}/records`, "domain_records", name, PER_PAGE);
    const [record] = found.filter((candidate) => candidate.type === type);
    return record === undefined ? null : `${domain},${record.id}`;
  }
}

function publicAddress(droplet: JsonObject): string {
  const networks = at(droplet, "networks", "v4");
  const open = (Array.isArray(networks) ? networks : []).find((network) => network.type === "public");
  return String(open?.ip_address ?? "an address unknown");
}
