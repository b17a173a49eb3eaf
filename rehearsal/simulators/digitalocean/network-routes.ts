import { randomUUID } from "node:crypto";
import { isIPv4 } from "node:net";
import { type Api, Refusal } from "../simulated-api";
import { bodyOf, found, nothing, page, text, unprocessable } from "./answers";
import { findRegion } from "./catalog";
import type { CloudAccount } from "./cloud-account";
import { now, type Vpc } from "./state";

/** Private networks: names and ranges are the account's; machines have their public interface only. */
export function routeVpcs(api: Api, account: CloudAccount): void {
  const vpc404 = (id: string): Vpc => found(account.value.vpcs[id]);
  const describe = (vpc: Vpc): unknown => ({ ...vpc, urn: `do:vpc:${vpc.id}` });
  const members = (id: string): unknown[] =>
    Object.values(account.value.droplets)
      .filter((droplet) => droplet.vpc_uuid === id)
      .map(({ id: droplet, name, created_at }) => ({ urn: `do:droplet:${droplet}`, name, created_at }));

  api.get("/v2/vpcs", (context) => page(context, "vpcs", Object.values(account.value.vpcs).map(describe)));
  api.post("/v2/vpcs", async (context) => {
    const body = await bodyOf(context);
    const region = findRegion(text(body.region));
    if (region === undefined || !region.available) throw unprocessable("region is invalid");
    // a region in use has its default network, so the one that is asked for is none
    account.defaultVpc(region.slug);
    const taken = Object.values(account.value.vpcs);
    const range = text(body.ip_range) || freeRange(taken);
    if (overlapsAny(range, taken)) {
      throw unprocessable("This range/size overlaps with another VPC network in your account");
    }
    const name = readName(text(body.name), taken);
    const vpc = {
      id: randomUUID(),
      name,
      description: text(body.description),
      region: region.slug,
      ip_range: range,
      default: false,
      created_at: now(),
    };
    account.value.vpcs[vpc.id] = vpc;
    return Response.json({ vpc: describe(vpc) }, { status: 201 });
  });
  api.get("/v2/vpcs/:id", (context) => Response.json({ vpc: describe(vpc404(context.req.param("id"))) }));
  const change = async (id: string, body: Record<string, unknown>): Promise<Response> => {
    const vpc = vpc404(id);
    const others = Object.values(account.value.vpcs).filter((other) => other.id !== vpc.id);
    if (body.name !== undefined) vpc.name = readName(text(body.name), others);
    if (body.description !== undefined) vpc.description = text(body.description);
    if (body.default === true) {
      for (const other of others.filter(({ region }) => region === vpc.region)) other.default = false;
      vpc.default = true;
    }
    return Response.json({ vpc: describe(vpc) });
  };
  api.put("/v2/vpcs/:id", async (context) => change(context.req.param("id"), await bodyOf(context)));
  api.patch("/v2/vpcs/:id", async (context) => change(context.req.param("id"), await bodyOf(context)));
  api.delete("/v2/vpcs/:id", (context) => {
    const vpc = vpc404(context.req.param("id"));
    if (vpc.default) throw new Refusal(403, "Can not delete default VPCs");
    if (members(vpc.id).length > 0) throw new Refusal(409, "Can not delete VPC with members");
    delete account.value.vpcs[vpc.id];
    return nothing();
  });
  api.get("/v2/vpcs/:id/members", (context) => page(context, "members", members(vpc404(context.req.param("id")).id)));
}

function readName(name: string, others: readonly Vpc[]): string {
  if (!/^[a-zA-Z0-9][a-zA-Z0-9.-]{0,254}$/.test(name)) {
    throw unprocessable("name must contain alphanumeric characters, dashes, and periods only");
  }
  if (others.some((other) => other.name === name)) {
    throw new Refusal(409, "A VPC with this name already exists in your account");
  }
  return name;
}

interface Range {
  readonly first: number;
  readonly last: number;
}

function parseRange(text: string): Range {
  const [ip = "", length = ""] = text.split("/");
  const bits = Number(length);
  if (!isIPv4(ip) || !/^\d+$/.test(length) || bits < 16 || bits > 28) {
    throw unprocessable("ip_range must be a private network between /16 and /28");
  }
  const number = ip.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - bits);
  const first = Math.floor(number / size) * size;
  return { first, last: first + size - 1 };
}

function overlapsAny(range: string, vpcs: readonly Vpc[]): boolean {
  const { first, last } = parseRange(range);
  return vpcs.some((vpc) => {
    const other = parseRange(vpc.ip_range);
    return first <= other.last && other.first <= last;
  });
}

function freeRange(vpcs: readonly Vpc[]): string {
  for (let second = 120; second < 256; second++) {
    const range = `10.${second}.0.0/20`;
    if (!overlapsAny(range, vpcs)) return range;
  }
  throw unprocessable("no free range is left");
}
