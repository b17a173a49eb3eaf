import type { Context } from "hono";
import { DROPLET_LIMIT } from "./account-routes";
import { numberList, text, textList, unprocessable } from "./answers";
import { findImage, findRegion, findSize, IMAGES, type Image, REGIONS, type Region, type Size } from "./catalog";
import type { CloudAccount } from "./cloud-account";
import type { Droplet, Key, Volume } from "./state";
import { refuseForeign } from "./volumes";

const HOSTNAME = /^[a-zA-Z0-9][a-zA-Z0-9.-]*$/;
const USER_DATA_LIMIT = 64 * 1024;

/** What a valid request for a droplet asks for. */
export interface DropletRequest {
  readonly name: string;
  readonly region: Region;
  readonly size: Size;
  readonly image: Image;
  readonly keys: readonly Key[];
  readonly tags: string[];
  readonly features: string[];
  readonly userData: string;
  readonly vpc: string;
  readonly volumes: readonly Volume[];
}

/** Reads a request for a droplet, and refuses what the real API refuses, in its words. */
export function readRequest(account: CloudAccount, name: string, body: Record<string, unknown>): DropletRequest {
  refuseBadName(name);
  const size = findSize(text(body.size));
  const region = findRegion(text(body.region));
  const image = findImage(body.image as string | number);
  if (size === undefined) throw unprocessable("You specified an invalid size for Droplet creation.");
  if (region === undefined) throw unprocessable("You specified an invalid region for Droplet creation.");
  if (image === undefined) throw unprocessable("You specified an invalid image for Droplet creation.");
  if (!region.available) throw unprocessable("Region is not available");
  if (!size.regions.includes(region.slug)) throw unprocessable("Size is not available in this region.");
  if (!image.regions.includes(region.slug)) {
    throw unprocessable(
      "The image you specified is not available in the selected region, you can transfer it to this region from the images pages.",
    );
  }
  if (size.disk < image.min_disk_size) throw unprocessable("Size is too small for this image");
  refuseWhatCannotBoot(account, image);
  if (Object.keys(account.value.droplets).length >= DROPLET_LIMIT) {
    throw unprocessable("creating this/these droplet(s) will exceed your droplet limit");
  }
  const userData = text(body.user_data);
  if (Buffer.byteLength(userData) > USER_DATA_LIMIT) throw unprocessable("User data is too large, the limit is 64 KiB");
  const vpc = text(body.vpc_uuid) || account.defaultVpc(region.slug).id;
  if (account.value.vpcs[vpc]?.region !== region.slug) {
    throw unprocessable("Invalid VPC UUID: the VPC does not exist in the Droplet's region");
  }
  const tags = textList(body.tags, "tags");
  for (const tag of tags) refuseBadTag(tag);
  return {
    name,
    region,
    size,
    image,
    keys: keysOf(account, body.ssh_keys),
    tags,
    features: featuresOf(body),
    userData,
    vpc,
    volumes: volumesOf(account, body.volumes, region.slug),
  };
}

export function refuseBadName(name: string): void {
  if (name === "") throw unprocessable("Name can't be blank");
  if (!HOSTNAME.test(name) || name.length > 255 || /[.-]$/.test(name)) {
    throw unprocessable("Only valid hostname characters are allowed. (a-z, A-Z, 0-9, . and -)");
  }
}

export function refuseBadTag(tag: string): void {
  if (!/^[a-zA-Z0-9:\-_]{1,255}$/.test(tag)) {
    throw unprocessable("tag names may only contain letters, numbers, colons, dashes, and underscores");
  }
}

// Not the real API's refusal, so it does not pretend to be: the image exists, only not on this machine.
function refuseWhatCannotBoot({ bootableImages }: CloudAccount, image: Image): void {
  if (bootableImages === null || bootableImages.includes(image.slug)) return;
  throw unprocessable(
    `DigitalOcean has the image ${image.slug}, but the rehearsal boots only ${bootableImages.join(", ")}`,
  );
}

function keysOf(account: CloudAccount, wanted: unknown): Key[] {
  if (wanted === undefined || wanted === null) return [];
  if (!Array.isArray(wanted)) throw unprocessable("ssh_keys must be an array");
  const known = Object.values(account.value.keys);
  const find = (id: unknown) => known.find((key) => key.id === Number(id) || key.fingerprint === id);
  const missing = wanted.filter((id) => find(id) === undefined);
  if (missing.length > 0)
    throw unprocessable(`${missing.join(", ")} are invalid key identifiers for Droplet creation.`);
  return wanted.map((id) => find(id) as Key);
}

// by number, or as an object with it
function volumesOf(account: CloudAccount, wanted: unknown, region: string): Volume[] {
  if (wanted === undefined || wanted === null) return [];
  const ids = Array.isArray(wanted) ? wanted.map((item) => text(item?.id ?? item)) : [""];
  const volumes = ids.map((id) => account.value.volumes[id]).filter((volume) => volume !== undefined);
  if (volumes.length !== ids.length) throw unprocessable("Invalid volume allocations");
  for (const volume of volumes) refuseForeign(volume, { region, volume_ids: [] });
  return volumes;
}

// The provider reads monitoring, ipv6 and backups back from here: one that is missing plans a replacement.
function featuresOf(body: Record<string, unknown>): string[] {
  return [
    ...(body.backups === true ? ["backups"] : []),
    ...(body.monitoring === true ? ["monitoring"] : []),
    ...(body.ipv6 === true ? ["ipv6"] : []),
    "private_networking",
    ...(body.with_droplet_agent === false ? [] : ["droplet_agent"]),
  ];
}

/** A droplet as the API shows it. */
export function describeDroplet(account: CloudAccount, droplet: Droplet): Record<string, unknown> {
  const size = findSize(droplet.size);
  const image = IMAGES.find((candidate) => candidate.id === droplet.image);
  const region = REGIONS.find((candidate) => candidate.slug === droplet.region);
  const range = account.value.vpcs[droplet.vpc_uuid]?.ip_range ?? "";
  const v4 =
    droplet.ipv4 === null
      ? []
      : [
          { ip_address: droplet.private_ipv4, netmask: "255.255.240.0", gateway: range.split("/")[0], type: "private" },
          { ip_address: droplet.ipv4, netmask: "255.255.255.0", gateway: gatewayOf(droplet.ipv4), type: "public" },
        ];
  const v6 =
    droplet.ipv6 === null || droplet.ipv4 === null
      ? []
      : [{ ip_address: droplet.ipv6, netmask: 64, gateway: droplet.ipv6.replace(/::.*$/, "::1"), type: "public" }];
  return {
    id: droplet.id,
    name: droplet.name,
    memory: size?.memory,
    vcpus: size?.vcpus,
    disk: droplet.disk,
    locked: droplet.locked,
    status: droplet.status,
    kernel: null,
    created_at: droplet.created_at,
    features: droplet.features,
    backup_ids: [],
    next_backup_window: null,
    snapshot_ids: [],
    image,
    volume_ids: droplet.volume_ids,
    size,
    size_slug: droplet.size,
    networks: { v4, v6 },
    region,
    tags: droplet.tags,
    vpc_uuid: droplet.vpc_uuid,
  };
}

const gatewayOf = (ipv4: string): string => ipv4.replace(/\d+$/, "1");

/** The droplets that a list's filters let through. */
export function filterDroplets(context: Context, droplets: readonly Droplet[]): Droplet[] {
  const { tag_name: tag, name } = context.req.query();
  return droplets.filter(
    (droplet) =>
      (tag === undefined || droplet.tags.some((other) => other.toLowerCase() === tag.toLowerCase())) &&
      (name === undefined || droplet.name === name),
  );
}

/** The droplets that a list of numbers names; an unknown one is refused. */
export function dropletsOf(account: CloudAccount, ids: unknown, name: string): Droplet[] {
  return numberList(ids, name).map((id) => {
    const droplet = account.value.droplets[id];
    if (droplet === undefined) throw unprocessable(`invalid droplet ids: ${id}`);
    return droplet;
  });
}

/** From the range that is kept for examples: a droplet with IPv6 shows one, where its machine has none. */
export const documentationAddress = (id: number): string =>
  `2001:db8:${(id >> 16).toString(16)}:${(id & 0xffff).toString(16)}::1001`;
