import { isObject, type JsonObject } from "../json-file";
import type { ResourceChange } from "../plan";
import { same } from "./values";

/** A host's bundle (or its identity) that the plan brings to the server again. Nothing is lost by it. */
export interface ConfigurationApplied {
  readonly address: string;
  readonly what: "configuration" | "host identity";
  readonly why: "first time" | "changed" | "last attempt failed" | "asked for" | "server is new";
  readonly files: Differences;
  readonly secrets: Differences;
  /** By path, all that differ and those beside them; null: not there, secret, or not known yet. */
  readonly texts: Readonly<Record<string, { readonly before: string | null; readonly after: string | null }>>;
}

export interface Differences {
  readonly added: string[];
  readonly changed: string[];
  readonly removed: string[];
}

/**
 * Reads the creation or replacement of a host's `terraform_data` as what it does. They are known by
 * their triggers_replace: the configuration's holds every file's text and every secret's checksum,
 * the identity's the server's host key.
 */
export function configurationApplied(resource: ResourceChange): ConfigurationApplied | undefined {
  if (resource.type !== "terraform_data" || !resource.change.actions.includes("create")) return undefined;
  const before = triggers(resource.change.before);
  const after = triggers(resource.change.after);
  const unknown = triggers(resource.change.after_unknown);
  const identity = "host_key" in { ...after, ...unknown };
  if (!identity && !isObject(after.files) && !isObject(before.files)) return undefined;
  return {
    address: resource.address,
    what: identity ? "host identity" : "configuration",
    why: why(resource, unknown),
    files: differences(before.files, after.files, unknown.files),
    secrets: differences(before.secrets, after.secrets, unknown.secrets),
    texts: texts(resource),
  };
}

function texts({ change }: ResourceChange): ConfigurationApplied["texts"] {
  const side = (values: unknown, sensitive: unknown) => {
    const [files, marks] = [triggers(values).files, triggers(sensitive).files];
    const isSecret = (path: string) => marks === true || (isObject(marks) && marks[path] === true);
    return (path: string) => {
      const text = isObject(files) && Object.hasOwn(files, path) ? files[path] : null;
      return typeof text === "string" && !isSecret(path) ? text : null;
    };
  };
  const before = side(change.before, change.before_sensitive);
  const after = side(change.after, change.after_sensitive);
  const names = [triggers(change.before).files, triggers(change.after).files].flatMap((files) => {
    return isObject(files) ? Object.keys(files) : [];
  });
  return Object.fromEntries(names.map((path) => [path, { before: before(path), after: after(path) }]));
}

function why({ change, action_reason }: ResourceChange, unknown: JsonObject): ConfigurationApplied["why"] {
  if (!change.actions.includes("delete")) return "first time";
  if (action_reason === "replace_because_tainted") return "last attempt failed";
  if (action_reason === "replace_by_request") return "asked for";
  return unknown.server === true ? "server is new" : "changed";
}

function triggers(value: unknown): JsonObject {
  return isObject(value) && isObject(value.triggers_replace) ? value.triggers_replace : {};
}

function differences(before: unknown, after: unknown, unknown: unknown): Differences {
  const old = isObject(before) ? before : {};
  const known = isObject(after) ? after : {};
  const later = isObject(unknown) ? unknown : {};
  const isLater = (name: string) => unknown === true || later[name] === true;
  const names = [...new Set([...Object.keys(known), ...Object.keys(later).filter(isLater)])].sort();
  return {
    added: names.filter((name) => !Object.hasOwn(old, name)),
    changed: names.filter((name) => Object.hasOwn(old, name) && (isLater(name) || !same(old[name], known[name]))),
    removed: Object.keys(old).filter((name) => !names.includes(name) && unknown !== true),
  };
}
