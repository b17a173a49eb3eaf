import type { Faults } from "./faults";
import { isLateBound } from "./token";

/** A DNS zone in the cloud account, in which the sites' names get their records. */
export class Domain {
  /** A zone that this stack creates. Point the registrar's name servers to the cloud afterwards. */
  static create(name: string): Domain {
    return new Domain(name, true);
  }

  /** A zone that the account holds already; only records are added to it. */
  static existing(name: string): Domain {
    return new Domain(name, false);
  }

  private constructor(
    readonly name: string,
    readonly created: boolean,
  ) {}

  /** The name of a record for a host name within this zone: `@`, `www`; null where the zone does not hold it. */
  recordName(hostName: string): string | null {
    const zone = this.name.toLowerCase();
    const name = hostName.toLowerCase();
    if (name === zone) return "@";
    return name.endsWith(`.${zone}`) ? name.slice(0, -zone.length - 1) : null;
  }

  validate(faults: Faults, path: string): void {
    if (isLateBound(this.name)) return;
    if (!/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/i.test(this.name)) {
      faults.add(path, `must be a domain, got ${JSON.stringify(this.name)}`, "write it bare, as in chitram.example");
    }
  }
}

/** The zone that holds a host name: the longest of those that fit. */
export function zoneOf(hostName: string, domains: readonly Domain[]): Domain | undefined {
  return domains
    .filter((domain) => domain.recordName(hostName) !== null)
    .sort((a, b) => b.name.length - a.name.length)[0];
}
