/** A size as GET /v2/sizes lists it. */
export interface Size {
  readonly slug: string;
  readonly memory: number;
  readonly vcpus: number;
  readonly disk: number;
  readonly transfer: number;
  readonly price_monthly: number;
  readonly price_hourly: number;
  readonly regions: readonly string[];
  readonly available: boolean;
  readonly description: string;
}

export interface Region {
  readonly slug: string;
  readonly name: string;
  readonly sizes: readonly string[];
  readonly features: readonly string[];
  readonly available: boolean;
}

export interface Image {
  readonly id: number;
  readonly name: string;
  readonly type: "base";
  readonly distribution: string;
  readonly slug: string;
  readonly public: true;
  readonly regions: readonly string[];
  readonly created_at: string;
  readonly min_disk_size: number;
  readonly size_gigabytes: number;
  readonly description: string;
  readonly tags: readonly string[];
  readonly status: "available";
}

const REGION_NAMES: Readonly<Record<string, string>> = {
  nyc1: "New York 1",
  nyc2: "New York 2",
  nyc3: "New York 3",
  sfo2: "San Francisco 2",
  sfo3: "San Francisco 3",
  ams3: "Amsterdam 3",
  sgp1: "Singapore 1",
  lon1: "London 1",
  fra1: "Frankfurt 1",
  tor1: "Toronto 1",
  blr1: "Bangalore 1",
  syd1: "Sydney 1",
  atl1: "Atlanta 1",
};

/** Regions that still have servers but take no new ones. */
const CLOSED_REGIONS: Readonly<Record<string, string>> = { sfo1: "San Francisco 1", ams2: "Amsterdam 2" };

const OPEN_REGIONS = Object.keys(REGION_NAMES);
const PREMIUM_REGIONS = OPEN_REGIONS.filter((slug) => slug !== "nyc2");

// slug, memory in MiB, virtual processors, disk in GiB, transfer in TiB, price a month, in November 2026
type SizeRow = readonly [string, number, number, number, number, number];

const BASIC: readonly SizeRow[] = [
  ["s-1vcpu-512mb-10gb", 512, 1, 10, 0.5, 4],
  ["s-1vcpu-1gb", 1024, 1, 25, 1, 6],
  ["s-1vcpu-2gb", 2048, 1, 50, 2, 12],
  ["s-2vcpu-2gb", 2048, 2, 60, 3, 18],
  ["s-2vcpu-4gb", 4096, 2, 80, 4, 24],
  ["s-4vcpu-8gb", 8192, 4, 160, 5, 48],
  ["s-8vcpu-16gb", 16384, 8, 320, 6, 96],
];

const PREMIUM: readonly SizeRow[] = [
  ["s-1vcpu-1gb", 1024, 1, 25, 1, 7],
  ["s-1vcpu-2gb", 2048, 1, 50, 2, 14],
  ["s-2vcpu-2gb", 2048, 2, 60, 3, 21],
  ["s-2vcpu-4gb", 4096, 2, 80, 4, 28],
  ["s-4vcpu-8gb", 8192, 4, 160, 5, 56],
  ["s-8vcpu-16gb", 16384, 8, 320, 6, 112],
];

const DEDICATED: readonly SizeRow[] = [
  ["c-2", 4096, 2, 25, 4, 42],
  ["c-4", 8192, 4, 50, 5, 84],
  ["g-2vcpu-8gb", 8192, 2, 25, 4, 63],
  ["g-4vcpu-16gb", 16384, 4, 50, 5, 126],
  ["m-2vcpu-16gb", 16384, 2, 50, 4, 84],
  ["m-4vcpu-32gb", 32768, 4, 100, 6, 168],
];

function sizesOf(rows: readonly SizeRow[], suffix: string, description: string, regions: readonly string[]): Size[] {
  return rows.map(([slug, memory, vcpus, disk, transfer, price]) => ({
    slug: slug + suffix,
    memory,
    vcpus,
    disk,
    transfer,
    price_monthly: price,
    price_hourly: Math.round((price / 672) * 100000) / 100000,
    regions,
    available: true,
    description,
  }));
}

export const SIZES: readonly Size[] = [
  ...sizesOf(BASIC, "", "Basic", OPEN_REGIONS),
  ...sizesOf(PREMIUM, "-amd", "Basic AMD", PREMIUM_REGIONS),
  ...sizesOf(PREMIUM, "-intel", "Basic Intel", PREMIUM_REGIONS),
  ...sizesOf(DEDICATED, "", "Dedicated", PREMIUM_REGIONS),
];

const FEATURES = ["backups", "ipv6", "metadata", "install_agent", "storage", "image_transfer"];

export const REGIONS: readonly Region[] = [
  ...Object.entries(REGION_NAMES).map(([slug, name]) => ({
    slug,
    name,
    sizes: SIZES.filter((size) => size.regions.includes(slug)).map((size) => size.slug),
    features: FEATURES,
    available: true,
  })),
  ...Object.entries(CLOSED_REGIONS).map(([slug, name]) => ({ slug, name, sizes: [], features: [], available: false })),
];

const IMAGE_ROWS: readonly (readonly [number, string, string, string])[] = [
  [192435117, "debian-13-x64", "13 x64", "Debian"],
  [179426230, "debian-12-x64", "12 x64", "Debian"],
  [195932981, "ubuntu-24-04-x64", "24.04 (LTS) x64", "Ubuntu"],
  [195932989, "ubuntu-22-04-x64", "22.04 (LTS) x64", "Ubuntu"],
  [190000337, "fedora-42-x64", "42 x64", "Fedora"],
  [174508213, "rockylinux-9-x64", "9 x64", "Rocky Linux"],
];

export const IMAGES: readonly Image[] = IMAGE_ROWS.map(([id, slug, name, distribution]) => ({
  id,
  name,
  type: "base",
  distribution,
  slug,
  public: true,
  regions: OPEN_REGIONS,
  created_at: "2025-08-12T14:20:11Z",
  min_disk_size: 10,
  size_gigabytes: 1.05,
  description: `${distribution} ${name}`,
  tags: [],
  status: "available",
}));

export const findSize = (slug: string): Size | undefined => SIZES.find((size) => size.slug === slug);
export const findRegion = (slug: string): Region | undefined => REGIONS.find((region) => region.slug === slug);
export const findImage = (slugOrId: string | number): Image | undefined =>
  IMAGES.find((image) => image.slug === slugOrId || image.id === Number(slugOrId));
