import type { ResourceChange } from "../plan";
import { accessChanges } from "./access";
import type { ConfigurationApplied } from "./configuration";
import { environmentChanges } from "./environments";
import { firewallChanges } from "./firewalls";
import { protectionChanges } from "./protections";
import type { SecurityChange } from "./security-change";

/** Another provider's way of letting somebody in, by the name of its type. */
const SOUNDS_LIKE_ACCESS =
  /(firewall|security_group|network_acl|_iam_|_policy|_role|_grant|_permission|_access_|_acl$|ssh_key|key_pair|deploy_key|collaborator|_member$|_team)/;

/** All that a plan changes about security. `isOwn`: whether a resource is one of this library's, all of which are known. */
export function securityChanges(
  resources: readonly ResourceChange[],
  configurations: readonly ConfigurationApplied[],
  isOwn: (resource: ResourceChange) => boolean,
): SecurityChange[] {
  return [
    ...configurations.flatMap(accessChanges),
    ...resources.flatMap((resource) => {
      const rules = firewallChanges(resource);
      const switched = [...protectionChanges(resource), ...environmentChanges(resource, resources)];
      if (isOwn(resource)) return [...(rules ?? []), ...switched];
      const elsewhere = (rules ?? []).map((rule) => ({ ...rule, subject: `${rule.subject} (${resource.address})` }));
      const known = [...elsewhere, ...switched];
      return known.length > 0 || rules !== undefined ? known : judgedByName(resource);
    }),
  ];
}

function judgedByName({ type, address, change }: ResourceChange): SecurityChange[] {
  const changes = change.actions.some((action) => action !== "no-op" && action !== "read");
  if (!changes || !SOUNDS_LIKE_ACCESS.test(type)) return [];
  return [{ effect: "look", what: `${verbOf(change.actions)}, and its name sounds like access`, subject: address }];
}

function verbOf(actions: readonly string[]): string {
  if (actions.includes("create")) return actions.includes("delete") ? "is replaced" : "is created";
  if (actions.includes("delete")) return "is destroyed";
  return actions.includes("forget") ? "is forgotten" : "changes";
}
