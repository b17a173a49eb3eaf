import type { JsonObject } from "../../../cli/json-file";

// biome-ignore lint/suspicious/noExplicitAny: plans of any provider's resources
type Json = any;

/** Of what a review does not read, these are the long ones. */
const LEFT_OUT = ["checks", "output_changes", "relevant_attributes", "timestamp", "variables"];
/** Resources that cost nothing: a price is asked of no value of theirs. */
const FREE = /^(cloudinit|github|random|terraform|tls)_/;

/**
 * A plan as it is kept beside its page: without what no review reads, without secrets, and with the same bytes each time that it
 * is made.
 */
export function trimPlan(plan: Json): JsonObject {
  const kept = Object.fromEntries(Object.entries(plan).filter(([key]) => !LEFT_OUT.includes(key))) as Json;
  kept.resource_changes = (kept.resource_changes ?? []).filter(({ mode }: Json) => mode === "managed").map(trimChange);
  kept.resource_drift = (kept.resource_drift ?? []).map(trimChange);
  kept.configuration = trimConfiguration(kept.configuration);
  kept.planned_values = trimValues(kept.planned_values);
  if (kept.prior_state) kept.prior_state = { values: trimValues(kept.prior_state.values) };
  return steady(kept);
}

function trimChange({ address, mode, type, name, change, action_reason }: Json): Json {
  const { actions, before, after, after_unknown, before_sensitive, after_sensitive, replace_paths } = change;
  if (actions.length === 1 && actions[0] === "no-op") {
    const values =
      type === "terraform_data" && after.triggers_replace?.files ? { triggers_replace: { files: {} } } : {};
    const named = after.name === undefined ? values : { ...values, name: after.name };
    return { address, mode, type, name, change: { actions, before: named, after: named } };
  }
  const hidden = {
    ...{ before: hide(before, before_sensitive), after: hide(after, after_sensitive) },
    ...{ after_unknown, before_sensitive, after_sensitive, replace_paths },
  };
  return { address, mode, type, name, action_reason, change: { actions, ...withoutSameFiles(hidden) } };
}

/** Of the files, those that differ, and those by which it is judged what restarts. */
function withoutSameFiles(change: Json): Json {
  const [before, after] = [change.before?.triggers_replace?.files, change.after?.triggers_replace?.files];
  if (before === undefined || after === undefined) return change;
  const needed = (path: string) =>
    before[path] !== after[path] || /^(host\.json|overlay\.yaml|app\/.*ya?ml)$/.test(path);
  for (const path of Object.keys({ ...before, ...after }).filter((each) => !needed(each))) {
    delete before[path];
    delete after[path];
  }
  return change;
}

/** Which attributes are the team's own words; not which words. */
function trimConfiguration(configuration: Json): Json {
  const resources = (configuration?.root_module?.resources ?? [])
    .filter(({ mode }: Json) => mode === "managed")
    .map(({ address, expressions }: Json) => {
      return { address, expressions: Object.fromEntries(Object.keys(expressions ?? {}).map((name) => [name, {}])) };
    });
  return { root_module: { resources } };
}

function trimValues(values: Json): Json {
  const resources = (values?.root_module?.resources ?? [])
    .filter(({ mode, type }: Json) => mode === "managed" && !FREE.test(type))
    .map(({ address, mode, type, name, values: own, sensitive_values }: Json) => {
      return { address, mode, type, name, values: hide(own, sensitive_values) };
    });
  return { root_module: { resources } };
}

/** Each secret becomes a word of its own, so that two that differ still do. */
function hide(value: Json, marks: Json): Json {
  if (marks === true) return value === null ? null : wordFor(JSON.stringify(value));
  if (typeof value !== "object" || value === null || typeof marks !== "object" || marks === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, hide(inner, marks[key])]);
  return Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
}

const words = new Map<string, string>();

function wordFor(secret: string): string {
  if (!words.has(secret)) words.set(secret, `secret ${words.size + 1}`);
  return words.get(secret) as string;
}

/** What is drawn or counted anew by each run, as something that stays. */
function steady(plan: Json): Json {
  const text = JSON.stringify(plan)
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "00000000-0000-4000-8000-000000000000")
    .replace(/-----BEGIN [A-Z ]*PRIVATE KEY-----[^"]*/g, "a private key")
    .replace(
      /AAAAC3NzaC1lZDI1NTE5AAAAI(?!Dne|MWH)[A-Za-z0-9+/]{43}/g,
      "AAAAC3NzaC1lZDI1NTE5AAAAI0000000000000000000000000000000000000generated",
    )
    .replace(/(chitram|deita)-(beta|prod)-(backups|files)-[0-9a-f]+/g, "$1-$2-$3-0123456789ab")
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, "2026-11-21T00:00:00Z")
    .replace(/(cdktf-single-host \S+ sha256:)[0-9a-f]+/g, "$1of-its-day");
  return JSON.parse(text);
}
