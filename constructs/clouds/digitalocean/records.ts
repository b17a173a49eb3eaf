import { Domain as Zone } from "@cdktf/provider-digitalocean/lib/domain";
import { Record as DnsRecord } from "@cdktf/provider-digitalocean/lib/record";
import type { Construct } from "constructs";
import type { LogicalIds } from "../../logical-ids";
import { type Domain, zoneOf } from "../../model/domain";
import { protect } from "../../protection";

/** Short, so that a server which comes back at another address is found within minutes. */
const TIME_TO_LIVE_SECONDS = 300;

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

/** Points every name that lies in one of the zones to the server, over IPv4 and IPv6. */
export function createRecords(scope: Construct, request: RecordsRequest): CreatedRecords {
  const { ids, protection } = request;
  const zones = new Map<Domain, Zone>();
  for (const domain of request.domains) {
    if (!domain.created) continue;
    const zone = ids.fix(new Zone(scope, `zone-${domain.name}`, { name: domain.name }), "zone", domain.name);
    // The zone also holds what others put into it, such as mail records.
    protect(scope, ids, zone, ["zone", domain.name], protection);
    zones.set(domain, zone);
  }
  const records: DnsRecord[] = [];
  for (const hostName of new Set(request.hostNames)) {
    const domain = zoneOf(hostName, request.domains);
    const name = domain?.recordName(hostName);
    if (domain === undefined || name === null || name === undefined) continue;
    const zone = zones.get(domain)?.name ?? domain.name;
    for (const [type, value] of [
      ["A", request.ipv4],
      ["AAAA", request.ipv6],
    ] as const) {
      const config = { domain: zone, type, name, value, ttl: TIME_TO_LIVE_SECONDS };
      records.push(ids.fix(new DnsRecord(scope, `${type}-${hostName}`, config), "record", hostName, type));
    }
  }
  return { zones: [...zones.values()], records };
}
