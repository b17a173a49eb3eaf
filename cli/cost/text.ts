import { Estimate, formatMoney, type Money } from "../../constructs/model/price";
import { type Paint, visible } from "../terminal";
import type { PlanCost, StackCost } from "./cost";

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
  const difference = `today ${sumOf(before)}, difference ${differences(before, after)}`;
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

/** `24.00 USD + 5.49 EUR`; with a `>` before it where something is not counted. */
function sumOf(estimate: Estimate): string {
  const sum = estimate.totals.map(formatMoney).join(" + ") || "0.00";
  return estimate.unknown.length > 0 ? `more than ${sum}` : sum;
}

function differences(before: Estimate, after: Estimate): string {
  const currencies = new Set([...before.totals, ...after.totals].map((total) => total.currency));
  const parts = [...currencies].map((currency): Money => {
    return { amount: (after.totalIn(currency) * 100 - before.totalIn(currency) * 100) / 100, currency };
  });
  const changed = parts.filter(({ amount }) => amount !== 0);
  return changed.map((money) => `${money.amount > 0 ? "+" : ""}${formatMoney(money)}`).join(" ") || "none";
}
