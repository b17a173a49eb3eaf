import { InputFault } from "./fault";
import { isObject, type JsonObject, readJsonObject } from "./json-file";

/** What `terraform show -json PLAN` (or tofu's) says, as far as it is read here. */
export interface Plan {
  /** Terraform ended it with an error: it can't be applied, and may not show everything. */
  readonly errored: boolean;
  /** False: applying it leaves something to do, because it was made for targets alone, or too little is known yet. */
  readonly complete: boolean;
  readonly resource_changes: readonly ResourceChange[];
  readonly resource_drift: readonly ResourceChange[];
  /** What a later plan will show, because too little is known yet. */
  readonly deferred_changes: readonly DeferredChange[];
  readonly planned_values: JsonObject;
  readonly prior_state: JsonObject;
  /** What the team's own words are, before they are evaluated. */
  readonly configuration: JsonObject;
}

export interface DeferredChange {
  readonly reason: string;
  readonly resource_change: ResourceChange;
}

export interface ResourceChange {
  readonly address: string;
  readonly previous_address?: string;
  /** @default - the resource is one of the root module */
  readonly module_address?: string;
  readonly mode: "managed" | "data";
  readonly type: string;
  readonly name: string;
  readonly deposed?: string;
  readonly action_reason?: string;
  readonly change: Change;
}

export interface Change {
  readonly actions: readonly string[];
  readonly before: unknown;
  readonly after: unknown;
  readonly after_unknown?: unknown;
  readonly before_sensitive?: unknown;
  readonly after_sensitive?: unknown;
  /** Each path is a list of keys and indexes. */
  readonly replace_paths?: readonly (readonly (string | number)[])[];
  readonly importing?: { readonly id?: string };
}

const MAKE_IT = "make it with `terraform plan -out=PLAN && terraform show -json PLAN > plan.json`";

/** Reads a plan; whatever isn't one is refused with what it is instead. */
export function readPlan(path: string): Plan {
  const json = readJsonObject(path, MAKE_IT);
  const name = path === "-" ? "standard input" : path;
  const version = json.format_version;
  if (typeof version !== "string" || !("planned_values" in json || "resource_changes" in json)) {
    const problem = "values" in json ? "is a state, not a plan" : "is JSON, but not a Terraform plan";
    throw new InputFault(name, problem, MAKE_IT);
  }
  if (!version.startsWith("1.")) {
    const remedy = "use Terraform 1.x or OpenTofu 1.x, or a newer cdktf-single-host";
    throw new InputFault(`${name}: format_version`, `must be 1.x, got ${version}`, remedy);
  }
  return {
    errored: json.errored === true,
    complete: json.complete !== false, // older Terraforms do not say
    deferred_changes: deferred(json, name),
    resource_changes: changes(json, "resource_changes", name),
    resource_drift: changes(json, "resource_drift", name),
    planned_values: isObject(json.planned_values) ? json.planned_values : {},
    prior_state: isObject(json.prior_state) ? json.prior_state : {},
    configuration: isObject(json.configuration) ? json.configuration : {},
  };
}

function changes(json: JsonObject, key: string, name: string): ResourceChange[] {
  return list(json, key, name).map((entry, index) => resourceChange(entry, `${name}: ${key}[${index}]`));
}

function deferred(json: JsonObject, name: string): DeferredChange[] {
  return list(json, "deferred_changes", name).map((entry, index) => {
    const path = `${name}: deferred_changes[${index}]`;
    const { reason, resource_change } = isObject(entry) ? entry : {};
    return { reason: String(reason ?? "unknown"), resource_change: resourceChange(resource_change, path) };
  });
}

function list(json: JsonObject, key: string, name: string): readonly unknown[] {
  const entries = json[key] ?? [];
  if (!Array.isArray(entries)) throw new InputFault(`${name}: ${key}`, "must be a list", MAKE_IT);
  return entries;
}

/** Only the parts by which a change is judged are looked at: a newer Terraform may add whatever else it likes. */
function resourceChange(entry: unknown, path: string): ResourceChange {
  const sound = isObject(entry) && typeof entry.address === "string" && typeof entry.type === "string";
  if (!sound || !isObject(entry.change) || !isListOfTexts(entry.change.actions)) {
    throw new InputFault(path, "must have an address, a type and change.actions", MAKE_IT);
  }
  const paths = entry.change.replace_paths ?? [];
  if (!Array.isArray(paths) || !paths.every(Array.isArray)) {
    throw new InputFault(`${path}: change.replace_paths`, "must be a list of paths", MAKE_IT);
  }
  return entry as unknown as ResourceChange;
}

function isListOfTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((entry) => typeof entry === "string");
}
