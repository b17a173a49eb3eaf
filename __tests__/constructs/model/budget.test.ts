import { budgetWarnings } from "../../../constructs/model/budget";
import { Estimate, type PriceLine } from "../../../constructs/model/price";

const line = (what: string, amount: number, currency: "USD" | "EUR" = "USD"): PriceLine => ({
  what,
  monthly: { amount, currency },
  source: "https://prices.example",
  date: "2026-11",
});

describe("budgetWarnings", () => {
  test("says what costs what when the sum is above the budget", () => {
    const estimate = Estimate.known(line("droplet s-2vcpu-2gb", 18), line("Spaces", 5));
    expect(budgetWarnings(estimate, 20)).toEqual([
      "monthlyBudget: costs 23.00 USD a month, 3.00 USD more than the budget of 20.00 USD: droplet s-2vcpu-2gb 18.00 USD, Spaces 5.00 USD",
    ]);
  });

  test("is silent within the budget and without one", () => {
    const estimate = Estimate.known(line("droplet", 18));
    expect([...budgetWarnings(estimate, 18), ...budgetWarnings(estimate, null)]).toEqual([]);
  });

  test("says so when a price is not known", () => {
    expect(budgetWarnings(Estimate.unknown("droplet c-2", "it is new"), 100)).toEqual([
      "monthlyBudget: cannot be checked in full: the price of droplet c-2 is not known (it is new)",
    ]);
  });
});
