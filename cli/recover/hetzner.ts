import { COMPANIES } from "../companies";
import type { JsonObject } from "../json-file";
import { at, type DeclaredResource } from "../synthesized-stack";
import { ReadableApi, type Resolve, type ServerAccount, type StandingServer, tokenOf } from "./account";

/** Under which key things of a kind are listed; their path is the same word. */
const LISTS: Readonly<Record<string, string>> = {
  hcloud_server: "servers",
  hcloud_firewall: "firewalls",
  hcloud_network: "networks",
  hcloud_placement_group: "placement_groups",
  hcloud_primary_ip: "primary_ips",
  hcloud_ssh_key: "ssh_keys",
  hcloud_volume: "volumes",
  hcloud_zone: "zones",
};

/** What a project of Hetzner's still holds. Its names are unique: a second thing of one is refused. */
export class HetznerAccount implements ServerAccount {
  readonly company = COMPANIES.hcloud_server.company;
  readonly deletion = COMPANIES.hcloud_server.deletion;
  private readonly api = new ReadableApi(
    this.company,
    process.env.HCLOUD_ENDPOINT ?? "https://api.hetzner.cloud/v1",
    tokenOf(this.company, "HCLOUD_TOKEN"),
  );

  async holds(type: string, id: string): Promise<boolean> {
    const list = LISTS[type];
    return list !== undefined && (await this.api.get(`/${list}/${encodeURIComponent(id)}`)) !== null;
  }

  async serversNamed(name: string): Promise<StandingServer[]> {
    return (await this.named("servers", name)).map((server) => ({
      id: String(server.id),
      name,
      address: String(at(server, "public_net", "ipv4", "ip") ?? "an address unknown"),
    }));
  }

  async leftover(resource: DeclaredResource, resolve: Resolve): Promise<string | null | undefined> {
    const { type, values } = resource;
    if (type === "hcloud_server") return undefined;
    if (type === "hcloud_zone_rrset") return this.recordSet(values, resolve);
    if (type === "hcloud_network_subnet") return this.subnet(resource, resolve);
    const list = LISTS[type];
    const name = resolve(values.name);
    if (list === undefined || name === null) return undefined;
    const [found] = await this.named(list, name);
    return found === undefined ? null : String(found.id);
  }

  private named(list: string, name: string): Promise<JsonObject[]> {
    return this.api.named(`/${list}?name=${encodeURIComponent(name)}`, list, name, 50);
  }

  private async recordSet(values: JsonObject, resolve: Resolve): Promise<string | null> {
    const [zone, name, type] = [resolve(values.zone), resolve(values.name), values.type];
    if (zone === null || name === null) return null;
    const set = await this.api.get(`/zones/${zone}/rrsets/${encodeURIComponent(name)}/${type}`);
    return set === null ? null : `${zone}/${name}/${type}`;
  }

  /** A network is found with the subnets that it has. */
  private async subnet({ name: id, values }: DeclaredResource, resolve: Resolve): Promise<string | null> {
    const network = resolve(`\${hcloud_network.${id}.name}`);
    const [found] = network === null ? [] : await this.named("networks", network);
    const subnets = Array.isArray(found?.subnets) ? (found.subnets as JsonObject[]) : [];
    return subnets.some((subnet) => subnet.ip_range === values.ip_range) ? `${found?.id}-${values.ip_range}` : null;
  }
}
