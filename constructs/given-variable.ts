import { TerraformStack, TerraformVariable } from "cdktf";
import type { Construct } from "constructs";

const variables = new WeakMap<TerraformStack, Set<string>>();

/**
 * A sensitive variable without default, so that its value stands neither in code nor in a plan. Whoever names the same
 * variable in the same stack shares it. Returns the expression that reads it.
 */
export function givenVariable(scope: Construct, name: string, description: string): string {
  const stack = TerraformStack.of(scope);
  const known = variables.get(stack) ?? new Set<string>();
  variables.set(stack, known);
  if (!known.has(name)) {
    known.add(name);
    const config = { type: "string", sensitive: true, nullable: false, description };
    new TerraformVariable(scope, `variable-${name}`, config).overrideLogicalId(name);
  }
  return `var.${name}`;
}
