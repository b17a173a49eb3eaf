import { serverTypes } from "../../../constructs/clouds/hetzner/server-types";
import { whyNotOrdered } from "../../../rehearsal/simulators/hetzner/server-types";
import { type Answer, Running, SERVER } from "./running";

// machines of its own for each part: some are told to take for ever
let running: Running;
beforeEach(async () => {
  running = new Running();
  await running.start();
});
afterEach(() => running.clean());

const order = (change: Record<string, unknown>): Promise<Answer> =>
  running.hetzner("POST", "/servers", { ...SERVER, ...change });
const act = (id: number, command: string, body: Record<string, unknown> = {}) =>
  running.hetznerDone("POST", `/servers/${id}/actions/${command}`, body);
const look = async (id: number) => (await running.hetzner("GET", `/servers/${id}`)).body.server;

describe("servers of Hetzner's", () => {
  it("run once their actions have ended, with addresses of their own", async () => {
    const { status, body } = await order({ labels: { host: "deita" } });
    expect(status).toBe(201);
    expect(body.server).toMatchObject({ status: "initializing", locked: true, primary_disk_size: 80 });
    expect(body.action).toMatchObject({ command: "create_server", status: "running", progress: 0, finished: null });
    expect(body.next_actions).toEqual([expect.objectContaining({ command: "start_server", status: "running" })]);
    expect(body.root_password).toEqual(expect.any(String));
    const { id } = body.server;
    expect(await look(id)).toMatchObject({
      status: "running",
      locked: false,
      backup_window: null,
      location: { name: "nbg1" },
      server_type: { name: "cx33" },
      image: { name: "debian-13" },
      public_net: {
        ipv4: { ip: running.machines.machines.get(id)?.ipv4 },
        ipv6: { ip: expect.stringMatching(/::\/64$/) },
      },
    });
    expect(running.machines.machines.get(id)).toMatchObject({
      ...{ vendor: "Hetzner", name: "deita-prod", region: "nbg1", image: "debian-13" },
      ...{ vcpus: 4, memoryMebibytes: 8192, userData: SERVER.user_data, running: true },
    });
    expect((await running.hetzner("GET", "/servers?label_selector=host%3Ddeita")).body.servers).toHaveLength(1);
    expect((await running.hetzner("GET", "/servers?label_selector=host%3Dother")).body.servers).toHaveLength(0);
  });

  it("get no root password where there is a key", async () => {
    const public_key = `ssh-ed25519 ${Buffer.from("\0\0\0\x0bssh-ed25519x").toString("base64")}`;
    const key = await running.hetzner("POST", "/ssh_keys", { name: "ada", public_key });
    const made = await order({ ssh_keys: [key.body.ssh_key.id] });
    expect(made.body.root_password).toBeNull();
    expect(running.machines.machines.get(made.body.server.id)?.publicKeys).toEqual([public_key]);
    expect((await order({ name: "other", ssh_keys: ["bob"] })).body.error.message).toContain("'bob' not found");
  });

  it("are not made of what Hetzner refuses", async () => {
    await running.server({ name: "there" });
    const refused = async (change: Record<string, unknown>) => {
      const { body } = await order(change);
      return `${body.error.code}: ${body.error.details?.fields?.[0]?.name}: ${body.error.message}`;
    };
    expect(await refused({ name: "there" })).toMatch(/^uniqueness_error: name/);
    expect(await refused({ name: "under_score" })).toMatch(/^invalid_input: name/);
    expect(await refused({ location: "fsn9" })).toMatch(/^invalid_input: location/);
    expect(await refused({ datacenter: "nbg1-dc3" })).toMatch(/^invalid_input: datacenter/);
    expect(await refused({ server_type: "s-2vcpu-2gb" })).toMatch(/server_type.*server type not found$/);
    expect(await refused({ server_type: "cx21" })).toMatch(/'cx21' is deprecated and can no longer be ordered$/);
    expect(await refused({ server_type: "cpx11" })).toMatch(/'cpx11' is deprecated and can no longer be ordered$/);
    expect(await refused({ server_type: "cx33", location: "ash" })).toMatch(/unsupported location for server type$/);
    expect(await refused({ image: "debian-14" })).toMatch(/^invalid_input: image/);
    expect(await refused({ user_data: "x".repeat(32 * 1024 + 1) })).toMatch(/^invalid_input: user_data.*32 KiB$/);
    expect(await refused({ networks: [7] })).toMatch(/^invalid_input: networks/);
    expect((await running.hetzner("GET", "/servers")).body.servers).toHaveLength(1);
    expect((await running.hetzner("GET", "/primary_ips")).body.primary_ips).toHaveLength(2);
    expect((await order({ server_type: "cpx11", location: "ash" })).status).toBe(201);
  });

  it("of every type that a host may be are offered where the constructs say so, and nowhere else", () => {
    const offered = (name: string) =>
      ["fsn1", "nbg1", "hel1", "ash", "hil", "sin"].filter((location) => whyNotOrdered(name, location) === null);
    const places = Object.entries(serverTypes).map(([name, { locations }]) => [name, [...locations]]);
    expect(Object.keys(serverTypes).map((name) => [name, offered(name)])).toEqual(places);
  });

  it("take back what they were given when their machine does not run", async () => {
    const said = jest.spyOn(console, "error").mockImplementation();
    await expect(running.server({ user_data: "#refuse-to-boot" })).rejects.toThrow("create_server: Action failed");
    expect((await running.hetzner("GET", "/servers")).body.servers).toEqual([]);
    expect((await running.hetzner("GET", "/primary_ips")).body.primary_ips).toEqual([]);
    said.mockRestore();
  });

  it("do one thing at a time", async () => {
    const { id } = await running.server();
    let finish = (): void => {};
    running.machines.powerOff = () => new Promise((resolve) => (finish = resolve));
    const { body } = await running.hetzner("POST", `/servers/${id}/actions/poweroff`);
    expect(body.action).toMatchObject({ command: "stop_server", status: "running" });
    expect((await look(id)).locked).toBe(true);
    const second = await running.hetzner("POST", `/servers/${id}/actions/reboot`);
    expect([second.status, second.body.error.code]).toEqual([423, "locked"]);
    expect((await running.hetzner("DELETE", `/servers/${id}`)).body.error.code).toBe("locked");
    finish();
    await running.ended(body.action.id);
    expect(await look(id)).toMatchObject({ locked: false, status: "off" });
  });

  it("change their type while off, and start again; without the disk the way back stays open", async () => {
    const { id } = await running.server();
    const changeTo = (server_type: string, upgrade_disk = false) =>
      act(id, "change_type", { server_type, upgrade_disk });
    await expect(changeTo("cx43")).rejects.toThrow("server_not_stopped");
    await act(id, "poweroff");
    await changeTo("cx43");
    expect(await look(id)).toMatchObject({ status: "running", server_type: { name: "cx43" }, primary_disk_size: 80 });
    expect(running.machines.machines.get(id)).toMatchObject({ vcpus: 8, memoryMebibytes: 16384, running: true });
    await act(id, "poweroff");
    await changeTo("cx33");
    await act(id, "poweroff");
    await changeTo("cx43", true);
    await act(id, "poweroff");
    await expect(changeTo("cx33")).rejects.toThrow("invalid_server_type: server type has a smaller disk");
    await expect(changeTo("cax31")).rejects.toThrow("invalid_server_type: server types have different architectures");
    await expect(changeTo("cx52")).rejects.toThrow("invalid_server_type: server type 'cx52' is deprecated");
    await expect(changeTo("cx43")).rejects.toThrow("invalid_server_type: server already has this type");
  });

  it("end what they began in an error when that is ordered, and stay as they were", async () => {
    const said = jest.spyOn(console, "error").mockImplementation();
    const { id } = await running.server();
    await act(id, "poweroff");
    const noRoom = { api: "hetzner", method: "ACTION", code: "resource_unavailable" };
    await running.control("POST", "/fail", { ...noRoom, path: "change_server_type" });
    await expect(act(id, "change_type", { server_type: "cx43" })).rejects.toThrow("change_server_type: an error");
    expect(await look(id)).toMatchObject({ status: "off", locked: false, server_type: { name: "cx33" } });
    await running.control("POST", "/fail", { ...noRoom, path: "create_server" });
    await expect(running.server({ name: "other" })).rejects.toThrow("create_server: an error");
    expect((await running.hetzner("GET", "/servers")).body.servers).toHaveLength(1);
    expect([...running.machines.machines.keys()]).toEqual([id]);
    said.mockRestore();
  });

  it("are protected from deletion, and from rebuilding as well", async () => {
    const { id } = await running.server();
    await expect(act(id, "change_protection", { delete: true, rebuild: false })).rejects.toThrow("invalid_input");
    await act(id, "change_protection", { delete: true, rebuild: true });
    await expect(running.hetznerDone("DELETE", `/servers/${id}`)).rejects.toThrow("protected: ");
    await act(id, "change_protection", { delete: false, rebuild: false });
    const { action } = await running.hetznerDone("DELETE", `/servers/${id}`);
    expect(action).toMatchObject({ command: "delete_server" });
    expect((await running.hetzner("GET", `/servers/${id}`)).status).toBe(404);
    expect(running.machines.machines.has(id)).toBe(false);
    expect((await running.hetzner("GET", "/primary_ips")).body.primary_ips).toEqual([]);
    expect(running.machines.reserved.size).toBe(0);
  });

  it("are backed up daily when that is switched on", async () => {
    const { id } = await running.server();
    await act(id, "enable_backup");
    expect((await look(id)).backup_window).toBe("22-02");
    await act(id, "disable_backup");
    expect((await look(id)).backup_window).toBeNull();
  });

  it("that were ordered switched off boot with what they were ordered with", async () => {
    const { server, next_actions } = await running.hetznerDone("POST", "/servers", {
      ...SERVER,
      start_after_create: false,
    });
    expect(next_actions).toEqual([]);
    expect(await look(server.id)).toMatchObject({ status: "off" });
    expect(running.machines.machines.size).toBe(0);
    await act(server.id, "poweron");
    expect(running.machines.machines.get(server.id)).toMatchObject({ userData: SERVER.user_data, running: true });
    const { hetzner } = (await running.control("GET", "/state")).body;
    expect(JSON.stringify(hetzner)).not.toContain("#cloud-config");
  });

  it("stand apart in a group of ten at most", async () => {
    const group = { name: "apart", type: "spread" };
    const { placement_group } = await running.hetznerDone("POST", "/placement_groups", group);
    for (let place = 0; place < 10; place++)
      await running.server({ name: `s${place}`, placement_group: placement_group.id });
    const eleventh = await order({ name: "s10", placement_group: placement_group.id });
    expect([eleventh.status, eleventh.body.error.code]).toEqual([422, "placement_error"]);
    const path = `/placement_groups/${placement_group.id}`;
    const [first] = (await running.hetzner("GET", path)).body.placement_group.servers;
    await expect(act(first, "add_to_placement_group", { placement_group: placement_group.id })).rejects.toThrow(
      "already_in_placement_group",
    );
    await act(first, "remove_from_placement_group");
    await expect(act(first, "add_to_placement_group", { placement_group: placement_group.id })).rejects.toThrow(
      "server_not_stopped",
    );
    expect((await look(first)).placement_group).toBeNull();
    expect((await running.hetzner("DELETE", path)).body.error.code).toBe("resource_in_use");
  });

  it("are so many in a project, and no more", async () => {
    for (let place = 0; place < 20; place++) await running.server({ name: `s${place}` });
    const { status, body } = await order({ name: "one-more" });
    expect([status, body.error.code, body.error.message]).toEqual([
      403,
      "resource_limit_exceeded",
      "server limit exceeded",
    ]);
  });

  it("never have the number of a droplet", async () => {
    const servers = [await running.server({ name: "a" }), await running.server({ name: "b" })];
    const droplets = [await running.droplet(), await running.droplet()];
    expect(new Set([...servers, ...droplets].map(({ id }) => id)).size).toBe(4);
    for (const { id } of servers) expect(id).toBeLessThan(200_000_000);
    for (const { id } of droplets) expect(id).toBeGreaterThanOrEqual(400_000_000);
    expect(running.machines.machines.size).toBe(4);
  });

  it("are still there after the simulators were ended and started; what was under way has failed", async () => {
    const { id } = await running.server();
    running.machines.reboot = () => new Promise(() => {});
    const { body } = await running.hetzner("POST", `/servers/${id}/actions/reboot`);
    running.machines.create = () => new Promise(() => {});
    const unfinished = await order({ name: "unfinished" });
    await running.restart();
    expect(await look(id)).toMatchObject({ status: "running", locked: false });
    const action = (await running.hetzner("GET", `/actions/${body.action.id}`)).body.action;
    expect(action).toMatchObject({ status: "error", error: { code: "action_failed" } });
    expect((await running.hetzner("GET", `/servers/${unfinished.body.server.id}`)).status).toBe(404);
  });
});
