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
  objects,
  protectedFrom,
  refusal,
  text,
} from "./answers";
import { LOCATIONS } from "./catalog";
import type { CloudProject } from "./cloud-project";
import { addressOf, contains, isPrivate, numberOf, overlap, parseRange, type Range } from "./ip-ranges";
import { readLabels } from "./labels";
import { filtered, readName } from "./listing";
import { page } from "./pages";
import { takenAddresses } from "./server-networks";
import { type Network, now, type Project, type Route, type Subnet } from "./state";

/** Private networks, their subnets and routes. */
export function routeNetworks(api: Api, project: CloudProject): void {
  const { value } = project;
  const network404 = (id: string): Network => found(value.networks[id], "network", id);

  api.get("/v1/networks", (context) => {
    const networks = filtered(context, Object.values(value.networks));
    return page(
      context,
      "networks",
      networks.map((network) => describe(value, network)),
    );
  });
  api.post("/v1/networks", async (context) => {
    const body = await bodyOf(context);
    const name = readName(body, "network", value.networks);
    const range = parseRange(text(body.ip_range));
    if (range === null || !isPrivate(range) || range.bits > 24) {
      throw invalidInput("ip_range", "must be a private range of RFC 1918, /24 or larger");
    }
    const network: Network = {
      ...{ id: project.nextId(), name, labels: readLabels(body), created: now() },
      ip_range: text(body.ip_range),
      ...{ subnets: [], routes: [], protection: { delete: false } },
      expose_routes_to_vswitch: flag(body, "expose_routes_to_vswitch", false),
    };
    for (const subnet of objects(body, "subnets")) network.subnets.push(readSubnet(network, subnet));
    for (const route of objects(body, "routes")) network.routes.push(readRoute(network, route));
    value.networks[network.id] = network;
    return created({ network: describe(value, network) });
  });
  api.get("/v1/networks/:id", (context) =>
    Response.json({ network: describe(value, network404(context.req.param("id"))) }),
  );
  api.put("/v1/networks/:id", async (context) => {
    const network = network404(context.req.param("id"));
    const body = await bodyOf(context);
    if (body.name !== undefined) network.name = readName(body, "network", value.networks, { own: network.id });
    network.labels = readLabels(body, network.labels);
    network.expose_routes_to_vswitch = flag(body, "expose_routes_to_vswitch", network.expose_routes_to_vswitch);
    return Response.json({ network: describe(value, network) });
  });
  api.delete("/v1/networks/:id", (context) => {
    const network = network404(context.req.param("id"));
    if (network.protection.delete) throw protectedFrom("network");
    project.refuseBusy({ id: network.id, type: "network" });
    // what is attached is detached by itself
    for (const server of Object.values(value.servers)) {
      server.private_net = server.private_net.filter((attached) => attached.network !== network.id);
    }
    delete value.networks[network.id];
    return nothing();
  });
  api.post("/v1/networks/:id/actions/:command", async (context) => {
    const network = network404(context.req.param("id"));
    const own = { id: network.id, type: "network" } as const;
    const command = context.req.param("command");
    const change = CHANGES[command];
    if (change === undefined) return context.notFound();
    project.refuseBusy(own);
    change(project, network, await bodyOf(context));
    const isDone = command === "change_protection" || command === "change_ip_range";
    return created({ action: isDone ? project.done(command, [own]) : project.begin(command, [own], async () => {}) });
  });
}

type Change = (project: CloudProject, network: Network, body: Body) => void;

const CHANGES: Readonly<Record<string, Change>> = {
  add_subnet: (_project, network, body) => {
    network.subnets.push(readSubnet(network, body));
  },
  delete_subnet: (project, network, body) => {
    const subnet = network.subnets.find(({ ip_range }) => ip_range === body.ip_range);
    const range = rangeOf(found(subnet, "subnet", body.ip_range).ip_range);
    if (takenAddresses(project, network).some((ip) => contains(range, rangeOf(`${ip}/32`)))) {
      throw refusal("service_error", "cannot remove subnet because servers are attached to it");
    }
    network.subnets = network.subnets.filter((other) => other !== subnet);
  },
  add_route: (_project, network, body) => {
    network.routes.push(readRoute(network, body));
  },
  delete_route: (_project, network, body) => {
    const isIt = (route: Route) => route.destination === body.destination && route.gateway === body.gateway;
    found(network.routes.find(isIt), "route", body.destination);
    network.routes = network.routes.filter((route) => !isIt(route));
  },
  change_ip_range: (_project, network, body) => {
    const [own, wanted] = [rangeOf(network.ip_range), parseRange(text(body.ip_range))];
    if (wanted === null || wanted.first !== own.first || wanted.bits > own.bits) {
      throw invalidInput("ip_range", "can only be extended");
    }
    network.ip_range = text(body.ip_range);
  },
  change_protection: (_project, network, body) => {
    network.protection = { delete: flag(body, "delete", network.protection.delete) };
  },
};

function readSubnet(network: Network, body: Body): Subnet {
  const { type, network_zone } = body;
  if (type === "vswitch") throw notSimulated("subnets of a vSwitch");
  if (type !== "cloud" && type !== "server") throw invalidInput("type", "must be one of cloud, server, vswitch");
  if (!LOCATIONS.some((location) => location.network_zone === network_zone)) {
    throw invalidInput("network_zone", "network zone not found");
  }
  const whole = rangeOf(network.ip_range);
  const ipRange = text(body.ip_range) || freeSubnet(network, whole);
  const range = parseRange(ipRange);
  if (range === null || range.bits > 30) throw invalidInput("ip_range", "must be a range of /30 or larger");
  if (!contains(whole, range)) throw invalidInput("ip_range", "must be a subnet of the network's range");
  if (network.subnets.some((other) => overlap(range, rangeOf(other.ip_range)))) {
    throw invalidInput("ip_range", "overlaps with another subnet");
  }
  const gateway = addressOf(whole.first + 1);
  return { type, ip_range: ipRange, network_zone: text(network_zone), gateway, vswitch_id: null };
}

function freeSubnet({ subnets }: Network, whole: Range): string {
  for (let first = whole.first; first < whole.last; first += 256) {
    const candidate = `${addressOf(first)}/24`;
    if (!subnets.some((other) => overlap(rangeOf(candidate), rangeOf(other.ip_range)))) return candidate;
  }
  throw invalidInput("ip_range", "no range is left");
}

function readRoute(network: Network, body: Body): Route {
  const destination = text(body.destination);
  const gateway = text(body.gateway);
  const range = parseRange(destination);
  if (range === null || (destination !== "0.0.0.0/0" && !isPrivate(range))) {
    throw invalidInput("destination", "must be a private range of RFC 1918 or 0.0.0.0/0");
  }
  const others = [
    ...network.subnets.map((subnet) => subnet.ip_range),
    ...network.routes.map((route) => route.destination),
  ];
  if (destination !== "0.0.0.0/0" && others.some((other) => overlap(range, rangeOf(other)))) {
    throw invalidInput("destination", "overlaps with a subnet or another route");
  }
  const host = parseRange(`${gateway}/32`);
  const whole = rangeOf(network.ip_range);
  if (host === null || !contains(whole, host) || numberOf(gateway) === whole.first + 1) {
    throw invalidInput("gateway", "must be an address of the network, and not its first");
  }
  return { destination, gateway };
}

const rangeOf = (text: string): Range => parseRange(text) as Range;

function describe({ servers }: Project, network: Network): Record<string, unknown> {
  const members = Object.values(servers).filter(({ private_net }) =>
    private_net.some((attached) => attached.network === network.id),
  );
  return { ...network, servers: members.map(({ id }) => id), load_balancers: [] };
}
