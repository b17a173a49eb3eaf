import { Estimate, formatMoney } from "../../constructs/model/price";
import { type Paint, visible } from "../terminal";
import type { PlanCost, StackCost } from "./cost";
import { differenceOf, sumOf } from "./sums";

/** Stacks for a person: line by line, a sum each, and one for all that counts shared things once. */
export function renderStackCosts(costs: readonly StackCost[], paint: Paint): string[] {
  const all = Estimate.sum(costs.map((cost) => cost.estimate));
  const lines = costs.flatMap(({ stack, estimate }) => [
    paint.bold(visible(stack)),
    ...renderEstimate(estimate, paint),
  ]);
  if (costs.length > 1) lines.push(paint.bold(`all stacks a month: ${sumOf(all)}`));
  return [...lines, ...renderDates(all, paint)];
}

/** A plan's price for a person, with the difference that it makes. */
export function renderPlanCost({ before, after }: PlanCost, paint: Paint): string[] {
  const difference = `today ${sumOf(before)}, difference ${differenceOf(before, after) || "none"}`;
  return [...renderEstimate(after, paint), difference, ...renderDates(after, paint)];
}

function renderEstimate(estimate: Estimate, paint: Paint): string[] {
  const rows = estimate.lines.map((line) => [line.what, formatMoney(line.monthly)] as const);
  const total = ["a month", sumOf(estimate)] as const;
  const width = Math.max(...[...rows, total].map(([what]) => what.length));
  const amounts = Math.max(...[...rows, total].map(([, amount]) => amount.length));
  const render = ([what, amount]: readonly [string, string]) => {
    return `  ${visible(what).padEnd(width)}  ${amount.padStart(amounts)}`;
  };
  return [
    ...rows.map(render),
    ...estimate.unknown.map(({ what, reason }) => paint.yellow(`  not counted: ${visible(what)}: ${visible(reason)}`)),
    paint.bold(render(total)),
  ];
}

/** Each currency with when its prices were read: each cloud's price list has its own. */
function renderDates(estimate: Estimate, paint: Paint): string[] {
  if (estimate.lines.length === 0) return [];
  const dates = estimate.totals.map(({ currency }) => {
    const own = estimate.lines.filter((line) => line.monthly.currency === currency).map((line) => line.date);
    return `in ${currency} of ${[...new Set(own)].sort().join(" and ")}`;
  });
  return [paint.dim(`Prices ${dates.join(", ")}, before taxes; traffic above the allowance is extra.`)];
}
