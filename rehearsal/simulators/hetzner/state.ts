import { randomInt } from "node:crypto";
import type { Labels } from "./labels";

/** What every resource of Hetzner's has. */
export interface Resource {
  readonly id: number;
  name: string;
  labels: Labels;
  readonly created: string;
}

export interface Key extends Resource {
  readonly fingerprint: string;
  readonly public_key: string;
}

/** What a server is made with, kept until it is first switched on. */
export interface FirstBoot {
  readonly userData: string;
  readonly publicKeys: string[];
}

export interface PrivateNetwork {
  readonly network: number;
  readonly ip: string;
  alias_ips: string[];
  readonly mac_address: string;
}

export interface Server extends Resource {
  status: "initializing" | "running" | "off" | "deleting";
  server_type: string;
  readonly location: string;
  readonly image: number;
  /** Kept by a change of the type without the disk, so not always the type's. */
  primary_disk_size: number;
  backup_window: string | null;
  protection: { delete: boolean; rebuild: boolean };
  placement_group: number | null;
  private_net: PrivateNetwork[];
  /** Null as soon as its machine exists. */
  first_boot: FirstBoot | null;
}

export interface PrimaryIp extends Resource {
  readonly type: "ipv4" | "ipv6";
  /** The address; of IPv6 the one that its server has, `...::1`. */
  readonly address: string;
  readonly location: string;
  assignee_id: number | null;
  auto_delete: boolean;
  protection: { delete: boolean };
  /** Names that were set, by address. */
  dns_ptr: Record<string, string>;
}

export interface FirewallRule {
  readonly direction: "in" | "out";
  readonly protocol: "tcp" | "udp" | "icmp" | "esp" | "gre";
  readonly port: string | null;
  readonly source_ips: readonly string[];
  readonly destination_ips: readonly string[];
  readonly description: string | null;
}

export interface Firewall extends Resource {
  rules: readonly FirewallRule[];
  servers: number[];
  selectors: string[];
}

export interface Volume extends Resource {
  size: number;
  readonly location: string;
  readonly format: "ext4" | null;
  server: number | null;
  protection: { delete: boolean };
}

export interface Subnet {
  readonly type: string;
  readonly ip_range: string;
  readonly network_zone: string;
  readonly gateway: string;
  readonly vswitch_id: null;
}

export interface Route {
  readonly destination: string;
  readonly gateway: string;
}

export interface Network extends Resource {
  ip_range: string;
  subnets: Subnet[];
  routes: Route[];
  protection: { delete: boolean };
  expose_routes_to_vswitch: boolean;
}

export interface PlacementGroup extends Resource {
  readonly type: "spread";
}

export interface ZoneRecord {
  readonly value: string;
  readonly comment: string;
}

/** All records of a name and a type. */
export interface RecordSet {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  ttl: number | null;
  labels: Labels;
  protection: { change: boolean };
  records: ZoneRecord[];
}

export interface Zone extends Resource {
  readonly mode: "primary";
  ttl: number;
  protection: { delete: boolean };
  /** By their id, `www/A`. */
  rrsets: Record<string, RecordSet>;
}

export interface ActionResource {
  readonly id: number;
  readonly type: "server" | "volume" | "network" | "primary_ip" | "firewall" | "zone";
}

export interface Action {
  readonly id: number;
  readonly command: string;
  status: "running" | "success" | "error";
  progress: number;
  readonly started: string;
  finished: string | null;
  readonly resources: readonly ActionResource[];
  error: { readonly code: string; readonly message: string } | null;
}

/** Everything that one project holds. Maps are objects, so that the file is plain JSON. */
export interface Project {
  readonly firstId: number;
  lastId: number;
  ssh_keys: Record<string, Key>;
  servers: Record<string, Server>;
  primary_ips: Record<string, PrimaryIp>;
  firewalls: Record<string, Firewall>;
  volumes: Record<string, Volume>;
  networks: Record<string, Network>;
  placement_groups: Record<string, PlacementGroup>;
  zones: Record<string, Zone>;
  actions: Record<string, Action>;
}

/** A project on its first day. */
export function newProject(): Project {
  // below DigitalOcean's numbers: the machines of both clouds count as one
  const firstId = randomInt(100_000_000, 180_000_000);
  return {
    firstId,
    lastId: firstId,
    ssh_keys: {},
    servers: {},
    primary_ips: {},
    firewalls: {},
    volumes: {},
    networks: {},
    placement_groups: {},
    zones: {},
    actions: {},
  };
}

/** The time as Hetzner writes it. */
export const now = (): string => `${new Date().toISOString().slice(0, 19)}Z`;
