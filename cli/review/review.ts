import { InputFault } from "../fault";
import type { Plan, ResourceChange } from "../plan";
import { type ConfigurationApplied, configurationApplied } from "./configuration";
import { holds } from "./data-holders";
import { downtimeOf } from "./downtime";
import { lossOf } from "./losses";
import { reasonOf } from "./remedy";
import { changedAttributes, formatPath } from "./values";

/** What a plan means for data, and what else it does. */
export interface Review {
  readonly dangers: readonly Danger[];
  readonly configuration: readonly ConfigurationApplied[];
  readonly changes: readonly PlannedChange[];
  readonly moved: readonly { readonly from: string; readonly to: string }[];
  readonly imported: readonly { readonly address: string; readonly id: string }[];
  readonly forgotten: readonly string[];
  /** Holders of data that were already gone from the cloud when the plan was made. */
  readonly lost: readonly { readonly address: string; readonly holds: string }[];
}

/** A resource with data that the plan destroys or replaces, or changes so that data is lost. */
export interface Danger {
  readonly address: string;
  readonly type: string;
  readonly action: "destroy" | "replace" | "update";
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

export interface PlannedChange {
  readonly address: string;
  readonly action: "create" | "update" | "replace" | "destroy";
  readonly attributes: readonly string[];
  /** What visitors notice of it, where that is known. */
  readonly downtime: string | null;
}

/** Reviews a plan; `accepted` names what is meant to be lost. */
export function reviewPlan(plan: Plan, accepted: readonly string[] = []): Review {
  const review = {
    dangers: [] as Danger[],
    configuration: [] as ConfigurationApplied[],
    changes: [] as PlannedChange[],
    moved: [] as { from: string; to: string }[],
    imported: [] as { address: string; id: string }[],
    forgotten: [] as string[],
    lost: plan.resource_drift.flatMap(lostOutside),
  };
  for (const resource of plan.resource_changes) {
    if (resource.mode === "data") continue;
    const { address, previous_address, change } = resource;
    if (previous_address !== undefined && previous_address !== address) {
      review.moved.push({ from: previous_address, to: address });
    }
    if (change.importing) review.imported.push({ address, id: importId(resource) });
    if (change.actions.includes("forget")) review.forgotten.push(address);
    const action = actionOf(resource);
    if (action === undefined) continue;
    const danger = dangerOf(resource, action, plan, accepted);
    const configuration = configurationApplied(resource);
    if (danger) review.dangers.push(danger);
    if (configuration) review.configuration.push(configuration);
    else if (danger === undefined || action === "update") review.changes.push(plannedChange(resource, action));
  }
  refuseIdleAcceptance(accepted, review.dangers);
  return review;
}

/** Whether the plan may be applied as it is. */
export function isSafe(review: Review): boolean {
  return review.dangers.every((danger) => danger.accepted);
}

/** A generated secret is imported by its value, which is nobody's business. */
function importId({ type, change }: ResourceChange): string {
  return type.startsWith("random_") ? "(secret)" : (change.importing?.id ?? "(known after apply)");
}

function actionOf({ change: { actions } }: ResourceChange): PlannedChange["action"] | undefined {
  const destroys = actions.includes("delete");
  if (actions.includes("create")) return destroys ? "replace" : "create";
  if (destroys) return "destroy";
  return actions.includes("update") ? "update" : undefined;
}

function dangerOf(
  resource: ResourceChange,
  action: PlannedChange["action"],
  plan: Plan,
  accepted: readonly string[],
): Danger | undefined {
  const { address, type } = resource;
  if (action === "create") return undefined;
  if (action === "update") {
    const loss = lossOf(resource);
    if (loss === undefined) return undefined;
    const { attribute, ...lost } = loss;
    const acceptance = `${address}.${attribute}`;
    const isAccepted = accepted.includes(acceptance);
    return { address, type, action, ...lost, attributes: [attribute], acceptance, accepted: isAccepted };
  }
  const lost = holds(type);
  if (lost === undefined) return undefined;
  return {
    address,
    type,
    action,
    holds: lost,
    attributes: (resource.change.replace_paths ?? []).map(formatPath),
    ...reasonOf(resource, plan.resource_changes),
    acceptance: address,
    accepted: accepted.includes(address),
  };
}

function plannedChange({ address, type, change }: ResourceChange, action: PlannedChange["action"]): PlannedChange {
  if (action === "create" || action === "destroy") return { address, action, attributes: [], downtime: null };
  if (action === "replace") {
    return { address, action, attributes: (change.replace_paths ?? []).map(formatPath), downtime: null };
  }
  const attributes = changedAttributes(change);
  return { address, action, attributes, downtime: downtimeOf(type, change, attributes) };
}

function lostOutside({ address, type, change }: ResourceChange): { address: string; holds: string }[] {
  const lost = holds(type);
  return lost !== undefined && change.actions.includes("delete") ? [{ address, holds: lost }] : [];
}

/** An acceptance that outlives its plan would let the next accident through. */
function refuseIdleAcceptance(accepted: readonly string[], dangers: readonly Danger[]): void {
  for (const name of accepted) {
    if (dangers.some((danger) => danger.acceptance === name)) continue;
    throw new InputFault("--accept", `names ${name}, which this plan does not destroy`, "leave it out");
  }
}
