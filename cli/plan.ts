import { InputFault } from "./fault";
import { isObject, type JsonObject, readJsonObject } from "./json-file";

/** What `terraform show -json PLAN` (or tofu's) says, as far as it is read here. */
export interface Plan {
  readonly resource_changes: readonly ResourceChange[];
  readonly resource_drift: readonly ResourceChange[];
  readonly planned_values: JsonObject;
  readonly prior_state: JsonObject;
}

export interface ResourceChange {
  readonly address: string;
  readonly previous_address?: string;
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
  if (json.errored === true) {
    throw new InputFault(name, "is a plan that failed halfway, so it doesn't show everything", "plan again");
  }
  return {
    resource_changes: changes(json, "resource_changes", name),
    resource_drift: changes(json, "resource_drift", name),
    planned_values: isObject(json.planned_values) ? json.planned_values : {},
    prior_state: isObject(json.prior_state) ? json.prior_state : {},
  };
}

function changes(json: JsonObject, key: string, name: string): ResourceChange[] {
  const list = json[key] ?? [];
  if (!Array.isArray(list)) throw new InputFault(`${name}: ${key}`, "must be a list", MAKE_IT);
  return list.map((entry, index) => {
    const sound = isObject(entry) && typeof entry.address === "string" && typeof entry.type === "string";
    if (!sound || !isObject(entry.change) || !Array.isArray(entry.change.actions)) {
      throw new InputFault(`${name}: ${key}[${index}]`, "must have an address, a type and change.actions", MAKE_IT);
    }
    return entry as unknown as ResourceChange;
  });
}
