import { randomInt } from "node:crypto";

export interface Key {
  readonly id: number;
  name: string;
  readonly fingerprint: string;
  readonly public_key: string;
}

export interface Droplet {
  readonly id: number;
  name: string;
  status: "new" | "active" | "off";
  locked: boolean;
  readonly created_at: string;
  readonly region: string;
  readonly image: number;
  size: string;
  /** Kept by a resize without disk, so not always the size's. */
  disk: number;
  features: string[];
  tags: string[];
  volume_ids: string[];
  readonly vpc_uuid: string;
  ipv4: string | null;
  private_ipv4: string;
  ipv6: string | null;
  /** The address that IPv6 has when it is on. */
  own_ipv6: string;
  backup_policy?: unknown;
}

export interface Action {
  readonly id: number;
  status: "in-progress" | "completed" | "errored";
  readonly type: string;
  readonly started_at: string;
  completed_at: string | null;
  /** A droplet's number, or a reserved address as one number; a volume has none. */
  readonly resource_id: number | null;
  readonly resource_type: "droplet" | "floating_ip" | "volume";
  readonly region_slug: string;
}

export interface FirewallEnds {
  addresses?: string[];
  tags?: string[];
  droplet_ids?: number[];
  load_balancer_uids?: string[];
  kubernetes_ids?: string[];
}

export interface FirewallRule {
  protocol: "tcp" | "udp" | "icmp";
  ports: string;
  sources?: FirewallEnds;
  destinations?: FirewallEnds;
}

export interface Firewall {
  readonly id: string;
  name: string;
  readonly created_at: string;
  inbound_rules: FirewallRule[];
  outbound_rules: FirewallRule[];
  droplet_ids: number[];
  tags: string[];
}

export interface DomainRecord {
  readonly id: number;
  readonly type: string;
  name: string;
  data: string;
  priority: number | null;
  port: number | null;
  ttl: number;
  weight: number | null;
  flags: number | null;
  tag: string | null;
}

export interface Domain {
  readonly name: string;
  readonly ttl: number;
  records: DomainRecord[];
}

export interface Project {
  readonly id: string;
  name: string;
  description: string;
  purpose: string;
  environment: string;
  is_default: boolean;
  readonly created_at: string;
  updated_at: string;
}

export interface Vpc {
  readonly id: string;
  name: string;
  description: string;
  readonly region: string;
  readonly ip_range: string;
  default: boolean;
  readonly created_at: string;
}

export interface ReservedIp {
  readonly ip: string;
  readonly region: string;
  droplet_id: number | null;
}

export interface Volume {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  size_gigabytes: number;
  readonly description: string;
  /** What it was asked to come with; empty for none. */
  readonly filesystem_type: string;
  readonly filesystem_label: string;
  readonly created_at: string;
  droplet_id: number | null;
  tags: string[];
  /** The numbers of its actions. */
  readonly actions: number[];
}

/** What Spaces keeps of a bucket and MinIO does not. */
export interface Bucket {
  readonly region: string;
  /** The lifecycle document as it was put. */
  lifecycle: string | null;
}

/** Everything that one DigitalOcean account holds. Maps are objects, so that the file is plain JSON. */
export interface Account {
  readonly uuid: string;
  readonly firstId: number;
  lastId: number;
  keys: Record<string, Key>;
  droplets: Record<string, Droplet>;
  actions: Record<string, Action>;
  firewalls: Record<string, Firewall>;
  domains: Record<string, Domain>;
  projects: Record<string, Project>;
  /** The project of every resource, by its URN. */
  assignments: Record<string, { project: string; assigned_at: string }>;
  vpcs: Record<string, Vpc>;
  reserved_ips: Record<string, ReservedIp>;
  volumes: Record<string, Volume>;
  tags: string[];
  buckets: Record<string, Bucket>;
}

/** An account on its first day. */
export function newAccount(uuid: string): Account {
  // a new account starts elsewhere, so that nothing left over from an earlier one has the number of a new droplet
  const firstId = randomInt(400_000_000, 480_000_000);
  return {
    uuid,
    firstId,
    lastId: firstId,
    keys: {},
    droplets: {},
    actions: {},
    firewalls: {},
    domains: {},
    projects: {},
    assignments: {},
    vpcs: {},
    reserved_ips: {},
    volumes: {},
    tags: [],
    buckets: {},
  };
}

/** The time as DigitalOcean writes it. */
export const now = (): string => `${new Date().toISOString().slice(0, 19)}Z`;
