import type { Construct } from "constructs";
import { leaveStanding } from "../leave-standing";
import type { LogicalIds } from "../logical-ids";
import type { Domain } from "../model/domain";
import { isLateBound } from "../model/token";

/** A zone that exists may be one that this stack has made: with it all that others put into it would go. */
export function leaveZone(scope: Construct, ids: LogicalIds, resourceType: string, { name }: Domain): void {
  if (!isLateBound(name)) leaveStanding(scope, [`${resourceType}.${ids.of("zone", name)}`]);
}
