import { describeLocation } from "./catalog";
import type { CloudProject } from "./cloud-project";
import type { Labels } from "./labels";
import { now, type PrimaryIp, type Project, type Server } from "./state";

export interface PrimaryIpRequest {
  readonly name: string;
  readonly type: PrimaryIp["type"];
  readonly location: string;
  readonly auto_delete: boolean;
  readonly labels: Labels;
}

/** Keeps an address. */
export async function createPrimaryIp(project: CloudProject, request: PrimaryIpRequest): Promise<PrimaryIp> {
  const id = project.nextId();
  const address = await project.machines.reserveAddress(request.type);
  const rest = { assignee_id: null, protection: { delete: false }, dns_ptr: {} };
  const primaryIp: PrimaryIp = { id, created: now(), address, ...request, ...rest };
  project.value.primary_ips[id] = primaryIp;
  return primaryIp;
}

/** The address that a server has in a family. */
export function primaryIpOf({ primary_ips }: Project, server: Server, type: PrimaryIp["type"]): PrimaryIp | undefined {
  return Object.values(primary_ips).find((address) => address.assignee_id === server.id && address.type === type);
}

/** An IPv6 address is one of a network of 2^64, which is what Hetzner gives. */
export const networkOf = ({ address }: PrimaryIp): string => address.replace(/::[0-9a-f]*$/i, "::/64");

/** The address as the API shows it: an IPv4 address, or an IPv6 network. */
export const shownAddress = (address: PrimaryIp): string =>
  address.type === "ipv4" ? address.address : networkOf(address);

/** What an address' reverse lookup says. Every IPv4 address has a name from the beginning. */
export function reverseNames(address: PrimaryIp): { ip: string; dns_ptr: string }[] {
  const names = Object.entries(address.dns_ptr).map(([ip, dns_ptr]) => ({ ip, dns_ptr }));
  if (address.type === "ipv6" || names.length > 0) return names;
  const first = `static.${address.address.split(".").reverse().join(".")}.clients.your-server.de`;
  return [{ ip: address.address, dns_ptr: first }];
}

/** An address as the API shows it. */
export function describePrimaryIp(address: PrimaryIp): Record<string, unknown> {
  const { id, name, labels, created, type, location, assignee_id, auto_delete, protection } = address;
  return {
    ...{ id, name, labels, created, type, assignee_id, assignee_type: "server", auto_delete, protection },
    ...{ ip: shownAddress(address), blocked: false, dns_ptr: reverseNames(address) },
    location: describeLocation(location),
  };
}
