import type { Domain } from "./state";

/** IPv6 addresses for documentation: no machine of the rehearsal answers there, so no name may lead there. */
const NOWHERE = /^2001:db8:/i;

/** What the embedded cloud's DNS answers for the account's zones: each name and its addresses. */
export function servedNames(domains: readonly Domain[]): Record<string, string[]> {
  const names: Record<string, string[]> = {};
  const aliases: [string, string][] = [];
  for (const domain of domains) {
    for (const record of domain.records) {
      const name = fullName(record.name, domain.name);
      // the embedded cloud answers names, not patterns
      if (name.startsWith("*")) continue;
      if (record.type === "A" || record.type === "AAAA") {
        if (!NOWHERE.test(record.data)) names[name] = [...(names[name] ?? []), record.data];
      }
      if (record.type === "CNAME") {
        aliases.push([name, record.data === "@" ? domain.name : record.data.replace(/\.$/, "")]);
      }
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
export function fullName(name: string, domain: string): string {
  return name === "@" ? domain : `${name}.${domain}`;
}
