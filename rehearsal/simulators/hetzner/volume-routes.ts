import type { Api } from "../simulated-api";
import {
  type Body,
  bodyOf,
  created,
  flag,
  found,
  invalidInput,
  limitExceeded,
  nothing,
  notSimulated,
  optionalId,
  protectedFrom,
  refusal,
} from "./answers";
import { describeLocation, findLocation } from "./catalog";
import type { CloudProject } from "./cloud-project";
import { readLabels } from "./labels";
import { filtered, readName } from "./listing";
import { page } from "./pages";
import { deviceOf, orderOf } from "./servers";
import { type Action, type ActionResource, now, type Server, type Volume } from "./state";

const SMALLEST = 10;
const LARGEST = 10_240;
const MOST_A_SERVER = 16;
const NAME = /^[a-zA-Z0-9]([a-zA-Z0-9._-]{0,62}[a-zA-Z0-9])?$/;

/** Disks that outlive servers. */
export function routeVolumes(api: Api, project: CloudProject): void {
  const { volumes } = project.value;
  const volume404 = (id: string): Volume => found(volumes[id], "volume", id);

  api.get("/v1/volumes", (context) =>
    page(context, "volumes", filtered(context, Object.values(volumes)).map(describe)),
  );
  api.post("/v1/volumes", async (context) => {
    const body = await bodyOf(context);
    const { volume, server } = readVolume(project, body);
    volumes[volume.id] = volume;
    const action = project.begin("create_volume", [own(volume)], async () => {});
    const nextActions = server === null ? [] : [attach(project, volume, server)];
    return created({ volume: describe(volume), action, next_actions: nextActions });
  });
  api.get("/v1/volumes/:id", (context) => Response.json({ volume: describe(volume404(context.req.param("id"))) }));
  api.put("/v1/volumes/:id", async (context) => {
    const volume = volume404(context.req.param("id"));
    const body = await bodyOf(context);
    if (body.name !== undefined) volume.name = readName(body, "volume", volumes, { own: volume.id, pattern: NAME });
    volume.labels = readLabels(body, volume.labels);
    return Response.json({ volume: describe(volume) });
  });
  api.delete("/v1/volumes/:id", async (context) => {
    const volume = volume404(context.req.param("id"));
    if (volume.protection.delete) throw protectedFrom("volume");
    project.refuseBusy(own(volume));
    if (volume.server !== null) throw refusal("service_error", "volume must not be attached to a server");
    delete volumes[volume.id];
    await project.machines.destroyVolume(String(volume.id));
    return nothing();
  });
  api.post("/v1/volumes/:id/actions/:command", async (context) => {
    const volume = volume404(context.req.param("id"));
    const work = WORK[context.req.param("command")];
    if (work === undefined) return context.notFound();
    project.refuseBusy(own(volume));
    return created({ action: work(project, volume, await bodyOf(context)) });
  });
}

function readVolume(project: CloudProject, body: Body): { volume: Volume; server: Server | null } {
  const { volumes, servers } = project.value;
  const name = readName(body, "volume", volumes, { pattern: NAME });
  const serverId = optionalId(body, "server");
  const server = serverId === null ? null : found(servers[serverId], "server", serverId);
  if (server !== null) refuseServer(project, server);
  const location = server?.location ?? findLocation(String(body.location ?? ""))?.name;
  if (location === undefined) throw invalidInput("location", "location not found");
  if (flag(body, "automount", false)) refuseAutomount();
  const { format = null } = body;
  if (format === "xfs") throw notSimulated("volumes with the file system xfs");
  if (format !== null && format !== "ext4") throw invalidInput("format", "must be one of xfs, ext4");
  const volume: Volume = {
    ...{ id: project.nextId(), name, labels: readLabels(body), created: now() },
    ...{ size: readSize(body, SMALLEST), location, format, server: null, protection: { delete: false } },
  };
  return { volume, server };
}

function readSize({ size }: Body, smallest: number): number {
  const valid = Number.isInteger(size) && (size as number) >= smallest && (size as number) <= LARGEST;
  if (!valid) throw invalidInput("size", `must be between ${smallest} and ${LARGEST}`);
  return size as number;
}

type Work = (project: CloudProject, volume: Volume, body: Body) => Action;

const WORK: Readonly<Record<string, Work>> = {
  attach: (project, volume, body) => {
    const id = optionalId(body, "server");
    const server = found(project.value.servers[id ?? 0], "server", id);
    if (flag(body, "automount", false)) refuseAutomount();
    if (volume.server !== null) throw refusal("volume_already_attached", "volume is already attached to a server");
    if (volume.location !== server.location) {
      throw invalidInput("server", "server and volume must be in the same location");
    }
    refuseServer(project, server);
    return attach(project, volume, server);
  },
  detach: (project, volume) => {
    const server = project.value.servers[volume.server ?? 0];
    if (server === undefined) throw refusal("service_error", "volume is not attached to a server");
    project.refuseBusy({ id: server.id, type: "server" });
    return project.begin("detach_volume", both(volume, server), async () => {
      if (server.first_boot === null) await project.machines.detachVolume(server.id, String(volume.id));
      volume.server = null;
    });
  },
  resize: (project, volume, body) => {
    const size = readSize(body, volume.size + 1);
    return project.begin("resize_volume", [own(volume)], async () => {
      await project.machines.resizeVolume(String(volume.id), size);
      volume.size = size;
    });
  },
  change_protection: (project, volume, body) => {
    volume.protection = { delete: flag(body, "delete", volume.protection.delete) };
    return project.done("change_protection", [own(volume)]);
  },
};

/** A server that never ran sees its volumes when it first does. */
function attach(project: CloudProject, volume: Volume, server: Server): Action {
  return project.begin("attach_volume", both(volume, server), async () => {
    if (server.first_boot === null) await project.machines.attachVolume(server.id, orderOf(volume));
    volume.server = server.id;
  });
}

function refuseServer(project: CloudProject, server: Server): void {
  project.refuseBusy({ id: server.id, type: "server" });
  const attached = Object.values(project.value.volumes).filter((volume) => volume.server === server.id);
  if (attached.length >= MOST_A_SERVER) throw limitExceeded("volume limit of the server exceeded");
}

function refuseAutomount(): never {
  throw notSimulated("automount: a host mounts its volume itself");
}

const own = ({ id }: Volume): ActionResource => ({ id, type: "volume" });
const both = (volume: Volume, server: Server): ActionResource[] => [{ id: server.id, type: "server" }, own(volume)];

function describe(volume: Volume): Record<string, unknown> {
  const { location, ...rest } = volume;
  return { ...rest, location: describeLocation(location), status: "available", linux_device: deviceOf(volume.id) };
}
