import { text, unprocessable } from "./answers";
import type { About, CloudAccount } from "./cloud-account";
import type { Action, Droplet, Volume } from "./state";
import { orderOf, refuseBadSize, refuseForeign } from "./volumes";

type Body = Record<string, unknown>;

/** Starts what is asked of a volume, or refuses it in the real API's words. */
export function performVolumeAction(account: CloudAccount, volume: Volume, body: Body): Action {
  const type = text(body.type);
  if (text(body.region) !== "" && body.region !== volume.region)
    throw unprocessable("region does not match the volume");
  if (type === "attach") return attach(account, volume, dropletOf(account, body));
  if (type === "detach") return detach(account, volume, dropletOf(account, body));
  if (type === "resize") return resize(account, volume, Number(body.size_gigabytes));
  throw unprocessable("Type is not included in the list");
}

function attach(account: CloudAccount, volume: Volume, droplet: Droplet): Action {
  refuseForeign(volume, droplet);
  return withDroplet(account, "attach_volume", volume, droplet, async () => {
    await account.machines.attachVolume(droplet.id, orderOf(volume));
    volume.droplet_id = droplet.id;
    droplet.volume_ids.push(volume.id);
  });
}

function detach(account: CloudAccount, volume: Volume, droplet: Droplet): Action {
  if (volume.droplet_id !== droplet.id) throw unprocessable("Attachment not found");
  return withDroplet(account, "detach_volume", volume, droplet, async () => {
    await account.machines.detachVolume(droplet.id, volume.id);
    volume.droplet_id = null;
    droplet.volume_ids = droplet.volume_ids.filter((id) => id !== volume.id);
  });
}

function resize(account: CloudAccount, volume: Volume, size: number): Action {
  refuseBadSize(size);
  if (size <= volume.size_gigabytes) throw unprocessable("new size must be larger than the current one");
  return begin(account, "resize_volume", volume, async () => {
    await account.machines.resizeVolume(volume.id, size);
    volume.size_gigabytes = size;
  });
}

/** The droplet does nothing else meanwhile. */
function withDroplet(
  account: CloudAccount,
  type: string,
  volume: Volume,
  droplet: Droplet,
  work: () => Promise<void>,
): Action {
  if (droplet.locked || droplet.status === "new") throw unprocessable("Droplet already has a pending event.");
  droplet.locked = true;
  return begin(account, type, volume, async () => {
    try {
      await work();
    } finally {
      droplet.locked = false;
    }
  });
}

function begin(account: CloudAccount, type: string, volume: Volume, work: () => Promise<void>): Action {
  const about: About = {
    name: volume.name,
    resource_id: null,
    resource_type: "volume",
    region_slug: volume.region,
  };
  const action = account.begin(type, about, work);
  volume.actions.push(action.id);
  return action;
}

function dropletOf(account: CloudAccount, { droplet_id }: Body): Droplet {
  const droplet = account.value.droplets[Number(droplet_id)];
  if (droplet === undefined) throw unprocessable("Droplet not found");
  return droplet;
}
