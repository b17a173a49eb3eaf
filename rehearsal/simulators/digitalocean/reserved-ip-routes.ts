import { type Api, Refusal } from "../simulated-api";
import { bodyOf, found, nothing, page, text, unprocessable } from "./answers";
import { REGIONS } from "./catalog";
import type { CloudAccount } from "./cloud-account";
import { describeDroplet } from "./droplets";
import type { Action, Droplet, ReservedIp } from "./state";

/** Addresses that outlive a droplet, under their present name and under the one they had: floating. */
export function routeReservedIps(api: Api, account: CloudAccount): void {
  routeUnder(api, account, "reserved_ip", "reservedip");
  routeUnder(api, account, "floating_ip", "floatingip");
}

function routeUnder(api: Api, account: CloudAccount, name: string, kind: string): void {
  const base = `/v2/${name}s`;
  const address404 = (ip: string): ReservedIp => found(account.value.reserved_ips[ip]);
  const describe = (reserved: ReservedIp): unknown => {
    const droplet = account.value.droplets[reserved.droplet_id ?? 0];
    return {
      ip: reserved.ip,
      region: REGIONS.find((region) => region.slug === reserved.region),
      droplet: droplet === undefined ? null : describeDroplet(account, droplet),
      locked: false,
      project_id: account.value.assignments[`do:${kind}:${reserved.ip}`]?.project ?? account.defaultProject().id,
    };
  };

  api.get(base, (context) => page(context, `${name}s`, Object.values(account.value.reserved_ips).map(describe)));
  api.post(base, async (context) => {
    const body = await bodyOf(context);
    const droplet = typeof body.droplet_id === "number" ? dropletOf(account, body.droplet_id) : undefined;
    const region = droplet?.region ?? text(body.region);
    if (!REGIONS.some(({ slug, available }) => slug === region && available)) throw unprocessable("region is invalid");
    const reserved: ReservedIp = { ip: freeAddress(account), region, droplet_id: null };
    if (droplet !== undefined) refuseWithoutWay(account);
    account.value.reserved_ips[reserved.ip] = reserved;
    account.adopt(`do:${kind}:${reserved.ip}`);
    const actions = droplet === undefined ? [] : [assign(account, reserved, droplet)];
    const links = { actions: actions.map(({ id }) => ({ id, rel: "create", href: `/v2/actions/${id}` })) };
    return Response.json({ [name]: describe(reserved), links }, { status: 202 });
  });
  api.get(`${base}/:ip`, (context) => Response.json({ [name]: describe(address404(context.req.param("ip"))) }));
  api.delete(`${base}/:ip`, async (context) => {
    const { ip, droplet_id } = address404(context.req.param("ip"));
    if (droplet_id !== null) await account.machines.assignAddress?.(ip, null);
    delete account.value.reserved_ips[ip];
    account.forget(`do:${kind}:${ip}`);
    return nothing();
  });

  api.post(`${base}/:ip/actions`, async (context) => {
    const reserved = address404(context.req.param("ip"));
    const body = await bodyOf(context);
    if (body.type === "assign") {
      refuseWithoutWay(account);
      const action = assign(account, reserved, dropletOf(account, Number(body.droplet_id)));
      return Response.json({ action }, { status: 201 });
    }
    if (body.type !== "unassign") throw unprocessable("Type is not included in the list");
    if (reserved.droplet_id === null) throw unprocessable("The floating IP is not assigned.");
    reserved.droplet_id = null;
    const work = async () => {
      await account.machines.assignAddress?.(reserved.ip, null);
    };
    return Response.json({ action: account.begin("unassign_ip", aboutOf(reserved), work) }, { status: 201 });
  });
  api.get(`${base}/:ip/actions/:id`, (context) => {
    const { ip } = address404(context.req.param("ip"));
    const action = found(account.value.actions[context.req.param("id")]);
    return Response.json({ action: found(action.resource_id === numberOf(ip) ? action : undefined) });
  });
}

function assign(account: CloudAccount, reserved: ReservedIp, droplet: Droplet): Action {
  return account.begin("assign_ip", aboutOf(reserved), async () => {
    await account.machines.assignAddress?.(reserved.ip, droplet.id);
    reserved.droplet_id = droplet.id;
  });
}

function dropletOf(account: CloudAccount, id: number): Droplet {
  const droplet = account.value.droplets[id];
  if (droplet === undefined) throw unprocessable("Droplet not found");
  return droplet;
}

function refuseWithoutWay({ machines }: CloudAccount): void {
  if (machines.assignAddress !== undefined) return;
  throw new Refusal(501, "the rehearsal's servers have one address each; it assigns no reserved ones");
}

// from a range that is kept for examples: nobody answers there by accident
function freeAddress(account: CloudAccount): string {
  for (let last = 10; last < 250; last++) {
    const ip = `203.0.113.${last}`;
    if (account.value.reserved_ips[ip] === undefined) return ip;
  }
  throw unprocessable("reserved IP limit exceeded");
}

const numberOf = (ip: string): number => ip.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);

const aboutOf = ({ ip, region }: ReservedIp) => ({
  name: ip,
  resource_id: numberOf(ip),
  resource_type: "floating_ip" as const,
  region_slug: region,
});
