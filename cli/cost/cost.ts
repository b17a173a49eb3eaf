import { digitaloceanPrice } from "../../constructs/clouds/digitalocean/prices";
import { hetznerPrice } from "../../constructs/clouds/hetzner/prices";
import { Estimate, type PricedResource } from "../../constructs/model/price";
import { isObject, type JsonObject } from "../json-file";
import type { Plan } from "../plan";
import { SynthesizedStacks } from "../synthesized-stack";

const TABLES = [digitaloceanPrice, hetznerPrice];

/** What one stack costs a month. */
export interface StackCost {
  readonly stack: string;
  readonly estimate: Estimate;
}

/** Prices the stacks that `cdktf synth` left in a folder; without names, all of them. */
export function costOfStacks(folder: string, names: readonly string[]): StackCost[] {
  const stacks = new SynthesizedStacks(folder);
  return (names.length > 0 ? names : stacks.names).map((stack) => ({
    stack,
    estimate: Estimate.of(stacks.stack(stack).resources, TABLES),
  }));
}

/** What is paid before a plan, and after it. */
export interface PlanCost {
  readonly before: Estimate;
  readonly after: Estimate;
}

/** Prices what a plan leads to. */
export function costOfPlan(plan: Plan): PlanCost {
  return {
    before: Estimate.of(plannedResources(plan.prior_state.values), TABLES),
    after: Estimate.of(plannedResources(plan.planned_values), TABLES),
  };
}

function* plannedResources(values: unknown): Generator<PricedResource> {
  if (isObject(values)) yield* moduleResources(values.root_module);
}

function* moduleResources(module: unknown): Generator<PricedResource> {
  if (!isObject(module)) return;
  for (const resource of asList(module.resources)) {
    if (!isObject(resource) || resource.mode === "data" || typeof resource.type !== "string") continue;
    const values = isObject(resource.values) ? resource.values : {};
    yield { address: String(resource.address), type: resource.type, values };
  }
  for (const child of asList(module.child_modules)) yield* moduleResources(child);
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The machine's form of an estimate. */
export function estimateJson(estimate: Estimate): JsonObject {
  return { lines: estimate.lines, unknown: estimate.unknown, totals: estimate.totals };
}
