import { join } from "node:path";
import { digitaloceanPrice } from "../../constructs/clouds/digitalocean/prices";
import { hetznerPrice } from "../../constructs/clouds/hetzner/prices";
import { Estimate, type PricedResource } from "../../constructs/model/price";
import { InputFault } from "../fault";
import { isObject, type JsonObject, readJsonObject } from "../json-file";
import { readPlan } from "../plan";

const TABLES = [digitaloceanPrice, hetznerPrice];
const MAKE_IT = "run `cdktf synth` first";

/** What one stack costs a month. */
export interface StackCost {
  readonly stack: string;
  readonly estimate: Estimate;
}

/** Prices the stacks that `cdktf synth` left in a folder; without names, all of them. */
export function costOfStacks(folder: string, names: readonly string[]): StackCost[] {
  const manifestPath = join(folder, "manifest.json");
  const manifest = readJsonObject(manifestPath, MAKE_IT);
  if (!isObject(manifest.stacks)) throw new InputFault(manifestPath, "has no stacks", MAKE_IT);
  const stacks = manifest.stacks;
  const known = Object.keys(stacks).sort();
  return (names.length > 0 ? names : known).map((stack) => {
    const entry = Object.hasOwn(stacks, stack) ? stacks[stack] : undefined;
    if (!isObject(entry) || typeof entry.synthesizedStackPath !== "string") {
      throw new InputFault(manifestPath, `has no stack ${stack}`, `name one of: ${known.join(", ")}`);
    }
    const synthesized = readJsonObject(join(folder, entry.synthesizedStackPath), MAKE_IT);
    return { stack, estimate: Estimate.of(synthesizedResources(synthesized), TABLES) };
  });
}

/** What is paid before a plan, and after it. */
export interface PlanCost {
  readonly before: Estimate;
  readonly after: Estimate;
}

/** Prices what a plan leads to. */
export function costOfPlan(path: string): PlanCost {
  const plan = readPlan(path);
  return {
    before: Estimate.of(plannedResources(plan.prior_state.values), TABLES),
    after: Estimate.of(plannedResources(plan.planned_values), TABLES),
  };
}

function* synthesizedResources(stack: JsonObject): Generator<PricedResource> {
  if (!isObject(stack.resource)) return;
  for (const [type, resources] of Object.entries(stack.resource)) {
    if (!isObject(resources)) continue;
    for (const [name, values] of Object.entries(resources)) {
      if (isObject(values)) yield { address: `${type}.${name}`, type, values };
    }
  }
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
