import { costOfPlan, type PlanCost } from "../cost/cost";
import type { Plan, ResourceChange } from "../plan";
import { type Action, actionOf } from "./action";
import { type ConfigurationApplied, configurationApplied } from "./configuration";
import { type Accepted, type Danger, dangerOf, refuseIdleAcceptance } from "./dangers";
import { holds } from "./data-holders";
import { byGravity, type Downtime, downtimeOf, downtimeWithout } from "./downtime";
import { type Drift, driftOf } from "./drift";
import { restartsBy } from "./restarts";
import { securityChanges } from "./security";
import type { SecurityChange } from "./security-change";
import { changedAttributes, formatPath, knownChanges, type ValueChange } from "./values";
import { type Named, Vocabulary } from "./vocabulary";

/** What a plan means for data, and what else it does. */
export interface Review {
  /** Terraform ended the plan with an error: it can't be applied, and may not show everything. */
  readonly errored: boolean;
  /** False: the plan was made for targets alone, or too little is known yet; the rest shows in a later one. */
  readonly complete: boolean;
  /** Names of the hosts that the plan configures. */
  readonly hosts: readonly string[];
  readonly dangers: readonly Danger[];
  readonly configuration: readonly ConfigurationApplied[];
  readonly changes: readonly PlannedChange[];
  readonly moved: readonly { readonly from: string; readonly to: string }[];
  readonly imported: readonly { readonly address: string; readonly id: string }[];
  readonly forgotten: readonly string[];
  /** What a later plan will do, because too little is known yet. */
  readonly deferred: readonly { readonly address: string; readonly action: Action; readonly reason: string }[];
  /** Holders of data that were already gone from the cloud when the plan was made. */
  readonly lost: readonly { readonly address: string; readonly holds: string }[];
  /** What somebody changed without Terraform, since it last looked. */
  readonly drift: readonly Drift[];
  /** What visitors notice, the worst first. */
  readonly downtime: readonly Downtime[];
  readonly security: readonly SecurityChange[];
  readonly cost: PlanCost;
}

export interface PlannedChange {
  readonly address: string;
  readonly type: string;
  readonly action: Action;
  /** In this library's words; null: somebody else's resource. */
  readonly named: Named | null;
  readonly attributes: readonly string[];
  /** The values of those that are known, each as it may be shown. */
  readonly values: readonly ValueChange[];
  /** What visitors notice of it, where that is known. */
  readonly downtime: readonly Downtime[];
}

/** Reviews a plan. */
export function reviewPlan(plan: Plan, accepted: Accepted = []): Review {
  const resources = plan.resource_changes.filter(({ mode }) => mode !== "data");
  const vocabulary = new Vocabulary(resources);
  const review = {
    dangers: [] as Danger[],
    configuration: [] as ConfigurationApplied[],
    changes: [] as PlannedChange[],
    moved: [] as { from: string; to: string }[],
    imported: [] as { address: string; id: string }[],
    forgotten: [] as string[],
    downtime: [] as Downtime[],
  };
  for (const resource of resources) {
    const { address, previous_address, change, type } = resource;
    if (previous_address !== undefined && previous_address !== address) {
      review.moved.push({ from: previous_address, to: address });
    }
    if (change.importing) review.imported.push({ address, id: importId(resource) });
    if (change.actions.includes("forget")) review.forgotten.push(address);
    const action = actionOf(resource);
    if (action === undefined) continue;
    const named = vocabulary.of(resource) ?? null;
    const danger = dangerOf(resource, action, named, plan, accepted);
    const configuration = configurationApplied(resource);
    if (danger) review.dangers.push(danger);
    if (action === "destroy" || action === "replace") review.downtime.push(...downtimeWithout(type, action));
    if (configuration) {
      review.configuration.push(configuration);
      review.downtime.push(...restartsBy(configuration));
    } else if (danger === undefined || action === "update") {
      const noticed = action === "update" ? downtimeOf(type, change, changedAttributes(change)) : [];
      review.downtime.push(...noticed);
      review.changes.push(plannedChange(resource, action, named, noticed));
    }
  }
  const planned = new Map(resources.map((resource) => [resource.address, resource]));
  if (accepted !== "all") refuseIdleAcceptance(accepted, review.dangers);
  return {
    ...review,
    errored: plan.errored,
    complete: plan.complete,
    hosts: vocabulary.hostNames,
    deferred: plan.deferred_changes.map(({ reason, resource_change: resource }) => {
      return { address: resource.address, action: actionOf(resource) ?? "unknown", reason };
    }),
    lost: plan.resource_drift.flatMap(lostOutside),
    drift: plan.resource_drift.flatMap((drifted) => driftOf(drifted, planned.get(drifted.address), plan, vocabulary)),
    downtime: byGravity(review.downtime),
    security: securityChanges(resources, review.configuration, (resource) => vocabulary.of(resource) !== undefined),
    cost: costOfPlan(plan),
  };
}

/** Whether the plan may be applied as it is. */
export function isSafe(review: Review): boolean {
  return !review.errored && review.dangers.every((danger) => danger.accepted);
}

/** A generated secret is imported by its value, which is nobody's business. */
function importId({ type, change }: ResourceChange): string {
  return type.startsWith("random_") ? "(secret)" : (change.importing?.id ?? "(known after apply)");
}

function plannedChange(
  { address, type, change }: ResourceChange,
  action: Action,
  named: Named | null,
  noticed: readonly Downtime[],
): PlannedChange {
  const known = { address, type, action, named };
  if (action === "update") {
    return { ...known, attributes: changedAttributes(change), values: knownChanges(change), downtime: noticed };
  }
  if (action === "replace") {
    return { ...known, attributes: (change.replace_paths ?? []).map(formatPath), values: [], downtime: [] };
  }
  return { ...known, attributes: [], values: [], downtime: [] };
}

function lostOutside({ address, type, change }: ResourceChange): { address: string; holds: string }[] {
  const lost = holds(type);
  return lost !== undefined && change.actions.includes("delete") ? [{ address, holds: lost }] : [];
}
