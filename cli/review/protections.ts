import type { ResourceChange } from "../plan";
import type { SecurityChange } from "./security-change";
import { attributeOf, same } from "./values";

/** A switch that protects something, or takes protection away. */
interface Switch {
  readonly attribute: string;
  /** The value at which somebody can do more than at any other. */
  readonly open: (value: unknown) => boolean;
  readonly opens: string;
  readonly closes: string;
}

const isTrue = (value: unknown) => value === true;
const isNotFalse = (value: unknown) => value !== false;
const isNotTrue = (value: unknown) => value !== true;
const isEmpty = (value: unknown) => !Array.isArray(value) || value.length === 0;

const SWITCHES: readonly Switch[] = [
  {
    attribute: "delete_protection",
    open: isNotTrue,
    opens: "the cloud's delete protection is switched off",
    closes: "the cloud's delete protection is switched on",
  },
  {
    attribute: "rebuild_protection",
    open: isNotTrue,
    opens: "the cloud's rebuild protection is switched off",
    closes: "the cloud's rebuild protection is switched on",
  },
  {
    attribute: "deletion_protection",
    open: isNotTrue,
    opens: "the cloud's deletion protection is switched off",
    closes: "the cloud's deletion protection is switched on",
  },
  {
    attribute: "force_destroy",
    open: isTrue,
    opens: "protection is switched off: a destroy takes the bucket with all that is in it",
    closes: "protection is switched on: a bucket that is not empty can't be destroyed",
  },
  {
    attribute: "acl",
    open: (value) => typeof value === "string" && value.startsWith("public"),
    opens: "the bucket is opened to everybody",
    closes: "the bucket is closed to the public",
  },
  {
    attribute: "versioning",
    open: (value) => !JSON.stringify(value ?? null).includes("true"),
    opens: "old versions are kept no more",
    closes: "old versions are kept",
  },
  {
    attribute: "visibility",
    open: (value) => value === "public",
    opens: "the repository is opened to everybody",
    closes: "the repository is closed to the public",
  },
  {
    attribute: "reviewers",
    open: isEmpty,
    opens: "deployments need nobody's approval any more",
    closes: "deployments need an approval",
  },
  {
    attribute: "wait_timer",
    open: (value) => !value,
    opens: "deployments wait for nothing any more",
    closes: "deployments wait for a while",
  },
  {
    attribute: "can_admins_bypass",
    open: isNotFalse,
    opens: "administrators may deploy without an approval",
    closes: "administrators need an approval to deploy, too",
  },
  {
    attribute: "prevent_self_review",
    open: isNotTrue,
    opens: "who starts a deployment may approve it",
    closes: "who starts a deployment may not approve it",
  },
  {
    attribute: "deployment_branch_policy",
    open: isEmpty,
    opens: "every branch may deploy",
    closes: "only chosen branches may deploy",
  },
];

/** Protection that a change in place switches off or on. */
export function protectionChanges({ address, change }: ResourceChange): SecurityChange[] {
  const { actions, before, after, after_unknown: unknown } = change;
  if (!actions.includes("update")) return [];
  return SWITCHES.flatMap(({ attribute, open, opens, closes }): SecurityChange[] => {
    const [old, fresh] = [attributeOf(before, attribute), attributeOf(after, attribute)];
    const isThere = old !== undefined || fresh !== undefined;
    if (!isThere || attributeOf(unknown, attribute) === true || same(old, fresh) || open(old) === open(fresh))
      return [];
    return [
      open(fresh)
        ? { effect: "opens", what: opens, subject: address }
        : { effect: "closes", what: closes, subject: address },
    ];
  });
}
