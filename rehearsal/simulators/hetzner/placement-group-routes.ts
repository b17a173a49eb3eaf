import type { Api } from "../simulated-api";
import { bodyOf, created, found, invalidInput, nothing, refusal } from "./answers";
import type { CloudProject } from "./cloud-project";
import { readLabels } from "./labels";
import { filtered, readName } from "./listing";
import { page } from "./pages";
import { now, type PlacementGroup, type Project } from "./state";

const MOST_SERVERS = 10;

/** Groups of servers that stand on different machines of Hetzner's. */
export function routePlacementGroups(api: Api, project: CloudProject): void {
  const { value } = project;
  const groups = value.placement_groups;
  const group404 = (id: string): PlacementGroup => found(groups[id], "placement group", id);

  api.get("/v1/placement_groups", (context) => {
    const type = context.req.query("type");
    const wanted = filtered(context, Object.values(groups)).filter((group) => (type ?? group.type) === group.type);
    return page(
      context,
      "placement_groups",
      wanted.map((group) => describePlacementGroup(value, group)),
    );
  });
  api.post("/v1/placement_groups", async (context) => {
    const body = await bodyOf(context);
    if (body.type !== "spread") throw invalidInput("type", "must be one of spread");
    const name = readName(body, "placement group", groups);
    const group: PlacementGroup = {
      ...{ id: project.nextId(), name, labels: readLabels(body), created: now() },
      type: "spread",
    };
    groups[group.id] = group;
    return created({ placement_group: describePlacementGroup(value, group), action: null });
  });
  api.get("/v1/placement_groups/:id", (context) =>
    Response.json({ placement_group: describePlacementGroup(value, group404(context.req.param("id"))) }),
  );
  api.put("/v1/placement_groups/:id", async (context) => {
    const group = group404(context.req.param("id"));
    const body = await bodyOf(context);
    if (body.name !== undefined) group.name = readName(body, "placement group", groups, { own: group.id });
    group.labels = readLabels(body, group.labels);
    return Response.json({ placement_group: describePlacementGroup(value, group) });
  });
  api.delete("/v1/placement_groups/:id", (context) => {
    const group = group404(context.req.param("id"));
    if (membersOf(value, group.id).length > 0) {
      throw refusal("resource_in_use", `placement group with ID '${group.id}' still has servers`);
    }
    delete groups[group.id];
    return nothing();
  });
}

/** Servers of a group stand apart, so that no more than ten find a place. */
export function refuseFullGroup(project: Project, id: number): void {
  found(project.placement_groups[id], "placement group", id);
  if (membersOf(project, id).length >= MOST_SERVERS) {
    throw refusal("placement_error", "no suitable host found for the placement group");
  }
}

export function describePlacementGroup(project: Project, group: PlacementGroup): Record<string, unknown> {
  return { ...group, servers: membersOf(project, group.id) };
}

const membersOf = ({ servers }: Project, id: number): number[] =>
  Object.values(servers)
    .filter((server) => server.placement_group === id)
    .map((server) => server.id);
