import type { ServerAddresses } from "../machine-host";
import { describeImage, describeLocation, imageOf } from "./catalog";
import type { CloudProject } from "./cloud-project";
import { firewallsOf } from "./firewall-rules";
import { describePlacementGroup } from "./placement-group-routes";
import { primaryIpOf, reverseNames, shownAddress } from "./primary-ips";
import { describeServerType, serverTypeNamed } from "./server-types";
import type { PrimaryIp, Project, Server } from "./state";

/** Boots the machine of a server that never ran. */
export async function firstBoot(project: CloudProject, server: Server): Promise<void> {
  const { first_boot: order } = server;
  if (order === null) return;
  const { cores, memory } = serverTypeNamed(server.server_type);
  await project.machines.create({
    id: server.id,
    name: server.name,
    vendor: "Hetzner",
    region: server.location,
    image: imageOf(server.image)?.name ?? "",
    ...order,
    vcpus: cores,
    memoryMebibytes: memory * 1024,
    tags: [],
    address: addressesOf(project.value, server),
  });
  server.first_boot = null;
  for (const volume of Object.values(project.value.volumes)) {
    if (volume.server === server.id) await project.machines.attachVolume(server.id, orderOf(volume));
  }
}

/** A volume as a machine sees it. */
export function orderOf({ id, size, format }: Project["volumes"][string]) {
  return {
    id: String(id),
    sizeGibibytes: size,
    device: deviceOf(id),
    ...(format === null ? {} : { format: { type: format } }),
  };
}

export const deviceOf = (volumeId: number): string => `/dev/disk/by-id/scsi-0HC_Volume_${volumeId}`;

function addressesOf(project: Project, server: Server): ServerAddresses {
  const ipv4 = primaryIpOf(project, server, "ipv4")?.address;
  const ipv6 = primaryIpOf(project, server, "ipv6")?.address;
  return { ...(ipv4 === undefined ? {} : { ipv4 }), ...(ipv6 === undefined ? {} : { ipv6 }) };
}

/** A server as the API shows it. */
export function describeServer(project: CloudProject, server: Server): Record<string, unknown> {
  const { value } = project;
  const { id, name, labels, created, status, backup_window, protection, primary_disk_size, private_net } = server;
  const type = serverTypeNamed(server.server_type);
  const image = imageOf(server.image);
  const group = value.placement_groups[server.placement_group ?? 0];
  return {
    ...{ id, name, labels, created, status, backup_window, protection, primary_disk_size, private_net },
    public_net: describePublicNet(value, server),
    server_type: describeServerType(type),
    location: describeLocation(server.location),
    image: image === undefined ? null : describeImage(image),
    iso: null,
    rescue_enabled: false,
    locked: project.isBusy("server", id),
    placement_group: group === undefined ? null : describePlacementGroup(value, group),
    volumes: Object.values(value.volumes)
      .filter((volume) => volume.server === id)
      .map((volume) => volume.id),
    load_balancers: [],
    ...{ ingoing_traffic: 0, outgoing_traffic: 0, included_traffic: 20 * 1024 ** 4 },
  };
}

function describePublicNet(value: Project, server: Server): Record<string, unknown> {
  const ipv4 = primaryIpOf(value, server, "ipv4");
  const ipv6 = primaryIpOf(value, server, "ipv6");
  const shown = (address: PrimaryIp | undefined, dns_ptr: unknown) =>
    address === undefined ? null : { id: address.id, ip: shownAddress(address), blocked: false, dns_ptr };
  return {
    ipv4: shown(ipv4, ipv4 && reverseNames(ipv4)[0]?.dns_ptr),
    ipv6: shown(ipv6, ipv6 && reverseNames(ipv6)),
    floating_ips: [],
    firewalls: firewallsOf(value, server).map((firewall) => ({ id: firewall.id, status: "applied" })),
  };
}
