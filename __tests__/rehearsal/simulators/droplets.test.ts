import { DROPLET, Running } from "./running";

const PUBLIC_KEY =
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBwKBX8D8tq/4Y8bzxrwd3wvyH0oHv/AKaq9auH1Fzck someone@example.com";
// what `ssh-keygen -l -E md5` says of that key
const FINGERPRINT = "c7:9e:47:e9:47:16:f2:c7:ba:4c:0c:14:d3:de:20:f4";

const running = new Running();
beforeEach(() => running.start());
afterEach(async () => {
  for (const id of running.machines.machines.keys()) await running.digitalocean("DELETE", `/v2/droplets/${id}`);
  await running.stop();
});
afterAll(() => running.clean());

describe("account", () => {
  it("refuses a call without a token, and with an empty one", async () => {
    const { digitalocean } = running.addresses;
    const none = await fetch(`${digitalocean}/v2/account`);
    expect(none.status).toBe(401);
    expect(await none.json()).toMatchObject({ id: "Unauthorized", message: "Unable to authenticate you" });
    expect((await running.digitalocean("GET", "/v2/account", undefined, "")).status).toBe(401);
    const some = await running.digitalocean("GET", "/v2/account");
    expect(some.body.account).toMatchObject({ status: "active", droplet_limit: 25 });
    expect(Number(some.headers.get("ratelimit-remaining"))).toBeLessThan(5000);
  });

  it("lists sizes with their prices, in pages", async () => {
    const first = (await running.digitalocean("GET", "/v2/sizes?per_page=10")).body;
    expect(first.sizes).toHaveLength(10);
    expect(first.sizes[3]).toMatchObject({ slug: "s-2vcpu-2gb", price_monthly: 18, memory: 2048, disk: 60 });
    expect(first.links.pages.next).toMatch(/page=2&?|&page=2/);
    expect(first.meta.total).toBe(25);
    const last = (await running.digitalocean("GET", "/v2/sizes?per_page=10&page=3")).body;
    expect(last.sizes).toHaveLength(5);
    expect(last.links.pages).not.toHaveProperty("next");
    expect((await running.digitalocean("GET", "/v2/sizes?per_page=200")).body.links).toEqual({});
  });
});

describe("SSH keys", () => {
  it("has the key's true fingerprint, and takes no key twice", async () => {
    const made = await running.digitalocean("POST", "/v2/account/keys", { name: "one", public_key: PUBLIC_KEY });
    expect(made.status).toBe(201);
    expect(made.body.ssh_key.fingerprint).toBe(FINGERPRINT);
    const again = await running.digitalocean("POST", "/v2/account/keys", { name: "two", public_key: PUBLIC_KEY });
    expect(again.status).toBe(422);
    expect(again.body.message).toBe("SSH Key is already in use on your account");
    expect((await running.digitalocean("GET", `/v2/account/keys/${FINGERPRINT}`)).body).toEqual(made.body);
    expect((await running.digitalocean("DELETE", `/v2/account/keys/${made.body.ssh_key.id}`)).status).toBe(204);
    expect((await running.digitalocean("GET", `/v2/account/keys/${FINGERPRINT}`)).status).toBe(404);
  });

  it("refuses what is no public key", async () => {
    const refused = await running.digitalocean("POST", "/v2/account/keys", {
      name: "one",
      public_key: "ssh-rsa nonsense",
    });
    expect(refused.status).toBe(422);
    expect(refused.body.message).toMatch(/^Key invalid/);
  });
});

describe("droplets", () => {
  it("are new, then active with an address, and list what the provider reads back", async () => {
    const { status, body } = await running.digitalocean("POST", "/v2/droplets", DROPLET);
    expect(status).toBe(202);
    expect(body.droplet).toMatchObject({ status: "new", networks: { v4: [], v6: [] } });
    expect(body.links.actions).toEqual([expect.objectContaining({ rel: "create" })]);
    const droplet = await running.settled(body.droplet.id);
    expect(droplet.status).toBe("active");
    expect(droplet.features).toEqual(["monitoring", "ipv6", "private_networking", "droplet_agent"]);
    expect(droplet.networks.v4.find(({ type }: { type: string }) => type === "public").ip_address).toBe(
      running.machines.machines.get(droplet.id)?.ipv4,
    );
    expect(droplet.size).toMatchObject({ slug: "s-2vcpu-2gb", price_monthly: 18 });
    const action = await running.digitalocean("GET", `/v2/actions/${body.links.actions[0].id}`);
    expect(action.body.action).toMatchObject({ status: "completed", type: "create", resource_id: droplet.id });
  });

  it.each([
    [{ size: "huge" }, "You specified an invalid size for Droplet creation."],
    [{ region: "mars1" }, "You specified an invalid region for Droplet creation."],
    [{ image: "debian-99-x64" }, "You specified an invalid image for Droplet creation."],
    [{ name: "chitram_beta" }, "Only valid hostname characters are allowed. (a-z, A-Z, 0-9, . and -)"],
    [{ region: "ams2" }, "Region is not available"],
    [{ ssh_keys: [12] }, "12 are invalid key identifiers for Droplet creation."],
    [{ user_data: "x".repeat(65537) }, "User data is too large, the limit is 64 KiB"],
  ])("are refused with %j", async (change, message) => {
    const { status, body } = await running.digitalocean("POST", "/v2/droplets", { ...DROPLET, ...change });
    expect(status).toBe(422);
    expect(body).toMatchObject({ id: "unprocessable_entity", message });
    expect(running.machines.machines.size).toBe(0);
  });

  it("are taken back when their machine does not run, and the action says so", async () => {
    const said = jest.spyOn(console, "error").mockImplementation();
    const { body } = await running.digitalocean("POST", "/v2/droplets", { ...DROPLET, user_data: "#refuse-to-boot" });
    const action = await running.digitalocean("GET", `/v2/actions/${body.links.actions[0].id}`);
    expect(action.body.action.status).toBe("errored");
    expect((await running.digitalocean("GET", `/v2/droplets/${body.droplet.id}`)).status).toBe(404);
    expect(said).toHaveBeenCalledWith("create chitram-beta:", expect.any(Error));
    said.mockRestore();
  });

  it("are resized only while off, and keep the way back open without the disk", async () => {
    const { id } = await running.droplet();
    const refused = { type: "resize", size: "s-2vcpu-4gb", disk: false };
    await expect(running.act(id, refused)).rejects.toThrow(
      "422 Droplet is currently on. Please power it off to run this event.",
    );
    await running.act(id, { type: "power_off" });
    await expect(running.act(id, { type: "power_off" })).rejects.toThrow("422 Droplet is already powered off.");
    const larger = await running.act(id, { type: "resize", size: "s-2vcpu-4gb", disk: false });
    expect(larger).toMatchObject({ size_slug: "s-2vcpu-4gb", disk: 60, memory: 4096, status: "off" });
    expect(running.machines.machines.get(id)).toMatchObject({ vcpus: 2, memoryMebibytes: 4096 });
    const back = await running.act(id, { type: "resize", size: "s-2vcpu-2gb", disk: false });
    expect(back).toMatchObject({ size_slug: "s-2vcpu-2gb", disk: 60 });
    await running.act(id, { type: "resize", size: "s-2vcpu-4gb", disk: true });
    await expect(running.act(id, { type: "resize", size: "s-2vcpu-2gb", disk: false })).rejects.toThrow(
      "422 This size is not available because it has a smaller disk.",
    );
    expect((await running.act(id, { type: "power_on" })).status).toBe("active");
  });

  it("show an IPv6 address when it is asked for, at once or later", async () => {
    const addresses = (droplet: { networks: { v6: { ip_address: string }[] } }) =>
      droplet.networks.v6.map(({ ip_address }) => ip_address);
    expect(addresses(await running.droplet({ name: "one" }))).toEqual([expect.stringMatching(/^2001:db8:/)]);
    const without = await running.droplet({ name: "two", ipv6: false });
    expect([addresses(without), without.features.includes("ipv6")]).toEqual([[], false]);
    const enabled = await running.act(without.id, { type: "enable_ipv6" });
    expect([addresses(enabled).length, enabled.features.includes("ipv6")]).toEqual([1, true]);
  });

  it("are gone from everything that named them", async () => {
    const { id } = await running.droplet();
    const rules = { inbound_rules: [{ protocol: "tcp", ports: "22", sources: { addresses: ["0.0.0.0/0"] } }] };
    const firewall = await running.digitalocean("POST", "/v2/firewalls", { name: "f", droplet_ids: [id], ...rules });
    expect(running.machines.firewalls.get(id)).toEqual([{ protocol: "tcp", ports: "22", addresses: ["0.0.0.0/0"] }]);
    expect((await running.digitalocean("DELETE", `/v2/droplets/${id}`)).status).toBe(204);
    expect((await running.digitalocean("GET", `/v2/droplets/${id}`)).status).toBe(404);
    const path = `/v2/firewalls/${firewall.body.firewall.id}`;
    expect((await running.digitalocean("GET", path)).body.firewall.droplet_ids).toEqual([]);
    expect((await running.digitalocean("GET", "/v2/projects/default/resources")).body.resources).toEqual([]);
    await running.digitalocean("DELETE", path);
  });

  it("are still there after the simulators were ended and started", async () => {
    const { id } = await running.droplet();
    await running.restart();
    expect((await running.digitalocean("GET", `/v2/droplets/${id}`)).body.droplet).toMatchObject({
      id,
      status: "active",
    });
  });
});
