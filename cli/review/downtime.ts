import { findRetiredServerType, findServerType } from "../../constructs/clouds/hetzner/server-types";
import type { Change } from "../plan";
import { attributeOf } from "./values";

const REFUSED_WHILE_ON = "Hetzner refuses it while the server is on: switch it off before, and on afterwards";

/** Changes in place that visitors notice, by type and attribute. */
const DOWNTIME: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  digitalocean_droplet: { size: "the server is off for a minute or two" },
  digitalocean_database_cluster: { size: "the database is away for a moment when it moves" },
  hcloud_server: {
    server_type: "the server is off for a minute or two",
    public_net: "the server is off while its addresses change",
    placement_group_id: REFUSED_WHILE_ON,
    iso: "the server is reset, as by its power switch",
    rescue: "the server is reset, as by its power switch",
  },
  hcloud_primary_ip: { assignee_id: REFUSED_WHILE_ON },
  hcloud_volume: { server_id: "the volume is taken from the server that has it, whatever is written there" },
};

/** What visitors notice of a change in place; null where nothing is known of it. */
export function downtimeOf(type: string, change: Change, attributes: readonly string[]): string | null {
  const known = Object.hasOwn(DOWNTIME, type) ? (DOWNTIME[type] ?? {}) : {};
  // Computed attributes are unknown in any change of their resource, and mostly stay as they are.
  const noticed = attributes.filter((attribute) => {
    return Object.hasOwn(known, attribute) && attributeOf(change.after_unknown, attribute) !== true;
  });
  const refused = type === "hcloud_server" && noticed.includes("server_type") ? refusedType(change) : null;
  return noticed.map((each) => (each === "server_type" && refused) || known[each]).join(", ") || null;
}

/** The provider switches the server off before it asks for another type: a refused one leaves it off. */
function refusedType({ before, after }: Change): string | null {
  const name = attributeOf(after, "server_type");
  if (typeof name !== "string") return null;
  const reason = whyRefused(name, before);
  return reason === null ? null : `Hetzner refuses it (${reason}), and the server, switched off for it, stays off`;
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
