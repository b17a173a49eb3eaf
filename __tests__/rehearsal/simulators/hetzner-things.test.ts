import { Running } from "./running";

let running: Running;
beforeEach(async () => {
  running = new Running();
  await running.start();
});
afterEach(() => running.clean());

const ask = (method: string, path: string, body?: unknown) => running.hetznerDone(method, path, body);
const get = async (path: string) => (await running.hetzner("GET", path)).body;

describe("primary addresses", () => {
  const order = (change: object) => ({ name: "four", type: "ipv4", location: "nbg1", auto_delete: false, ...change });
  const make = async (change: object = {}) => (await ask("POST", "/primary_ips", order(change))).primary_ip;

  it("outlive the server that has them, and lead to the next one", async () => {
    const four = await make();
    const six = await make({ name: "six", type: "ipv6" });
    expect(six.ip).toMatch(/::\/64$/);
    const server = await running.server({ public_net: { ipv4: four.id, ipv6: six.id } });
    expect(server.public_net).toMatchObject({ ipv4: { id: four.id, ip: four.ip }, ipv6: { id: six.id, ip: six.ip } });
    const address = { ipv4: four.ip, ipv6: six.ip.replace("/64", "1") };
    expect(running.machines.machines.get(server.id)).toMatchObject({ address });
    expect((await get(`/primary_ips/${four.id}`)).primary_ip.assignee_id).toBe(server.id);
    await ask("DELETE", `/servers/${server.id}`);
    expect((await get(`/primary_ips/${four.id}`)).primary_ip).toMatchObject({ ip: four.ip, assignee_id: null });
    const next = await running.server({ public_net: { ipv4: four.id, enable_ipv6: false } });
    expect(next.public_net).toMatchObject({ ipv4: { ip: four.ip }, ipv6: null });
    expect(running.machines.machines.get(next.id)).toMatchObject({ address: { ipv4: four.ip } });
  });

  it("are refused to a server that cannot have them", async () => {
    const four = await make();
    const elsewhere = await make({ name: "elsewhere", location: "hel1" });
    const refused = (name: string, public_net: object) => running.server({ name, public_net });
    await expect(refused("a", { ipv4: elsewhere.id })).rejects.toThrow("primary_ip_datacenter_mismatch");
    await expect(refused("a", { ipv6: four.id })).rejects.toThrow("primary_ip_version_mismatch");
    await running.server({ name: "a", public_net: { ipv4: four.id } });
    await expect(refused("b", { ipv4: four.id })).rejects.toThrow("primary_ip_assigned");
    await expect(make()).rejects.toThrow("uniqueness_error");
  });

  it("are moved while their server is off", async () => {
    const four = await make();
    const server = await running.server({ public_net: { ipv4: four.id } });
    const path = `/primary_ips/${four.id}`;
    await expect(ask("POST", `${path}/actions/unassign`)).rejects.toThrow("server_not_stopped");
    await expect(ask("DELETE", path)).rejects.toThrow("must_be_unassigned");
    await ask("POST", `/servers/${server.id}/actions/poweroff`);
    await ask("POST", `${path}/actions/unassign`);
    const assignee = { assignee_id: server.id, assignee_type: "server" };
    await ask("POST", `${path}/actions/assign`, assignee);
    await expect(ask("POST", `${path}/actions/assign`, assignee)).rejects.toThrow("primary_ip_already_assigned");
    const other = await make({ name: "other" });
    await expect(ask("POST", `/primary_ips/${other.id}/actions/assign`, assignee)).rejects.toThrow("server_has_ipv4");
  });

  it("are protected, and given back when they are deleted", async () => {
    const four = await make();
    const path = `/primary_ips/${four.id}`;
    await ask("POST", `${path}/actions/change_protection`, { delete: true });
    await expect(ask("DELETE", path)).rejects.toThrow("protected: ");
    await expect(ask("PUT", path, { auto_delete: true })).rejects.toThrow("invalid_input");
    await ask("POST", `${path}/actions/change_protection`, { delete: false });
    expect([...running.machines.reserved]).toEqual([four.ip]);
    await ask("DELETE", path);
    expect([...running.machines.reserved]).toEqual([]);
  });

  it("answer with a name of their own, until another is set", async () => {
    const four = await make();
    const six = await make({ name: "six", type: "ipv6" });
    const [, a, b, c, d] = /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(four.ip) ?? [];
    const first = [{ ip: four.ip, dns_ptr: `static.${d}.${c}.${b}.${a}.clients.your-server.de` }];
    expect([four.dns_ptr, six.dns_ptr]).toEqual([first, []]);
    const set = (id: number, ip: string, dns_ptr: string | null) =>
      ask("POST", `/primary_ips/${id}/actions/change_dns_ptr`, { ip, dns_ptr });
    const host = six.ip.replace("/64", "1");
    await set(four.id, four.ip, "deita.example");
    await set(six.id, host, "deita.example");
    const names = async (id: number) => (await get(`/primary_ips/${id}`)).primary_ip.dns_ptr;
    expect(await names(four.id)).toEqual([{ ip: four.ip, dns_ptr: "deita.example" }]);
    expect(await names(six.id)).toEqual([{ ip: host, dns_ptr: "deita.example" }]);
    await set(four.id, four.ip, null);
    expect(await names(four.id)).toEqual(first);
    await expect(set(four.id, "192.0.2.1", "deita.example")).rejects.toThrow("not_found");
    await expect(set(four.id, four.ip, "no name")).rejects.toThrow("invalid_input");
  });
});

describe("firewalls", () => {
  const rule = { direction: "in", protocol: "tcp", port: "22", source_ips: ["0.0.0.0/0", "::/0"] };
  const make = async (change: object = {}) =>
    (await ask("POST", "/firewalls", { name: "web", rules: [rule], ...change })).firewall;

  it("reach the machine, by its number or its labels, and leave it again", async () => {
    const { id } = await make();
    const server = await running.server({ firewalls: [{ firewall: id }], labels: { host: "deita" } });
    const inbound = () => running.machines.firewalls.get(server.id);
    expect(inbound()).toEqual([{ protocol: "tcp", ports: "22", addresses: ["0.0.0.0/0", "::/0"] }]);
    expect(server.public_net.firewalls).toEqual([{ id, status: "applied" }]);
    const ping = { direction: "in", protocol: "icmp", source_ips: ["192.0.2.0/24"] };
    const selector = { type: "label_selector", label_selector: { selector: "host=deita" } };
    await make({ name: "ping", rules: [ping], apply_to: [selector] });
    expect(inbound()).toHaveLength(2);
    await ask("POST", `/firewalls/${id}/actions/set_rules`, { rules: [] });
    expect(inbound()).toEqual([{ protocol: "icmp", ports: "0", addresses: ["192.0.2.0/24"] }]);
    await ask("PUT", `/servers/${server.id}`, { labels: {} });
    expect(inbound()).toEqual([]);
    const end = { type: "server", server: { id: server.id } };
    await ask("POST", `/firewalls/${id}/actions/remove_from_resources`, { remove_from: [end] });
    expect(inbound()).toBeNull();
  });

  it("are not deleted while they are in use, nor applied twice", async () => {
    const { id } = await make();
    const server = await running.server({ firewalls: [{ firewall: id }] });
    await expect(ask("DELETE", `/firewalls/${id}`)).rejects.toThrow("resource_in_use");
    const apply_to = [{ type: "server", server: { id: server.id } }];
    const apply = () => ask("POST", `/firewalls/${id}/actions/apply_to_resources`, { apply_to });
    await expect(apply()).rejects.toThrow("firewall_already_applied");
    await ask("DELETE", `/servers/${server.id}`);
    await expect(apply()).rejects.toThrow("firewall_resource_not_found");
    expect((await get(`/firewalls/${id}`)).firewall.applied_to).toEqual([]);
    expect((await running.hetzner("DELETE", `/firewalls/${id}`)).status).toBe(204);
  });

  it("have rules as Hetzner wants them", async () => {
    const refused = async (change: object) => {
      const { body } = await running.hetzner("POST", "/firewalls", { name: "web", rules: [{ ...rule, ...change }] });
      return body.error?.details.fields[0].name;
    };
    expect(await refused({ direction: "sideways" })).toBe("rules.0.direction");
    expect(await refused({ port: undefined })).toBe("rules.0.port");
    expect(await refused({ port: "80-22" })).toBe("rules.0.port");
    expect(await refused({ protocol: "icmp" })).toBe("rules.0.port");
    expect(await refused({ source_ips: [] })).toBe("rules.0.source_ips");
    expect(await refused({ source_ips: ["192.0.2.1/24"] })).toBe("rules.0.source_ips");
    expect(await refused({ direction: "out" })).toBe("rules.0.source_ips");
    expect(await refused({})).toBeUndefined();
    await expect(make()).rejects.toThrow("uniqueness_error: firewall name is already used");
  });
});

describe("volumes", () => {
  const make = async (change: object = {}) =>
    (await ask("POST", "/volumes", { name: "data", size: 20, location: "nbg1", ...change })).volume;
  const look = async (id: number) => (await get(`/volumes/${id}`)).volume;

  it("are shown to a server, and to the next one", async () => {
    const volume = await make();
    const { id } = volume;
    expect(volume).toMatchObject({ server: null, linux_device: `/dev/disk/by-id/scsi-0HC_Volume_${id}`, format: null });
    const server = await running.server();
    await ask("POST", `/volumes/${id}/actions/attach`, { server: server.id });
    const shown = { id: String(id), sizeGibibytes: 20, device: volume.linux_device };
    expect(running.machines.volumes.get(String(id))).toEqual({ ...shown, serverId: server.id });
    expect((await get(`/servers/${server.id}`)).server.volumes).toEqual([id]);
    await ask("DELETE", `/servers/${server.id}`);
    expect((await look(id)).server).toBeNull();
    const next = await running.server({ volumes: [id] });
    expect(running.machines.volumes.get(String(id))?.serverId).toBe(next.id);
    await expect(ask("DELETE", `/volumes/${id}`)).rejects.toThrow("volume must not be attached");
    await ask("POST", `/volumes/${id}/actions/detach`);
    await ask("DELETE", `/volumes/${id}`);
    expect(running.machines.volumes.size).toBe(0);
  });

  it("made for a server stand where it stands, with a file system when wanted", async () => {
    const server = await running.server({ location: "hel1" });
    const volume = await make({ location: undefined, server: server.id, format: "ext4" });
    expect(await look(volume.id)).toMatchObject({ server: server.id, location: { name: "hel1" }, format: "ext4" });
    expect(running.machines.volumes.get(String(volume.id))?.format).toEqual({ type: "ext4" });
  });

  it("reach servers of their own location only, one at a time", async () => {
    const { id } = await make({ location: "hel1" });
    const [one, other] = [await running.server({ location: "hel1" }), await running.server({ name: "b" })];
    const attach = (server: number) => ask("POST", `/volumes/${id}/actions/attach`, { server });
    await expect(attach(other.id)).rejects.toThrow("server and volume must be in the same location");
    await attach(one.id);
    await expect(attach(one.id)).rejects.toThrow("volume_already_attached");
  });

  it("grow and never shrink, and are protected", async () => {
    const { id } = await make();
    const resize = (size: number) => ask("POST", `/volumes/${id}/actions/resize`, { size });
    await expect(resize(10)).rejects.toThrow("invalid_input");
    await resize(40);
    expect((await look(id)).size).toBe(40);
    await ask("POST", `/volumes/${id}/actions/change_protection`, { delete: true });
    await expect(ask("DELETE", `/volumes/${id}`)).rejects.toThrow("protected: ");
    await expect(make({ name: "small", size: 5 })).rejects.toThrow("invalid_input");
    await expect(make()).rejects.toThrow("uniqueness_error");
    await expect(make({ name: "nowhere", location: undefined })).rejects.toThrow("location not found");
  });
});

describe("networks", () => {
  const subnet = { type: "cloud", network_zone: "eu-central", ip_range: "10.0.1.0/24" };
  const make = async (change: object = {}) =>
    (await ask("POST", "/networks", { name: "inner", ip_range: "10.0.0.0/16", subnets: [subnet], ...change })).network;

  it("give each server an address of a subnet in its zone", async () => {
    const { id, subnets } = await make();
    expect(subnets).toEqual([{ ...subnet, gateway: "10.0.0.1", vswitch_id: null }]);
    const [one, other] = [await running.server({ networks: [id] }), await running.server({ name: "b" })];
    expect(one.private_net).toEqual([expect.objectContaining({ network: id, ip: "10.0.1.1", alias_ips: [] })]);
    const join = (server: number, order: object = {}) =>
      ask("POST", `/servers/${server}/actions/attach_to_network`, { network: id, ...order });
    await expect(join(one.id)).rejects.toThrow("server_already_attached");
    await expect(join(other.id, { ip: "10.0.1.1" })).rejects.toThrow("ip_not_available");
    await expect(join(other.id, { ip: "10.0.2.1" })).rejects.toThrow("ip_not_available");
    await join(other.id, { ip: "10.0.1.9", alias_ips: ["10.0.1.10"] });
    const members = (await get(`/networks/${id}`)).network.servers;
    expect(members).toEqual([one.id, other.id]);
    const far = await running.server({ name: "far", location: "ash", server_type: "cpx11" });
    await expect(join(far.id)).rejects.toThrow("no_subnet_available");
    await expect(ask("POST", `/networks/${id}/actions/delete_subnet`, subnet)).rejects.toThrow("servers are attached");
    for (const server of members) await ask("POST", `/servers/${server}/actions/detach_from_network`, { network: id });
    await ask("POST", `/networks/${id}/actions/delete_subnet`, subnet);
    expect((await running.hetzner("DELETE", `/networks/${id}`)).status).toBe(204);
  });

  it("have private ranges that do not overlap", async () => {
    await expect(make({ ip_range: "192.0.2.0/24" })).rejects.toThrow("invalid_input");
    await expect(make({ ip_range: "10.0.0.0/28" })).rejects.toThrow("invalid_input");
    const { id } = await make();
    const add = (ip_range: string, network_zone = "eu-central") =>
      ask("POST", `/networks/${id}/actions/add_subnet`, { type: "cloud", network_zone, ip_range });
    await expect(add("10.0.1.128/25")).rejects.toThrow("overlaps with another subnet");
    await expect(add("10.1.0.0/24")).rejects.toThrow("must be a subnet of the network's range");
    await expect(add("10.0.2.0/24", "mars")).rejects.toThrow("network zone not found");
    await add("");
    expect((await get(`/networks/${id}`)).network.subnets[1].ip_range).toBe("10.0.0.0/24");
    const other = await make({ name: "other", ip_range: "10.0.0.0/8", subnets: [] });
    const server = await running.server({ networks: [id] });
    const join = { network: other.id };
    await expect(ask("POST", `/servers/${server.id}/actions/attach_to_network`, join)).rejects.toThrow(
      "networks_overlap",
    );
  });

  it("have routes", async () => {
    const { id } = await make();
    const route = { destination: "10.100.0.0/16", gateway: "10.0.1.2" };
    await ask("POST", `/networks/${id}/actions/add_route`, route);
    expect((await get(`/networks/${id}`)).network.routes).toEqual([route]);
    const refused = ask("POST", `/networks/${id}/actions/add_route`, { ...route, destination: "10.0.1.0/25" });
    await expect(refused).rejects.toThrow("overlaps");
    await ask("POST", `/networks/${id}/actions/delete_route`, route);
    expect((await get(`/networks/${id}`)).network.routes).toEqual([]);
  });
});
