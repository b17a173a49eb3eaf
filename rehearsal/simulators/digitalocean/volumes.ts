import { randomUUID } from "node:crypto";
import type { VolumeOrder } from "../machine-host";
import { Refusal } from "../simulated-api";
import { text, textList, unprocessable } from "./answers";
import { findRegion } from "./catalog";
import type { CloudAccount } from "./cloud-account";
import { refuseBadTag } from "./droplets";
import { now, type Volume } from "./state";

export const VOLUME_LIMIT = 100;
const LARGEST = 16384;
const VOLUMES_A_DROPLET = 15;

/** Reads a request for a volume, and refuses what the real API refuses. */
export function readVolume(account: CloudAccount, body: Record<string, unknown>): Volume {
  const others = Object.values(account.value.volumes);
  const name = text(body.name);
  const region = findRegion(text(body.region));
  const size = Number(body.size_gigabytes);
  if (!/^[a-z][a-z0-9-]{0,63}$/.test(name)) {
    throw unprocessable("name must begin with a letter and have up to 64 lowercase letters, digits and dashes");
  }
  if (region === undefined || !region.available || !region.features.includes("storage")) {
    throw unprocessable("region is invalid");
  }
  refuseBadSize(size);
  if (text(body.snapshot_id) !== "") throw new Refusal(501, "the rehearsal has no snapshots of volumes");
  const filesystem = text(body.filesystem_type);
  if (!["", "ext4", "xfs"].includes(filesystem)) throw unprocessable("filesystem_type must be ext4 or xfs");
  if (filesystem === "xfs") throw new Refusal(501, "the rehearsal formats volumes as ext4 only");
  if (others.some((other) => other.name === name && other.region === region.slug)) {
    throw new Refusal(409, "already exists");
  }
  if (others.length >= VOLUME_LIMIT) throw new Refusal(403, "volume limit exceeded");
  const tags = textList(body.tags, "tags");
  for (const tag of tags) refuseBadTag(tag);
  return {
    id: randomUUID(),
    name,
    region: region.slug,
    size_gigabytes: size,
    description: text(body.description),
    filesystem_type: filesystem,
    filesystem_label: text(body.filesystem_label),
    created_at: now(),
    droplet_id: null,
    tags,
    actions: [],
  };
}

export function refuseBadSize(size: number): void {
  if (Number.isInteger(size) && size >= 1 && size <= LARGEST) return;
  throw unprocessable(`size_gigabytes must be between 1 and ${LARGEST}`);
}

/** A volume as the API shows it. */
export function describeVolume({ droplet_id, actions: _ours, ...volume }: Volume): Record<string, unknown> {
  return { ...volume, region: findRegion(volume.region), droplet_ids: droplet_id === null ? [] : [droplet_id] };
}

/** What a machine must know to show the volume. */
export function orderOf({ id, name, size_gigabytes, filesystem_type, filesystem_label }: Volume): VolumeOrder {
  return {
    id,
    sizeGibibytes: size_gigabytes,
    device: `/dev/disk/by-id/scsi-0DO_Volume_${name}`,
    ...(filesystem_type === "" ? {} : { format: { type: "ext4", label: filesystem_label } }),
  };
}

/** Refuses a volume that a droplet cannot have. */
export function refuseForeign(volume: Volume, droplet: { region: string; volume_ids: readonly string[] }): void {
  if (volume.region !== droplet.region) throw unprocessable("Droplet and volume must be in the same region");
  if (volume.droplet_id !== null) throw unprocessable("Volume is already attached to a Droplet");
  if (droplet.volume_ids.length >= VOLUMES_A_DROPLET) throw unprocessable("Droplet volume limit exceeded");
}
