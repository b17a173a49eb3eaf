import type { Construct } from "constructs";
import { leaveStanding } from "../leave-standing";
import type { LogicalIds } from "../logical-ids";
import type { Domain } from "../model/domain";
import { isLateBound } from "../model/token";

export interface LeftZones {
  readonly ids: LogicalIds;
  readonly domains: readonly Domain[];
  readonly hostNames: readonly string[];
  readonly protection: boolean;
}

/**
 * Leaves zones alone that this stack may have made before: with one all that others put into it would go, mail records
 * first. They are those that exist by now for the stack, and, while the host is protected, those that could hold one of
 * its names and stand in `domains` no more.
 */
export function leaveZones(scope: Construct, resourceType: string, request: LeftZones): void {
  const { ids, domains, hostNames, protection } = request;
  const made = domains.filter(({ created }) => created).map(({ name }) => name.toLowerCase());
  const existing = domains.filter(({ created }) => !created).map(({ name }) => name);
  const possible = protection ? hostNames.flatMap(zonesAbove) : [];
  const left = [...existing, ...possible].filter((name) => !isLateBound(name) && !made.includes(name.toLowerCase()));
  leaveStanding(
    scope,
    left.map((name) => ids.address(resourceType, "zone", name)),
  );
}

/** `a.b.example`: itself and `b.example`. */
function zonesAbove(hostName: string): string[] {
  const labels = hostName.split(".");
  return labels.slice(0, -1).map((_, index) => labels.slice(index).join("."));
}
