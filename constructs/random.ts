import { RandomProvider } from "@cdktf/provider-random/lib/provider";
import type { Construct } from "constructs";
import { needProvider } from "./providers";

/** Has the stack get the provider of generated passwords and names. */
export function needRandom(scope: Construct): void {
  needProvider(scope, {
    name: "random",
    versions: ">= 3.4, < 4",
    create: (parent) => new RandomProvider(parent, "random"),
  });
}
