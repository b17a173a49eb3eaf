import type { Context } from "hono";
import type { Api } from "../simulated-api";
import { found, removed } from "./answers";
import type { CloudProject } from "./cloud-project";
import { page } from "./pages";
import type { Action, ActionResource } from "./state";

const KINDS = {
  servers: "server",
  volumes: "volume",
  networks: "network",
  primary_ips: "primary_ip",
  firewalls: "firewall",
  zones: "zone",
} as const satisfies Record<string, ActionResource["type"]>;

/** What was asked of the project's resources, and how far it is: all together, by kind, and of one. */
export function routeActions(api: Api, project: CloudProject): void {
  const { actions, zones } = project.value;
  const one = (id: string, own: (action: Action) => boolean = () => true): Response => {
    const action = actions[id];
    return Response.json({ action: found(action && own(action) ? action : undefined, "action", id) });
  };
  const several = (context: Context, own: (action: Action) => boolean = () => true): Response => {
    const ids = context.req.queries("id");
    const states = context.req.queries("status");
    const wanted = Object.values(actions).filter(
      (action) =>
        own(action) &&
        (ids === undefined || ids.includes(String(action.id))) &&
        (states === undefined || states.includes(action.status)),
    );
    return page(context, "actions", wanted);
  };

  api.get("/v1/actions", (context) => {
    // listing all of a project's
    if (context.req.queries("id") === undefined) {
      throw removed("2025-01-30-listing-arbitrary-actions-in-the-actions-list-endpoint-is-removed");
    }
    return several(context);
  });
  api.get("/v1/actions/:id", (context) => one(context.req.param("id")));

  for (const [path, type] of Object.entries(KINDS)) {
    const ofKind = ({ resources }: Action): boolean => resources.some((resource) => resource.type === type);
    const ofOne = (idOrName: string) => {
      const zone = Object.values(zones).find(({ name }) => name === idOrName);
      const id = type === "zone" && zone !== undefined ? zone.id : Number(idOrName);
      return ({ resources }: Action): boolean =>
        resources.some((resource) => resource.type === type && resource.id === id);
    };
    api.get(`/v1/${path}/actions`, (context) => several(context, ofKind));
    api.get(`/v1/${path}/actions/:action`, (context) => one(context.req.param("action"), ofKind));
    api.get(`/v1/${path}/:id/actions`, (context) => several(context, ofOne(context.req.param("id"))));
    api.get(`/v1/${path}/:id/actions/:action`, (context) =>
      one(context.req.param("action"), ofOne(context.req.param("id"))),
    );
  }
}
