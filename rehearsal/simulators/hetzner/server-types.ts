import { type Architecture, describeLocation, findLocation } from "./catalog";

export interface ServerType {
  readonly id: number;
  readonly name: string;
  readonly cores: number;
  /** GB. */
  readonly memory: number;
  /** GB. */
  readonly disk: number;
  readonly cpu_type: "shared" | "dedicated";
  readonly architecture: Architecture;
  /** A month, net, in euros. */
  readonly price: number;
  /** Where it can be ordered. */
  readonly locations: readonly string[];
  /** Where servers of it still run, and since when none can be ordered any more. */
  readonly retired: {
    readonly locations: readonly string[];
    readonly announced: string;
    readonly since: string;
  } | null;
}

const EUROPE = ["fsn1", "nbg1", "hel1"];
const EUROPE_AND_ASIA = [...EUROPE, "sin"];
const AMERICA = ["ash", "hil"];
const EVERYWHERE = [...EUROPE, ...AMERICA, "sin"];

// id, name, cores, memory, disk, price a month, in November 2026
type Row = readonly [number, string, number, number, number, number];

const COST_OPTIMIZED: readonly Row[] = [
  [114, "cx23", 2, 4, 40, 5.49],
  [115, "cx33", 4, 8, 80, 8.49],
  [116, "cx43", 8, 16, 160, 15.99],
  [117, "cx53", 16, 32, 320, 29.49],
];

const ARM: readonly Row[] = [
  [45, "cax11", 2, 4, 40, 5.99],
  [93, "cax21", 4, 8, 80, 10.49],
  [94, "cax31", 8, 16, 160, 20.99],
  [95, "cax41", 16, 32, 320, 40.99],
];

const REGULAR: readonly Row[] = [
  [108, "cpx12", 1, 2, 40, 11.49],
  [109, "cpx22", 2, 4, 80, 19.49],
  [110, "cpx32", 4, 8, 160, 35.49],
  [111, "cpx42", 8, 16, 320, 69.49],
  [112, "cpx52", 12, 24, 480, 100.49],
  [113, "cpx62", 16, 32, 640, 129.99],
];

/** Ordered in America alone since 2025-12. */
const REGULAR_IN_AMERICA: readonly Row[] = [
  [22, "cpx11", 2, 2, 40, 5.49],
  [23, "cpx21", 3, 4, 80, 9.99],
  [24, "cpx31", 4, 8, 160, 17.99],
  [25, "cpx41", 8, 16, 240, 33.49],
  [26, "cpx51", 16, 32, 360, 72.49],
];

const DEDICATED: readonly Row[] = [
  [96, "ccx13", 2, 8, 80, 42.99],
  [97, "ccx23", 4, 16, 160, 85.99],
  [98, "ccx33", 8, 32, 240, 138.49],
  [99, "ccx43", 16, 64, 360, 275.99],
  [100, "ccx53", 32, 128, 600, 533.49],
  [101, "ccx63", 48, 192, 960, 853.49],
];

const RETIRED_IN_2025: readonly Row[] = [
  [104, "cx22", 2, 4, 40, 3.79],
  [105, "cx32", 4, 8, 80, 6.8],
  [106, "cx42", 8, 16, 160, 16.4],
  [107, "cx52", 16, 32, 320, 32.4],
];

function types(
  rows: readonly Row[],
  about: Partial<Pick<ServerType, "cpu_type" | "architecture" | "retired">> & Pick<ServerType, "locations">,
): ServerType[] {
  return rows.map(([id, name, cores, memory, disk, price]) => ({
    ...{ id, name, cores, memory, disk, price },
    ...{ cpu_type: "shared", architecture: "x86", retired: null },
    ...about,
  }));
}

const RETIREMENT_OF_2025 = { announced: "2025-10-16T06:00:00Z", since: "2025-12-31T23:59:59Z" };

/** What the list shows. A type that is retired everywhere for a year and more is gone from it. */
export const SERVER_TYPES: readonly ServerType[] = [
  ...types(COST_OPTIMIZED, { locations: EUROPE }),
  ...types(ARM, { locations: EUROPE, architecture: "arm" }),
  ...types(REGULAR, { locations: EUROPE_AND_ASIA }),
  ...types(REGULAR_IN_AMERICA, {
    locations: AMERICA,
    retired: { ...RETIREMENT_OF_2025, locations: EUROPE_AND_ASIA },
  }),
  ...types(DEDICATED, { locations: EVERYWHERE, cpu_type: "dedicated" }),
  ...types(RETIRED_IN_2025, { locations: [], retired: { ...RETIREMENT_OF_2025, locations: EUROPE } }),
];

/** Retired in 2024 and before: the list does not have them any more, an order is told so. */
const GONE = [
  ...["cx11", "cx21", "cx31", "cx41", "cx51"],
  ...["ccx11", "ccx21", "ccx31", "ccx41", "ccx51", "ccx12", "ccx22", "ccx32", "ccx42", "ccx52", "ccx62"],
];

export const findServerType = (idOrName: string): ServerType | undefined =>
  SERVER_TYPES.find(({ id, name }) => name === idOrName || String(id) === idOrName);

export const serverTypeNamed = (name: string): ServerType => findServerType(name) as ServerType;

/** Why a type cannot be ordered in a place; null: it can. */
export function whyNotOrdered(idOrName: string, location: string): string | null {
  const type = findServerType(idOrName);
  if (GONE.includes(idOrName) || type?.retired?.locations.includes(location)) {
    return `server type '${type?.name ?? idOrName}' is deprecated and can no longer be ordered`;
  }
  if (type === undefined) return "server type not found";
  return type.locations.includes(location) ? null : "unsupported location for server type";
}

/** A type as the API shows it. */
export function describeServerType(type: ServerType): Record<string, unknown> {
  const { id, name, cores, memory, disk, cpu_type, architecture, locations, retired } = type;
  const deprecation = retired === null ? null : { announced: retired.announced, unavailable_after: retired.since };
  const place = (location: string, isRetired: boolean) => ({
    id: findLocation(location)?.id,
    name: location,
    deprecation: isRetired ? deprecation : null,
    available: !isRetired,
    recommended: !isRetired,
  });
  const everywhere = locations.length === 0;
  return {
    ...{ id, name, description: name.toUpperCase(), category: categoryOf(type), cores, memory, disk },
    ...{ storage_type: "local", cpu_type, architecture, included_traffic: 0 },
    ...{ deprecated: everywhere, deprecation: everywhere ? deprecation : null },
    prices: [...locations, ...(retired?.locations ?? [])].map((location) => priceIn(type, location)),
    locations: [
      ...locations.map((location) => place(location, false)),
      ...(retired?.locations ?? []).map((location) => place(location, true)),
    ],
  };
}

function categoryOf({ name, cpu_type }: ServerType): string {
  if (cpu_type === "dedicated") return "general_purpose";
  return name.startsWith("cpx") ? "regular_performance" : "cost_optimized";
}

function priceIn({ price }: ServerType, location: string): Record<string, unknown> {
  const amount = (net: number) => ({ net: net.toFixed(10), gross: (net * 1.19).toFixed(16) });
  const traffic = describeLocation(location).network_zone === "eu-central" ? 20 : 1;
  return {
    location,
    price_hourly: amount(price / 624),
    price_monthly: amount(price),
    included_traffic: traffic * 1024 ** 4,
    price_per_tb_traffic: amount(1),
  };
}
