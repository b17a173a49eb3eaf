import { digitaloceanPrice } from "../../../constructs/clouds/digitalocean/prices";
import { Estimate, formatMoney, type PricedResource } from "../../../constructs/model/price";

function resource(type: string, values: Record<string, unknown>, name = "it"): PricedResource {
  return { address: `${type}.${name}`, type, values };
}

function estimate(...resources: PricedResource[]): Estimate {
  return Estimate.of(resources, [digitaloceanPrice]);
}

describe("the price of a stack", () => {
  test("is the sum of its servers, volumes and buckets; what is free is not listed", () => {
    const result = estimate(
      resource("digitalocean_droplet", { size: "s-2vcpu-2gb", backups: false }),
      resource("digitalocean_volume", { size: 40 }),
      resource("digitalocean_spaces_bucket", {}),
      resource("digitalocean_firewall", {}),
      resource("digitalocean_spaces_key", {}),
      resource("random_password", {}),
    );
    expect(result.lines.map((line) => [line.what, line.monthly.amount])).toEqual([
      ["droplet s-2vcpu-2gb", 18],
      ["volume 40 GiB", 4],
      ["Spaces subscription (250 GiB stored, 1 TiB out)", 5],
    ]);
    expect(result.unknown).toEqual([]);
    expect(result.totals.map(formatMoney)).toEqual(["27.00 USD"]);
  });

  test("every line says where and when its price was read", () => {
    const [line] = estimate(resource("digitalocean_droplet", { size: "s-1vcpu-1gb" })).lines;
    expect(line).toMatchObject({ source: expect.stringContaining("https://www.digitalocean.com/"), date: "2026-11" });
  });

  test("counts the Spaces subscription once, as the bill does", () => {
    const buckets = [resource("digitalocean_spaces_bucket", {}, "a"), resource("digitalocean_spaces_bucket", {}, "b")];
    expect(estimate(...buckets).totalIn("USD")).toBe(5);
    const stacks = [estimate(...buckets), estimate(...buckets)];
    expect(Estimate.sum(stacks).totalIn("USD")).toBe(5);
  });

  test("adds a fifth for weekly backups of the server", () => {
    const policy = [{ plan: "weekly" }];
    const result = estimate(
      resource("digitalocean_droplet", { size: "s-2vcpu-4gb", backups: true, backup_policy: policy }),
    );
    expect(result.totalIn("USD")).toBe(28.8);
  });

  test.each([
    ["a size whose price was not read", "digitalocean_droplet", { size: "m-2vcpu-16gb" }, '"m-2vcpu-16gb" is not in'],
    ["an unknown size", "digitalocean_droplet", { size: "s-9vcpu-9gb" }, 'droplet size "s-9vcpu-9gb" is not in'],
    ["a size that is a token", "digitalocean_droplet", { size: "${var.size}" }, 'droplet size "${var.size}" is not in'],
    ["a size that an object inherits", "digitalocean_droplet", { size: "constructor" }, '"constructor" is not in'],
    ["no size", "digitalocean_volume", {}, "volume size of unknown value is not in"],
    [
      "a database of two nodes",
      "digitalocean_database_cluster",
      { engine: "pg", size: "db-s-1vcpu-1gb", node_count: 2 },
      "nodes 2",
    ],
    [
      "another engine",
      "digitalocean_database_cluster",
      { engine: "mysql", size: "db-s-1vcpu-1gb", node_count: 1 },
      "mysql db-s",
    ],
    [
      "a kind of resource without a price",
      "digitalocean_kubernetes_cluster",
      {},
      "digitalocean_kubernetes_cluster is not in",
    ],
    ["a count", "digitalocean_droplet", { size: "s-1vcpu-1gb", count: 3 }, "count"],
  ])("says that it does not know the price of %s", (_, type, values, reason) => {
    const result = estimate(resource(type, values));
    expect(result.lines).toEqual([]);
    expect(result.unknown).toEqual([{ what: `${type}.it`, reason: expect.stringContaining(reason) }]);
  });

  test("says so when it has no table for a cloud", () => {
    expect(estimate(resource("hcloud_server", { server_type: "cx23" })).unknown).toEqual([
      { what: "hcloud_server.it", reason: "there is no price table for hcloud" },
    ]);
  });

  test("counts a droplet's backups: daily ones unless a plan says otherwise", () => {
    const backedUp = (values: object) =>
      estimate(resource("digitalocean_droplet", { size: "s-1vcpu-1gb", backups: true, ...values })).totalIn("USD");
    expect(backedUp({})).toBe(7.8);
    expect(backedUp({ backup_policy: [{ plan: "weekly" }] })).toBe(7.2);
  });

  test("knows a server's price even when its plan of backups is not in the table", () => {
    const policy = { backup_policy: [{ plan: "hourly" }] };
    const result = estimate(resource("digitalocean_droplet", { size: "s-1vcpu-1gb", backups: true, ...policy }));
    expect(result.totalIn("USD")).toBe(6);
    expect(result.unknown[0]?.what).toBe("digitalocean_droplet.it backups");
  });

  test("keeps currencies apart", () => {
    const euros = Estimate.known({
      what: "CX23",
      monthly: { amount: 5.49, currency: "EUR" },
      source: "s",
      date: "2026-11",
    });
    const total = Estimate.sum([euros, euros, estimate(resource("digitalocean_volume", { size: 1 }))]);
    expect(total.totals).toEqual([
      { amount: 10.98, currency: "EUR" },
      { amount: 0.1, currency: "USD" },
    ]);
    expect(total.totalIn("EUR")).toBe(10.98);
  });
});
