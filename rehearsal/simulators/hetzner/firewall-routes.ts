import type { Api } from "../simulated-api";
import {
  type Body,
  bodyOf,
  created,
  found,
  invalidInput,
  limitExceeded,
  notFound,
  nothing,
  objects,
  optionalId,
  refusal,
  text,
} from "./answers";
import type { CloudProject } from "./cloud-project";
import { firewallsOf, readRules } from "./firewall-rules";
import { matchesSelector, readLabels } from "./labels";
import { filtered, readName } from "./listing";
import { page } from "./pages";
import { type Action, type Firewall, now, type Server } from "./state";

const MOST_A_SERVER = 5;

/** Cloud firewalls. What they let in is handed to the machines, where these can drop packets. */
export function routeFirewalls(api: Api, project: CloudProject): void {
  const { value } = project;
  const firewall404 = (id: string): Firewall => found(value.firewalls[id], "firewall", id);

  api.get("/v1/firewalls", (context) => {
    const firewalls = filtered(context, Object.values(value.firewalls));
    return page(
      context,
      "firewalls",
      firewalls.map((firewall) => describe(project, firewall)),
    );
  });
  api.post("/v1/firewalls", async (context) => {
    const body = await bodyOf(context);
    const firewall: Firewall = {
      id: project.nextId(),
      name: readName(body, "firewall", value.firewalls),
      labels: readLabels(body),
      created: now(),
      rules: readRules(body),
      servers: [],
      selectors: [],
    };
    const ends = readEnds(project, body, "apply_to", 422);
    refuseTooMany(project, firewall, ends.servers);
    value.firewalls[firewall.id] = firewall;
    const actions = [setRules(project, firewall), ...apply(project, firewall, ends)];
    return created({ firewall: describe(project, firewall), actions });
  });
  api.get("/v1/firewalls/:id", (context) =>
    Response.json({ firewall: describe(project, firewall404(context.req.param("id"))) }),
  );
  api.put("/v1/firewalls/:id", async (context) => {
    const firewall = firewall404(context.req.param("id"));
    const body = await bodyOf(context);
    if (body.name !== undefined) firewall.name = readName(body, "firewall", value.firewalls, { own: firewall.id });
    firewall.labels = readLabels(body, firewall.labels);
    return Response.json({ firewall: describe(project, firewall) });
  });
  api.delete("/v1/firewalls/:id", (context) => {
    const firewall = firewall404(context.req.param("id"));
    if (firewall.servers.length + firewall.selectors.length > 0) {
      throw refusal("resource_in_use", `firewall with ID '${firewall.id}' is still in use`);
    }
    delete value.firewalls[firewall.id];
    return nothing();
  });

  api.post("/v1/firewalls/:id/actions/set_rules", async (context) => {
    const firewall = firewall404(context.req.param("id"));
    firewall.rules = readRules(await bodyOf(context));
    const servers = Object.values(value.servers).filter((server) => firewallsOf(value, server).includes(firewall));
    const actions = servers.map((server) => bearOn(project, "apply_firewall", firewall, server));
    return created({ actions: [setRules(project, firewall), ...actions] });
  });
  api.post("/v1/firewalls/:id/actions/apply_to_resources", async (context) => {
    const firewall = firewall404(context.req.param("id"));
    const ends = readEnds(project, await bodyOf(context), "apply_to", 404);
    const applied = ends.servers.find(({ id }) => firewall.servers.includes(id));
    if (applied !== undefined) {
      throw refusal("firewall_already_applied", `firewall was already applied on server with ID '${applied.id}'`);
    }
    refuseTooMany(project, firewall, ends.servers);
    return created({ actions: apply(project, firewall, ends) });
  });
  api.post("/v1/firewalls/:id/actions/remove_from_resources", async (context) => {
    const firewall = firewall404(context.req.param("id"));
    const { servers, selectors } = readEnds(project, await bodyOf(context), "remove_from", 404);
    for (const server of servers) {
      if (!firewall.servers.includes(server.id) && firewallsOf(value, server).includes(firewall)) {
        throw refusal("firewall_managed_by_label_selector", "firewall is applied by a label selector");
      }
    }
    firewall.servers = firewall.servers.filter((id) => !servers.some((server) => server.id === id));
    firewall.selectors = firewall.selectors.filter((selector) => !selectors.includes(selector));
    return created({ actions: servers.map((server) => bearOn(project, "remove_firewall", firewall, server)) });
  });
}

interface Ends {
  readonly servers: readonly Server[];
  readonly selectors: readonly string[];
}

function readEnds(project: CloudProject, body: Body, field: string, status: number): Ends {
  const servers: Server[] = [];
  const selectors: string[] = [];
  for (const { type, ...end } of objects(body, field)) {
    if (type === "server") {
      const id = optionalId((end.server ?? {}) as Body, "id");
      const server = project.value.servers[id ?? 0];
      if (server === undefined) {
        throw refusal("firewall_resource_not_found", `server with ID '${id}' not found`, status);
      }
      if (servers.includes(server))
        throw refusal("server_already_added", "server added more than one time to resource");
      servers.push(server);
    } else if (type === "label_selector") {
      const selector = text(((end.label_selector ?? {}) as Body).selector);
      matchesSelector(selector, {});
      selectors.push(selector);
    } else {
      throw invalidInput(`${field}.type`, "must be one of server, label_selector");
    }
  }
  return { servers, selectors };
}

/** Makes servers and labels a firewall's own. */
export function apply(project: CloudProject, firewall: Firewall, { servers, selectors }: Ends): Action[] {
  firewall.servers = [...new Set([...firewall.servers, ...servers.map(({ id }) => id)])];
  firewall.selectors = [...new Set([...firewall.selectors, ...selectors])];
  return servers.map((server) => bearOn(project, "apply_firewall", firewall, server));
}

/** The firewalls that an order for a server names. */
export function readServerFirewalls({ value }: CloudProject, body: Body): Firewall[] {
  const firewalls = objects(body, "firewalls").map((item) => {
    const id = optionalId(item, "firewall");
    const firewall = value.firewalls[id ?? 0];
    if (firewall === undefined) throw notFound("firewall", id);
    return firewall;
  });
  if (firewalls.length > MOST_A_SERVER) throw limitExceeded("firewall limit of the server exceeded");
  return firewalls;
}

function bearOn(project: CloudProject, command: string, firewall: Firewall, server: Server): Action {
  const resources = [
    { id: server.id, type: "server" },
    { id: firewall.id, type: "firewall" },
  ] as const;
  return project.begin(command, resources, async () => {});
}

const setRules = (project: CloudProject, { id }: Firewall): Action =>
  project.done("set_firewall_rules", [{ id, type: "firewall" }]);

function refuseTooMany({ value }: CloudProject, firewall: Firewall, servers: readonly Server[]): void {
  for (const server of servers) {
    const others = firewallsOf(value, server).filter((other) => other !== firewall);
    if (others.length >= MOST_A_SERVER) throw limitExceeded("firewall limit of the server exceeded");
  }
}

function describe({ value }: CloudProject, firewall: Firewall): Record<string, unknown> {
  const { id, name, labels, rules, created, servers, selectors } = firewall;
  const byServer = servers.map((server) => ({ type: "server", server: { id: server } }));
  const byLabels = selectors.map((selector) => ({
    type: "label_selector",
    label_selector: { selector },
    applied_to_resources: Object.values(value.servers)
      .filter((server) => matchesSelector(selector, server.labels))
      .map((server) => ({ type: "server", server: { id: server.id } })),
  }));
  return { id, name, labels, created, rules, applied_to: [...byServer, ...byLabels] };
}
