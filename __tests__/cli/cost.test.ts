import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { command } from "./command";

const folder = mkdtempSync(join(tmpdir(), "cost-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** What `cdktf synth` leaves behind, as far as it is read. */
function synthesize(stacks: Record<string, object>): string {
  const output = mkdtempSync(join(folder, "out-"));
  const manifest: Record<string, object> = {};
  for (const [name, resource] of Object.entries(stacks)) {
    const synthesizedStackPath = `stacks/${name}/cdk.tf.json`;
    manifest[name] = { name, synthesizedStackPath };
    mkdirSync(join(output, "stacks", name), { recursive: true });
    writeFileSync(join(output, synthesizedStackPath), JSON.stringify({ resource }));
  }
  writeFileSync(join(output, "manifest.json"), JSON.stringify({ stacks: manifest }));
  return output;
}

const host = (size: string) => ({
  digitalocean_droplet: { host_server: { size, backups: false } },
  digitalocean_spaces_bucket: { host_backups: { name: "b" } },
  digitalocean_firewall: { host_firewall: {} },
  terraform_data: { host_configuration: {} },
});
const FOOTER = "Prices in USD of 2026-11, before taxes; traffic above the allowance is extra.";

describe("the cost of synthesized stacks", () => {
  test("is shown line by line", async () => {
    const out = synthesize({ "chitram-beta": host("s-2vcpu-2gb") });
    expect(await command("cost", "chitram-beta", "--out", out)).toEqual({
      exit: 0,
      error: [],
      out: [
        "chitram-beta",
        "  droplet s-2vcpu-2gb                              18.00 USD",
        "  Spaces subscription (250 GiB stored, 1 TiB out)   5.00 USD",
        "  a month                                          23.00 USD",
        FOOTER,
      ],
    });
  });

  test("counts what stacks share once in the sum of all", async () => {
    const out = synthesize({ one: host("s-1vcpu-1gb"), two: host("s-1vcpu-2gb") });
    const { out: lines } = await command("cost", "--out", out);
    expect(lines.filter((line) => line.includes("a month"))).toEqual([
      "  a month                                          11.00 USD",
      "  a month                                          17.00 USD",
      "all stacks a month: 23.00 USD",
    ]);
  });

  test("on two clouds is summed in each currency, with the dates of each", async () => {
    const deita = {
      hcloud_server: {
        host_server: { server_type: "cx33", location: "nbg1", backups: true, public_net: [{ ipv4: "${x.id}" }] },
      },
      hcloud_primary_ip: { host_ipv4: { type: "ipv4" }, host_ipv6: { type: "ipv6" } },
      hcloud_volume: { host_data: { size: 20 } },
      minio_s3_bucket: { host_files: {}, host_backups: {} },
      hcloud_firewall: { host_firewall: {} },
    };
    const out = synthesize({ "chitram-beta": host("s-2vcpu-2gb"), "deita-prod": deita });
    expect((await command("cost", "--out", out)).out).toEqual([
      "chitram-beta",
      "  droplet s-2vcpu-2gb                              18.00 USD",
      "  Spaces subscription (250 GiB stored, 1 TiB out)   5.00 USD",
      "  a month                                          23.00 USD",
      "deita-prod",
      "  server cx33                                         8.49 EUR",
      "  backups of cx33                                     1.70 EUR",
      "  IPv4 address                                        0.50 EUR",
      "  volume 20 GB                                        1.14 EUR",
      "  Object Storage base price (1 TB stored, 1 TB out)   6.49 EUR",
      "  a month                                            18.32 EUR",
      "all stacks a month: 23.00 USD + 18.32 EUR",
      "Prices in USD of 2026-11, in EUR of 2026-07 and 2026-11, before taxes; traffic above the allowance is extra.",
    ]);
  });

  test("says what it does not know, and that the sum is more", async () => {
    const out = synthesize({ it: { ...host("s-1vcpu-1gb"), aws_ebs_volume: { data: { size: 10 } } } });
    const { out: lines, exit } = await command("cost", "--out", out);
    expect(exit).toBe(0);
    expect(lines).toContain("  not counted: aws_ebs_volume.data: there is no price table for aws");
    expect(lines).toContain("  a month                                          more than 11.00 USD");
  });

  test("is given to machines with source and date", async () => {
    const out = synthesize({ it: host("s-1vcpu-1gb") });
    const json = JSON.parse((await command("cost", "--json", "--out", out)).out.join("\n"));
    expect(json).toMatchObject({
      stacks: [{ stack: "it", lines: [{ what: "droplet s-1vcpu-1gb", date: "2026-11" }, { monthly: { amount: 5 } }] }],
      totals: [{ amount: 11, currency: "USD" }],
    });
  });

  test("needs a synthesized stack of that name", async () => {
    const out = synthesize({ one: {}, two: {} });
    const remedy = "run `cdktf synth` first";
    expect(await command("cost", "three", "--out", out)).toMatchObject({
      exit: 2,
      error: [`${join(out, "manifest.json")}: has no stack three; name one of: one, two`],
    });
    expect(await command("cost", "constructor", "--out", out)).toMatchObject({ exit: 2 });
    const nowhere = join(folder, "nowhere");
    expect(await command("cost", "--out", nowhere)).toMatchObject({
      exit: 2,
      error: [`${join(nowhere, "manifest.json")}: is not there; ${remedy}`],
    });
  });
});

describe("the cost of a plan", () => {
  const plan = (name: string) => join(__dirname, "plans", `${name}.golden.json`);

  test("is shown with the difference it makes", async () => {
    expect((await command("cost", "--plan", plan("configuration-and-size"))).out).toEqual([
      "  droplet s-2vcpu-4gb  24.00 USD",
      "  a month              24.00 USD",
      "today 18.00 USD, difference +6.00 USD",
      FOOTER,
    ]);
  });

  test("starts at nothing before the first deploy", async () => {
    const { out } = await command("cost", "--plan", plan("first-deploy"));
    expect(out).toContain("today 0.00, difference +23.00 USD");
  });

  test("ends at nothing after a destroy", async () => {
    const { out } = await command("cost", "--plan", plan("destroy"));
    expect(out).toEqual(["  a month  0.00", "today 23.00 USD, difference -23.00 USD"]);
  });

  test("counts an address once, that of the server's own or that of a hcloud_primary_ip", async () => {
    expect((await command("cost", "--plan", plan("hetzner/type-and-volume-size"))).out).toEqual([
      "  IPv4 address      0.50 EUR",
      "  server cx43      15.99 EUR",
      "  backups of cx43   3.20 EUR",
      "  volume 40 GB      2.29 EUR",
      "  a month          21.98 EUR",
      "today 11.83 EUR, difference +10.15 EUR",
      "Prices in EUR of 2026-07 and 2026-11, before taxes; traffic above the allowance is extra.",
    ]);
    const { out } = await command("cost", "--plan", plan("hetzner/first-deploy"));
    expect(out.filter((line) => line.includes("IPv4"))).toHaveLength(1);
  });

  test("does not go together with stacks", async () => {
    expect(await command("cost", "one", "--plan", plan("destroy"))).toMatchObject({
      exit: 2,
      error: ["--plan: and stack one don't go together; give one of them"],
    });
  });
});
