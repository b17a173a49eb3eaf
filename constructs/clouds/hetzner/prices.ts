import { Estimate, type PricedResource, type PriceLine } from "../../model/price";
import { locations } from "./locations";
import { findRetiredServerType, findServerType, SERVER_TYPES_READ } from "./server-types";

/** When the prices below were read; those of servers stand with their types. Whoever changes a number changes this too. */
export const PRICES_READ = "2026-11";

const SOURCES = {
  servers: "https://www.hetzner.com/cloud",
  backups: "https://docs.hetzner.com/cloud/servers/backups-snapshots/overview/",
  addresses: "https://docs.hetzner.com/cloud/servers/primary-ips/overview/",
  volumes: "https://docs.hetzner.com/cloud/volumes/overview/",
  loadBalancers: "https://www.hetzner.com/cloud/load-balancer",
  objectStorage: "https://www.hetzner.com/storage/object-storage",
};

/** Backups of the whole server, as a share of its price. */
const BACKUPS_SHARE = 0.2;
const IPV4_EUR = 0.5;
const VOLUME_EUR_A_GIGABYTE = 0.0572;
const OBJECT_STORAGE_EUR = 6.49;

const loadBalancersEur: Readonly<Record<string, number>> = { lb11: 7.49 };

/** Resources of the providers that cost nothing by themselves. */
const FREE = new Set([
  "hcloud_firewall",
  "hcloud_firewall_attachment",
  "hcloud_floating_ip_assignment",
  "hcloud_load_balancer_network",
  "hcloud_load_balancer_service",
  "hcloud_load_balancer_target",
  "hcloud_managed_certificate",
  "hcloud_network",
  "hcloud_network_route",
  "hcloud_network_subnet",
  "hcloud_placement_group",
  "hcloud_rdns",
  "hcloud_server_network",
  "hcloud_ssh_key",
  "hcloud_uploaded_certificate",
  "hcloud_volume_attachment",
  "hcloud_zone",
  "hcloud_zone_record",
  "hcloud_zone_rrset",
  "minio_ilm_policy",
  "minio_s3_bucket_anonymous_access",
  "minio_s3_bucket_cors",
  "minio_s3_bucket_lifecycle",
  "minio_s3_bucket_object_lock_configuration",
  "minio_s3_bucket_policy",
  "minio_s3_bucket_versioning",
  "minio_s3_object",
]);

/** What Hetzner asks for a resource each month. */
export function hetznerPrice(resource: PricedResource): Estimate | undefined {
  if (!/^(hcloud|minio)_/.test(resource.type)) return undefined;
  const { values } = resource;
  if (values.count !== undefined || values.for_each !== undefined) {
    return Estimate.unknown(resource.address, "it has count or for_each; a plan knows how many: --plan PLAN.json");
  }
  switch (resource.type) {
    case "hcloud_server":
      return priceServer(resource);
    case "hcloud_primary_ip":
      return priceAddress(resource);
    case "hcloud_volume":
      return priceVolume(resource);
    case "hcloud_load_balancer":
      return priceLoadBalancer(resource);
    case "minio_s3_bucket":
      return Estimate.known({
        ...eur("Object Storage base price (1 TB stored, 1 TB out)", OBJECT_STORAGE_EUR, SOURCES.objectStorage),
        once: "hetzner_object_storage",
      });
    default:
      return FREE.has(resource.type)
        ? Estimate.free
        : Estimate.unknown(resource.address, `${resource.type} is not in the price table of ${PRICES_READ}`);
  }
}

function priceServer({ address, values }: PricedResource): Estimate {
  const { server_type: type, location } = values;
  const known = findServerType(type);
  if (known === undefined) return Estimate.unknown(address, unknownServerType(type, location));
  const europe = typeof location === "string" && isInEurope(location);
  if (!europe || known.monthlyEur === null) {
    const where = typeof location === "string" ? `in ${location}` : "in a place that is not known yet";
    return Estimate.unknown(address, `server type ${type} ${where} is not in the price table of ${SERVER_TYPES_READ}`);
  }
  const lines = [{ ...eur(`server ${type}`, known.monthlyEur, SOURCES.servers), date: SERVER_TYPES_READ }];
  if (values.backups === true) {
    const share = known.monthlyEur * BACKUPS_SHARE;
    lines.push({ ...eur(`backups of ${type}`, share, SOURCES.backups), date: SERVER_TYPES_READ });
  }
  if (bringsItsOwnIpv4(values.public_net)) lines.push(eur("IPv4 address", IPV4_EUR, SOURCES.addresses));
  return Estimate.known(...lines);
}

/**
 * Without a public_net a server gets addresses of its own. With one it names a hcloud_primary_ip, which is priced
 * itself: a plan does not know its id yet, and so can't be asked.
 */
function bringsItsOwnIpv4(publicNet: unknown): boolean {
  return publicNet === undefined || publicNet === null || (Array.isArray(publicNet) && publicNet.length === 0);
}

function unknownServerType(type: unknown, location: unknown): string {
  const retired = typeof type === "string" ? findRetiredServerType(type, String(location)) : undefined;
  if (retired === undefined) return notInTable("server type", type);
  return `server type ${type} is retired, and costs what it did; its successor is ${retired.successors[0]}`;
}

/** Prices elsewhere are others. */
function isInEurope(location: string): boolean {
  const found = Object.entries(locations).find(([name]) => name === location);
  return found?.[1].networkZone === "eu-central";
}

function priceAddress({ address, values }: PricedResource): Estimate {
  if (values.type === "ipv6") return Estimate.free;
  if (values.type === "ipv4") return Estimate.known(eur("IPv4 address", IPV4_EUR, SOURCES.addresses));
  return Estimate.unknown(address, notInTable("address type", values.type));
}

function priceVolume({ address, values }: PricedResource): Estimate {
  const size = values.size;
  if (typeof size !== "number") return Estimate.unknown(address, notInTable("volume size", size));
  return Estimate.known(eur(`volume ${size} GB`, size * VOLUME_EUR_A_GIGABYTE, SOURCES.volumes));
}

function priceLoadBalancer({ address, values }: PricedResource): Estimate {
  const type = values.load_balancer_type;
  const known = typeof type === "string" && Object.hasOwn(loadBalancersEur, type);
  const price = known ? loadBalancersEur[type] : undefined;
  if (price === undefined) return Estimate.unknown(address, notInTable("load balancer type", type));
  return Estimate.known(eur(`load balancer ${type}`, price, SOURCES.loadBalancers));
}

function eur(what: string, amount: number, source: string): PriceLine {
  return { what, monthly: { amount, currency: "EUR" }, source, date: PRICES_READ };
}

function notInTable(kind: string, value: unknown): string {
  return `${kind} ${JSON.stringify(value) ?? "of unknown value"} is not in the price table of ${PRICES_READ}`;
}
