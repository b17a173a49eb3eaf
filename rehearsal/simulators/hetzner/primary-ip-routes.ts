import type { Api } from "../simulated-api";
import {
  type Body,
  bodyOf,
  created,
  flag,
  found,
  invalidInput,
  nothing,
  notSimulated,
  optionalId,
  protectedFrom,
  refusal,
  text,
} from "./answers";
import { findLocation } from "./catalog";
import type { CloudProject } from "./cloud-project";
import { readLabels } from "./labels";
import { filtered, readName } from "./listing";
import { page } from "./pages";
import { createPrimaryIp, describePrimaryIp, primaryIpOf } from "./primary-ips";
import { changeReverseName } from "./reverse-names";
import type { Action, PrimaryIp, Server } from "./state";

/** Addresses that outlive a server, and come to the next one that names them. */
export function routePrimaryIps(api: Api, project: CloudProject): void {
  const { value } = project;
  const address404 = (id: string): PrimaryIp => found(value.primary_ips[id], "primary IP", id);
  const own = ({ id }: PrimaryIp) => ({ id, type: "primary_ip" }) as const;

  api.get("/v1/primary_ips", (context) => {
    const ip = context.req.query("ip");
    const wanted = filtered(context, Object.values(value.primary_ips)).map(describePrimaryIp);
    return page(
      context,
      "primary_ips",
      wanted.filter((address) => ip === undefined || address.ip === ip),
    );
  });
  api.post("/v1/primary_ips", async (context) => {
    const body = await bodyOf(context);
    const name = readName(body, "primary IP", value.primary_ips);
    const type: PrimaryIp["type"] | null = body.type === "ipv4" || body.type === "ipv6" ? body.type : null;
    if (type === null) throw invalidInput("type", "must be one of ipv4, ipv6");
    const server = assigneeOf(project, body);
    if (server !== null) refuseAssignment(project, server, type);
    const location = server?.location ?? findLocation(text(body.location))?.name;
    if (location === undefined) throw invalidInput("location", "location not found");
    const request = { name, type, location, auto_delete: flag(body, "auto_delete", false), labels: readLabels(body) };
    const address = await createPrimaryIp(project, request);
    const action = server === null ? null : assign(project, address, server);
    return created({ primary_ip: describePrimaryIp(address), action });
  });
  api.get("/v1/primary_ips/:id", (context) =>
    Response.json({ primary_ip: describePrimaryIp(address404(context.req.param("id"))) }),
  );
  api.put("/v1/primary_ips/:id", async (context) => {
    const address = address404(context.req.param("id"));
    const body = await bodyOf(context);
    if (body.name !== undefined) address.name = readName(body, "primary IP", value.primary_ips, { own: address.id });
    address.labels = readLabels(body, address.labels);
    const autoDelete = flag(body, "auto_delete", address.auto_delete);
    if (autoDelete && address.protection.delete) throw invalidInput("auto_delete", "is not possible with protection");
    address.auto_delete = autoDelete;
    return Response.json({ primary_ip: describePrimaryIp(address) });
  });
  api.delete("/v1/primary_ips/:id", async (context) => {
    const address = address404(context.req.param("id"));
    if (address.protection.delete) throw protectedFrom("primary IP");
    if (address.assignee_id !== null) throw refusal("must_be_unassigned", "primary IP must be unassigned");
    delete value.primary_ips[address.id];
    await project.machines.releaseAddress(address.address);
    return nothing();
  });

  api.post("/v1/primary_ips/:id/actions/assign", async (context) => {
    const address = address404(context.req.param("id"));
    const body = await bodyOf(context);
    const server = assigneeOf(project, body);
    if (server === null) throw invalidInput("assignee_id", "is required");
    if (address.assignee_id !== null) {
      throw refusal("primary_ip_already_assigned", "primary IP is already assigned to a different server");
    }
    if (address.location !== server.location) {
      throw refusal("primary_ip_datacenter_mismatch", "primary IP is in a different location");
    }
    refuseAssignment(project, server, address.type);
    return created({ action: assign(project, address, server) });
  });
  api.post("/v1/primary_ips/:id/actions/unassign", (context) => {
    const address = address404(context.req.param("id"));
    const server = value.servers[address.assignee_id ?? 0];
    if (server === undefined) throw refusal("service_error", "primary IP is not assigned");
    refuseRunning(project, server);
    const action = project.begin("unassign_primary_ip", [own(address), { id: server.id, type: "server" }], async () => {
      if (server.first_boot === null) await project.machines.assignAddress?.(address.address, null);
      address.assignee_id = null;
    });
    return created({ action });
  });
  api.post("/v1/primary_ips/:id/actions/change_dns_ptr", async (context) => {
    const address = changeReverseName([address404(context.req.param("id"))], await bodyOf(context));
    return created({ action: project.begin("change_dns_ptr", [own(address)], async () => {}) });
  });
  api.post("/v1/primary_ips/:id/actions/change_protection", async (context) => {
    const address = address404(context.req.param("id"));
    const wanted = flag(await bodyOf(context), "delete", address.protection.delete);
    if (wanted && address.auto_delete) throw invalidInput("delete", "is not possible with auto_delete");
    address.protection = { delete: wanted };
    return created({ action: project.done("change_protection", [own(address)]) });
  });
}

function assigneeOf({ value }: CloudProject, body: Body): Server | null {
  const id = optionalId(body, "assignee_id");
  if (id === null) return null;
  if (body.assignee_type !== "server") throw invalidInput("assignee_type", "must be one of server");
  return found(value.servers[id], "server", id);
}

function refuseAssignment(project: CloudProject, server: Server, type: PrimaryIp["type"]): void {
  refuseRunning(project, server);
  if (primaryIpOf(project.value, server, type) !== undefined) {
    throw refusal(`server_has_${type}`, `server already has an ${type} address`);
  }
}

function refuseRunning(project: CloudProject, server: Server): void {
  if (server.status !== "off") throw refusal("server_not_stopped", "server needs to be powered off");
  project.refuseBusy({ id: server.id, type: "server" });
  if (server.first_boot === null && project.machines.assignAddress === undefined) {
    throw notSimulated("a server that exists keeps the addresses that it was made with");
  }
}

function assign(project: CloudProject, address: PrimaryIp, server: Server): Action {
  const resources = [
    { id: address.id, type: "primary_ip" },
    { id: server.id, type: "server" },
  ] as const;
  return project.begin("assign_primary_ip", resources, async () => {
    if (server.first_boot === null) await project.machines.assignAddress?.(address.address, server.id);
    address.assignee_id = server.id;
  });
}
