import { isObject } from "../json-file";
import type { Plan, ResourceChange } from "../plan";
import { firewallChanges } from "./firewalls";
import type { SecurityChange } from "./security-change";
import { attributeOf, knownChanges, same, type ValueChange } from "./values";
import type { Named, Vocabulary } from "./vocabulary";

/** What somebody changed without Terraform. */
export interface Drift {
  readonly address: string;
  readonly named: Named | null;
  /** From what Terraform knew to what it found. */
  readonly values: readonly (ValueChange & { readonly putBack: boolean })[];
  /** What that opened or closed. */
  readonly security: readonly SecurityChange[];
}

/** Values that somebody has changed, and whether this plan turns them back. */
export function driftOf(
  drifted: ResourceChange,
  planned: ResourceChange | undefined,
  plan: Plan,
  vocabulary: Vocabulary,
): Drift[] {
  const { address, change } = drifted;
  if (!change.actions.includes("update")) return [];
  const wanted = configuredAttributes(plan, address);
  const turned = planned === undefined ? [] : knownChanges(planned.change).map(({ attribute }) => attribute);
  const values = knownChanges(change)
    .filter(({ attribute }) => turned.includes(attribute) || wanted.includes(attribute))
    .filter(({ attribute }) => {
      return !same(meaning(attributeOf(change.before, attribute)), meaning(attributeOf(change.after, attribute)));
    })
    .map((value) => ({ ...value, putBack: turned.includes(value.attribute) }));
  if (values.length === 0) return [];
  return [{ address, named: vocabulary.of(drifted) ?? null, values, security: firewallChanges(drifted) ?? [] }];
}

/** What the team's own words say of a resource: what they leave to the cloud, the cloud may change. */
function configuredAttributes({ configuration }: Plan, address: string): string[] {
  const { resources } = isObject(configuration.root_module) ? configuration.root_module : {};
  const own = (Array.isArray(resources) ? resources : []).find((each) => {
    return isObject(each) && each.address === address.replace(/\[[^\]]*\]$/, "");
  });
  return isObject(own) && isObject(own.expressions) ? Object.keys(own.expressions) : [];
}

/** A value without what is empty in it: providers tell in many ways that there is nothing. */
function meaning(value: unknown): unknown {
  if (Array.isArray(value)) return some(value.map(meaning).filter((inner) => inner !== null));
  if (!isObject(value)) return value === "" || value === 0 || value === false ? null : (value ?? null);
  const entries = Object.entries(value).map(([name, inner]) => [name, meaning(inner)] as const);
  const told = entries.filter(([, inner]) => inner !== null);
  return told.length === 0 ? null : Object.fromEntries(told);
}

function some(list: readonly unknown[]): readonly unknown[] | null {
  return list.length === 0 ? null : list;
}
