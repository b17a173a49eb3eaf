import type { Api } from "../simulated-api";
import { bodyOf, found, nothing, page, text, textList, unprocessable } from "./answers";
import { aboutDroplet, type CloudAccount } from "./cloud-account";
import { performAction } from "./droplet-actions";
import { describeDroplet, documentationAddress, filterDroplets, readRequest } from "./droplets";
import { type Action, type Droplet, now } from "./state";
import { orderOf } from "./volumes";

const droplet404 = (account: CloudAccount, id: string): Droplet => found(account.value.droplets[id]);

/** Droplets: each is a machine. Creation and destruction take the time that the machine takes. */
export function routeDroplets(api: Api, account: CloudAccount): void {
  api.get("/v2/droplets", (context) => {
    const droplets = filterDroplets(context, Object.values(account.value.droplets));
    return page(
      context,
      "droplets",
      droplets.map((droplet) => describeDroplet(account, droplet)),
    );
  });
  api.post("/v2/droplets", async (context) => {
    const body = await bodyOf(context);
    const several = body.names !== undefined;
    const names = several ? textList(body.names, "names") : [text(body.name)];
    if (names.length === 0 || names.length > 10) throw unprocessable("names must have between 1 and 10 entries");
    const requests = names.map((name) => readRequest(account, name, body));
    const made = requests.map((request) => createDroplet(account, request, text(body.user_data)));
    const links = {
      actions: made.map(({ action }) => ({
        id: action.id,
        rel: several ? "multiple_create" : "create",
        href: new URL(`/v2/actions/${action.id}`, context.req.url).toString(),
      })),
    };
    const shown = made.map(({ droplet }) => describeDroplet(account, droplet));
    return Response.json(several ? { droplets: shown, links } : { droplet: shown[0], links }, { status: 202 });
  });
  api.delete("/v2/droplets", (context) => {
    if (context.req.query("tag_name") === undefined) throw unprocessable("tag_name is required");
    for (const droplet of filterDroplets(context, Object.values(account.value.droplets))) destroy(account, droplet);
    return nothing();
  });
  api.get("/v2/droplets/:id", (context) => {
    const droplet = droplet404(account, context.req.param("id"));
    return Response.json({ droplet: describeDroplet(account, droplet) });
  });
  api.delete("/v2/droplets/:id", (context) => {
    destroy(account, droplet404(account, context.req.param("id")));
    return nothing();
  });
  api.get("/v2/droplets/:id/firewalls", (context) => {
    const { id } = droplet404(account, context.req.param("id"));
    return page(context, "firewalls", account.firewallsOf(id));
  });
}

/** What was asked of a droplet, and how far it is. */
export function routeActions(api: Api, account: CloudAccount): void {
  const newestFirst = (actions: Action[]): Action[] => actions.sort((a, b) => b.id - a.id);
  api.get("/v2/actions", (context) => page(context, "actions", newestFirst(Object.values(account.value.actions))));
  api.get("/v2/actions/:id", (context) =>
    Response.json({ action: found(account.value.actions[context.req.param("id")]) }),
  );
  api.post("/v2/droplets/:id/actions", async (context) => {
    const droplet = droplet404(account, context.req.param("id"));
    return Response.json({ action: performAction(account, droplet, await bodyOf(context)) }, { status: 201 });
  });
  api.get("/v2/droplets/:id/actions", (context) => {
    const { id } = droplet404(account, context.req.param("id"));
    const own = Object.values(account.value.actions).filter((action) => action.resource_id === id);
    return page(context, "actions", newestFirst(own));
  });
  api.get("/v2/droplets/:id/actions/:action", (context) => {
    const { id } = droplet404(account, context.req.param("id"));
    const action = found(account.value.actions[context.req.param("action")]);
    return Response.json({ action: found(action.resource_id === id ? action : undefined) });
  });
}

function createDroplet(
  account: CloudAccount,
  request: ReturnType<typeof readRequest>,
  userData: string,
): { droplet: Droplet; action: Action } {
  const id = account.nextId();
  const vpc = account.value.vpcs[request.vpc];
  const droplet: Droplet = {
    id,
    name: request.name,
    status: "new",
    locked: false,
    created_at: now(),
    region: request.region.slug,
    image: request.image.id,
    size: request.size.slug,
    disk: request.size.disk,
    features: request.features,
    tags: request.tags,
    volume_ids: [],
    vpc_uuid: request.vpc,
    ipv4: null,
    private_ipv4: privateAddress(vpc?.ip_range ?? "10.0.0.0/20", id),
    ipv6: null,
    own_ipv6: documentationAddress(id),
  };
  account.value.droplets[id] = droplet;
  account.addTags(request.tags);
  account.adopt(`do:droplet:${id}`);
  const action = account.begin("create", aboutDroplet(droplet), async () => {
    const machine = await account.machines.create({
      id,
      name: droplet.name,
      vendor: "DigitalOcean",
      region: droplet.region,
      image: request.image.slug,
      userData,
      publicKeys: request.keys.map((key) => key.public_key.trim()),
      vcpus: request.size.vcpus,
      memoryMebibytes: request.size.memory,
      tags: droplet.tags,
    });
    for (const volume of request.volumes) {
      await account.machines.attachVolume(id, orderOf(volume));
      volume.droplet_id = id;
      droplet.volume_ids.push(volume.id);
    }
    droplet.ipv4 = machine.ipv4;
    droplet.own_ipv6 = machine.ipv6 ?? droplet.own_ipv6;
    if (droplet.features.includes("ipv6")) droplet.ipv6 = droplet.own_ipv6;
    droplet.status = "active";
  });
  return { droplet, action };
}

/** The droplet is shown until its machine is gone, then it is not found. */
function destroy(account: CloudAccount, droplet: Droplet): void {
  if (droplet.locked) throw unprocessable("Droplet already has a pending event.");
  droplet.locked = true;
  account.run(`destroy ${droplet.name}`, async () => {
    try {
      await account.machines.destroy(droplet.id);
      account.removeDroplet(droplet.id);
    } finally {
      droplet.locked = false;
      account.settle();
    }
  });
}

/** An address in the network's range. Machines have one interface only, so nothing listens there. */
function privateAddress(range: string, id: number): string {
  const [a, b] = range.split(".");
  return `${a}.${b}.${(id >> 8) % 16}.${(id % 252) + 2}`;
}
