import { type Estimate, formatMoney, type Money } from "../../constructs/model/price";

/** `24.00 USD + 5.49 EUR`; with a `more than` before it where something is not counted. */
export function sumOf(estimate: Estimate): string {
  const sum = estimate.totals.map(formatMoney).join(" + ") || "0.00";
  return estimate.unknown.length > 0 ? `more than ${sum}` : sum;
}

/** `+6.00 USD`; nothing where nothing differs. */
export function differenceOf(before: Estimate, after: Estimate): string {
  const currencies = new Set([...before.totals, ...after.totals].map((total) => total.currency));
  const parts = [...currencies].map((currency): Money => {
    return { amount: (after.totalIn(currency) * 100 - before.totalIn(currency) * 100) / 100, currency };
  });
  const changed = parts.filter(({ amount }) => amount !== 0);
  return changed.map((money) => `${money.amount > 0 ? "+" : ""}${formatMoney(money)}`).join(" ");
}
