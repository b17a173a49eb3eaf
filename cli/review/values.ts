import { isObject } from "../json-file";
import type { Change } from "../plan";

type Path = readonly (string | number)[];

/** `network[0].ip` */
export function formatPath(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === "number") return `${text}[${step}]`;
    return text === "" ? step : `${text}.${step}`;
  }, "");
}

/** `"nyc3" -> "fra1"`, or that it changed, where the values are secret, long or not known yet. */
export function formatChange(change: Change, path: Path): string {
  const before = formatValue(change.before, change.before_sensitive, undefined, path);
  const after = formatValue(change.after, change.after_sensitive, change.after_unknown, path);
  return `${before} -> ${after}`;
}

function formatValue(value: unknown, sensitive: unknown, unknown: unknown, path: Path): string {
  if (isMarked(sensitive, path)) return "(secret)";
  if (isMarked(unknown, path)) return "(known after apply)";
  const text = JSON.stringify(at(value, path)) ?? "null";
  return text.length > 60 ? `(${text.length} characters)` : text;
}

function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, step) => {
    if (Array.isArray(inner)) return inner[Number(step)];
    return isObject(inner) && Object.hasOwn(inner, step) ? inner[step] : undefined;
  }, value);
}

/** The value of a top-level attribute. */
export function attributeOf(values: unknown, name: string): unknown {
  return at(values, [name]);
}

/** Marks are `true` for a whole value, or the value's shape with `true` in the places meant. */
function isMarked(marks: unknown, path: Path): boolean {
  let inner = marks;
  for (const step of path) {
    if (inner === true) return true;
    inner = at(inner, [step]);
  }
  return holdsTrue(inner);
}

function holdsTrue(marks: unknown): boolean {
  if (marks === true) return true;
  return typeof marks === "object" && marks !== null && Object.values(marks).some(holdsTrue);
}

/** The names of the top-level attributes that differ. */
export function changedAttributes(change: Change): string[] {
  const before = isObject(change.before) ? change.before : {};
  const after = isObject(change.after) ? change.after : {};
  const unknown = isObject(change.after_unknown) ? change.after_unknown : {};
  const names = new Set([...Object.keys(before), ...Object.keys(after), ...Object.keys(unknown)]);
  return [...names].filter((name) => holdsTrue(unknown[name]) || !same(before[name], after[name])).sort();
}

/** A top-level attribute that differs, as it may be shown. */
export interface ValueChange {
  readonly attribute: string;
  readonly before: string;
  readonly after: string;
}

/** The top-level attributes that differ and whose new values are known: what a provider computes by itself is left out. */
export function knownChanges(change: Change): ValueChange[] {
  return changedAttributes(change)
    .filter((attribute) => !isMarked(change.after_unknown, [attribute]))
    .map((attribute) => ({
      attribute,
      before: formatValue(change.before, change.before_sensitive, undefined, [attribute]),
      after: formatValue(change.after, change.after_sensitive, undefined, [attribute]),
    }));
}

/** Whether two values of a plan are the same; absent is null there. */
export function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one ?? null) === JSON.stringify(other ?? null);
}
