import { hetznerPrice } from "../../../../constructs/clouds/hetzner/prices";
import { Estimate, formatMoney, type PricedResource } from "../../../../constructs/model/price";
import { committedSchema } from "../../../../rehearsal/bindings/schema";
import { boundProviders } from "../../../../rehearsal/bindings/selection";

function resource(type: string, values: Record<string, unknown> = {}, name = "it"): PricedResource {
  return { address: `${type}.${name}`, type, values };
}

function estimate(...resources: PricedResource[]): Estimate {
  return Estimate.of(resources, [hetznerPrice]);
}

const server = { server_type: "cx33", location: "nbg1", public_net: [{ ipv4_enabled: true }] };

test("a host is paid for by its server, its address, its volume and its buckets", () => {
  const result = estimate(
    resource("hcloud_server", server),
    resource("hcloud_primary_ip", { type: "ipv4" }),
    resource("hcloud_primary_ip", { type: "ipv6" }, "v6"),
    resource("hcloud_volume", { size: 20 }),
    resource("hcloud_firewall"),
    resource("minio_s3_bucket", {}, "files"),
    resource("minio_s3_bucket", {}, "backups"),
    resource("minio_s3_bucket_versioning"),
  );
  expect(result.lines.map(({ what, monthly }) => `${what} ${formatMoney(monthly)}`)).toEqual([
    "server cx33 8.49 EUR",
    "IPv4 address 0.50 EUR",
    "volume 20 GB 1.14 EUR",
    "Object Storage base price (1 TB stored, 1 TB out) 6.49 EUR",
  ]);
  expect(result.unknown).toEqual([]);
  expect(result.totals.map(formatMoney)).toEqual(["16.62 EUR"]);
});

test("every line says where and when its price was read", () => {
  const { lines } = estimate(resource("hcloud_server", { ...server, backups: true }), resource("minio_s3_bucket"));
  expect(lines).toMatchObject([
    { what: "server cx33", date: "2026-07", source: expect.stringContaining("hetzner.com/") },
    { what: "backups of cx33", date: "2026-07", monthly: { amount: expect.closeTo(1.698) } },
    {
      what: expect.stringContaining("Object Storage"),
      date: "2026-11",
      source: expect.stringContaining("hetzner.com/"),
    },
  ]);
});

test("a server without public_net brings an IPv4 address, which is paid for", () => {
  const { public_net: _, ...own } = server;
  expect(estimate(resource("hcloud_server", own)).totalIn("EUR")).toBe(8.99);
  expect(estimate(resource("hcloud_server", { ...own, public_net: [] })).totalIn("EUR")).toBe(8.99);
  expect(estimate(resource("hcloud_server", server)).totalIn("EUR")).toBe(8.49);
});

test.each<[string, string, Record<string, unknown>, string]>([
  [
    "a place outside Europe",
    "hcloud_server",
    { ...server, server_type: "ccx13", location: "ash" },
    "ccx13 in ash is not",
  ],
  [
    "a type whose price was not read",
    "hcloud_server",
    { server_type: "cpx21", location: "hil" },
    "cpx21 in hil is not",
  ],
  ["a place that Terraform chooses", "hcloud_server", { server_type: "cx33" }, "in a place that is not known yet"],
  ["a retired type", "hcloud_server", { ...server, server_type: "cx21" }, "its successor is cx23"],
  ["an unknown type", "hcloud_server", { ...server, server_type: "s-2vcpu-2gb" }, '"s-2vcpu-2gb" is not in'],
  [
    "a type that an object inherits",
    "hcloud_server",
    { ...server, server_type: "constructor" },
    '"constructor" is not in',
  ],
  ["a larger load balancer", "hcloud_load_balancer", { load_balancer_type: "lb31" }, 'type "lb31" is not in'],
  ["a floating address", "hcloud_floating_ip", { type: "ipv4" }, "hcloud_floating_ip is not in"],
  ["a snapshot", "hcloud_snapshot", {}, "hcloud_snapshot is not in"],
  ["a count", "hcloud_server", { ...server, count: 2 }, "count"],
])("says that it does not know the price of %s", (_, type, values, reason) => {
  const result = estimate(resource(type, values));
  expect(result.lines).toEqual([]);
  expect(result.unknown).toEqual([{ what: `${type}.it`, reason: expect.stringContaining(reason) }]);
});

test("of every resource that the bindings offer, it is known whether it costs something", () => {
  const types = boundProviders.flatMap((provider) => {
    return Object.values(committedSchema(provider).provider_schemas).flatMap((of) => Object.keys(of.resource_schemas));
  });
  const unpriced = types.filter((type) => estimate(resource(type)).unknown.length > 0);
  expect(unpriced).toEqual([
    "hcloud_floating_ip",
    "hcloud_load_balancer",
    "hcloud_primary_ip",
    "hcloud_server",
    "hcloud_snapshot",
    "hcloud_volume",
  ]);
});
