import { Token } from "cdktf";
import type { Construct } from "constructs";
import type { LogicalIds } from "../../logical-ids";
import type { Faults } from "../../model/faults";
import { isLateBound } from "../../model/token";
import { PlacementGroup as PlacementGroupResource } from "./bindings/hcloud/placement-group";
import { labelsOf } from "./labels";

/** Servers of a group stand on different machines of Hetzner's. */
export type PlacementGroup =
  | { readonly kind: "none" }
  | { readonly kind: "spread"; readonly name: string | null }
  | { readonly kind: "existing"; readonly id: string };

export const PlacementGroup = {
  /** Wherever there is room. */
  none: (): PlacementGroup => ({ kind: "none" }),
  /** A group of its own, which further servers may join. @default name - the host's */
  spread: (name?: string): PlacementGroup => ({ kind: "spread", name: name ?? null }),
  /** A group that the project has already, by its id. */
  existing: (id: string): PlacementGroup => ({ kind: "existing", id }),
};

export function validatePlacement(faults: Faults, placement: PlacementGroup): void {
  if (placement.kind === "spread" && placement.name !== null) validateName(faults, placement.name);
  if (placement.kind !== "existing" || isLateBound(placement.id) || /^\d+$/.test(placement.id)) return;
  faults.add("server/placement", `is no id of a placement group, got ${JSON.stringify(placement.id)}`);
}

/** The group's id; undefined without one. */
export function placementGroupId(
  scope: Construct,
  ids: LogicalIds,
  hostName: string,
  placement: PlacementGroup,
): number | undefined {
  switch (placement.kind) {
    case "none":
      return undefined;
    case "existing":
      return Token.asNumber(isLateBound(placement.id) ? placement.id : Number(placement.id));
    case "spread": {
      const config = { name: placement.name ?? hostName, type: "spread", labels: labelsOf(hostName) };
      const group = ids.fix(new PlacementGroupResource(scope, "placement", config), "placement");
      return Token.asNumber(group.id);
    }
  }
}

/** Terraform would take `${` for an expression of its own. */
function validateName(faults: Faults, name: string): void {
  if (isLateBound(name) || /^[a-zA-Z0-9][\w .-]{0,62}$/.test(name)) return;
  const remedy = "choose 1-63 letters, digits, spaces, -, _ and ., a letter or digit first";
  faults.add("server/placement", `is no name of a placement group, got ${JSON.stringify(name)}`, remedy);
}
