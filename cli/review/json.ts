import { estimateJson } from "../cost/cost";
import type { JsonObject } from "../json-file";
import { isSafe, type Review } from "./review";
import type { AllDifferences } from "./text-difference";

/** The machine's form of a review: files by their differing lines, not by their texts. */
export function reviewJson(review: Review, differences: AllDifferences): JsonObject {
  const { cost, configuration, ...rest } = review;
  return {
    safe: isSafe(review),
    ...rest,
    configuration: configuration.map((applied) => {
      const { texts: _, ...told } = applied;
      return { ...told, differences: differences.get(applied) ?? [] };
    }),
    cost: { before: estimateJson(cost.before), after: estimateJson(cost.after) },
  };
}
