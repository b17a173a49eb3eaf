import { randomBytes } from "node:crypto";
import type { Api } from "../simulated-api";
import { bodyOf, created, found, protectedFrom } from "./answers";
import type { CloudProject } from "./cloud-project";
import { apply } from "./firewall-routes";
import { readLabels } from "./labels";
import { filtered } from "./listing";
import { page } from "./pages";
import { createPrimaryIp } from "./primary-ips";
import { performAction } from "./server-actions";
import { attachToNetwork } from "./server-networks";
import { type AddressRequest, readRequest, readServerName, type ServerRequest } from "./server-requests";
import { describeServer, firstBoot } from "./servers";
import { type Action, now, type PrimaryIp, type Server } from "./state";

/** Servers: each is a machine. Creation and destruction take the time that the machine takes. */
export function routeServers(api: Api, project: CloudProject): void {
  const { servers } = project.value;
  const server404 = (id: string): Server => found(servers[id], "server", id);
  const show = (server: Server) => describeServer(project, server);

  api.get("/v1/servers", (context) => {
    const states = context.req.queries("status");
    const wanted = filtered(context, Object.values(servers)).map(show);
    return page(
      context,
      "servers",
      wanted.filter(({ status }) => states === undefined || states.includes(status as string)),
    );
  });
  api.post("/v1/servers", async (context) => {
    const request = readRequest(project, await bodyOf(context));
    const { server, action, nextActions } = await createServer(project, request);
    // with keys nobody needs one
    const password = request.keys.length > 0 ? null : randomBytes(15).toString("base64url");
    return created({ server: show(server), action, next_actions: nextActions, root_password: password });
  });
  api.get("/v1/servers/:id", (context) => Response.json({ server: show(server404(context.req.param("id"))) }));
  api.put("/v1/servers/:id", async (context) => {
    const server = server404(context.req.param("id"));
    const body = await bodyOf(context);
    if (body.name !== undefined) server.name = readServerName(project, body, server.id);
    server.labels = readLabels(body, server.labels);
    return Response.json({ server: show(server) });
  });
  api.delete("/v1/servers/:id", (context) =>
    Response.json({ action: destroy(project, server404(context.req.param("id"))) }),
  );
  api.post("/v1/servers/:id/actions/:command", async (context) => {
    const server = server404(context.req.param("id"));
    const action = performAction(project, server, context.req.param("command"), await bodyOf(context));
    if (action === null) return context.notFound();
    return created({ action });
  });
}

async function createServer(
  project: CloudProject,
  request: ServerRequest,
): Promise<{ server: Server; action: Action; nextActions: Action[] }> {
  const id = project.nextId();
  const server: Server = {
    ...{ id, name: request.name, labels: request.labels, created: now(), status: "initializing" },
    server_type: request.type.name,
    location: request.location,
    image: request.image.id,
    primary_disk_size: request.type.disk,
    backup_window: null,
    protection: { delete: false, rebuild: false },
    placement_group: request.placementGroup,
    private_net: [],
    first_boot: { userData: request.userData, publicKeys: request.keys.map((key) => key.public_key.trim()) },
  };
  project.value.servers[id] = server;
  const attachments = await connect(project, server, request);
  const own = { id, type: "server" } as const;
  const booted = request.starts ? firstBoot(project, server) : Promise.resolve();
  const action = project.begin("create_server", [own], async () => {
    await booted;
    if (!request.starts) server.status = "off";
  });
  const start = async (): Promise<void> => {
    await booted;
    server.status = "running";
  };
  const nextActions = [
    ...(request.starts ? [project.begin("start_server", [own], start)] : []),
    ...request.volumes.map((volume) =>
      project.begin("attach_volume", [own, { id: volume.id, type: "volume" }], () => booted),
    ),
    ...attachments,
    ...request.firewalls.flatMap((firewall) => apply(project, firewall, { servers: [server], selectors: [] })),
  ];
  return { server, action, nextActions };
}

/** Gives a server its addresses and volumes, and a place in its networks; one that cannot have them is not made. */
async function connect(project: CloudProject, server: Server, request: ServerRequest): Promise<Action[]> {
  try {
    const attachments = request.networks.map((network) => attachToNetwork(project, server, network, {}));
    for (const type of ["ipv4", "ipv6"] as const) await giveAddress(project, server, type, request.publicNet[type]);
    for (const volume of request.volumes) volume.server = server.id;
    return attachments;
  } catch (error) {
    project.removeServer(server);
    throw error;
  }
}

async function giveAddress(
  project: CloudProject,
  server: Server,
  type: PrimaryIp["type"],
  wanted: AddressRequest,
): Promise<void> {
  if (wanted === "none") return;
  const { id, location } = server;
  const request = { name: `primary_ip-${id}-${type}`, type, location, auto_delete: true, labels: {} };
  const address = wanted === "new" ? await createPrimaryIp(project, request) : wanted;
  address.assignee_id = id;
}

/** The server is shown until its machine is gone, then it is not found. */
function destroy(project: CloudProject, server: Server): Action {
  const own = { id: server.id, type: "server" } as const;
  if (server.protection.delete) throw protectedFrom("server");
  project.refuseBusy(own);
  server.status = "deleting";
  return project.begin("delete_server", [own], async () => {
    await project.machines.destroy(server.id);
    project.removeServer(server);
  });
}
