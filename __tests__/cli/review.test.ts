import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { holds } from "../../cli/review/data-holders";
import { command } from "./command";

const PLANS = join(__dirname, "plans");
const plan = (name: string) => join(PLANS, `${name}.golden.json`);
const SERVER = "the server's disk with every Docker volume on it, and its address";

// Every plan was made by a real terraform with the real providers: see plans/make-plans.ts.
const read: Record<string, { exit: number; out: string[] }> = {
  "nothing-changes": { exit: 0, out: ["Nothing changes."] },
  "first-deploy": {
    exit: 0,
    out: [
      "configuration applied (first time)  terraform_data.host_configuration",
      "host identity applied (first time)  terraform_data.host_identity",
      "create           digitalocean_droplet.host_server",
      "create           digitalocean_spaces_bucket.host_backups",
      "create           random_password.host_postgres_password",
      "create           tls_private_key.host_deploy_key",
      "No data is lost.",
    ],
  },
  "configuration-and-size": {
    exit: 0,
    out: [
      "configuration applied (changed)  terraform_data.host_configuration",
      "  files    app/new.conf added; Caddyfile changed; app/old.conf removed",
      "  secrets  POSTGRES_PASSWORD changed",
      "change in place  digitalocean_droplet.host_server (size): the server is off for a minute or two",
      "No data is lost.",
    ],
  },
  "server-replaced-by-user-data": {
    exit: 1,
    out: [
      "REPLACES digitalocean_droplet.host_server",
      `  lost     ${SERVER}`,
      '  because  it can\'t be changed in place: user_data "f6c3e6cf066eeeef3eb2dad41a725bffff4ba5a5" -> "1d23b8eba249cb9c8a23dc0a10d1897f6d46e5cf"',
      "  remedy   put user_data back, or ignore the change (lifecycle.ignore_changes)",
      "configuration applied (server is new)  terraform_data.host_configuration",
      "host identity applied (server is new)  terraform_data.host_identity",
      "Do not apply: 1 resource that holds data would be lost. If that is meant: --accept 'digitalocean_droplet.host_server'",
    ],
  },
  "server-renamed": {
    exit: 1,
    out: [
      "DESTROYS digitalocean_droplet.host_server",
      `  lost     ${SERVER}`,
      "  because  it is not in the configuration any more",
      '  remedy   if it was renamed to digitalocean_droplet.renamed_server, say so: moveFromId("digitalocean_droplet.host_server") or a moved block',
      "create           digitalocean_droplet.renamed_server",
      "Do not apply: 1 resource that holds data would be lost. If that is meant: --accept 'digitalocean_droplet.host_server'",
    ],
  },
  "server-moved-volume-forgotten-secret-imported": {
    exit: 0,
    out: [
      "move             digitalocean_droplet.host_server -> digitalocean_droplet.renamed_server",
      "import           random_password.host_postgres_password from (secret)",
      "forget           digitalocean_volume.host_data (it stays in the cloud, and is paid for)",
      "No data is lost.",
    ],
  },
  "secrets-replaced": {
    exit: 1,
    out: [
      "REPLACES random_password.host_postgres_password",
      "  lost     a generated secret: what was set up with the old one (a database, a backup) keeps asking for it",
      "  because  -replace asks for it",
      "  remedy   plan without -replace",
      "REPLACES tls_private_key.host_deploy_key",
      "  lost     a private key: what trusts its public half (a server, GitHub, known_hosts) refuses the new one",
      "  because  its creation is marked as failed (tainted)",
      "  remedy   if it works, keep it: terraform untaint 'tls_private_key.host_deploy_key'",
      "configuration applied (last attempt failed)  terraform_data.host_configuration",
      "Do not apply: 2 resources that hold data would be lost. If that is meant: " +
        "--accept 'random_password.host_postgres_password' --accept 'tls_private_key.host_deploy_key'",
    ],
  },
  "count-lowered": {
    exit: 1,
    out: [
      "DESTROYS random_password.host_postgres_password[1]",
      "  lost     a generated secret: what was set up with the old one (a database, a backup) keeps asking for it",
      "  because  its count or for_each does not name it any more",
      "  remedy   put its index or key back, or add a moved block to the new one",
      "Do not apply: 1 resource that holds data would be lost. If that is meant: --accept 'random_password.host_postgres_password[1]'",
    ],
  },
  "bucket-in-another-region-and-volume-gone": {
    exit: 1,
    out: [
      "REPLACES digitalocean_spaces_bucket.host_backups",
      "  lost     every object in the bucket, backups and their versions included",
      '  because  it can\'t be changed in place: region "nyc3" -> "fra1"',
      "  remedy   put region back; for a move, make a second one and bring over what this one holds",
      "DESTROYS digitalocean_volume.host_data",
      "  lost     everything on the volume",
      "  because  it is not in the configuration any more",
      "  remedy   put it back, or let Terraform forget it without destroying it (a removed block)",
      "Do not apply: 2 resources that hold data would be lost. If that is meant: " +
        "--accept 'digitalocean_spaces_bucket.host_backups' --accept 'digitalocean_volume.host_data'",
    ],
  },
  destroy: {
    exit: 1,
    out: [
      "DESTROYS digitalocean_droplet.host_server",
      `  lost     ${SERVER}`,
      "  because  the plan is a destroy",
      "  remedy   if that was not meant, plan without -destroy",
      "DESTROYS digitalocean_spaces_bucket.host_backups",
      "  lost     every object in the bucket, backups and their versions included",
      "  because  the plan is a destroy",
      "  remedy   if that was not meant, plan without -destroy",
      "destroy          terraform_data.host_configuration",
      "destroy          terraform_data.host_identity",
      "Do not apply: 2 resources that hold data would be lost. If that is meant: " +
        "--accept 'digitalocean_droplet.host_server' --accept 'digitalocean_spaces_bucket.host_backups'",
    ],
  },
  "deleted-in-the-console": {
    exit: 0,
    out: [
      `already gone from the cloud, created empty: digitalocean_droplet.host_server (lost: ${SERVER})`,
      "create           digitalocean_droplet.host_server",
      "No data is lost.",
    ],
  },
  "left-behind-by-a-failed-replacement": {
    exit: 1,
    out: [
      "DESTROYS digitalocean_volume.host_data",
      "  lost     everything on the volume",
      "  because  it is what an interrupted replacement left behind (deposed object 5f9c2a1b)",
      "  remedy   look at it in the cloud's console first: it may be the one with the data",
      "Do not apply: 1 resource that holds data would be lost. If that is meant: --accept 'digitalocean_volume.host_data'",
    ],
  },
};

describe("review of a real plan", () => {
  test.each(Object.keys(read))("%s", async (name) => {
    const { exit, out } = await command("review", plan(name));
    expect(out).toEqual(read[name]?.out);
    expect(exit).toBe(read[name]?.exit);
  });

  test("every plan beside this test is read by it", () => {
    const names = readdirSync(PLANS).filter((name) => name.endsWith(".golden.json"));
    expect(Object.keys(read).sort()).toEqual(names.map((name) => name.replace(".golden.json", "")).sort());
  });

  test("never prints a secret, whatever the plan does with it", async () => {
    for (const name of Object.keys(read)) {
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
    [{ format_version: "1.2", resource_changes: [], errored: true }, "it: is a plan that failed halfway"],
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
