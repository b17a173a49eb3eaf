import { DataDigitaloceanVolume } from "@cdktf/provider-digitalocean/lib/data-digitalocean-volume";
import type { Droplet } from "@cdktf/provider-digitalocean/lib/droplet";
import { Volume } from "@cdktf/provider-digitalocean/lib/volume";
import { VolumeAttachment } from "@cdktf/provider-digitalocean/lib/volume-attachment";
import { Token } from "cdktf";
import type { Construct } from "constructs";
import { leaveStanding } from "../../leave-standing";
import type { LogicalIds } from "../../logical-ids";
import type { DataVolume } from "../../model/data-volume";
import type { Faults } from "../../model/faults";
import type { Size } from "../../model/size";
import { isLateBound } from "../../model/token";
import { protect } from "../../protection";
import { sameLocation, validateVolumeLocation, validateVolumeSize } from "../data-volume";

/** GiB. https://docs.digitalocean.com/products/volumes/details/limits/ */
const SIZES = { smallest: 1, largest: 16_384 };

export function validateVolume(faults: Faults, { origin }: DataVolume, region: string): void {
  if (origin.kind === "created") {
    validateVolumeSize(faults, "DigitalOcean", origin.size, SIZES);
    return;
  }
  validateVolumeLocation(faults, origin.location, region);
  // The provider finds volumes by their names alone, and the server's device is named so.
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(origin.id)) {
    const remedy = "give its name, which doctl compute volume list shows: DigitalOcean's volumes are found by name";
    faults.add("dataVolume/id", `is an id, got ${JSON.stringify(origin.id)}`, remedy);
  } else if (!isLateBound(origin.id) && !/^[a-z][a-z0-9-]{0,63}$/.test(origin.id)) {
    faults.add("dataVolume/id", `is no name of a volume, got ${JSON.stringify(origin.id)}`);
  }
}

export interface VolumeRequest {
  readonly ids: LogicalIds;
  readonly hostName: string;
  readonly region: string;
  readonly dataVolume: DataVolume;
  readonly protection: boolean;
}

export interface AttachedDataVolume {
  readonly device: string;
  readonly attachment: VolumeAttachment;
  /** How the volume is named where resources are grouped; null: it belongs to somebody else. */
  readonly urn: string | null;
}

/**
 * Attaches a volume by a resource of its own, never by the droplet's `volume_ids`: the two undo each other. It comes
 * without a file system: the program on the server makes one, and only where there is none.
 */
export function attachVolume(scope: Construct, server: Droplet, request: VolumeRequest): AttachedDataVolume {
  const { ids, region, dataVolume } = request;
  const { origin } = dataVolume;
  const volume =
    origin.kind === "created" ? createVolume(scope, request, origin.size) : findVolume(scope, ids, origin.id);
  const attachment = new VolumeAttachment(scope, "data-attachment", {
    dropletId: Token.asNumber(server.id),
    volumeId: volume.id,
    lifecycle: origin.kind === "created" ? undefined : { precondition: [sameLocation(`${volume.fqn}.region`, region)] },
  });
  return {
    device: `/dev/disk/by-id/scsi-0DO_Volume_${volume.name}`,
    attachment: ids.fix(attachment, "data"),
    urn: origin.kind === "created" ? volume.urn : null,
  };
}

/** A volume whose prop is gone stays as it is, attached: the server refuses to run without it, and says so. */
export function leaveVolume(scope: Construct, ids: LogicalIds): void {
  const kinds = [Volume, VolumeAttachment];
  leaveStanding(
    scope,
    kinds.map(({ tfResourceType }) => ids.address(tfResourceType, "data")),
  );
}

function createVolume(scope: Construct, request: VolumeRequest, size: Size): Volume {
  const { ids, hostName, region, protection } = request;
  const volume = new Volume(scope, "data", {
    name: volumeName(hostName),
    region,
    size: size.toMebibytes() / 1024,
    description: `Data of ${hostName}`,
    // Each of these would make another volume. What the server finds it by is the name that it has.
    lifecycle: { ignoreChanges: ["name", "description"] },
  });
  ids.fix(volume, "data");
  protect(scope, ids, volume, ["data"], protection);
  return volume;
}

function findVolume(scope: Construct, ids: LogicalIds, name: string): DataDigitaloceanVolume {
  // It may be the one that this stack has made.
  leaveStanding(scope, [ids.address(Volume.tfResourceType, "data")]);
  return ids.fix(new DataDigitaloceanVolume(scope, "data", { name }), "data");
}

/** Volumes have 1-64 of a-z, 0-9 and "-", a letter first. */
function volumeName(hostName: string): string {
  const part = hostName
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "")
    .slice(0, 59);
  return part === "" ? "data" : `${part}-data`;
}
