import { type Estimate, formatMoney, type Money } from "./price";

/** What to tell a team whose resources cost more than it meant to pay: the sum, and what costs what. */
export function budgetWarnings(estimate: Estimate, budget: number | null): string[] {
  if (budget === null) return [];
  const warnings: string[] = [];
  for (const total of estimate.totals) {
    if (total.amount <= budget) continue;
    const lines = estimate.lines
      .filter((line) => line.monthly.currency === total.currency)
      .map((line) => `${line.what} ${formatMoney(line.monthly)}`);
    warnings.push(
      `monthlyBudget: costs ${formatMoney(total)} a month, ${overrun(total, budget)} more than the budget of ` +
        `${formatMoney({ ...total, amount: budget })}: ${lines.join(", ")}`,
    );
  }
  for (const { what, reason } of estimate.unknown) {
    warnings.push(`monthlyBudget: cannot be checked in full: the price of ${what} is not known (${reason})`);
  }
  return warnings;
}

function overrun(total: Money, budget: number): string {
  return formatMoney({ ...total, amount: total.amount - budget });
}
