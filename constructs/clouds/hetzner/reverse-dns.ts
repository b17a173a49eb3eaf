import type { Construct } from "constructs";
import type { LogicalIds } from "../../logical-ids";
import { Rdns } from "./bindings/hcloud/rdns";
import type { Server } from "./bindings/hcloud/server";
import { keptName } from "./domain-names";
import type { PrimaryIps } from "./primary-ips";

/** Has both addresses answer with the host's first name, as mail servers and people who read logs expect. */
export function createReverseDns(
  scope: Construct,
  ids: LogicalIds,
  { ipv4, ipv6, ipv4Address, ipv6Address }: PrimaryIps,
  { server, hostName }: { readonly server: Server; readonly hostName: string | undefined },
): void {
  if (hostName === undefined) return;
  const dnsPtr = keptName(hostName);
  // Hetzner locks what it works on, and a new server's addresses with it.
  const dependsOn = [server];
  const of = (id: number, ipAddress: string) => ({ primaryIpId: id, ipAddress, dnsPtr, dependsOn });
  ids.fix(new Rdns(scope, "reverse-ipv4", of(ipv4.id, ipv4Address)), "reverse_ipv4");
  ids.fix(new Rdns(scope, "reverse-ipv6", of(ipv6.id, ipv6Address)), "reverse_ipv6");
}
