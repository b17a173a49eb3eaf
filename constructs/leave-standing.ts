import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";

const left = new WeakMap<TerraformStack, string[]>();

/**
 * Has Terraform forget resources that a stack no longer has, instead of destroying them. It is for what one prop makes and
 * holds data: `prevent_destroy` goes with the prop, so its removal would pass, and the data with it. Where the state
 * knows nothing of them it says nothing. Needs Terraform 1.7.
 */
export function leaveStanding(scope: Construct, addresses: readonly string[]): void {
  if (addresses.length === 0) return;
  const stack = TerraformStack.of(scope);
  const all = [...new Set([...(left.get(stack) ?? []), ...addresses])];
  left.set(stack, all);
  stack.addOverride(
    "removed",
    all.map((from) => ({ from, lifecycle: { destroy: false } })),
  );
}
