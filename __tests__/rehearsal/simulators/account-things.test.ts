import { Running } from "./running";

const running = new Running();
beforeEach(() => running.start());
afterEach(() => running.clean());

const rule = (change: Record<string, unknown> = {}) => ({
  protocol: "tcp",
  ports: "443",
  sources: { addresses: ["0.0.0.0/0", "::/0"] },
  ...change,
});

describe("firewalls", () => {
  const create = (body: Record<string, unknown>) =>
    running.digitalocean("POST", "/v2/firewalls", { name: "web", inbound_rules: [rule()], ...body });

  it("read back as the provider expects: all ports are 0, empty lists are left out", async () => {
    const outbound = [
      { protocol: "tcp", ports: "all", destinations: { addresses: ["0.0.0.0/0"], tags: [], droplet_ids: [] } },
      { protocol: "icmp", destinations: { addresses: ["0.0.0.0/0"] } },
    ];
    const { status, body } = await create({ outbound_rules: outbound });
    expect(status).toBe(202);
    expect(body.firewall).toMatchObject({ status: "succeeded", pending_changes: [], droplet_ids: [], tags: [] });
    expect(body.firewall.outbound_rules).toEqual([
      { protocol: "tcp", ports: "0", destinations: { addresses: ["0.0.0.0/0"] } },
      { protocol: "icmp", ports: "0", destinations: { addresses: ["0.0.0.0/0"] } },
    ]);
  });

  it.each([
    [{ name: "a b" }, 422, /^name must start/],
    [{ inbound_rules: [] }, 422, /at least one/],
    [{ inbound_rules: [rule({ ports: "443-80" })] }, 422, "you must specify a valid range for ports"],
    [{ inbound_rules: [rule({ ports: "70000" })] }, 422, "you must specify a valid range for ports"],
    [{ inbound_rules: [rule({ sources: { addresses: ["300.0.0.0/0"] } })] }, 422, "invalid address"],
    [{ inbound_rules: [rule({ protocol: "sctp" })] }, 422, /protocol/],
    [{ droplet_ids: [7] }, 422, /droplet/],
    [{ tags: ["nobody"] }, 422, /tag nobody/],
  ])("are refused with %j", async (change, status, message) => {
    const refused = await create(change);
    expect(refused.status).toBe(status);
    expect(refused.body.message).toEqual(expect.stringMatching(message));
  });

  it("have names of their own", async () => {
    await create({});
    expect(await create({})).toMatchObject({ status: 409, body: { id: "conflict", message: "duplicate name" } });
  });
});

describe("domains", () => {
  const record = (body: Record<string, unknown>) =>
    running.digitalocean("POST", "/v2/domains/chitram.example/records", body);
  beforeEach(() => running.digitalocean("POST", "/v2/domains", { name: "chitram.example" }));

  it("are served by name as soon as they have records", async () => {
    await record({ type: "A", name: "@", data: "198.51.100.7", ttl: 300 });
    await record({ type: "AAAA", name: "@", data: "2001:db8::7" });
    await record({ type: "CNAME", name: "www", data: "chitram.example." });
    expect(running.names.names).toEqual({
      "chitram.example": ["198.51.100.7"],
      "www.chitram.example": ["198.51.100.7"],
    });
    await running.digitalocean("DELETE", "/v2/domains/chitram.example");
    expect(running.names.names).toEqual({});
    expect((await running.digitalocean("GET", "/v2/domains/chitram.example")).status).toBe(404);
  });

  it("show a target without its last dot, and keep what a change does not name", async () => {
    const { body } = await record({ type: "CNAME", name: "www", data: "elsewhere.example.", ttl: 300 });
    expect(body.domain_record).toMatchObject({ data: "elsewhere.example", ttl: 300, priority: null });
    const path = `/v2/domains/chitram.example/records/${body.domain_record.id}`;
    const changed = await running.digitalocean("PUT", path, { ttl: 600 });
    expect(changed.body.domain_record).toMatchObject({ data: "elsewhere.example", name: "www", ttl: 600 });
  });

  it("exist once, and a CNAME stands alone", async () => {
    const again = await running.digitalocean("POST", "/v2/domains", { name: "Chitram.example" });
    expect(again).toMatchObject({ status: 422, body: { message: "Name already exists" } });
    await record({ type: "CNAME", name: "www", data: "elsewhere.example." });
    expect(await record({ type: "A", name: "www", data: "198.51.100.7" })).toMatchObject({
      status: 422,
      body: { message: "CNAME records cannot share a name with other records" },
    });
  });

  it.each([
    [{ type: "A", name: "@", data: "chitram" }, "Data needs to be a valid IPv4 address"],
    [{ type: "CNAME", name: "www", data: "elsewhere.example" }, "Data needs to end with a dot (.)"],
    [{ type: "B", name: "@", data: "x" }, "Type is not included in the list"],
    [{ type: "A", name: "", data: "198.51.100.7" }, "Name can't be blank"],
  ])("refuse the record %j", async (body, message) => {
    expect(await record(body)).toMatchObject({ status: 422, body: { message } });
  });
});

describe("projects", () => {
  it("take resources over from the default project, and give them back", async () => {
    const { id } = await running.droplet();
    const urn = `do:droplet:${id}`;
    const listed = async (project: string) =>
      (await running.digitalocean("GET", `/v2/projects/${project}/resources`)).body.resources.map(
        (resource: { urn: string }) => resource.urn,
      );
    expect(await listed("default")).toEqual([urn]);
    const request = { name: "chitram", purpose: "Photos", environment: "staging" };
    const { project } = (await running.digitalocean("POST", "/v2/projects", request)).body;
    expect(project).toMatchObject({ purpose: "Other: Photos", environment: "Staging", is_default: false });
    const assigned = await running.digitalocean("POST", `/v2/projects/${project.id}/resources`, { resources: [urn] });
    expect(assigned.body.resources).toEqual([expect.objectContaining({ urn, status: "assigned" })]);
    expect([await listed(project.id), await listed("default")]).toEqual([[urn], []]);

    const full = await running.digitalocean("DELETE", `/v2/projects/${project.id}`);
    expect(full).toMatchObject({ status: 412, body: { message: "cannot delete a project with resources" } });
    await running.digitalocean("POST", "/v2/projects/default/resources", { resources: [urn] });
    expect((await running.digitalocean("DELETE", `/v2/projects/${project.id}`)).status).toBe(204);
    expect(await listed("default")).toEqual([urn]);
  });

  it("take no network, and no name twice", async () => {
    const vpc = await running.digitalocean("POST", "/v2/projects/default/resources", { resources: ["do:vpc:1"] });
    expect(vpc.status).toBe(400);
    const request = { name: "chitram", purpose: "Web Application" };
    expect((await running.digitalocean("POST", "/v2/projects", request)).status).toBe(201);
    expect((await running.digitalocean("POST", "/v2/projects", request)).status).toBe(409);
    expect((await running.digitalocean("DELETE", "/v2/projects/default")).status).toBe(412);
  });
});

describe("tags and networks", () => {
  it("tags come with the droplet, are counted, and go from it", async () => {
    const { id } = await running.droplet({ tags: ["beta"] });
    expect((await running.digitalocean("GET", "/v2/tags/beta")).body.tag.resources.droplets.count).toBe(1);
    const resources = [{ resource_id: String(id), resource_type: "droplet" }];
    expect((await running.digitalocean("DELETE", "/v2/tags/beta/resources", { resources })).status).toBe(204);
    expect((await running.digitalocean("GET", `/v2/droplets/${id}`)).body.droplet.tags).toEqual([]);
    expect((await running.digitalocean("GET", "/v2/droplets?tag_name=beta")).body.droplets).toEqual([]);
  });

  it("a network is not deleted under its droplets", async () => {
    const { vpc } = (await running.digitalocean("POST", "/v2/vpcs", { name: "inner", region: "nyc3" })).body;
    const other = (await running.digitalocean("POST", "/v2/vpcs", { name: "outer", region: "nyc3" })).body.vpc;
    expect([vpc.default, other.default]).toEqual([false, false]);
    const { id, vpc_uuid } = await running.droplet({ vpc_uuid: other.id });
    expect(vpc_uuid).toBe(other.id);
    expect((await running.digitalocean("DELETE", `/v2/vpcs/${other.id}`)).status).toBe(409);
    await running.digitalocean("DELETE", `/v2/droplets/${id}`);
    expect((await running.digitalocean("DELETE", `/v2/vpcs/${other.id}`)).status).toBe(204);
    const overlapping = { name: "third", region: "nyc3", ip_range: vpc.ip_range };
    expect((await running.digitalocean("POST", "/v2/vpcs", overlapping)).status).toBe(422);
  });

  it("an address outlives the droplet that it leads to", async () => {
    const { reserved_ip } = (await running.digitalocean("POST", "/v2/reserved_ips", { region: "nyc3" })).body;
    const { id } = await running.droplet();
    const path = `/v2/reserved_ips/${reserved_ip.ip}`;
    expect((await running.digitalocean("POST", `${path}/actions`, { type: "unassign" })).status).toBe(422);
    const { action } = (await running.digitalocean("POST", `${path}/actions`, { type: "assign", droplet_id: id })).body;
    expect((await running.digitalocean("GET", `${path}/actions/${action.id}`)).body.action.status).toBe("completed");
    expect((await running.digitalocean("GET", path)).body.reserved_ip.droplet.id).toBe(id);
    expect(running.machines.addresses.get(reserved_ip.ip)).toBe(id);
    await running.digitalocean("DELETE", `/v2/droplets/${id}`);
    expect((await running.digitalocean("GET", path)).body.reserved_ip.droplet).toBeNull();
    expect((await running.digitalocean("DELETE", path)).status).toBe(204);
    expect((await running.digitalocean("GET", path)).status).toBe(404);
  });
});
