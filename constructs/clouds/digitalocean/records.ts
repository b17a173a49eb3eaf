import { Domain as Zone } from "@cdktf/provider-digitalocean/lib/domain";
import { Record as DnsRecord } from "@cdktf/provider-digitalocean/lib/record";
import type { Construct } from "constructs";
import type { LogicalIds } from "../../logical-ids";
import type { Domain } from "../../model/domain";
import { protect } from "../../protection";
import { leaveZones } from "../leave-zones";
import { TIME_TO_LIVE_SECONDS, wantedRecords } from "../wanted-records";

export interface RecordsRequest {
  readonly ids: LogicalIds;
  readonly domains: readonly Domain[];
  readonly hostNames: readonly string[];
  readonly ipv4: string;
  readonly ipv6: string;
  readonly protection: boolean;
}

export interface CreatedRecords {
  readonly zones: readonly Zone[];
  readonly records: readonly DnsRecord[];
}

/** Makes the zones, and the records of the host's names in them. */
export function createRecords(scope: Construct, request: RecordsRequest): CreatedRecords {
  const { ids } = request;
  leaveZones(scope, Zone.tfResourceType, request);
  const zones = createZones(scope, request);
  const records = wantedRecords(request).map(({ domain, hostName, name, type, value }) => {
    const zone = zones.get(domain)?.name ?? domain.name;
    const config = { domain: zone, type, name, value, ttl: TIME_TO_LIVE_SECONDS };
    return ids.fix(new DnsRecord(scope, `${type}-${hostName}`, config), "record", hostName, type);
  });
  return { zones: [...zones.values()], records };
}

function createZones(scope: Construct, { ids, domains, protection }: RecordsRequest): Map<Domain, Zone> {
  const zones = new Map<Domain, Zone>();
  for (const domain of domains) {
    if (!domain.created) continue;
    const zone = ids.fix(new Zone(scope, `zone-${domain.name}`, { name: domain.name }), "zone", domain.name);
    // The zone also holds what others put into it, such as mail records.
    protect(scope, ids, zone, ["zone", domain.name], protection);
    zones.set(domain, zone);
  }
  return zones;
}
