import type { ResourceChange } from "../plan";
import { formatChange, formatPath } from "./values";

/** Why a resource goes, in a sentence's second half, and what to do if that was not meant. */
export interface Reason {
  readonly because: string;
  readonly remedy: string;
}

/** Terraform's reasons, read as a person would have to act on them. */
export function reasonOf(resource: ResourceChange, all: readonly ResourceChange[]): Reason {
  const { address, change } = resource;
  if (resource.deposed !== undefined) {
    return {
      because: `it is what an interrupted replacement left behind (deposed object ${resource.deposed})`,
      remedy: "look at it in the cloud's console first: it may be the one with the data",
    };
  }
  if (!change.actions.includes("delete")) {
    const remedy = "use a newer cdktf-single-host, or look at the plan yourself";
    return { because: `what ${JSON.stringify(change.actions)} does is not known here`, remedy };
  }
  switch (resource.action_reason) {
    case "replace_because_tainted":
      return {
        because: "its creation is marked as failed (tainted)",
        remedy: `if it works, keep it: terraform untaint '${address}'`,
      };
    case "replace_by_request":
      return { because: "-replace asks for it", remedy: "plan without -replace" };
    case "replace_by_triggers":
      return {
        because: "something in its replace_triggered_by changed",
        remedy: "take replace_triggered_by out, or undo that change",
      };
    case "delete_because_no_resource_config":
      return { because: "it is not in the configuration any more", remedy: renamed(resource, all) };
    case "delete_because_no_move_target":
      return {
        because: "a moved block leads to where nothing is",
        remedy: "give the moved block an address that exists",
      };
    case "delete_because_no_module":
      return { because: "its module is not in the configuration any more", remedy: renamed(resource, all) };
    case "delete_because_wrong_repetition":
    case "delete_because_count_index":
    case "delete_because_each_key":
      return {
        because: "its count or for_each does not name it any more",
        remedy: "put its index or key back, or add a moved block to the new one",
      };
  }
  if (!change.actions.includes("create")) {
    return { because: "the plan is a destroy", remedy: "if that was not meant, plan without -destroy" };
  }
  return replacement(resource);
}

/** Where a thing stands, or the name that it keeps for life: ignoring such a change would leave a configuration that lies. */
const PLACES = new Set(["bucket", "home_location", "location", "region"]);

function replacement({ change }: ResourceChange): Reason {
  const paths = change.replace_paths ?? [];
  if (paths.length === 0) {
    return { because: "the provider can't change it in place", remedy: "undo the change in this plan" };
  }
  const names = paths.map(formatPath);
  const forced = paths.map((path) => `${formatPath(path)} ${formatChange(change, path)}`);
  const moves = names.some((name) => PLACES.has(name));
  return {
    because: `it can't be changed in place: ${forced.join(", ")}`,
    remedy: moves
      ? `put ${names.join(" and ")} back; for a move, make a second one and bring over what this one holds`
      : `put ${names.join(" and ")} back, or ignore the change (lifecycle.ignore_changes)`,
  };
}

/** A resource that vanishes while one of its kind appears was most likely renamed. */
function renamed({ address, type }: ResourceChange, all: readonly ResourceChange[]): string {
  const creates = ({ change }: ResourceChange) => change.actions.length === 1 && change.actions[0] === "create";
  const twin = all.find((other) => other.type === type && creates(other));
  if (twin === undefined) return "put it back, or let Terraform forget it without destroying it (a removed block)";
  return `if it was renamed to ${twin.address}, say so: moveFromId("${address}") or a moved block`;
}
