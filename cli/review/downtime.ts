import { findRetiredServerType, findServerType } from "../../constructs/clouds/hetzner/server-types";
import type { Change } from "../plan";
import { attributeOf } from "./values";

/** What visitors notice of a change, and where that is known from. */
export interface Downtime {
  /** From worst to least: gone, switched off, a service restarted, a moment, nothing that anybody notices. */
  readonly kind: (typeof GRAVITY)[number];
  readonly what: string;
  /** What else there is to know; null: nothing. */
  readonly note: string | null;
  /** Who says so, or how the number came to be. */
  readonly source: string;
}

/** Worst first. */
const GRAVITY = ["away", "off", "restart", "moment", "none"] as const;

const RESIZING = "https://docs.digitalocean.com/products/droplets/how-to/resize/";
const RESCALING = "an estimate: Hetzner names no number";
const REFUSED: Downtime = {
  kind: "off",
  what: "Hetzner refuses it while the server is on",
  note: "switch it off before, and on afterwards",
  source: "https://docs.hetzner.cloud/reference/cloud",
};
const RESET: Downtime = {
  kind: "off",
  what: "the server is reset: off for about 1 minute",
  note: "as by its power switch",
  source: "an estimate: one boot",
};

/** Changes in place that visitors notice, by type and attribute. */
const NOTICED: Readonly<Record<string, Readonly<Record<string, Downtime>>>> = {
  digitalocean_droplet: {
    size: {
      kind: "off",
      what: "the server is off for about 2 minutes",
      note: "DigitalOcean asks to plan for up to 1 minute per GB used on its disk",
      source: RESIZING,
    },
  },
  digitalocean_database_cluster: {
    size: {
      kind: "moment",
      what: "the database is away for a moment",
      note: "when it moves",
      source: "https://docs.digitalocean.com/products/databases/postgresql/how-to/resize/",
    },
  },
  hcloud_server: {
    server_type: {
      kind: "off",
      what: "the server is off for about 2 minutes",
      note: "longer where its disk has to be copied to another machine",
      source: RESCALING,
    },
    public_net: {
      kind: "off",
      what: "the server is off for about 1 minute",
      note: "while its addresses change",
      source: "an estimate: Hetzner takes and gives addresses only while a server is off",
    },
    placement_group_id: REFUSED,
    iso: RESET,
    rescue: RESET,
  },
  hcloud_primary_ip: { assignee_id: REFUSED },
  hcloud_volume: {
    server_id: {
      kind: "away",
      what: "the volume is taken from the server that has it",
      note: "whatever is written there",
      source: "https://docs.hetzner.cloud/reference/cloud",
    },
  },
};

/** What visitors notice of a change in place. */
export function downtimeOf(type: string, change: Change, attributes: readonly string[]): Downtime[] {
  const known = Object.hasOwn(NOTICED, type) ? (NOTICED[type] ?? {}) : {};
  // Computed attributes are unknown in any change of their resource, and mostly stay as they are.
  const noticed = attributes.filter((attribute) => {
    return Object.hasOwn(known, attribute) && attributeOf(change.after_unknown, attribute) !== true;
  });
  const refused = type === "hcloud_server" && noticed.includes("server_type") ? refusedType(change) : null;
  return noticed.flatMap((each) => (each === "server_type" && refused) || known[each] || []);
}

/** What visitors notice when a server is destroyed, or another one takes its place. */
export function downtimeWithout(type: string, action: "destroy" | "replace"): Downtime[] {
  if (type !== "digitalocean_droplet" && type !== "hcloud_server") return [];
  if (action === "destroy")
    return [{ kind: "away", what: "the site is gone with its server", note: null, source: "the plan" }];
  const what = "the site is away for about 5 minutes, until the new server is there";
  const note = "and for as long as a restore takes";
  return [{ kind: "away", what, note, source: "an estimate: docs/numbers.md, and a cloud's own time to boot" }];
}

/** The same sentence once, the worst first. */
export function byGravity(all: readonly Downtime[]): Downtime[] {
  const once = new Map(all.map((each) => [`${each.what} ${each.note}`, each]));
  return [...once.values()].sort((one, other) => GRAVITY.indexOf(one.kind) - GRAVITY.indexOf(other.kind));
}

/** The provider switches the server off before it asks for another type: a refused one leaves it off. */
function refusedType({ before, after }: Change): Downtime | null {
  const name = attributeOf(after, "server_type");
  if (typeof name !== "string") return null;
  const reason = whyRefused(name, before);
  if (reason === null) return null;
  const what = `Hetzner refuses it (${reason}), and the server, switched off for it, stays off`;
  return { kind: "off", what, note: null, source: "https://docs.hetzner.cloud/reference/cloud" };
}

function whyRefused(name: string, before: unknown): string | null {
  const retired = findRetiredServerType(name, String(attributeOf(before, "location")));
  if (retired !== undefined) return `${name} is not offered any more; ${retired.successors.join(" or ")} is`;
  const type = findServerType(name);
  const today = findServerType(attributeOf(before, "server_type"));
  if (type !== undefined && today !== undefined && type.architecture !== today.architecture) {
    return `${name} is ${type.architecture}, the server ${today.architecture}`;
  }
  const disk = attributeOf(before, "primary_disk_size");
  if (type !== undefined && typeof disk === "number" && type.diskGibibytes < disk) {
    return `${name} has a disk of ${type.diskGibibytes} GB, the server one of ${disk} GB`;
  }
  return null;
}
