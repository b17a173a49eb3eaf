import { Aspects, TerraformProvider, TerraformStack } from "cdktf";
import { Construct } from "constructs";

/** A provider that a construct needs in its stack. */
export interface ProviderNeed {
  /** Its local name: `digitalocean`. */
  readonly name: string;
  /** Versions that will do. The prebuilt bindings would ask for a single one. */
  readonly versions: string;
  /** Adds the provider with its settings from the environment. Null: its resources bring one with an alias. */
  readonly create: ((scope: Construct) => TerraformProvider) | null;
}

const needs = new WeakMap<TerraformStack, Map<string, ProviderNeed[]>>();

/** Has a stack get a provider, unless its author adds one: before or after, here or elsewhere in the stack. */
export function needProvider(scope: Construct, need: ProviderNeed): void {
  const stack = TerraformStack.of(scope);
  const known = needs.get(stack) ?? new Map<string, ProviderNeed[]>();
  if (!needs.has(stack)) {
    needs.set(stack, known);
    Aspects.of(stack).add({
      visit: (node) => {
        if (node === stack) addMissingProviders(stack, known);
      },
    });
  }
  const same = known.get(need.name);
  if (same === undefined) known.set(need.name, [need]);
  else if (!same.some((other) => other.versions === need.versions)) same.push(need);
}

/** The provider without alias that the stack's author added. */
export function findProvider(stack: TerraformStack, name: string): TerraformProvider | undefined {
  return providersOf(stack).find((provider) => provider.terraformResourceType === name && provider.alias === undefined);
}

function addMissingProviders(stack: TerraformStack, known: ReadonlyMap<string, readonly ProviderNeed[]>): void {
  const present = new Set(
    providersOf(stack)
      .filter((provider) => provider.alias === undefined)
      .map((provider) => provider.terraformResourceType),
  );
  for (const [name, same] of known) {
    const create = same[0]?.create ?? null;
    if (!present.has(name) && create !== null) create(new Construct(stack, `provider of single hosts: ${name}`));
    if (overridesVersion(stack, name)) continue;
    stack.addOverride(`terraform.required_providers.${name}.version`, same.map((need) => need.versions).join(", "));
  }
}

function providersOf(stack: TerraformStack): TerraformProvider[] {
  return stack.node.findAll().filter((node): node is TerraformProvider => TerraformProvider.isTerraformProvider(node));
}

/** Whether the stack's author has asked for other versions. */
function overridesVersion(stack: TerraformStack, name: string): boolean {
  const { rawOverrides } = stack as unknown as {
    rawOverrides: { terraform?: { required_providers?: Record<string, { version?: string }> } };
  };
  return rawOverrides.terraform?.required_providers?.[name]?.version !== undefined;
}
