import type { PlanCost } from "../cost/cost";
import { differenceOf, sumOf } from "../cost/sums";
import type { Differences } from "./configuration";
import type { Danger } from "./dangers";
import { isSafe, type Review } from "./review";

/** The sentence that a reader needs, if it is the only one that is read. */
export function verdictOf(review: Review): { readonly tone: "stop" | "accepted" | "calm"; readonly text: string } {
  const open = review.dangers.filter((danger) => !danger.accepted);
  if (open.length > 0) return { tone: "stop", text: countLosses(open) };
  if (review.errored) return { tone: "stop", text: "Terraform ended this plan with an error" };
  if (!isSafe(review) || review.dangers.length > 0) return { tone: "accepted", text: "only what was accepted is lost" };
  return { tone: "calm", text: isIdle(review) ? "nothing changes" : "no data is lost" };
}

export function isIdle(review: Review): boolean {
  const lists = [review.configuration, review.changes, review.moved, review.imported, review.forgotten, review.dangers];
  return lists.every((list) => list.length === 0);
}

export function countLosses(dangers: readonly Danger[]): string {
  const changes = dangers.filter(({ action }) => action === "update").length;
  const resources = dangers.length - changes;
  const parts: string[] = [];
  if (resources === 1) parts.push("1 resource that holds data would be lost");
  if (resources > 1) parts.push(`${resources} resources that hold data would be lost`);
  if (changes === 1) parts.push("1 change in place would lose data");
  if (changes > 1) parts.push(`${changes} changes in place would lose data`);
  return parts.join(", ");
}

/** `18.00 USD -> 24.00 USD a month (+6.00 USD)`, and of when the prices are. */
export function priceOf({ before, after }: PlanCost, arrow = "->"): { readonly sum: string; readonly dates: string } {
  const [old, fresh] = [sumOf(before), sumOf(after)];
  const difference = differenceOf(before, after);
  const sum =
    old === fresh
      ? `${fresh} a month, as before`
      : `${old} ${arrow} ${fresh} a month${difference === "" ? "" : ` (${difference})`}`;
  const dates = [...new Set([...before.lines, ...after.lines].map(({ date }) => date))].sort();
  return { sum, dates: dates.length === 0 ? "" : `prices of ${dates.join(" and ")}, before taxes` };
}

/** The names of what differs, in one list. */
export function namesOf({ added, changed, removed }: Differences): string[] {
  return [...added, ...changed, ...removed].sort();
}

/** What a file of the bundle is, for somebody who never saw one. */
export function fileWords(path: string): string {
  const known: Readonly<Record<string, string>> = {
    Caddyfile: "what Caddy serves",
    "edge.yaml": "how Caddy runs",
    "host.json": "settings of the host",
    "overlay.yaml": "what this library adds to your compose file",
    program: "the program on the server",
  };
  if (Object.hasOwn(known, path)) return known[path] ?? "";
  return /^app\/[^/]*compose[^/]*\.ya?ml$/.test(path) ? "your compose file" : "a file of the application";
}

export function firstOf<T>(list: readonly T[], number: number): readonly T[] {
  return list.slice(0, number);
}

/** ` and 3 more`, where a list was cut to that number. */
export function more(list: readonly unknown[], number: number): string {
  return list.length > number ? ` and ${list.length - number} more` : "";
}

/** `1 resource`, `2 resources`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
