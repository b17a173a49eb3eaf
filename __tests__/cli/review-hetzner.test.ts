import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { command } from "./command";

const PLANS = join(__dirname, "plans", "hetzner");
const plan = (name: string) => join(PLANS, `${name}.golden.json`);
const SERVER =
  "the server's disk with every Docker volume on it, Hetzner's backups of it, and its address unless that is a hcloud_primary_ip";
const ADDRESS = "the address: it goes back to the pool, and names that point to it lead elsewhere";
const PUT_LOCATION_BACK = "put location back; for a move, make a second one and bring over what this one holds";
const STAYS_OFF = "and the server, switched off for it, stays off";

// Every plan was made by a real terraform with the real providers: see plans/make-plans.ts.
const read: Record<string, { exit: number; out: string[] }> = {
  "first-deploy": {
    exit: 0,
    out: [
      "create           hcloud_primary_ip.host_ipv4",
      "create           hcloud_server.host_server",
      "create           hcloud_volume.host_data",
      "create           hcloud_volume_attachment.host_data",
      "create           minio_s3_bucket.host_files",
      "create           minio_s3_bucket_versioning.host_files",
      "No data is lost.",
    ],
  },
  "type-and-volume-size": {
    exit: 0,
    out: [
      "change in place  hcloud_primary_ip.host_ipv4 (assignee_id, assignee_type, datacenter, name)",
      "change in place  hcloud_server.host_server (server_type): the server is off for a minute or two",
      "change in place  hcloud_volume.host_data (size)",
      "No data is lost.",
    ],
  },
  "another-processor": {
    exit: 0,
    out: [
      "change in place  hcloud_server.host_server (server_type): " +
        `Hetzner refuses it (cax21 is arm64, the server amd64), ${STAYS_OFF}`,
      "No data is lost.",
    ],
  },
  "backups-off": {
    exit: 1,
    out: [
      "CHANGES hcloud_server.host_server",
      "  lost     every backup that Hetzner has made of the server: switching them off deletes them",
      "  because  backups true -> false",
      "  remedy   put backups back; a backup that is made a snapshot first, in Hetzner's console, stays",
      "change in place  hcloud_server.host_server (backups, server_type): " +
        `Hetzner refuses it (cx23 has a disk of 40 GB, the server one of 80 GB), ${STAYS_OFF}`,
      "Do not apply: 1 change in place would lose data. If that is meant: --accept 'hcloud_server.host_server.backups'",
    ],
  },
  "all-in-another-location": {
    exit: 1,
    out: [
      "REPLACES hcloud_primary_ip.host_ipv4",
      `  lost     ${ADDRESS}`,
      '  because  it can\'t be changed in place: location "nbg1" -> "hel1"',
      `  remedy   ${PUT_LOCATION_BACK}`,
      "REPLACES hcloud_server.host_server",
      `  lost     ${SERVER}`,
      '  because  it can\'t be changed in place: location "nbg1" -> "hel1"',
      `  remedy   ${PUT_LOCATION_BACK}`,
      "REPLACES hcloud_volume.host_data",
      "  lost     everything on the volume",
      '  because  it can\'t be changed in place: location "nbg1" -> "hel1"',
      `  remedy   ${PUT_LOCATION_BACK}`,
      "replace          hcloud_volume_attachment.host_data (server_id, volume_id)",
      "Do not apply: 3 resources that hold data would be lost. If that is meant: " +
        "--accept 'hcloud_primary_ip.host_ipv4' --accept 'hcloud_server.host_server' --accept 'hcloud_volume.host_data'",
    ],
  },
  "image-changed-bucket-renamed-zone-gone": {
    exit: 1,
    out: [
      "REPLACES hcloud_server.host_server",
      `  lost     ${SERVER}`,
      '  because  it can\'t be changed in place: image "debian-13" -> "ubuntu-24.04"',
      "  remedy   put image back, or ignore the change (lifecycle.ignore_changes)",
      "DESTROYS hcloud_zone.host_deita_example",
      "  lost     every record of the zone, those for mail and those made by hand included",
      "  because  it is not in the configuration any more",
      "  remedy   put it back, or let Terraform forget it without destroying it (a removed block)",
      "REPLACES minio_s3_bucket.host_files",
      "  lost     every object in the bucket, backups and their versions included",
      '  because  it can\'t be changed in place: bucket "deita-prod-files" -> "deita-files"',
      "  remedy   put bucket back; for a move, make a second one and bring over what this one holds",
      "replace          minio_s3_bucket_versioning.host_files (bucket)",
      "Do not apply: 3 resources that hold data would be lost. If that is meant: " +
        "--accept 'hcloud_server.host_server' --accept 'hcloud_zone.host_deita_example' --accept 'minio_s3_bucket.host_files'",
    ],
  },
};

describe("review of a real plan on Hetzner", () => {
  test.each(Object.keys(read))("%s", async (name) => {
    const { exit, out } = await command("review", plan(name));
    expect(out).toEqual(read[name]?.out);
    expect(exit).toBe(read[name]?.exit);
  });

  test("every plan in the folder is read by it", () => {
    expect(Object.keys(read).sort()).toEqual(
      readdirSync(PLANS)
        .map((name) => name.replace(".golden.json", ""))
        .sort(),
    );
  });

  test("what a change loses is accepted by its attribute: the server itself is not", async () => {
    const accepted = await command("review", plan("backups-off"), "--accept", "hcloud_server.host_server.backups");
    expect(accepted.exit).toBe(0);
    expect(accepted.out.at(-1)).toBe("Only what was accepted is lost.");
    expect(await command("review", plan("backups-off"), "--accept", "hcloud_server.host_server")).toMatchObject({
      exit: 2,
      error: ["--accept: names hcloud_server.host_server, which this plan does not destroy; leave it out"],
    });
  });
});

describe("changes in place of a server", () => {
  const folder = mkdtempSync(join(tmpdir(), "review-hetzner-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const running = { location: "nbg1", server_type: "cx33", primary_disk_size: 80, backups: false, status: "running" };

  test.each<[object, string]>([
    [
      { server_type: "cx21" },
      `Hetzner refuses it (cx21 is not offered any more; cx23 or cx33 or cpx22 is), ${STAYS_OFF}`,
    ],
    [{ server_type: "cpx32" }, "the server is off for a minute or two"],
    [{ public_net: [] }, "the server is off while its addresses change"],
    [{ placement_group_id: 7 }, "Hetzner refuses it while the server is on: switch it off before, and on afterwards"],
    [{ rescue: "linux64" }, "the server is reset, as by its power switch"],
  ])("%j", async (changed, notice) => {
    const path = join(folder, "plan.json");
    const change = { actions: ["update"], before: running, after: { ...running, ...changed } };
    const resource = { address: "hcloud_server.it", type: "hcloud_server", name: "it", mode: "managed", change };
    writeFileSync(path, JSON.stringify({ format_version: "1.2", resource_changes: [resource] }));
    expect(await command("review", path)).toEqual({
      exit: 0,
      out: [`change in place  hcloud_server.it (${Object.keys(changed)}): ${notice}`, "No data is lost."],
      error: [],
    });
  });
});
