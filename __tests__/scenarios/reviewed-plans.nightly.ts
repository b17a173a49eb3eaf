/**
 * The plans of docs/review.md, made anew by the real Terraform and the real providers of both clouds; each gives the page that is
 * kept beside it. `UPDATE_GOLDENS=1` keeps the new plans and pages.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonObject } from "../../cli/json-file";
import { Secret } from "../../constructs";
import { command } from "../cli/command";
import { photos } from "../cli/pages/photos";
import { PlannedStack } from "../cli/pages/planned-stack";
import { queries } from "../cli/pages/queries";
import { expectGolden } from "../golden";

jest.setTimeout(10 * 60 * 1000);

const folder = mkdtempSync(join(tmpdir(), "plans-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Reviews a plan as CI does, and compares the page. */
async function expectPage(name: string, plan: JsonObject): Promise<void> {
  const text = `${JSON.stringify(plan, undefined, 1)}\n`;
  if (process.env.UPDATE_GOLDENS === "1") expectGolden(`cli/pages/${name}.plan.golden.json`, text);
  const path = join(folder, `${name}.json`);
  writeFileSync(path, text);
  const { out } = await command("review", path, "--format", "markdown", "--label", "accept-loss");
  expectGolden(`cli/pages/${name}.golden.md`, `${out.join("\n")}\n`);
}

describe("on DigitalOcean", () => {
  const stack = new PlannedStack();
  beforeAll(() => stack.start((app) => photos(app)));
  afterAll(() => stack.stop());

  test("create", async () => {
    await expectPage("create", await stack.plan((app) => photos(app)));
    await stack.apply((app) => photos(app));
    const again = await stack.plan((app) => photos(app));
    expect(await review(again)).toEqual(["Nothing changes."]);
  });

  test("another region: Terraform refuses the plan, and the page says what of", async () => {
    await expectPage("region-change", await stack.plan((app) => photos(app, { region: "fra1" })));
  });

  test("a secret with a new value", async () => {
    const plan = await stack.plan((app) => photos(app), [], { OPENAI_API_KEY: "another key" });
    await expectPage("secret-rotation", plan);
  });

  test("a generated secret that is given from now on", async () => {
    const given = { REDIS_PASSWORD: "a password of our own" };
    const plan = await stack.plan((app) => photos(app, { redisPassword: Secret.given() }), [], given);
    await expectPage("generated-secret-given", plan);
  });

  test("compose file, settings, sites and keys", async () => {
    await expectPage("compose-edit", await stack.plan((app) => photos(app, { edited: true })));
  });

  test("changed by hand", async () => {
    const { droplets } = await stack.byHand("GET", "/v2/droplets", undefined);
    const [server] = droplets as { id: number }[];
    const { firewalls } = await stack.byHand("GET", "/v2/firewalls", undefined);
    const [firewall] = firewalls as { id: string; inbound_rules: object[] }[];
    const open = { protocol: "tcp", ports: "5432", sources: { addresses: ["0.0.0.0/0", "::/0"] } };
    const rules = { ...firewall, inbound_rules: [...(firewall?.inbound_rules ?? []), open] };
    await stack.byHand("PUT", `/v2/firewalls/${firewall?.id}`, rules);
    await stack.byHand("POST", `/v2/droplets/${server?.id}/actions`, { type: "rename", name: "renamed-by-hand" });
    await expectPage("drift", await stack.plan((app) => photos(app)));
  });

  test("resources of others", async () => {
    await stack.apply((app) => photos(app, { others: "before" }));
    await expectPage("foreign-resources", await stack.plan((app) => photos(app, { others: "after" })));
  });

  async function review(plan: JsonObject): Promise<string[]> {
    const path = join(folder, "again.json");
    writeFileSync(path, JSON.stringify(plan));
    return (await command("review", path)).out.filter((line) => !line.startsWith("price"));
  }
});

describe("on Hetzner", () => {
  const stack = new PlannedStack();
  beforeAll(() => stack.start((app) => queries(app)));
  afterAll(() => stack.stop());

  test("a larger server", async () => {
    await stack.apply((app) => queries(app));
    await expectPage("resize", await stack.plan((app) => queries(app, { type: "cx43" })));
  });

  test("protection off", async () => {
    await expectPage("protection-off", await stack.plan((app) => queries(app, { protection: false })));
  });

  test("destroy", async () => {
    await stack.apply((app) => queries(app, { protection: false }));
    await expectPage("destroy", await stack.plan((app) => queries(app, { protection: false }), ["-destroy"]));
  });
});
