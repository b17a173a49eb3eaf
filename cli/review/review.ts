import { costOfPlan, type PlanCost } from "../cost/cost";
import { InputFault } from "../fault";
import { isObject } from "../json-file";
import type { Plan, ResourceChange } from "../plan";
import { type ConfigurationApplied, configurationApplied } from "./configuration";
import { holds } from "./data-holders";
import { byGravity, type Downtime, downtimeOf, downtimeWithout } from "./downtime";
import { firewallChanges } from "./firewalls";
import { lossOf } from "./losses";
import { reasonOf } from "./remedy";
import { restartsBy } from "./restarts";
import { type SecurityChange, securityChanges } from "./security";
import { attributeOf, changedAttributes, formatPath, knownChanges, same, type ValueChange } from "./values";
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

/** What Terraform does with a resource; `unknown` is an action that a newer Terraform has. */
export type Action = "create" | "update" | "replace" | "destroy" | "unknown";

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

export interface Drift {
  readonly address: string;
  readonly named: Named | null;
  /** From what Terraform knew to what it found. */
  readonly values: readonly (ValueChange & { readonly putBack: boolean })[];
  /** What that opened or closed. */
  readonly security: readonly SecurityChange[];
}

/** What is meant to be lost: by name, or whatever the plan loses. */
export type Accepted = readonly string[] | "all";

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

/** Actions after which nothing is other than before, as far as a plan's reader is concerned. */
const IDLE = new Set(["no-op", "read", "forget", "open", "renew", "close"]);

function actionOf({ change: { actions } }: ResourceChange): Action | undefined {
  if (actions.includes("forget") && !actions.includes("create")) return undefined;
  const destroys = actions.includes("delete");
  if (actions.includes("create")) return destroys ? "replace" : "create";
  if (destroys) return "destroy";
  if (actions.includes("update")) return "update";
  return actions.every((action) => IDLE.has(action)) ? undefined : "unknown";
}

function dangerOf(
  resource: ResourceChange,
  action: Action,
  named: Named | null,
  plan: Plan,
  accepted: Accepted,
): Danger | undefined {
  const { address, type } = resource;
  if (action === "create") return undefined;
  const isAccepted = (acceptance: string) => accepted === "all" || accepted.includes(acceptance);
  if (action === "update") {
    const loss = lossOf(resource);
    if (loss === undefined) return undefined;
    const { attribute, ...lost } = loss;
    const acceptance = `${address}.${attribute}`;
    return {
      address,
      type,
      action,
      named,
      ...lost,
      attributes: [attribute],
      acceptance,
      accepted: isAccepted(acceptance),
    };
  }
  const lost = holds(type);
  if (lost === undefined) return undefined;
  return {
    address,
    type,
    action,
    named,
    holds: lost,
    attributes: (resource.change.replace_paths ?? []).map(formatPath),
    ...reasonOf(resource, plan.resource_changes),
    acceptance: address,
    accepted: isAccepted(address),
  };
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

/** Values that somebody has changed, and whether this plan turns them back. */
function driftOf(
  drifted: ResourceChange,
  planned: ResourceChange | undefined,
  plan: Plan,
  vocabulary: Vocabulary,
): Drift[] {
  const { address, change } = drifted;
  if (!change.actions.includes("update")) return [];
  const wanted = configuredAttributes(plan, address);
  const turned = planned === undefined ? [] : knownChanges(planned.change).map(({ attribute }) => attribute);
  const values = knownChanges(change)
    .filter(({ attribute }) => turned.includes(attribute) || wanted.includes(attribute))
    .filter(({ attribute }) => {
      return !same(meaning(attributeOf(change.before, attribute)), meaning(attributeOf(change.after, attribute)));
    })
    .map((value) => ({ ...value, putBack: turned.includes(value.attribute) }));
  if (values.length === 0) return [];
  return [{ address, named: vocabulary.of(drifted) ?? null, values, security: firewallChanges(drifted) ?? [] }];
}

/** What the team's own words say of a resource: what they leave to the cloud, the cloud may change. */
function configuredAttributes({ configuration }: Plan, address: string): string[] {
  const { resources } = isObject(configuration.root_module) ? configuration.root_module : {};
  const own = (Array.isArray(resources) ? resources : []).find((each) => {
    return isObject(each) && each.address === address.replace(/\[[^\]]*\]$/, "");
  });
  return isObject(own) && isObject(own.expressions) ? Object.keys(own.expressions) : [];
}

/** A value without what is empty in it: providers tell in many ways that there is nothing. */
function meaning(value: unknown): unknown {
  if (Array.isArray(value)) return some(value.map(meaning).filter((inner) => inner !== null));
  if (!isObject(value)) return value === "" || value === 0 || value === false ? null : (value ?? null);
  const entries = Object.entries(value).map(([name, inner]) => [name, meaning(inner)] as const);
  const told = entries.filter(([, inner]) => inner !== null);
  return told.length === 0 ? null : Object.fromEntries(told);
}

function some(list: readonly unknown[]): readonly unknown[] | null {
  return list.length === 0 ? null : list;
}

/** An acceptance that outlives its plan would let the next accident through. */
function refuseIdleAcceptance(accepted: readonly string[], dangers: readonly Danger[]): void {
  for (const name of accepted) {
    if (dangers.some((danger) => danger.acceptance === name)) continue;
    throw new InputFault("--accept", `names ${name}, which this plan does not destroy`, "leave it out");
  }
}
