import { Fn } from "cdktf";
import type { Construct } from "constructs";
import type { LogicalIds } from "../../logical-ids";
import { protect } from "../../protection";
import { PrimaryIp } from "./bindings/hcloud/primary-ip";
import { labelsOf } from "./labels";

export interface PrimaryIpsRequest {
  readonly ids: LogicalIds;
  readonly hostName: string;
  readonly location: string;
  readonly protection: boolean;
}

/** A host's own addresses. */
export interface PrimaryIps {
  readonly ipv4: PrimaryIp;
  readonly ipv6: PrimaryIp;
  readonly ipv4Address: string;
  /** The server's address in its network of 2^64. */
  readonly ipv6Address: string;
}

/**
 * Addresses that outlive the server: a new one comes up where the old one was, and no record changes. They hold no data,
 * but what others have noted down: records elsewhere, lists of who may connect.
 */
export function createPrimaryIps(scope: Construct, request: PrimaryIpsRequest): PrimaryIps {
  const ipv4 = createPrimaryIp(scope, "ipv4", request);
  const ipv6 = createPrimaryIp(scope, "ipv6", request);
  // Hetzner gives the server the first address, and cloud-init sets it up.
  return { ipv4, ipv6, ipv4Address: ipv4.ipAddress, ipv6Address: Fn.cidrhost(ipv6.ipNetwork, 1) };
}

function createPrimaryIp(scope: Construct, type: "ipv4" | "ipv6", request: PrimaryIpsRequest): PrimaryIp {
  const { ids, hostName, location, protection } = request;
  const address = new PrimaryIp(scope, type, {
    name: `${hostName}-${type}`,
    type,
    location,
    autoDelete: false,
    deleteProtection: protection,
    labels: labelsOf(hostName),
  });
  ids.fix(address, type);
  protect(scope, ids, address, [type], protection);
  return address;
}
