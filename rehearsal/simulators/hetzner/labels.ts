import { type Body, invalidInput, refusal } from "./answers";

export type Labels = Readonly<Record<string, string>>;

const NAME = /^[a-zA-Z0-9]([a-zA-Z0-9._-]{0,61}[a-zA-Z0-9])?$/;
const PREFIX = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;

/** Labels of a request; absent means that they stay as they are. */
export function readLabels(body: Body, otherwise: Labels = {}): Labels {
  const { labels } = body;
  if (labels === undefined || labels === null) return otherwise;
  if (typeof labels !== "object" || Array.isArray(labels)) throw invalidInput("labels", "must be an object");
  for (const [key, value] of Object.entries(labels)) {
    if (!isKey(key)) throw invalidInput("labels", `invalid label key '${key}'`);
    if (typeof value !== "string" || (value !== "" && !NAME.test(value))) {
      throw invalidInput("labels", `invalid label value '${value}'`);
    }
  }
  return labels as Labels;
}

function isKey(key: string): boolean {
  const [name = "", prefix, ...more] = key.split("/").reverse();
  if (more.length > 0 || !NAME.test(name)) return false;
  return prefix === undefined || (PREFIX.test(prefix) && prefix !== "hetzner.cloud");
}

/** Whether a selector such as `env=production,!old,tier in (web,api)` means these labels. */
export function matchesSelector(selector: string, labels: Labels): boolean {
  return expressions(selector).every((expression) => matchesExpression(expression, labels));
}

/** Cuts at the commas that are in no parentheses. */
function expressions(selector: string): string[] {
  return selector
    .split(/,(?![^(]*\))/)
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

function matchesExpression(expression: string, labels: Labels): boolean {
  const set = /^(\S+)\s+(in|notin)\s*\(([^)]*)\)$/.exec(expression);
  if (set !== null) {
    const [, key = "", operator, values = ""] = set;
    const known = values.split(",").map((value) => value.trim());
    return known.includes(labels[key] ?? "") === (operator === "in");
  }
  const equation = /^([^\s=!]+)\s*(==|=|!=)\s*(\S*)$/.exec(expression);
  if (equation !== null) {
    const [, key = "", operator, value] = equation;
    return (labels[key] === value) === (operator !== "!=");
  }
  const presence = /^(!?)([^\s=!]+)$/.exec(expression);
  if (presence === null) throw refusal("invalid_input", `invalid label selector '${expression}'`);
  const [, negated, key = ""] = presence;
  return Object.hasOwn(labels, key) === (negated === "");
}
