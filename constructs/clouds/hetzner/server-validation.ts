import type { Faults } from "../../model/faults";
import { isLateBound } from "../../model/token";
import type { HostSettings } from "../cloud";
import { oneOf, validateSize } from "../sizes";
import { locations } from "./locations";
import { type Network, validateNetwork } from "./network";
import { type PlacementGroup, validatePlacement } from "./placement";
import { findRetiredServerType, findServerType, serverTypes, serverTypesIn } from "./server-types";
import { validateVolume } from "./volume";

/** Images on which the program on the server is proven. */
export const hetznerImages = ["debian-13", "ubuntu-24.04"] as const;

/** An operating system as Hetzner's API spells it. */
export type HetznerImage = (typeof hetznerImages)[number];

/** What a team chose, as far as Hetzner may refuse it. */
export interface ServerChoice {
  readonly location: string;
  readonly image?: string;
  readonly network?: Network;
  readonly placement?: PlacementGroup;
}

/** Checks what Hetzner would refuse, with what it would take. */
export function validateServer(faults: Faults, type: string, choice: ServerChoice, host: HostSettings): void {
  validateType(faults, type, choice.location);
  oneOf(faults, "server/location", choice.location, Object.keys(locations));
  oneOf(faults, "server/image", choice.image ?? hetznerImages[0], hetznerImages);
  if (choice.network !== undefined) validateNetwork(faults, choice.network);
  if (choice.placement !== undefined) validatePlacement(faults, choice.placement);
  validateName(faults, host.name);
  if (host.dataVolume !== null) validateVolume(faults, host.dataVolume, choice.location);
}

function validateType(faults: Faults, type: string, location: string): void {
  if (isLateBound(type)) return;
  const retired = findRetiredServerType(type, location);
  if (retired !== undefined) {
    const since = retired.since === null ? "" : ` since ${retired.since}`;
    faults.add("server/type", `${type} is not offered any more${since}`, `choose ${retired.successors.join(" or ")}`);
    return;
  }
  const known = findServerType(type);
  if (known === undefined) {
    validateSize(faults, { factory: "hetznerServer", path: "server/type" }, type, Object.keys(serverTypes));
  } else if (Object.hasOwn(locations, location) && !known.locations.includes(location)) {
    const remedy = `choose one of ${serverTypesIn(location).join(", ")}; or one of ${known.locations.join(", ")}`;
    faults.add("server/type", `${type} is not offered in ${location}`, remedy);
  }
}

/** Hetzner wants a host name as RFC 1123 has it, and makes it the server's own. */
function validateName(faults: Faults, name: string): void {
  const label = "[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?";
  if (isLateBound(name) || (name.length <= 63 && new RegExp(`^${label}(\\.${label})*$`).test(name))) return;
  const remedy =
    "Hetzner takes 1-63 of a-z, A-Z, 0-9 and -, in parts joined by dots, with a letter or digit at both ends";
  faults.add("name", `is no name of a server, got ${JSON.stringify(name)}`, remedy);
}
