import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expectGolden } from "../golden";
import { command } from "./command";

const PLANS = join(__dirname, "plans", "hetzner");
const plan = (name: string) => join(PLANS, `${name}.golden.json`);
const STAYS_OFF = "and the server, switched off for it, stays off";

// Every plan was made by a real terraform with the real providers (see plans/make-plans.ts); beside it is what is said of it.
const exits: Record<string, number> = {
  "first-deploy": 0,
  "type-and-volume-size": 0,
  "another-processor": 0,
  "backups-off": 1,
  "all-in-another-location": 1,
  "image-changed-bucket-renamed-zone-gone": 1,
};

describe("review of a real plan on Hetzner", () => {
  test.each(Object.keys(exits))("%s", async (name) => {
    const { exit, out } = await command("review", plan(name));
    expectGolden(`cli/plans/hetzner/${name}.golden.txt`, `${out.join("\n")}\n`);
    expect(exit).toBe(exits[name]);
  });

  test("every plan in the folder is read by it", () => {
    expect(Object.keys(exits).sort()).toEqual(
      readdirSync(PLANS)
        .filter((name) => name.endsWith(".json"))
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
    [{ server_type: "cpx32" }, "the server is off for about 2 minutes"],
    [{ public_net: [] }, "the server is off for about 1 minute"],
    [{ placement_group_id: 7 }, "Hetzner refuses it while the server is on"],
    [{ rescue: "linux64" }, "the server is reset: off for about 1 minute"],
  ])("%j", async (changed, notice) => {
    const path = join(folder, "plan.json");
    const change = { actions: ["update"], before: running, after: { ...running, ...changed } };
    const resource = { address: "hcloud_server.it", type: "hcloud_server", name: "it", mode: "managed", change };
    writeFileSync(path, JSON.stringify({ format_version: "1.2", resource_changes: [resource] }));
    const { exit, out } = await command("review", path);
    expect(out[0]).toBe(`change in place  hcloud_server.it (${Object.keys(changed)}): ${notice}`);
    expect(out[1]).toContain(`downtime         ${notice}`);
    expect(out.at(-1)).toBe("No data is lost.");
    expect(exit).toBe(0);
  });
});
