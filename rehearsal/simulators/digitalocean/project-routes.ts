import { randomUUID } from "node:crypto";
import { type Api, Refusal } from "../simulated-api";
import { bodyOf, found, nothing, page, text, textList, unprocessable } from "./answers";
import type { CloudAccount } from "./cloud-account";
import { now, type Project } from "./state";

const ENVIRONMENTS = ["Development", "Staging", "Production"];
const PURPOSES = [
  "Just trying out DigitalOcean",
  "Class project / Educational purposes",
  "Website or blog",
  "Web Application",
  "Service or API",
  "Mobile Application",
  "Machine learning / AI / Data processing",
  "IoT",
  "Operational / Developer tooling",
];
const KINDS = [
  "droplet",
  "domain",
  "floatingip",
  "reservedip",
  "volume",
  "space",
  "loadbalancer",
  "dbaas",
  "kubernetes",
];

/** Projects, of which one is the default that takes in whatever is new. */
export function routeProjects(api: Api, account: CloudAccount): void {
  const project404 = (id: string): Project =>
    id === "default" ? account.defaultProject() : found(account.value.projects[id]);
  const resourcesOf = (id: string): unknown[] =>
    Object.entries(account.value.assignments)
      .filter(([, assignment]) => assignment.project === id)
      .map(([urn, { assigned_at }]) => ({ urn, assigned_at, links: { self: linkOf(urn) }, status: "ok" }));
  const describe = (project: Project): unknown => ({ ...project, owner_uuid: account.value.uuid, owner_id: 258992 });

  api.get("/v2/projects", (context) => page(context, "projects", Object.values(account.value.projects).map(describe)));
  api.post("/v2/projects", async (context) => {
    const body = await bodyOf(context);
    const time = now();
    const identity = { id: randomUUID(), is_default: false, created_at: time, updated_at: time };
    const project = readProject(account, { description: "", environment: "", ...body }, identity);
    account.value.projects[project.id] = project;
    return Response.json({ project: describe(project) }, { status: 201 });
  });
  api.get("/v2/projects/:id", (context) => Response.json({ project: describe(project404(context.req.param("id"))) }));
  const change = async (id: string, body: Record<string, unknown>): Promise<Response> => {
    const old = project404(id);
    const given = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
    const project = readProject(account, { ...old, ...given }, { ...old, updated_at: now() });
    if (given.is_default === true) {
      for (const other of Object.values(account.value.projects)) other.is_default = false;
      project.is_default = true;
    }
    account.value.projects[project.id] = project;
    return Response.json({ project: describe(project) });
  };
  api.put("/v2/projects/:id", async (context) => change(context.req.param("id"), await bodyOf(context)));
  api.patch("/v2/projects/:id", async (context) => change(context.req.param("id"), await bodyOf(context)));
  api.delete("/v2/projects/:id", (context) => {
    const { id, is_default } = project404(context.req.param("id"));
    if (is_default) throw new Refusal(412, "cannot delete a default project");
    if (resourcesOf(id).length > 0) throw new Refusal(412, "cannot delete a project with resources");
    delete account.value.projects[id];
    return nothing();
  });

  api.get("/v2/projects/:id/resources", (context) =>
    page(context, "resources", resourcesOf(project404(context.req.param("id")).id)),
  );
  api.post("/v2/projects/:id/resources", async (context) => {
    const { id } = project404(context.req.param("id"));
    const urns = textList((await bodyOf(context)).resources, "resources");
    for (const urn of urns) {
      const kind = /^do:([a-z]+):.+$/.exec(urn)?.[1];
      if (kind === undefined || !KINDS.includes(kind)) {
        throw new Refusal(400, `resource types must be one of the following: ${KINDS.join(" ")}`);
      }
    }
    const resources = urns.map((urn) => {
      const known = account.value.assignments[urn];
      if (known === undefined) return { urn, assigned_at: now(), links: { self: linkOf(urn) }, status: "not_found" };
      const status = known.project === id ? "already_assigned" : "assigned";
      if (status === "assigned") account.value.assignments[urn] = { project: id, assigned_at: now() };
      return { urn, assigned_at: account.value.assignments[urn]?.assigned_at, links: { self: linkOf(urn) }, status };
    });
    return Response.json({ resources, links: {}, meta: { total: resources.length } });
  });
}

// A purpose that is not one of the listed ones is kept as "Other: ...".
function readProject(
  account: CloudAccount,
  body: Record<string, unknown>,
  identity: Pick<Project, "id" | "is_default" | "created_at" | "updated_at">,
): Project {
  const name = text(body.name);
  const purpose = text(body.purpose);
  const environment = text(body.environment);
  if (name === "" || name.length > 175) throw unprocessable("name must have between 1 and 175 characters");
  if (purpose === "") throw unprocessable("purpose is required");
  const known = ENVIRONMENTS.find((other) => other.toLowerCase() === environment.toLowerCase());
  if (environment !== "" && known === undefined) {
    throw unprocessable("environment must be one of Development, Staging, Production");
  }
  if (Object.values(account.value.projects).some((other) => other.name === name && other.id !== identity.id)) {
    throw new Refusal(409, "name is already in use");
  }
  const listed = PURPOSES.includes(purpose) || purpose.startsWith("Other: ");
  return {
    id: identity.id,
    is_default: identity.is_default,
    created_at: identity.created_at,
    updated_at: identity.updated_at,
    name,
    description: text(body.description),
    purpose: listed ? purpose : `Other: ${purpose}`,
    environment: known ?? "",
  };
}

const LINKS: Readonly<Record<string, string>> = {
  droplet: "/v2/droplets/",
  domain: "/v2/domains/",
  volume: "/v2/volumes/",
  reservedip: "/v2/reserved_ips/",
  floatingip: "/v2/floating_ips/",
};

function linkOf(urn: string): string {
  const [, kind = "", id = ""] = urn.split(":");
  return kind === "space" ? `https://${id}.digitaloceanspaces.com` : `https://api.digitalocean.com${LINKS[kind]}${id}`;
}
