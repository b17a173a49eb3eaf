import { Estimate, type PricedResource, type PriceLine } from "../../model/price";

/** When the tables below were read. Whoever changes a number changes this too. */
export const PRICES_READ = "2026-11";

const SOURCES = {
  droplets: "https://www.digitalocean.com/pricing/droplets",
  backups: "https://docs.digitalocean.com/products/backups/details/pricing/",
  volumes: "https://www.digitalocean.com/pricing/volumes",
  spaces: "https://www.digitalocean.com/pricing/spaces-object-storage",
  databases: "https://www.digitalocean.com/pricing/managed-databases",
  loadBalancers: "https://www.digitalocean.com/pricing/load-balancers",
};

export interface DropletSize {
  /** Null where no price was read: it is then said to be unknown. */
  readonly monthlyUsd: number | null;
  readonly vcpus: number;
  readonly memoryMebibytes: number;
  readonly diskGibibytes: number;
}

/** Droplets that a host may be. */
export const dropletSizes = {
  "s-1vcpu-512mb-10gb": { monthlyUsd: 4, vcpus: 1, memoryMebibytes: 512, diskGibibytes: 10 },
  "s-1vcpu-1gb": { monthlyUsd: 6, vcpus: 1, memoryMebibytes: 1024, diskGibibytes: 25 },
  "s-1vcpu-2gb": { monthlyUsd: 12, vcpus: 1, memoryMebibytes: 2048, diskGibibytes: 50 },
  "s-2vcpu-2gb": { monthlyUsd: 18, vcpus: 2, memoryMebibytes: 2048, diskGibibytes: 60 },
  "s-2vcpu-4gb": { monthlyUsd: 24, vcpus: 2, memoryMebibytes: 4096, diskGibibytes: 80 },
  "s-4vcpu-8gb": { monthlyUsd: 48, vcpus: 4, memoryMebibytes: 8192, diskGibibytes: 160 },
  "s-8vcpu-16gb": { monthlyUsd: null, vcpus: 8, memoryMebibytes: 16384, diskGibibytes: 320 },
  "s-1vcpu-1gb-amd": { monthlyUsd: null, vcpus: 1, memoryMebibytes: 1024, diskGibibytes: 25 },
  "s-1vcpu-2gb-amd": { monthlyUsd: null, vcpus: 1, memoryMebibytes: 2048, diskGibibytes: 50 },
  "s-2vcpu-2gb-amd": { monthlyUsd: null, vcpus: 2, memoryMebibytes: 2048, diskGibibytes: 60 },
  "s-2vcpu-4gb-amd": { monthlyUsd: null, vcpus: 2, memoryMebibytes: 4096, diskGibibytes: 80 },
  "s-4vcpu-8gb-amd": { monthlyUsd: null, vcpus: 4, memoryMebibytes: 8192, diskGibibytes: 160 },
  "s-8vcpu-16gb-amd": { monthlyUsd: null, vcpus: 8, memoryMebibytes: 16384, diskGibibytes: 320 },
  "s-1vcpu-1gb-intel": { monthlyUsd: null, vcpus: 1, memoryMebibytes: 1024, diskGibibytes: 25 },
  "s-1vcpu-2gb-intel": { monthlyUsd: null, vcpus: 1, memoryMebibytes: 2048, diskGibibytes: 50 },
  "s-2vcpu-2gb-intel": { monthlyUsd: null, vcpus: 2, memoryMebibytes: 2048, diskGibibytes: 60 },
  "s-2vcpu-4gb-intel": { monthlyUsd: null, vcpus: 2, memoryMebibytes: 4096, diskGibibytes: 80 },
  "s-4vcpu-8gb-intel": { monthlyUsd: null, vcpus: 4, memoryMebibytes: 8192, diskGibibytes: 160 },
  "s-8vcpu-16gb-intel": { monthlyUsd: null, vcpus: 8, memoryMebibytes: 16384, diskGibibytes: 320 },
  "c-2": { monthlyUsd: null, vcpus: 2, memoryMebibytes: 4096, diskGibibytes: 25 },
  "c-4": { monthlyUsd: null, vcpus: 4, memoryMebibytes: 8192, diskGibibytes: 50 },
  "g-2vcpu-8gb": { monthlyUsd: null, vcpus: 2, memoryMebibytes: 8192, diskGibibytes: 25 },
  "g-4vcpu-16gb": { monthlyUsd: null, vcpus: 4, memoryMebibytes: 16384, diskGibibytes: 50 },
  "m-2vcpu-16gb": { monthlyUsd: null, vcpus: 2, memoryMebibytes: 16384, diskGibibytes: 50 },
  "m-4vcpu-32gb": { monthlyUsd: null, vcpus: 4, memoryMebibytes: 32768, diskGibibytes: 100 },
} as const satisfies Readonly<Record<string, DropletSize>>;

/** A size as DigitalOcean's API spells it. */
export type DropletSlug = keyof typeof dropletSizes;

/** What is known of a size. */
export function findDropletSize(slug: unknown): DropletSize | undefined {
  return typeof slug === "string" && Object.hasOwn(dropletSizes, slug) ? dropletSizes[slug as DropletSlug] : undefined;
}

/** Managed PostgreSQL with one node. */
const postgresqlUsd: Readonly<Record<string, number>> = {
  "db-s-1vcpu-1gb": 15,
  "db-s-1vcpu-2gb": 30,
  "db-s-2vcpu-4gb": 60,
};

const VOLUME_USD_A_GIBIBYTE = 0.1;
const SPACES_USD = 5;
const LOAD_BALANCER_USD = 12;
/** Backups of the whole droplet by the plan, as a share of its price. */
const BACKUP_SHARES: Readonly<Record<string, number>> = { daily: 0.3, weekly: 0.2 };

/** Resources of the provider that cost nothing by themselves. */
const FREE = new Set([
  "digitalocean_certificate",
  "digitalocean_database_connection_pool",
  "digitalocean_database_db",
  "digitalocean_database_firewall",
  "digitalocean_database_user",
  "digitalocean_domain",
  "digitalocean_firewall",
  "digitalocean_monitor_alert",
  "digitalocean_project",
  "digitalocean_project_resources",
  "digitalocean_record",
  "digitalocean_reserved_ip_assignment",
  "digitalocean_spaces_bucket_object",
  "digitalocean_spaces_bucket_policy",
  "digitalocean_spaces_key",
  "digitalocean_ssh_key",
  "digitalocean_tag",
  "digitalocean_volume_attachment",
  "digitalocean_vpc",
]);

/** What DigitalOcean asks for a resource each month. */
export function digitaloceanPrice(resource: PricedResource): Estimate | undefined {
  if (!resource.type.startsWith("digitalocean_")) return undefined;
  const { values } = resource;
  if (values.count !== undefined || values.for_each !== undefined) {
    return Estimate.unknown(resource.address, "it has count or for_each; a plan knows how many: --plan PLAN.json");
  }
  switch (resource.type) {
    case "digitalocean_droplet":
      return priceDroplet(resource);
    case "digitalocean_volume":
      return priceVolume(resource);
    case "digitalocean_spaces_bucket":
      return Estimate.known({
        ...usd("Spaces subscription (250 GiB stored, 1 TiB out)", SPACES_USD, SOURCES.spaces),
        once: "digitalocean_spaces",
      });
    case "digitalocean_database_cluster":
      return priceDatabase(resource);
    case "digitalocean_loadbalancer":
      return priceLoadBalancer(resource);
    case "digitalocean_reserved_ip":
    case "digitalocean_floating_ip":
      // Free while a droplet uses it, and one that a stack creates is there to be used.
      return Estimate.free;
    default:
      return FREE.has(resource.type)
        ? Estimate.free
        : Estimate.unknown(resource.address, `${resource.type} is not in the price table of ${PRICES_READ}`);
  }
}

function priceDroplet({ address, values }: PricedResource): Estimate {
  const size = values.size;
  const price = findDropletSize(size)?.monthlyUsd ?? null;
  if (price === null) return Estimate.unknown(address, notInTable("droplet size", size));
  const server = usd(`droplet ${size}`, price, SOURCES.droplets);
  if (values.backups !== true) return Estimate.known(server);
  const policy = Array.isArray(values.backup_policy) ? values.backup_policy[0] : values.backup_policy;
  // Without a plan DigitalOcean makes them daily.
  const plan = policy?.plan ?? "daily";
  const share = typeof plan === "string" && Object.hasOwn(BACKUP_SHARES, plan) ? BACKUP_SHARES[plan] : undefined;
  if (share === undefined) {
    const reason = notInTable("plan of backups", plan);
    return Estimate.sum([Estimate.known(server), Estimate.unknown(`${address} backups`, reason)]);
  }
  return Estimate.known(server, usd(`${plan} backups of ${size}`, price * share, SOURCES.backups));
}

function priceVolume({ address, values }: PricedResource): Estimate {
  const size = values.size;
  if (typeof size !== "number") return Estimate.unknown(address, notInTable("volume size", size));
  return Estimate.known(usd(`volume ${size} GiB`, size * VOLUME_USD_A_GIBIBYTE, SOURCES.volumes));
}

function priceDatabase({ address, values }: PricedResource): Estimate {
  const { engine, size, node_count: nodes } = values;
  const known = engine === "pg" && typeof size === "string" && Object.hasOwn(postgresqlUsd, size);
  const price = known ? postgresqlUsd[size] : undefined;
  if (price === undefined) return Estimate.unknown(address, notInTable("database", `${engine} ${size}`));
  if (nodes !== 1) return Estimate.unknown(address, notInTable("number of database nodes", nodes));
  return Estimate.known(usd(`managed PostgreSQL ${size}`, price, SOURCES.databases));
}

function priceLoadBalancer({ address, values }: PricedResource): Estimate {
  const units = values.size_unit ?? 1;
  if (typeof units !== "number") return Estimate.unknown(address, notInTable("size_unit", units));
  return Estimate.known(
    usd(
      units === 1 ? "load balancer" : `load balancer of ${units} units`,
      LOAD_BALANCER_USD * units,
      SOURCES.loadBalancers,
    ),
  );
}

function usd(what: string, amount: number, source: string): PriceLine {
  return { what, monthly: { amount, currency: "USD" }, source, date: PRICES_READ };
}

function notInTable(kind: string, value: unknown): string {
  return `${kind} ${JSON.stringify(value) ?? "of unknown value"} is not in the price table of ${PRICES_READ}`;
}
