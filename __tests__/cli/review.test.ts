import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { holds } from "../../cli/review/data-holders";
import { expectGolden } from "../golden";
import { command } from "./command";

const PLANS = join(__dirname, "plans");
const plan = (name: string) => join(PLANS, `${name}.golden.json`);

// Every plan was made by a real terraform with the real providers (see plans/make-plans.ts); beside it is what is said of it.
const exits: Record<string, number> = {
  "nothing-changes": 0,
  "first-deploy": 0,
  "configuration-and-size": 0,
  "server-replaced-by-user-data": 1,
  "server-renamed": 1,
  "server-moved-volume-forgotten-secret-imported": 0,
  "secrets-replaced": 1,
  "count-lowered": 1,
  "bucket-in-another-region-and-volume-gone": 1,
  destroy: 1,
  "deleted-in-the-console": 0,
  "left-behind-by-a-failed-replacement": 1,
};

describe("review of a real plan", () => {
  test.each(Object.keys(exits))("%s", async (name) => {
    const { exit, out } = await command("review", plan(name));
    expectGolden(`cli/plans/${name}.golden.txt`, `${out.join("\n")}\n`);
    expect(exit).toBe(exits[name]);
  });

  test("every plan beside this test is read by it", () => {
    const names = readdirSync(PLANS).filter((name) => name.endsWith(".golden.json"));
    expect(Object.keys(exits).sort()).toEqual(names.map((name) => name.replace(".golden.json", "")).sort());
  });

  test("never prints a secret, whatever the plan does with it", async () => {
    for (const name of Object.keys(exits)) {
      const secrets = secretsOf(JSON.parse(readFileSync(plan(name), "utf8")));
      const human = await command("review", plan(name));
      const machine = await command("review", "--json", plan(name));
      const printed = [...human.out, ...machine.out].join("\n");
      expect(secrets.filter((secret) => printed.includes(secret))).toEqual([]);
    }
    const imported = secretsOf(JSON.parse(readFileSync(plan("server-moved-volume-forgotten-secret-imported"), "utf8")));
    expect(imported).toContain("imported-password");
  });

  test("lets a loss pass that is accepted by its address, and no other", async () => {
    const path = plan("bucket-in-another-region-and-volume-gone");
    const one = await command("review", path, "--accept", "digitalocean_volume.host_data");
    expect(one.exit).toBe(1);
    expect(one.out).toContain("DESTROYS digitalocean_volume.host_data (accepted)");
    const both = await command(
      "review",
      path,
      "-a",
      "digitalocean_volume.host_data",
      "-a",
      "digitalocean_spaces_bucket.host_backups",
    );
    expect(both.exit).toBe(0);
    expect(both.out.at(-1)).toBe("Only what was accepted is lost.");
  });

  test("refuses an acceptance of what the plan does not destroy", async () => {
    const { exit, error } = await command("review", plan("nothing-changes"), "--accept", "digitalocean_volume.old");
    expect({ exit, error }).toEqual({
      exit: 2,
      error: ["--accept: names digitalocean_volume.old, which this plan does not destroy; leave it out"],
    });
  });

  test("gives a machine the same", async () => {
    const { exit, out } = await command("review", "--json", plan("server-replaced-by-user-data"));
    expect(exit).toBe(1);
    expect(JSON.parse(out.join("\n"))).toMatchObject({
      safe: false,
      dangers: [
        { address: "digitalocean_droplet.host_server", action: "replace", attributes: ["user_data"], accepted: false },
      ],
      configuration: [
        { what: "configuration", why: "server is new" },
        { what: "host identity", why: "server is new" },
      ],
      changes: [],
    });
  });
});

describe("resources of other providers", () => {
  test.each([
    "aws_s3_bucket",
    "aws_db_instance",
    "aws_ebs_volume",
    "aws_instance",
    "google_sql_database_instance",
    "google_compute_disk",
    "azurerm_storage_account",
    "hcloud_server",
    "hcloud_load_balancer",
    "hcloud_storage_box_snapshot",
    "minio_s3_bucket",
    "minio_s3_object",
    "aws_dynamodb_table",
    "aws_eip",
    "linode_instance",
    "github_repository",
  ])("%s holds data", (type) => {
    expect(holds(type)).toBeDefined();
  });

  test.each([
    "aws_s3_bucket_policy",
    "aws_volume_attachment",
    "aws_iam_role",
    "cloudflare_record",
    "null_resource",
    "local_file",
    "digitalocean_firewall",
    "digitalocean_volume_attachment",
    // another is minted in its place, and the server gets it
    "digitalocean_spaces_key",
    "hcloud_firewall",
    "hcloud_server_network",
    "hcloud_volume_attachment",
    "hcloud_zone_rrset",
    "minio_s3_bucket_versioning",
    "github_actions_environment_secret",
    "terraform_data",
    "aws_db_subnet_group",
  ])("%s does not", (type) => {
    expect(holds(type)).toBeUndefined();
  });
});

describe("input that is no plan", () => {
  const folder = mkdtempSync(join(tmpdir(), "review-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const MAKE_IT = "make it with `terraform plan -out=PLAN && terraform show -json PLAN > plan.json`";

  test.each<[string, string | Buffer, string]>([
    ["an empty file", "", "is empty"],
    ["a binary plan", Buffer.from("PK\x03\x04rest"), "is Terraform's binary plan, not its JSON"],
    ["text", "Terraform will perform", "is not JSON"],
    ["half a plan", '{"format_version":"1.2","resource_changes":[{"secret', "is not JSON"],
    ["a list", "[]", "is JSON, but not an object"],
    ["other JSON", "{}", "is JSON, but not a Terraform plan"],
    ["a state", '{"format_version":"1.0","values":{}}', "is a state, not a plan"],
  ])("%s is refused", async (_, content, problem) => {
    const path = join(folder, "it");
    writeFileSync(path, content);
    const { exit, out, error } = await command("review", path);
    expect(exit).toBe(2);
    expect(out).toEqual([]);
    expect(error).toHaveLength(1);
    expect(error[0]).toMatch(`${path}: ${problem}`);
    expect(error[0]).toMatch(MAKE_IT);
    expect(error[0]).not.toMatch("secret");
  });

  test.each([
    [{ format_version: "2.0", resource_changes: [] }, "it: format_version: must be 1.x, got 2.0; use Terraform 1.x"],
    [{ format_version: "1.2", resource_changes: {} }, "it: resource_changes: must be a list"],
    [{ format_version: "1.2", resource_changes: [{}] }, "it: resource_changes[0]: must have an address"],
    [{ format_version: "1.2", resource_changes: [null] }, "it: resource_changes[0]: must have an address"],
    [
      { format_version: "1.2", resource_changes: [{ address: "a", type: "b", change: { actions: [1] } }] },
      "it: resource_changes[0]: must have an address, a type and change.actions",
    ],
    [
      {
        format_version: "1.2",
        resource_changes: [{ address: "a", type: "b", change: { actions: [], replace_paths: [1] } }],
      },
      "it: resource_changes[0]: change.replace_paths: must be a list of paths",
    ],
    [
      { format_version: "1.2", deferred_changes: [{}], resource_changes: [] },
      "it: deferred_changes[0]: must have an address",
    ],
  ])("%j is refused", async (content, problem) => {
    const path = join(folder, "it");
    writeFileSync(path, JSON.stringify(content));
    const { exit, error } = await command("review", path);
    expect(exit).toBe(2);
    expect(error[0]).toContain(problem);
  });

  test("a missing file, a folder and a missing argument are refused", async () => {
    expect(await command("review", join(folder, "none"))).toMatchObject({
      exit: 2,
      error: [`${join(folder, "none")}: is not there; ${MAKE_IT}`],
    });
    expect(await command("review", folder)).toMatchObject({ exit: 2, error: [`${folder}: is a folder; ${MAKE_IT}`] });
    expect((await command("review")).exit).toBe(2);
    expect((await command("reviwe", "x")).exit).toBe(2);
  });

  test("what PowerShell's > makes of a plan is read", async () => {
    const path = join(folder, "utf-16.json");
    writeFileSync(path, Buffer.from(`\ufeff${readFileSync(plan("nothing-changes"), "utf8")}`, "utf16le"));
    expect(await command("review", path)).toEqual({ exit: 0, out: ["Nothing changes."], error: [] });
  });

  test("names in a plan can't steer the terminal", async () => {
    const path = join(folder, "evil.json");
    const change = { actions: ["delete"], before: {}, after: null };
    const address = 'digitalocean_droplet.a["\u001b[2Jx"]';
    const resource = { address, type: "digitalocean_droplet", name: "a", mode: "managed", change };
    writeFileSync(path, JSON.stringify({ format_version: "1.2", resource_changes: [resource] }));
    const { out } = await command("review", path);
    expect(out[0]).toBe('DESTROYS digitalocean_droplet.a["\\u001b[2Jx"]');
  });
});

describe("help", () => {
  test.each([["--help"], ["review", "--help"], ["cost", "--help"]])("%s %s", async (...argumentList) => {
    const { exit, out, error } = await command(...argumentList.filter((argument) => argument !== undefined));
    expect({ exit, error }).toEqual({ exit: 0, error: [] });
    expect(out[0]).toMatch(/^Usage: single-host/);
  });

  test("--version", async () => {
    expect(await command("--version")).toEqual({ exit: 0, out: ["1.2.3"], error: [] });
  });
});

/** All that a plan marks as sensitive, by its values. */
function secretsOf(json: { resource_changes?: { change: Record<string, unknown> }[] }): string[] {
  const found: string[] = [];
  const collect = (value: unknown, marks: unknown): void => {
    if (marks === true && typeof value === "string") found.push(value);
    if (typeof value !== "object" || value === null || typeof marks !== "object" || marks === null) return;
    for (const [key, mark] of Object.entries(marks)) collect((value as Record<string, unknown>)[key], mark);
  };
  for (const { change } of json.resource_changes ?? []) {
    collect(change.before, change.before_sensitive);
    collect(change.after, change.after_sensitive);
  }
  return found;
}
