import { Fn, Token } from "cdktf";
import type { Construct } from "constructs";
import type { LogicalIds } from "../../logical-ids";
import type { Faults } from "../../model/faults";
import { isLateBound } from "../../model/token";
import { Network as NetworkResource } from "./bindings/hcloud/network";
import { NetworkSubnet } from "./bindings/hcloud/network-subnet";
import type { Server } from "./bindings/hcloud/server";
import { ServerNetworkA as ServerNetwork } from "./bindings/hcloud/server-network";
import { labelsOf } from "./labels";
import { findLocation } from "./locations";

const DEFAULT_RANGE = "10.0.0.0/16";

/** The private network of a server, besides its public addresses. */
export type Network =
  | { readonly kind: "none" }
  | { readonly kind: "create"; readonly ipRange: string }
  | { readonly kind: "existing"; readonly id: string };

export const Network = {
  /** Public addresses alone. */
  none: (): Network => ({ kind: "none" }),
  /** A network of the host's own, which other servers may join. @default ipRange - `10.0.0.0/16`, all of it one subnet */
  create: (ipRange?: string): Network => ({ kind: "create", ipRange: ipRange ?? DEFAULT_RANGE }),
  /** One that the project has: the id of a network, or of one of its subnets, `1234-10.0.1.0/24`. */
  existing: (id: string): Network => ({ kind: "existing", id }),
};

export function validateNetwork(faults: Faults, network: Network): void {
  if (network.kind === "existing" && !isLateBound(network.id) && !/^\d+(-[\d.]+\/\d+)?$/.test(network.id)) {
    const remedy = "give a network's id, or a subnet's: 1234-10.0.1.0/24";
    faults.add("server/network", `is no id, got ${JSON.stringify(network.id)}`, remedy);
  }
  if (network.kind === "create" && !isLateBound(network.ipRange) && !isPrivateRange(network.ipRange)) {
    const remedy = "choose one within 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16, as Hetzner asks: 10.0.0.0/16";
    faults.add("server/network", `is no private range, got ${JSON.stringify(network.ipRange)}`, remedy);
  }
}

/** Not in the server's own terms, where the provider never takes it out of a network again. */
export function joinNetwork(
  scope: Construct,
  ids: LogicalIds,
  server: Server,
  request: { readonly hostName: string; readonly location: string; readonly network: Network },
): readonly ServerNetwork[] {
  const { network } = request;
  if (network.kind === "none") return [];
  const place = network.kind === "create" ? createNetwork(scope, ids, request, network.ipRange) : placeOf(network.id);
  // Without the empty list the provider would plan to remove addresses that it has not set.
  const config = { serverId: Token.asNumber(server.id), aliasIps: [], ...place };
  return [ids.fix(new ServerNetwork(scope, "server-network", config), "network")];
}

function createNetwork(
  scope: Construct,
  ids: LogicalIds,
  { hostName, location }: { readonly hostName: string; readonly location: string },
  ipRange: string,
): { subnetId: string } {
  const config = { name: hostName, ipRange, labels: labelsOf(hostName) };
  const network = ids.fix(new NetworkResource(scope, "network", config), "network");
  const subnet = new NetworkSubnet(scope, "subnet", {
    networkId: Token.asNumber(network.id),
    type: "cloud",
    networkZone: findLocation(location).networkZone,
    ipRange,
  });
  return { subnetId: ids.fix(subnet, "network").id };
}

function placeOf(id: string): { subnetId?: string; networkId?: number } {
  if (isLateBound(id)) {
    // Only Terraform sees whether it is a subnet's, which has the range in it; the provider wants one of the two.
    const isSubnet = Fn.strcontains(id, "-");
    const none = Token.nullValue();
    return {
      subnetId: Fn.conditional(isSubnet, id, none),
      networkId: Token.asNumber(Fn.conditional(isSubnet, none, id)),
    };
  }
  return /^\d+$/.test(id) ? { networkId: Number(id) } : { subnetId: id };
}

function isPrivateRange(range: string): boolean {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(range);
  if (match === null) return false;
  const [first = 0, second = 0, third = 0, fourth = 0, bits = 0] = match.slice(1).map(Number);
  if ([first, second, third, fourth].some((part) => part > 255) || bits > 24) return false;
  if (first === 10) return bits >= 8;
  if (first === 172) return second >= 16 && second < 32 && bits >= 12;
  return first === 192 && second === 168 && bits >= 16;
}
