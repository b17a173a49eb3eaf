import type { TerraformResource } from "cdktf";
import type { Construct } from "constructs";
import type { LogicalIds } from "./logical-ids";
import { TerraformData } from "./terraform-data";

/**
 * Has Terraform refuse every plan that would destroy or replace a resource which holds data: a record beside it hangs on
 * its id, and the record may not be destroyed. Why not `prevent_destroy` on the resource itself:
 *
 * | plan                                        | `prevent_destroy` on it | this record |
 * |---------------------------------------------|-------------------------|-------------|
 * | destroy, replace, taint, another region     | refused                 | refused     |
 * | its name in the state has changed           | destroys it             | refused     |
 * | it is gone, or the token is another account's | makes a second one    | refused     |
 * | its creation failed halfway (it is tainted) | refused for good        | makes it anew |
 *
 * (`apply -target` on the resource alone leaves the record out of the plan, and so lets a replacement pass.)
 *
 * The last line is why a deploy that fails halfway is finished by running it again: the record comes to be only when the
 * resource stands. To let go: `protection: false`, deploy.
 */
export function protect(
  scope: Construct,
  ids: LogicalIds,
  resource: TerraformResource & { readonly id: string | number },
  parts: readonly string[],
  protection: boolean,
): void {
  const name = [...parts, "protection"];
  const record = new TerraformData(scope, name.join("-"), {
    triggersReplace: { id: resource.id },
    lifecycle: { preventDestroy: protection },
  });
  ids.fix(record, ...name);
}

/**
 * Refuses plans that would destroy what a construct had protected that the stack has no more: its record, of which there
 * shall be none now, may not be destroyed. Without it a line taken out of a stack's file takes the data along. Where the
 * state knows no such record it says nothing.
 */
export function protectRemoved(scope: Construct, ids: LogicalIds, parts: readonly string[]): Construct {
  const name = [...parts, "protection"];
  const record = new TerraformData(scope, `no-${name.join("-")}`, {
    triggersReplace: {},
    count: 0,
    lifecycle: { preventDestroy: true },
  });
  return ids.fix(record, ...name);
}
