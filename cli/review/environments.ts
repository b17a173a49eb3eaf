import type { ResourceChange } from "../plan";
import type { SecurityChange } from "./security-change";
import { attributeOf } from "./values";

const ENVIRONMENT = "github_repository_environment";
const BRANCHES = "github_repository_environment_deployment_policy";

/** Who comes near the secrets of a GitHub environment that is there already: further branches, further people who agree. */
export function environmentChanges(resource: ResourceChange, all: readonly ResourceChange[]): SecurityChange[] {
  if (resource.type === ENVIRONMENT) return reviewerChanges(resource);
  return resource.type === BRANCHES ? branchChanges(resource, all) : [];
}

function branchChanges({ change }: ResourceChange, all: readonly ResourceChange[]): SecurityChange[] {
  const { actions, before, after } = change;
  if (actions.includes("no-op") || actions.includes("read")) return [];
  const of = (values: unknown) => attributeOf(values, "environment");
  const comesOrGoes = all.some(
    ({ type, change: other }) =>
      type === ENVIRONMENT &&
      (other.before === null || other.after === null) &&
      of(other.after ?? other.before) === of(after ?? before),
  );
  if (comesOrGoes) return [];
  const subject = (values: unknown) =>
    `${attributeOf(values, "branch_pattern") ?? "known after apply"} in ${of(values) ?? "an environment"}`;
  const [old, fresh] = [before === null ? null : subject(before), after === null ? null : subject(after)];
  if (old === fresh) return [];
  return [
    ...tell("opens", "jobs of further branches may read an environment's secrets", fresh === null ? [] : [fresh]),
    ...tell("closes", "jobs of a branch may no longer read an environment's secrets", old === null ? [] : [old]),
  ];
}

/** That nobody has to agree any more is told as a protection that is switched off. */
function reviewerChanges({ address, change }: ResourceChange): SecurityChange[] {
  const { actions, before, after } = change;
  const [old, fresh] = [reviewersOf(before), reviewersOf(after)];
  if (!actions.includes("update") || old.length === 0 || fresh.length === 0) return [];
  const without = (those: readonly string[], others: readonly string[]) =>
    those.filter((each) => !others.includes(each)).map((reviewer) => `${reviewer} (${address})`);
  return [
    ...tell("opens", "somebody else may agree to a job", without(fresh, old)),
    ...tell("closes", "somebody may no longer agree to a job", without(old, fresh)),
  ];
}

function tell(effect: "opens" | "closes", what: string, subjects: readonly string[]): SecurityChange[] {
  return subjects.map((subject) => ({ effect, what, subject }));
}

/** `user 42`: plans know numbers, no logins. */
function reviewersOf(values: unknown): string[] {
  const lists = attributeOf(values, "reviewers");
  return (Array.isArray(lists) ? lists : []).flatMap((list) =>
    (["user", "team"] as const).flatMap((kind) => {
      const numbers = attributeOf(list, `${kind}s`);
      return (Array.isArray(numbers) ? numbers : []).map((number) => `${kind} ${number}`);
    }),
  );
}
