import { setTimeout as sleep } from "node:timers/promises";
import { DROPLET, Running } from "./running";

const running = new Running();
beforeEach(() => running.start());
afterEach(async () => {
  for (const id of running.machines.machines.keys()) await running.digitalocean("DELETE", `/v2/droplets/${id}`);
  await running.clean();
});

const VOLUME = { name: "queries-data", region: "nyc3", size_gigabytes: 20 };

async function make(change: Record<string, unknown> = {}) {
  const { status, body } = await running.digitalocean("POST", "/v2/volumes", { ...VOLUME, ...change });
  if (status !== 201) throw new Error(`${status} ${body.message}`);
  return body.volume;
}

async function look(id: string) {
  return (await running.digitalocean("GET", `/v2/volumes/${id}`)).body.volume;
}

/** Starts an action and waits until it has ended. */
async function act(id: string, order: Record<string, unknown>) {
  const { status, body } = await running.digitalocean("POST", `/v2/volumes/${id}/actions`, order);
  if (status !== 202) throw new Error(`${status} ${body.message}`);
  for (;;) {
    const { action } = (await running.digitalocean("GET", `/v2/actions/${body.action.id}`)).body;
    if (action.status !== "in-progress") return action;
    await sleep(10);
  }
}

describe("volumes", () => {
  it("are there at once, in the default project, without a machine's doing", async () => {
    const volume = await make({ description: "rows", tags: ["beta"] });
    expect(volume).toMatchObject({ ...VOLUME, region: { slug: "nyc3" }, droplet_ids: [], filesystem_type: "" });
    expect(await look(volume.id)).toEqual(volume);
    const { resources } = (await running.digitalocean("GET", "/v2/projects/default/resources")).body;
    expect(resources).toEqual([expect.objectContaining({ urn: `do:volume:${volume.id}` })]);
    expect((await running.digitalocean("GET", "/v2/volumes?name=queries-data&region=nyc3")).body.volumes).toEqual([
      volume,
    ]);
    expect((await running.digitalocean("GET", "/v2/tags/beta")).body.tag.resources.volumes.count).toBe(1);
    expect(running.machines.volumes.size).toBe(0);
  });

  it.each([
    [{ name: "Queries" }, "name must begin with a letter"],
    [{ name: "a".repeat(65) }, "up to 64"],
    [{ region: "ams2" }, "region is invalid"],
    [{ size_gigabytes: 0 }, "size_gigabytes must be between 1 and 16384"],
    [{ filesystem_type: "zfs" }, "filesystem_type must be ext4 or xfs"],
  ])("are refused with %j", async (change, message) => {
    await expect(make(change)).rejects.toThrow(message);
  });

  it("have a name of their own in their region", async () => {
    await make();
    await expect(make()).rejects.toThrow("409 already exists");
    await make({ region: "fra1" });
  });

  it("are attached under the path that the cloud promises, grow, and are detached", async () => {
    const droplet = await running.droplet();
    const volume = await make({ filesystem_type: "ext4", filesystem_label: "rows" });
    const attached = await act(volume.id, { type: "attach", droplet_id: droplet.id });
    expect(attached).toMatchObject({ status: "completed", type: "attach_volume", resource_type: "volume" });
    expect((await look(volume.id)).droplet_ids).toEqual([droplet.id]);
    expect((await running.settled(droplet.id)).volume_ids).toEqual([volume.id]);
    expect(running.machines.volumes.get(volume.id)).toEqual({
      id: volume.id,
      sizeGibibytes: 20,
      device: "/dev/disk/by-id/scsi-0DO_Volume_queries-data",
      format: { type: "ext4", label: "rows" },
      serverId: droplet.id,
    });
    await act(volume.id, { type: "resize", size_gigabytes: 40, region: "nyc3" });
    expect((await look(volume.id)).size_gigabytes).toBe(40);
    expect(running.machines.volumes.get(volume.id)?.sizeGibibytes).toBe(40);
    await expect(act(volume.id, { type: "resize", size_gigabytes: 30 })).rejects.toThrow("422 new size must be larger");

    const refused = await running.digitalocean("DELETE", `/v2/volumes/${volume.id}`);
    expect([refused.status, refused.body.message]).toEqual([
      409,
      "A volume that's attached to a Droplet cannot be deleted. Please detach it first before deleting.",
    ]);
    await act(volume.id, { type: "detach", droplet_id: droplet.id });
    expect(running.machines.volumes.get(volume.id)?.serverId).toBeNull();
    await expect(act(volume.id, { type: "detach", droplet_id: droplet.id })).rejects.toThrow(
      "422 Attachment not found",
    );
    expect((await running.digitalocean("GET", `/v2/volumes/${volume.id}/actions`)).body.meta.total).toBe(3);
    expect((await running.digitalocean("DELETE", `/v2/volumes/${volume.id}`)).status).toBe(204);
    expect(running.machines.volumes.size).toBe(0);
  });

  it("go to no droplet in another region, nor to a second one", async () => {
    const [droplet, other] = [await running.droplet(), await running.droplet({ name: "other" })];
    const elsewhere = await make({ region: "fra1" });
    const order = { type: "attach", droplet_id: droplet.id };
    await expect(act(elsewhere.id, order)).rejects.toThrow("422 Droplet and volume must be in the same region");
    const volume = await make();
    await act(volume.id, order);
    await expect(act(volume.id, { ...order, droplet_id: other.id })).rejects.toThrow("422 Volume is already attached");
  });

  it("outlive the droplet, and another one is created with them", async () => {
    const volume = await make();
    await expect(running.droplet({ region: "fra1", volumes: [{ id: volume.id }] })).rejects.toThrow("the same region");
    await expect(running.droplet({ volumes: ["nothing"] })).rejects.toThrow("422 Invalid volume allocations");
    const first = await running.droplet({ volumes: [{ id: volume.id }] });
    expect(first.volume_ids).toEqual([volume.id]);
    await running.digitalocean("DELETE", `/v2/droplets/${first.id}`);
    while ((await running.digitalocean("GET", `/v2/droplets/${first.id}`)).status !== 404) await sleep(10);
    expect((await look(volume.id)).droplet_ids).toEqual([]);
    const second = await running.droplet({ name: "second", volumes: [volume.id] });
    expect((await look(volume.id)).droplet_ids).toEqual([second.id]);
    expect(running.machines.volumes.get(volume.id)?.serverId).toBe(second.id);
  });
});

it("backups are a feature of a droplet that comes and goes in place", async () => {
  const droplet = await running.droplet({ ...DROPLET, backups: true });
  expect(droplet.features).toContain("backups");
  expect((await running.act(droplet.id, { type: "disable_backups" })).features).not.toContain("backups");
  expect((await running.act(droplet.id, { type: "enable_backups" })).features).toContain("backups");
});
