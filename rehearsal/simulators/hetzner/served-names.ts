import type { Zone } from "./state";

/** IPv6 addresses for documentation: no machine of the rehearsal answers there, so no name may lead there. */
const NOWHERE = /^2001:db8:/i;

/** What the embedded cloud's DNS answers for the project's zones: each name and its addresses. */
export function servedNames(zones: readonly Zone[]): Record<string, string[]> {
  const names: Record<string, string[]> = {};
  const aliases: [string, string][] = [];
  for (const zone of zones) {
    for (const { name, type, records } of Object.values(zone.rrsets)) {
      // the embedded cloud answers names, not patterns
      if (name.startsWith("*")) continue;
      const full = fullName(name, zone.name);
      const values = records.map(({ value }) => value);
      if (type === "A" || type === "AAAA") {
        const addresses = values.filter((value) => !NOWHERE.test(value));
        if (addresses.length > 0) names[full] = [...(names[full] ?? []), ...addresses];
      }
      if (type === "CNAME")
        aliases.push(...values.map((value): [string, string] => [full, targetOf(value, zone.name)]));
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

/** A name without a last dot is one of the zone's own. */
function targetOf(value: string, zone: string): string {
  return value.endsWith(".") ? value.slice(0, -1) : fullName(value, zone);
}
