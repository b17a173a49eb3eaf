import { isIP } from "node:net";
import { type Body, flag, invalidInput, limitExceeded, list, notSimulated, optionalId, refusal, text } from "./answers";
import { findImages, findLocation, type Image, LOCATIONS } from "./catalog";
import type { CloudProject } from "./cloud-project";
import { readServerFirewalls } from "./firewall-routes";
import { type Labels, readLabels } from "./labels";
import { readName } from "./listing";
import { refuseFullGroup } from "./placement-group-routes";
import { findServerType, type ServerType, whyNotOrdered } from "./server-types";
import type { Firewall, Key, Network, PrimaryIp, Volume } from "./state";

const SERVER_LIMIT = 20;
const USER_DATA_LIMIT = 32 * 1024;

// RFC 1123
const HOST_NAME =
  /^(?=.{1,253}$)[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(\.[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/;

/** What a valid order for a server asks for. */
export interface ServerRequest {
  readonly name: string;
  readonly labels: Labels;
  readonly type: ServerType;
  readonly location: string;
  readonly image: Image;
  readonly keys: readonly Key[];
  readonly firewalls: readonly Firewall[];
  readonly volumes: readonly Volume[];
  readonly networks: readonly Network[];
  readonly placementGroup: number | null;
  readonly publicNet: { readonly ipv4: AddressRequest; readonly ipv6: AddressRequest };
  readonly userData: string;
  readonly starts: boolean;
}

/** The address that a server is to have in a family: none, a new one, or one that the project has. */
export type AddressRequest = "none" | "new" | PrimaryIp;

/** Reads an order for a server, and refuses what the real API refuses. */
export function readRequest(project: CloudProject, body: Body): ServerRequest {
  const { value } = project;
  const name = readServerName(project, body, null);
  if (body.datacenter !== undefined) throw invalidInput("datacenter", "was removed; use location");
  const location = readLocation(body);
  const type = readType(project, body, location);
  const image = readImage(project, body, type);
  if (Object.keys(value.servers).length >= SERVER_LIMIT) throw limitExceeded("server limit exceeded");
  const userData = text(body.user_data);
  if (Buffer.byteLength(userData) > USER_DATA_LIMIT) throw invalidInput("user_data", "must not be longer than 32 KiB");
  const placementGroup = optionalId(body, "placement_group");
  if (placementGroup !== null) refuseFullGroup(value, placementGroup);
  return {
    ...{ name, labels: readLabels(body), type, location, image, userData, placementGroup },
    keys: readKeys(project, body),
    firewalls: readServerFirewalls(project, body),
    volumes: readVolumes(project, body, location),
    networks: list(body, "networks").map((id) => named(value.networks, id, "networks")),
    publicNet: readPublicNet(project, body, location),
    starts: flag(body, "start_after_create", true),
  };
}

/** A host's name, which no other server has. */
export function readServerName({ value }: CloudProject, body: Body, own: number | null): string {
  if (isIP(text(body.name)) !== 0) throw invalidInput("name", "must be a host name");
  return readName(body, "server", value.servers, { own, pattern: HOST_NAME });
}

function readLocation(body: Body): string {
  // Hetzner chooses where none is named
  const wanted = body.location === undefined ? LOCATIONS[0]?.name : text(body.location);
  const location = findLocation(wanted ?? "");
  if (location === undefined) throw invalidInput("location", "location not found");
  return location.name;
}

function readType({ bootableImages }: CloudProject, body: Body, location: string): ServerType {
  const wanted = String(body.server_type ?? "");
  const why = whyNotOrdered(wanted, location);
  const type = findServerType(wanted);
  if (why !== null || type === undefined) throw invalidInput("server_type", why ?? "server type not found");
  // Not the real API's refusal, so it does not pretend to be: the type exists, only not on this machine.
  if (bootableImages !== null && type.architecture === "arm" && process.arch === "x64") {
    throw notSimulated(`${type.name} has an ARM processor, this machine has none`);
  }
  return type;
}

function readImage({ bootableImages }: CloudProject, body: Body, { architecture, disk }: ServerType): Image {
  const images = findImages(String(body.image ?? ""));
  if (images.length === 0) throw invalidInput("image", "image not found");
  const image = images.find((candidate) => candidate.architecture === architecture);
  if (image === undefined) throw invalidInput("image", "image and server type have different architectures");
  if (image.disk_size > disk) throw invalidInput("image", "image disk is bigger than server type disk");
  if (bootableImages !== null && !bootableImages.includes(image.name)) {
    const bootable = bootableImages.filter((name) => findImages(name).length > 0);
    throw notSimulated(`Hetzner has the image ${image.name}, but the rehearsal boots only ${bootable.join(", ")}`);
  }
  return image;
}

function readKeys({ value }: CloudProject, body: Body): Key[] {
  return list(body, "ssh_keys").map((idOrName) => {
    const keys = Object.values(value.ssh_keys);
    const key = keys.find(({ id, name }) => id === idOrName || name === idOrName);
    if (key === undefined) throw invalidInput("ssh_keys", `SSH key '${idOrName}' not found`);
    return key;
  });
}

function readVolumes({ value }: CloudProject, body: Body, location: string): Volume[] {
  if (flag(body, "automount", false)) throw notSimulated("volumes are mounted by the host itself, not by automount");
  return list(body, "volumes").map((id) => {
    const volume = named(value.volumes, id, "volumes");
    if (volume.server !== null) throw refusal("volume_already_attached", `volume with ID '${id}' is already attached`);
    if (volume.location !== location) throw invalidInput("volumes", "volume is in another location than the server");
    return volume;
  });
}

function readPublicNet(project: CloudProject, body: Body, location: string): ServerRequest["publicNet"] {
  const net = (body.public_net ?? {}) as Body;
  const family = (type: PrimaryIp["type"]): AddressRequest => {
    const enabled = flag(net, `enable_${type}`, true);
    const id = optionalId(net, type);
    if (!enabled && id !== null) throw invalidInput(`public_net.${type}`, `is not possible without enable_${type}`);
    if (id === null) return enabled ? "new" : "none";
    const address = named(project.value.primary_ips, id, `public_net.${type}`);
    if (address.type !== type) {
      throw refusal("primary_ip_version_mismatch", "the specified primary IP has the wrong IP version", 412);
    }
    if (address.assignee_id !== null) {
      throw refusal("primary_ip_assigned", "the specified primary IP is already assigned to a server");
    }
    if (address.location !== location) {
      throw refusal("primary_ip_datacenter_mismatch", "the specified primary IP is in a different location");
    }
    project.refuseBusy({ id, type: "primary_ip" });
    return address;
  };
  return { ipv4: family("ipv4"), ipv6: family("ipv6") };
}

/** A thing that an order names; an unknown one makes the order invalid. */
function named<T>(all: Readonly<Record<string, T>>, id: unknown, field: string): T {
  const thing = Number.isInteger(id) ? all[id as number] : undefined;
  if (thing === undefined) throw invalidInput(field, `'${id}' not found`);
  return thing;
}
