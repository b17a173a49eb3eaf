import { type Body, found, invalidInput, limitExceeded, list, optionalId, refusal, text } from "./answers";
import { describeLocation } from "./catalog";
import type { CloudProject } from "./cloud-project";
import { addressOf, contains, numberOf, overlap, parseRange, type Range } from "./ip-ranges";
import type { Action, ActionResource, Network, Server, Subnet } from "./state";

const MOST_NETWORKS = 3;

/** Where in a network a server is to be. */
interface Place {
  /** @default - the first free one */
  readonly ip?: string;
  readonly aliases?: string[];
  /** Of the subnet. @default - the first one of the server's zone with a free address */
  readonly ipRange?: string;
}

/**
 * Puts a server into a network. Machines of the rehearsal have one interface, so the address is the API's alone: nothing
 * answers there.
 */
export function joinNetwork(project: CloudProject, server: Server, body: Body): Action {
  const network = networkOf(project, body);
  return attachToNetwork(project, server, network, {
    ...(body.ip ? { ip: text(body.ip) } : {}),
    ...(body.ip_range ? { ipRange: text(body.ip_range) } : {}),
    aliases: list(body, "alias_ips").map(text),
  });
}

export function attachToNetwork(project: CloudProject, server: Server, network: Network, place: Place): Action {
  if (server.private_net.some((attached) => attached.network === network.id)) {
    throw refusal("server_already_attached", "server is already attached to the network");
  }
  if (server.private_net.length >= MOST_NETWORKS) throw limitExceeded("network limit of the server exceeded");
  project.refuseBusy({ id: network.id, type: "network" });
  refuseOverlap(project, server, network);
  const ip = freeAddress(project, server, network, place);
  const aliases = place.aliases ?? [];
  for (const alias of aliases) refuseTaken(project, network, alias);
  const mac = `86:00:00:${[16, 8, 0].map((shift) => hexadecimal(server.id >> shift)).join(":")}`;
  server.private_net.push({ network: network.id, ip, alias_ips: aliases, mac_address: mac });
  return project.begin("attach_to_network", both(server, network), async () => {});
}

export function leaveNetwork(project: CloudProject, server: Server, body: Body): Action {
  const network = networkOf(project, body);
  attachmentOf(server, network);
  project.refuseBusy({ id: network.id, type: "network" });
  return project.begin("detach_from_network", both(server, network), async () => {
    server.private_net = server.private_net.filter((attached) => attached.network !== network.id);
  });
}

export function changeAliases(project: CloudProject, server: Server, body: Body): Action {
  const network = networkOf(project, body);
  const attached = attachmentOf(server, network);
  const aliases = list(body, "alias_ips").map(text);
  for (const alias of aliases.filter((ip) => !attached.alias_ips.includes(ip))) refuseTaken(project, network, alias);
  attached.alias_ips = aliases;
  return project.begin("change_alias_ips", both(server, network), async () => {});
}

/** Every address of a network that a server has. */
export function takenAddresses(project: CloudProject, network: Network): string[] {
  const attached = Object.values(project.value.servers).flatMap((server) => server.private_net);
  return attached.filter(({ network: id }) => id === network.id).flatMap(({ ip, alias_ips }) => [ip, ...alias_ips]);
}

function networkOf({ value }: CloudProject, body: Body): Network {
  const id = optionalId(body, "network");
  return found(value.networks[id ?? 0], "network", id);
}

function attachmentOf(server: Server, network: Network): Server["private_net"][number] {
  const attached = server.private_net.find((candidate) => candidate.network === network.id);
  return found(attached, "network attachment", network.id);
}

function both(server: Server, network: Network): ActionResource[] {
  return [
    { id: server.id, type: "server" },
    { id: network.id, type: "network" },
  ];
}

function freeAddress(project: CloudProject, server: Server, network: Network, { ip, ipRange }: Place): string {
  const zone = describeLocation(server.location).network_zone;
  const subnets = network.subnets.filter(
    (subnet) =>
      subnet.network_zone === zone && subnet.type !== "vswitch" && (ipRange ?? subnet.ip_range) === subnet.ip_range,
  );
  if (ip !== undefined) {
    if (!subnets.some((subnet) => isUsable(network, subnet, numberOf(ip)))) {
      throw refusal("ip_not_available", "the provided IP is in no subnet of the network");
    }
    refuseTaken(project, network, ip);
    return ip;
  }
  const taken = new Set(takenAddresses(project, network));
  for (const subnet of subnets) {
    const { first, last } = rangeOf(subnet);
    for (let number = first; number <= last; number++) {
      if (isUsable(network, subnet, number) && !taken.has(addressOf(number))) return addressOf(number);
    }
  }
  throw refusal("no_subnet_available", "no subnet or IP is available for the server within the network");
}

/** Not the subnet's first and last address, and not the network's gateway. */
function isUsable(network: Network, subnet: Subnet, number: number): boolean {
  const { first, last } = rangeOf(subnet);
  return number > first && number < last && number !== (parseRange(network.ip_range) as Range).first + 1;
}

const rangeOf = (subnet: Subnet): Range => parseRange(subnet.ip_range) as Range;

function refuseTaken(project: CloudProject, network: Network, ip: string): void {
  const range = parseRange(`${ip}/32`);
  if (range === null || !contains(parseRange(network.ip_range) as Range, range)) {
    throw invalidInput("ip", `'${ip}' is not in the network's range`);
  }
  if (takenAddresses(project, network).includes(ip))
    throw refusal("ip_not_available", "the provided IP is not available");
}

function refuseOverlap({ value }: CloudProject, server: Server, network: Network): void {
  const own = parseRange(network.ip_range) as Range;
  for (const { network: id } of server.private_net) {
    const other = parseRange(value.networks[id]?.ip_range ?? "");
    if (other !== null && overlap(own, other)) {
      throw refusal("networks_overlap", "the network's IP range overlaps with one of the server's networks");
    }
  }
}

const hexadecimal = (number: number): string => (number & 0xff).toString(16).padStart(2, "0");
