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
import { DataHcloudVolume } from "./bindings/hcloud/data-hcloud-volume";
import type { Server } from "./bindings/hcloud/server";
import { Volume } from "./bindings/hcloud/volume";
import { VolumeAttachment } from "./bindings/hcloud/volume-attachment";
import { labelsOf } from "./labels";

/** GiB. https://docs.hetzner.com/cloud/volumes/overview/ */
const SIZES = { smallest: 10, largest: 10_240 };

export function validateVolume(faults: Faults, { origin }: DataVolume, location: string): void {
  if (origin.kind === "created") {
    validateVolumeSize(faults, "Hetzner", origin.size, SIZES);
    return;
  }
  validateVolumeLocation(faults, origin.location, location);
  if (!isLateBound(origin.id) && !/^\d+$/.test(origin.id)) {
    const remedy = "give its id, a number, which hcloud volume list shows";
    faults.add("dataVolume/id", `is no id of a volume, got ${JSON.stringify(origin.id)}`, remedy);
  }
}

export interface VolumeRequest {
  readonly ids: LogicalIds;
  readonly hostName: string;
  readonly location: string;
  readonly dataVolume: DataVolume;
  readonly protection: boolean;
}

export interface AttachedDataVolume {
  readonly device: string;
  readonly attachment: VolumeAttachment;
}

/** The volume comes without a file system: the program on the server makes one, and only where there is none. */
export function attachVolume(scope: Construct, server: Server, request: VolumeRequest): AttachedDataVolume {
  const { ids, location, dataVolume } = request;
  const { origin } = dataVolume;
  const volume =
    origin.kind === "created" ? createVolume(scope, request, origin.size) : findVolume(scope, ids, origin.id);
  const attachment = new VolumeAttachment(scope, "data-attachment", {
    serverId: Token.asNumber(server.id),
    volumeId: Token.asNumber(volume.id),
    // Hetzner would mount it at a place of its own choice.
    automount: false,
    lifecycle:
      origin.kind === "created" ? undefined : { precondition: [sameLocation(`${volume.fqn}.location`, location)] },
  });
  return { device: volume.linuxDevice, attachment: ids.fix(attachment, "data") };
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
  const { ids, hostName, location, protection } = request;
  const volume = new Volume(scope, "data", {
    name: volumeName(hostName),
    size: size.toMebibytes() / 1024,
    location,
    deleteProtection: protection,
    labels: labelsOf(hostName),
  });
  ids.fix(volume, "data");
  protect(scope, ids, volume, ["data"], protection);
  return volume;
}

function findVolume(scope: Construct, ids: LogicalIds, id: string): DataHcloudVolume {
  // It may be the one that this stack has made.
  leaveStanding(scope, [ids.address(Volume.tfResourceType, "data")]);
  return ids.fix(
    new DataHcloudVolume(scope, "data", { id: Token.asNumber(isLateBound(id) ? id : Number(id)) }),
    "data",
  );
}

/** Hetzner takes 64 characters, and a host's name may have 63 by itself. */
function volumeName(hostName: string): string {
  return `${hostName.slice(0, 59).replace(/[^a-zA-Z0-9]+$/, "")}-data`;
}
