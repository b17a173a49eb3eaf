import type { Construct } from "constructs";
import type { LogicalIds } from "../../logical-ids";
import { Rdns } from "./bindings/hcloud/rdns";
import { keptName } from "./domain-names";
import type { PrimaryIps } from "./primary-ips";

/** Has both addresses answer with the host's first name, as mail servers and people who read logs expect. */
export function createReverseDns(
  scope: Construct,
  ids: LogicalIds,
  { ipv4, ipv6, ipv4Address, ipv6Address }: PrimaryIps,
  hostName: string | undefined,
): readonly Rdns[] {
  if (hostName === undefined) return [];
  const dnsPtr = keptName(hostName);
  return [
    ids.fix(new Rdns(scope, "reverse-ipv4", { primaryIpId: ipv4.id, ipAddress: ipv4Address, dnsPtr }), "reverse_ipv4"),
    ids.fix(new Rdns(scope, "reverse-ipv6", { primaryIpId: ipv6.id, ipAddress: ipv6Address, dnsPtr }), "reverse_ipv6"),
  ];
}
