import { InputFault } from "../fault";
import type { Plan, ResourceChange } from "../plan";
import type { Action } from "./action";
import { holds } from "./data-holders";
import { lossOf } from "./losses";
import { reasonOf } from "./remedy";
import { formatPath } from "./values";
import type { Named } from "./vocabulary";

/** A resource with data that the plan destroys or replaces, or changes so that data is lost. */
export interface Danger {
  readonly address: string;
  readonly type: string;
  readonly action: Exclude<Action, "create">;
  /** In this library's words; null: somebody else's resource. */
  readonly named: Named | null;
  readonly holds: string;
  /** The attributes that force a replacement, or lose the data. */
  readonly attributes: readonly string[];
  readonly because: string;
  readonly remedy: string;
  /** What --accept names: the resource, or the attribute whose change loses something of it. */
  readonly acceptance: string;
  /** Whether whoever asked for the review means it. */
  readonly accepted: boolean;
}

/** What is meant to be lost: by name, or whatever the plan loses. */
export type Accepted = readonly string[] | "all";

/** What a resource would lose by what is done with it; undefined: nothing. */
export function dangerOf(
  resource: ResourceChange,
  action: Action,
  named: Named | null,
  plan: Plan,
  accepted: Accepted,
): Danger | undefined {
  const { address, type } = resource;
  if (action === "create") return undefined;
  const known = { address, type, action, named };
  const meant = (acceptance: string) => ({ acceptance, accepted: accepted === "all" || accepted.includes(acceptance) });
  if (action === "update") {
    const loss = lossOf(resource);
    if (loss === undefined) return undefined;
    const { attribute, ...lost } = loss;
    return { ...known, ...lost, attributes: [attribute], ...meant(`${address}.${attribute}`) };
  }
  const lost = holds(type);
  if (lost === undefined) return undefined;
  const attributes = (resource.change.replace_paths ?? []).map(formatPath);
  return { ...known, holds: lost, attributes, ...reasonOf(resource, plan.resource_changes), ...meant(address) };
}

/** An acceptance that outlives its plan would let the next accident through. */
export function refuseIdleAcceptance(accepted: readonly string[], dangers: readonly Danger[]): void {
  for (const name of accepted) {
    if (dangers.some((danger) => danger.acceptance === name)) continue;
    throw new InputFault("--accept", `names ${name}, which this plan does not destroy`, "leave it out");
  }
}
