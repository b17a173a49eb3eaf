import { randomUUID } from "node:crypto";
import { isIP } from "node:net";
import type { Api } from "../simulated-api";
import { Refusal } from "../simulated-api";
import { bodyOf, found, nothing, numberList, page, text, textList, unprocessable } from "./answers";
import type { CloudAccount } from "./cloud-account";
import { dropletsOf } from "./droplets";
import { type Firewall, type FirewallEnds, type FirewallRule, now } from "./state";

const NAME = /^[a-zA-Z0-9][a-zA-Z0-9.-]{0,254}$/;

/** Cloud firewalls. What they let in is handed to the machines, where these can drop packets. */
export function routeFirewalls(api: Api, account: CloudAccount): void {
  const firewall404 = (id: string): Firewall => found(account.value.firewalls[id]);

  api.get("/v2/firewalls", (context) =>
    page(context, "firewalls", Object.values(account.value.firewalls).map(describe)),
  );
  api.post("/v2/firewalls", async (context) => {
    const firewall = readFirewall(account, await bodyOf(context), { id: randomUUID(), created_at: now() });
    account.value.firewalls[firewall.id] = firewall;
    return Response.json({ firewall: describe(firewall) }, { status: 202 });
  });
  api.get("/v2/firewalls/:id", (context) =>
    Response.json({ firewall: describe(firewall404(context.req.param("id"))) }),
  );
  api.put("/v2/firewalls/:id", async (context) => {
    const { id, created_at } = firewall404(context.req.param("id"));
    const firewall = readFirewall(account, await bodyOf(context), { id, created_at });
    account.value.firewalls[id] = firewall;
    return Response.json({ firewall: describe(firewall) });
  });
  api.delete("/v2/firewalls/:id", (context) => {
    delete account.value.firewalls[firewall404(context.req.param("id")).id];
    return nothing();
  });

  api.post("/v2/firewalls/:id/droplets", async (context) => {
    const firewall = firewall404(context.req.param("id"));
    const ids = dropletsOf(account, (await bodyOf(context)).droplet_ids, "droplet_ids").map((droplet) => droplet.id);
    firewall.droplet_ids = [...new Set([...firewall.droplet_ids, ...ids])];
    return nothing();
  });
  api.delete("/v2/firewalls/:id/droplets", async (context) => {
    const firewall = firewall404(context.req.param("id"));
    const ids = numberList((await bodyOf(context)).droplet_ids, "droplet_ids");
    firewall.droplet_ids = firewall.droplet_ids.filter((id) => !ids.includes(id));
    return nothing();
  });
  api.post("/v2/firewalls/:id/tags", async (context) => {
    const firewall = firewall404(context.req.param("id"));
    firewall.tags = [...new Set([...firewall.tags, ...knownTags(account, (await bodyOf(context)).tags)])];
    return nothing();
  });
  api.delete("/v2/firewalls/:id/tags", async (context) => {
    const firewall = firewall404(context.req.param("id"));
    const tags = textList((await bodyOf(context)).tags, "tags");
    firewall.tags = firewall.tags.filter((tag) => !tags.includes(tag));
    return nothing();
  });
  api.post("/v2/firewalls/:id/rules", async (context) => {
    const firewall = firewall404(context.req.param("id"));
    const body = await bodyOf(context);
    firewall.inbound_rules.push(...readRules(body.inbound_rules, "sources"));
    firewall.outbound_rules.push(...readRules(body.outbound_rules, "destinations"));
    return nothing();
  });
  api.delete("/v2/firewalls/:id/rules", async (context) => {
    const firewall = firewall404(context.req.param("id"));
    const body = await bodyOf(context);
    const without = (rules: FirewallRule[], gone: FirewallRule[]): FirewallRule[] =>
      rules.filter((rule) => !gone.some((other) => JSON.stringify(other) === JSON.stringify(rule)));
    firewall.inbound_rules = without(firewall.inbound_rules, readRules(body.inbound_rules, "sources"));
    firewall.outbound_rules = without(firewall.outbound_rules, readRules(body.outbound_rules, "destinations"));
    return nothing();
  });
}

function readFirewall(
  account: CloudAccount,
  body: Record<string, unknown>,
  identity: { id: string; created_at: string },
): Firewall {
  const name = text(body.name);
  if (!NAME.test(name)) {
    throw unprocessable("name must start with an alphanumeric and may only contain alphanumerics, dots and dashes");
  }
  const taken = Object.values(account.value.firewalls).some((other) => other.name === name && other.id !== identity.id);
  if (taken) throw new Refusal(409, "duplicate name");
  const inbound = readRules(body.inbound_rules, "sources");
  const outbound = readRules(body.outbound_rules, "destinations");
  if (inbound.length + outbound.length === 0) throw unprocessable("must have at least one inbound or outbound rule");
  return {
    ...identity,
    name,
    inbound_rules: inbound,
    outbound_rules: outbound,
    droplet_ids: dropletsOf(account, body.droplet_ids, "droplet_ids").map((droplet) => droplet.id),
    tags: knownTags(account, body.tags),
  };
}

// Unlike a droplet, a firewall does not bring its tags into being.
function knownTags(account: CloudAccount, value: unknown): string[] {
  const tags = textList(value, "tags");
  const unknown = tags.filter((tag) => !account.value.tags.some((known) => known.toLowerCase() === tag.toLowerCase()));
  if (unknown.length > 0) throw unprocessable(`tag ${unknown.join(", ")} does not exist`);
  return tags;
}

function readRules(value: unknown, side: "sources" | "destinations"): FirewallRule[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw unprocessable("rules must be an array");
  return value.map((rule: Record<string, unknown>) => {
    const protocol = rule.protocol;
    if (protocol !== "tcp" && protocol !== "udp" && protocol !== "icmp") {
      throw unprocessable("protocol must be one of tcp, udp, icmp");
    }
    const ends = readEnds(rule[side] as Record<string, unknown> | undefined);
    if (Object.keys(ends).length === 0) throw unprocessable(`must specify at least one ${side.slice(0, -1)}`);
    return { protocol, ports: readPorts(protocol, text(rule.ports)), [side]: ends };
  });
}

// `all` and an icmp rule's absent ports are read back as "0"; the provider turns that into what was written.
function readPorts(protocol: string, ports: string): string {
  if (protocol === "icmp") return "0";
  if (ports === "0" || ports === "all") return "0";
  if (ports === "") throw unprocessable("must specify ports");
  const [first, last = first] = ports.split("-").map(Number);
  const valid = [first, last].every((port) => Number.isInteger(port) && Number(port) >= 1 && Number(port) <= 65535);
  if (!/^\d+(-\d+)?$/.test(ports) || !valid || Number(first) > Number(last)) {
    throw unprocessable("you must specify a valid range for ports");
  }
  return ports;
}

// Empty lists are left out, as the real API leaves them out of what it reads back.
function readEnds(value: Record<string, unknown> = {}): FirewallEnds {
  const addresses = textList(value.addresses, "addresses");
  for (const address of addresses) {
    const [ip = "", length] = address.split("/");
    const longest = isIP(ip) === 4 ? 32 : 128;
    const fits = length === undefined || (/^\d+$/.test(length) && Number(length) <= longest);
    if (isIP(ip) === 0 || !fits) throw unprocessable("invalid address");
  }
  const ends: FirewallEnds = {
    addresses,
    tags: textList(value.tags, "tags"),
    droplet_ids: numberList(value.droplet_ids, "droplet_ids"),
    load_balancer_uids: textList(value.load_balancer_uids, "load_balancer_uids"),
    kubernetes_ids: textList(value.kubernetes_ids, "kubernetes_ids"),
  };
  return Object.fromEntries(Object.entries(ends).filter(([, list]) => list.length > 0));
}

const describe = (firewall: Firewall): Record<string, unknown> => ({
  ...firewall,
  status: "succeeded",
  pending_changes: [],
});
