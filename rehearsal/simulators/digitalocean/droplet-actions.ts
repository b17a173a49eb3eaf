import { Refusal } from "../simulated-api";
import { text, unprocessable } from "./answers";
import { findSize } from "./catalog";
import { aboutDroplet, type CloudAccount } from "./cloud-account";
import { refuseBadName } from "./droplets";
import type { Action, Droplet } from "./state";

/** Kinds that the real API knows and the rehearsal does not. */
const NOT_SIMULATED = ["rebuild", "restore", "password_reset", "change_kernel", "snapshot"];

type Body = Record<string, unknown>;

/** Starts what is asked of a droplet, or refuses it in the real API's words. */
export function performAction(account: CloudAccount, droplet: Droplet, body: Body): Action {
  const type = text(body.type);
  const work = WORK[type];
  if (NOT_SIMULATED.includes(type)) throw new Refusal(501, `the rehearsal does not know the droplet action ${type}`);
  if (work === undefined) throw unprocessable("Type is not included in the list");
  if (droplet.locked || droplet.status === "new") throw unprocessable("Droplet already has a pending event.");
  const run = work(account, droplet, body);
  droplet.locked = true;
  return account.begin(type, aboutDroplet(droplet), async () => {
    try {
      await run();
    } finally {
      droplet.locked = false;
    }
  });
}

type Work = (account: CloudAccount, droplet: Droplet, body: Body) => () => Promise<void>;

const powerOff: Work = (account, droplet) => {
  if (droplet.status === "off") throw unprocessable("Droplet is already powered off.");
  return async () => {
    await account.machines.powerOff(droplet.id);
    droplet.status = "off";
  };
};

const powerOn: Work = (account, droplet) => {
  if (droplet.status === "active") throw unprocessable("Droplet is already powered on.");
  return async () => {
    await account.machines.powerOn(droplet.id);
    droplet.status = "active";
  };
};

const reboot: Work = (account, droplet) => {
  if (droplet.status === "off") throw unprocessable("Droplet is currently off. Please power it on to run this event.");
  return async () => {
    await account.machines.reboot(droplet.id);
  };
};

// With the disk the way back is closed: a later size must have at least that disk. Without it, it stays open.
const resize: Work = (account, droplet, body) => {
  const size = findSize(text(body.size));
  if (size === undefined) throw unprocessable("You specified an invalid size for Droplet resize.");
  if (!size.regions.includes(droplet.region)) throw unprocessable("Size is not available in this region.");
  if (droplet.status !== "off") {
    throw unprocessable("Droplet is currently on. Please power it off to run this event.");
  }
  if (size.slug === droplet.size && !(body.disk === true && size.disk > droplet.disk)) {
    throw unprocessable("Size is the size that the Droplet already has");
  }
  if (size.disk < droplet.disk) throw unprocessable("This size is not available because it has a smaller disk.");
  return async () => {
    await account.machines.resize(droplet.id, { vcpus: size.vcpus, memoryMebibytes: size.memory });
    droplet.size = size.slug;
    if (body.disk === true) droplet.disk = size.disk;
  };
};

const rename: Work = (_account, droplet, body) => {
  refuseBadName(text(body.name));
  return async () => {
    droplet.name = text(body.name);
  };
};

const withFeature =
  (feature: string, change: (droplet: Droplet, body: Body) => void = () => {}): Work =>
  (_account, droplet, body) =>
  async () => {
    if (!droplet.features.includes(feature)) droplet.features.push(feature);
    change(droplet, body);
  };

const WORK: Readonly<Record<string, Work>> = {
  power_off: powerOff,
  shutdown: (account, droplet) => (droplet.status === "off" ? async () => {} : powerOff(account, droplet, {})),
  power_on: powerOn,
  reboot,
  power_cycle: reboot,
  resize,
  rename,
  enable_ipv6: withFeature("ipv6", (droplet) => {
    droplet.ipv6 = droplet.own_ipv6;
  }),
  enable_private_networking: withFeature("private_networking"),
  enable_backups: withFeature("backups", (droplet, body) => {
    droplet.backup_policy = body.backup_policy;
  }),
  change_backup_policy: withFeature("backups", (droplet, body) => {
    droplet.backup_policy = body.backup_policy;
  }),
  disable_backups: (_account, droplet) => async () => {
    droplet.features = droplet.features.filter((feature) => feature !== "backups");
  },
};
