import { isIPv4, isIPv6 } from "node:net";
import { type Body, invalidInput, objects, text } from "./answers";
import type { Zone, ZoneRecord } from "./state";

const TYPES = [
  ...["A", "AAAA", "CAA", "CNAME", "DS", "HINFO", "HTTPS", "MX", "NS", "PTR", "RP", "SOA", "SRV", "SVCB"],
  ...["TLSA", "TXT"],
];

const LABEL = "[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?";
const RECORD_NAME = new RegExp(`^(@|\\*|(\\*\\.)?${LABEL}(\\.${LABEL})*)$`);
const TARGET = new RegExp(`^(@|${LABEL}(\\.${LABEL})*\\.?)$`, "i");

export function readType(type: string): string {
  if (!TYPES.includes(type)) throw invalidInput("type", `must be one of ${TYPES.join(", ")}`);
  return type;
}

/** A name within a zone: short, in lower case, `@` for the zone itself. */
export function readRecordName(name: string, zone: Zone): string {
  if (!RECORD_NAME.test(name)) throw invalidInput("name", "must be in lower case, without a dot at its end");
  if (name === zone.name || name.endsWith(`.${zone.name}`)) {
    throw invalidInput("name", "must not end with the zone's name; use @ for the zone itself");
  }
  return name;
}

export function readTtl(ttl: unknown): number | null {
  if (ttl === undefined || ttl === null) return null;
  if (!Number.isInteger(ttl) || (ttl as number) < 60 || (ttl as number) > 2_147_483_647) {
    throw invalidInput("ttl", "must be between 60 and 2147483647");
  }
  return ttl as number;
}

/** Records of a request: some, no two of them alike, each as its type wants it. */
export function readRecords(body: Body, type: string): ZoneRecord[] {
  const records = objects(body, "records").map(({ value, comment }) => ({
    value: text(value),
    comment: text(comment),
  }));
  if (records.length === 0) throw invalidInput("records", "must not be empty");
  if (new Set(records.map(({ value }) => value)).size < records.length) {
    throw invalidInput("records", "must have distinct values");
  }
  for (const { value } of records) {
    const fault = faultOf(type, value);
    if (fault !== null) throw invalidInput("records", `'${value}' ${fault}`);
  }
  if (type === "CNAME" && records.length > 1) throw invalidInput("records", "must be a single one for CNAME");
  return records;
}

function faultOf(type: string, value: string): string | null {
  if (type === "A") return isIPv4(value) ? null : "is not an IPv4 address";
  if (type === "AAAA") return isIPv6(value) ? null : "is not an IPv6 address";
  if (type === "CNAME" || type === "NS" || type === "PTR") return TARGET.test(value) ? null : "is not a host name";
  if (type === "MX") return /^\d{1,5} \S+$/.test(value) ? null : "is no priority and host name";
  if (type === "TXT") return /^"(.|\n)*"$/.test(value) ? null : "must be in double quotes";
  return value === "" ? "must not be empty" : null;
}

/** A CNAME stands alone under its name. */
export function refuseSharedAlias(zone: Zone, name: string, type: string): void {
  const others = Object.values(zone.rrsets).filter((other) => other.name === name && other.type !== type);
  if (others.length > 0 && (type === "CNAME" || others.some((other) => other.type === "CNAME"))) {
    throw invalidInput("type", "CNAME cannot share a name with other records");
  }
}
