import { isIPv6 } from "node:net";
import { type Body, invalidInput, notFound, text } from "./answers";
import { networkOf } from "./primary-ips";
import type { PrimaryIp } from "./state";

const HOST_NAME = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*\.?$/i;

/** Sets what an address' reverse lookup says, or back to what it said at first where the name is null. */
export function changeReverseName(addresses: readonly PrimaryIp[], body: Body): PrimaryIp {
  const ip = text(body.ip);
  const address = addresses.find((candidate) => holds(candidate, ip));
  if (address === undefined) throw notFound("IP", ip);
  if (body.dns_ptr === null) {
    delete address.dns_ptr[ip];
    return address;
  }
  const name = text(body.dns_ptr);
  if (!HOST_NAME.test(name)) throw invalidInput("dns_ptr", "must be a fully qualified domain name");
  address.dns_ptr[ip] = name;
  return address;
}

function holds(address: PrimaryIp, ip: string): boolean {
  if (address.type === "ipv4") return address.address === ip;
  return isIPv6(ip) && firstHalf(ip) === firstHalf(networkOf(address).replace("/64", ""));
}

/** The first four groups of an IPv6 address, written out. */
function firstHalf(ip: string): string {
  const [front = "", back] = ip.toLowerCase().split("::");
  const groups = (part: string | undefined): string[] => (part ? part.split(":") : []);
  const zeros = back === undefined ? 0 : 8 - groups(front).length - groups(back).length;
  const all = [...groups(front), ...Array.from({ length: zeros }, () => "0"), ...groups(back)];
  return all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":");
}
