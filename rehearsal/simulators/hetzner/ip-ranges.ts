import { isIPv4 } from "node:net";

/** A range of IPv4 addresses, as numbers. */
export interface Range {
  readonly first: number;
  readonly last: number;
  readonly bits: number;
}

const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

/** Reads `10.0.0.0/16`; null: it is no range, or its address is none of its own beginning. */
export function parseRange(text: string): Range | null {
  const [ip = "", length = "", ...more] = text.split("/");
  const bits = Number(length);
  if (more.length > 0 || !isIPv4(ip) || !/^\d+$/.test(length) || bits > 32) return null;
  const first = numberOf(ip);
  const size = 2 ** (32 - bits);
  return first % size === 0 ? { first, last: first + size - 1, bits } : null;
}

export const contains = (outer: Range, inner: Range): boolean => outer.first <= inner.first && inner.last <= outer.last;
export const overlap = (one: Range, other: Range): boolean => one.first <= other.last && other.first <= one.last;

/** Whether all of it lies in one of the ranges that are nobody's. */
export const isPrivate = (range: Range): boolean => PRIVATE.some((text) => contains(parseRange(text) as Range, range));

export const numberOf = (ip: string): number => ip.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
export const addressOf = (number: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join(".");
