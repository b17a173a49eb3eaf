import type { Architecture } from "../../model/architecture";

/** When prices and places of the types below were read: GET /v1/server_types, and the pages that prices.ts names. */
export const SERVER_TYPES_READ = "2026-07";

export interface ServerType {
  /**
   * In Europe, before taxes, without its IPv4 address, for a server that is ordered or resized after 2026-06-15. Null
   * where no price was read: it is then said to be unknown.
   */
  readonly monthlyEur: number | null;
  readonly vcpus: number;
  readonly memoryMebibytes: number;
  readonly diskGibibytes: number;
  readonly architecture: Architecture;
  /** Where it is offered. Whether one is left there today, only Hetzner knows. */
  readonly locations: readonly string[];
}

const EUROPE = ["fsn1", "nbg1", "hel1"] as const;
const AMERICA = ["ash", "hil"] as const;
const EUROPE_AND_ASIA = [...EUROPE, "sin"] as const;
const EVERYWHERE = [...EUROPE, ...AMERICA, "sin"] as const;

const shared = { architecture: "amd64", locations: EUROPE } as const;
const arm = { architecture: "arm64", locations: EUROPE } as const;
const regular = { architecture: "amd64", locations: EUROPE_AND_ASIA } as const;
const regularInAmerica = { architecture: "amd64", locations: AMERICA, monthlyEur: null } as const;
const dedicated = { architecture: "amd64", locations: EVERYWHERE } as const;

/** Servers that a host may be. */
export const serverTypes = {
  cx23: { ...shared, monthlyEur: 5.49, vcpus: 2, memoryMebibytes: 4096, diskGibibytes: 40 },
  cx33: { ...shared, monthlyEur: 8.49, vcpus: 4, memoryMebibytes: 8192, diskGibibytes: 80 },
  cx43: { ...shared, monthlyEur: 15.99, vcpus: 8, memoryMebibytes: 16384, diskGibibytes: 160 },
  cx53: { ...shared, monthlyEur: 29.49, vcpus: 16, memoryMebibytes: 32768, diskGibibytes: 320 },
  cax11: { ...arm, monthlyEur: 5.99, vcpus: 2, memoryMebibytes: 4096, diskGibibytes: 40 },
  cax21: { ...arm, monthlyEur: 10.49, vcpus: 4, memoryMebibytes: 8192, diskGibibytes: 80 },
  cax31: { ...arm, monthlyEur: 20.99, vcpus: 8, memoryMebibytes: 16384, diskGibibytes: 160 },
  cax41: { ...arm, monthlyEur: 40.99, vcpus: 16, memoryMebibytes: 32768, diskGibibytes: 320 },
  cpx12: { ...regular, monthlyEur: 11.49, vcpus: 1, memoryMebibytes: 2048, diskGibibytes: 40 },
  cpx22: { ...regular, monthlyEur: 19.49, vcpus: 2, memoryMebibytes: 4096, diskGibibytes: 80 },
  cpx32: { ...regular, monthlyEur: 35.49, vcpus: 4, memoryMebibytes: 8192, diskGibibytes: 160 },
  cpx42: { ...regular, monthlyEur: 69.49, vcpus: 8, memoryMebibytes: 16384, diskGibibytes: 320 },
  cpx52: { ...regular, monthlyEur: 100.49, vcpus: 12, memoryMebibytes: 24576, diskGibibytes: 480 },
  cpx62: { ...regular, monthlyEur: 129.99, vcpus: 16, memoryMebibytes: 32768, diskGibibytes: 640 },
  cpx11: { ...regularInAmerica, vcpus: 2, memoryMebibytes: 2048, diskGibibytes: 40 },
  cpx21: { ...regularInAmerica, vcpus: 3, memoryMebibytes: 4096, diskGibibytes: 80 },
  cpx31: { ...regularInAmerica, vcpus: 4, memoryMebibytes: 8192, diskGibibytes: 160 },
  cpx41: { ...regularInAmerica, vcpus: 8, memoryMebibytes: 16384, diskGibibytes: 240 },
  cpx51: { ...regularInAmerica, vcpus: 16, memoryMebibytes: 32768, diskGibibytes: 360 },
  ccx13: { ...dedicated, monthlyEur: 42.99, vcpus: 2, memoryMebibytes: 8192, diskGibibytes: 80 },
  ccx23: { ...dedicated, monthlyEur: 85.99, vcpus: 4, memoryMebibytes: 16384, diskGibibytes: 160 },
  ccx33: { ...dedicated, monthlyEur: 138.49, vcpus: 8, memoryMebibytes: 32768, diskGibibytes: 240 },
  ccx43: { ...dedicated, monthlyEur: 275.99, vcpus: 16, memoryMebibytes: 65536, diskGibibytes: 360 },
  ccx53: { ...dedicated, monthlyEur: 533.49, vcpus: 32, memoryMebibytes: 131072, diskGibibytes: 600 },
  ccx63: { ...dedicated, monthlyEur: 853.49, vcpus: 48, memoryMebibytes: 196608, diskGibibytes: 960 },
} as const satisfies Readonly<Record<string, ServerType>>;

/** A type as Hetzner's API spells it. */
export type ServerTypeSlug = keyof typeof serverTypes;

/** What is known of a type. */
export function findServerType(name: unknown): ServerType | undefined {
  const known = typeof name === "string" && Object.hasOwn(serverTypes, name);
  return known ? serverTypes[name as ServerTypeSlug] : undefined;
}

export interface RetiredServerType {
  /** The month in which its last server was ordered. Null: before 2024. */
  readonly since: string | null;
  /** Types of today that are no smaller, so that a server's disk fits. The nearest first. */
  readonly successors: readonly ServerTypeSlug[];
}

/**
 * Types that are not offered any more, or not everywhere: the CPX below live on in America. Servers of these types go
 * on running, but none is made, and none can be resized to one.
 * https://docs.hetzner.cloud/changelog, 2024-06-06 and 2025-10-16
 */
export const retiredServerTypes = {
  cx11: { since: "2024-09", successors: ["cx23", "cpx22"] },
  cx21: { since: "2024-09", successors: ["cx23", "cx33", "cpx22"] },
  cx31: { since: "2024-09", successors: ["cx33", "cpx32"] },
  cx41: { since: "2024-09", successors: ["cx43", "cpx42"] },
  cx51: { since: "2024-09", successors: ["cx53", "cpx62"] },
  cx22: { since: "2025-12", successors: ["cx23", "cx33", "cpx22"] },
  cx32: { since: "2025-12", successors: ["cx33", "cpx32"] },
  cx42: { since: "2025-12", successors: ["cx43", "cpx42"] },
  cx52: { since: "2025-12", successors: ["cx53", "cpx62"] },
  cpx11: { since: "2025-12", successors: ["cx23", "cpx22"] },
  cpx21: { since: "2025-12", successors: ["cx33", "cpx32"] },
  cpx31: { since: "2025-12", successors: ["cpx32", "cx43"] },
  cpx41: { since: "2025-12", successors: ["cpx42", "cx53"] },
  cpx51: { since: "2025-12", successors: ["cpx62", "ccx43"] },
  ccx11: { since: null, successors: ["ccx13"] },
  ccx21: { since: null, successors: ["ccx23"] },
  ccx31: { since: null, successors: ["ccx33"] },
  ccx41: { since: null, successors: ["ccx43"] },
  ccx51: { since: null, successors: ["ccx53"] },
  ccx12: { since: null, successors: ["ccx13"] },
  ccx22: { since: null, successors: ["ccx23"] },
  ccx32: { since: null, successors: ["ccx33"] },
  ccx42: { since: null, successors: ["ccx43"] },
  ccx52: { since: null, successors: ["ccx53"] },
  ccx62: { since: null, successors: ["ccx63"] },
} as const satisfies Readonly<Record<string, RetiredServerType>>;

/** What to choose instead, in this place; `undefined`: the type is not retired there. */
export function findRetiredServerType(name: string, location: string): RetiredServerType | undefined {
  if (!Object.hasOwn(retiredServerTypes, name) || offers(location, findServerType(name))) return undefined;
  const retired: RetiredServerType = retiredServerTypes[name as keyof typeof retiredServerTypes];
  const here = retired.successors.filter((successor) => offers(location, findServerType(successor)));
  return here.length > 0 ? { ...retired, successors: here } : retired;
}

/** Types that a place offers. */
export function serverTypesIn(location: string): ServerTypeSlug[] {
  const names = Object.keys(serverTypes) as ServerTypeSlug[];
  return names.filter((name) => offers(location, findServerType(name)));
}

function offers(location: string, type: ServerType | undefined): boolean {
  return type?.locations.includes(location) ?? false;
}
