import type { Construct } from "constructs";
import type { LogicalIds } from "../../logical-ids";
import type { Domain } from "../../model/domain";
import { protect } from "../../protection";
import { leaveZones } from "../leave-zones";
import { TIME_TO_LIVE_SECONDS, wantedRecords } from "../wanted-records";
import { Zone } from "./bindings/hcloud/zone";
import { ZoneRrset } from "./bindings/hcloud/zone-rrset";
import { keptName } from "./domain-names";
import { labelsOf } from "./labels";

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
 * Makes the zones, and the records of the host's names in them. A set of records belongs to one stack alone: Hetzner
 * refuses one of a name and type that the zone has already, and the provider says which.
 */
export function createRecords(scope: Construct, request: RecordsRequest): readonly ZoneRrset[] {
  leaveZones(scope, Zone.tfResourceType, request);
  const zones = createZones(scope, request);
  const labels = labelsOf(request.name);
  return wantedRecords(request).map(({ domain, hostName, name, type, value }) => {
    const zone = zones.get(domain)?.name ?? keptName(domain.name);
    const config = { zone, name, type, ttl: TIME_TO_LIVE_SECONDS, records: [{ value }], labels };
    return request.ids.fix(new ZoneRrset(scope, `${type}-${hostName}`, config), "record", hostName, type);
  });
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
