import type { Construct } from "constructs";
import type { LogicalIds } from "../../logical-ids";
import { type Domain, zoneOf } from "../../model/domain";
import { protect } from "../../protection";
import { Zone } from "./bindings/hcloud/zone";
import { ZoneRrset } from "./bindings/hcloud/zone-rrset";
import { keptName } from "./domain-names";
import { labelsOf } from "./labels";

/** Short, so that a server which comes back at another address is found within minutes. */
const TIME_TO_LIVE_SECONDS = 300;

export interface RecordsRequest {
  readonly ids: LogicalIds;
  readonly name: string;
  readonly domains: readonly Domain[];
  readonly hostNames: readonly string[];
  readonly ipv4: string;
  readonly ipv6: string;
  readonly protection: boolean;
}

/**
 * Points every name that lies in one of the zones to the server, over IPv4 and IPv6. A set of records belongs to one
 * stack alone: Hetzner refuses one of a name and type that the zone has already, and the provider says which.
 */
export function createRecords(scope: Construct, request: RecordsRequest): readonly ZoneRrset[] {
  const zones = createZones(scope, request);
  const records: ZoneRrset[] = [];
  for (const hostName of new Set(request.hostNames)) {
    const domain = zoneOf(hostName, request.domains);
    const name = domain?.recordName(hostName);
    if (domain === undefined || name === null || name === undefined) continue;
    const zone = zones.get(domain)?.name ?? keptName(domain.name);
    for (const [type, value] of [
      ["A", request.ipv4],
      ["AAAA", request.ipv6],
    ] as const) {
      const config = {
        zone,
        name,
        type,
        ttl: TIME_TO_LIVE_SECONDS,
        records: [{ value }],
        labels: labelsOf(request.name),
      };
      records.push(request.ids.fix(new ZoneRrset(scope, `${type}-${hostName}`, config), "record", hostName, type));
    }
  }
  return records;
}

function createZones(scope: Construct, { ids, name, domains, protection }: RecordsRequest): Map<Domain, Zone> {
  const zones = new Map<Domain, Zone>();
  for (const domain of domains) {
    if (!domain.created) continue;
    const zone = new Zone(scope, `zone-${domain.name}`, {
      name: keptName(domain.name),
      mode: "primary",
      deleteProtection: protection,
      labels: labelsOf(name),
    });
    ids.fix(zone, "zone", domain.name);
    // The zone also holds what others put into it, such as mail records.
    protect(scope, ids, zone, ["zone", domain.name], protection);
    zones.set(domain, zone);
  }
  return zones;
}
