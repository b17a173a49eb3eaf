/** A record of a zone, as every cloud has it. */
export interface ServedRecord {
  /** `@` is the zone itself. */
  readonly name: string;
  readonly type: string;
  /** An address, or of a CNAME a whole name. */
  readonly value: string;
}

/** IPv6 addresses for documentation: no machine of the rehearsal answers there, so no name may lead there. */
const NOWHERE = /^2001:db8:/i;

/** What the embedded cloud's DNS answers for zones, by their names: each host name and its addresses. */
export function servedNames(zones: readonly (readonly [string, readonly ServedRecord[]])[]): Record<string, string[]> {
  const names: Record<string, string[]> = {};
  const aliases: [string, string][] = [];
  for (const [zone, records] of zones) {
    for (const { name, type, value } of records) {
      // the embedded cloud answers names, not patterns
      if (name.startsWith("*")) continue;
      const full = fullName(name, zone);
      if ((type === "A" || type === "AAAA") && !NOWHERE.test(value)) names[full] = [...(names[full] ?? []), value];
      if (type === "CNAME") aliases.push([full, value]);
    }
  }
  // an alias may lead to an alias
  for (let round = 0; round < aliases.length; round++) {
    for (const [alias, target] of aliases) {
      const addresses = names[target];
      if (addresses !== undefined) names[alias] = addresses;
    }
  }
  return names;
}

/** `@` is the zone itself. */
export function fullName(name: string, zone: string): string {
  return name === "@" ? zone : `${name}.${zone}`;
}
