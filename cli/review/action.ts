import type { ResourceChange } from "../plan";

/** What Terraform does with a resource; `unknown` is an action that a newer Terraform has. */
export type Action = "create" | "update" | "replace" | "destroy" | "unknown";

/** Actions after which nothing is other than before, as far as a plan's reader is concerned. */
const IDLE = new Set(["no-op", "read", "forget", "open", "renew", "close"]);

/** What a plan does with a resource; undefined: nothing. */
export function actionOf({ change: { actions } }: ResourceChange): Action | undefined {
  if (actions.includes("forget") && !actions.includes("create")) return undefined;
  const destroys = actions.includes("delete");
  if (actions.includes("create")) return destroys ? "replace" : "create";
  if (destroys) return "destroy";
  if (actions.includes("update")) return "update";
  return actions.every((action) => IDLE.has(action)) ? undefined : "unknown";
}
