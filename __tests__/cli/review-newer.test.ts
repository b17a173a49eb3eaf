import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { command } from "./command";

const folder = mkdtempSync(join(tmpdir(), "newer-"));
afterAll(() => rmSync(folder, { recursive: true }));

const VOLUME = { address: "digitalocean_volume.v", type: "digitalocean_volume", name: "v", mode: "managed" };
const destroyed = { ...VOLUME, change: { actions: ["delete"], before: {}, after: null } };

function review(plan: object, ...options: string[]) {
  const path = join(folder, "plan.json");
  writeFileSync(path, JSON.stringify({ format_version: "1.2", ...plan }));
  return command("review", path, ...options);
}

test("a newer format with the same first number is read, whatever it adds", async () => {
  const { exit, out } = await review({
    format_version: "1.99",
    resource_changes: [{ ...destroyed, more: 1 }],
    actions: [],
  });
  expect(exit).toBe(1);
  expect(out[0]).toBe("DESTROYS digitalocean_volume.v");
});

test("an action that is not known counts as a loss of what holds data, and is told of the rest", async () => {
  const change = { actions: ["rebuild"], before: {}, after: {} };
  const { exit, out } = await review({
    resource_changes: [
      { ...VOLUME, change },
      { ...VOLUME, address: "digitalocean_tag.t", type: "digitalocean_tag", change },
    ],
  });
  expect(exit).toBe(1);
  expect(out[0]).toBe("UNKNOWN ACTION ON digitalocean_volume.v");
  expect(out).toContain("unknown action   digitalocean_tag.t");
});

test("what is put off to a later plan is told, what is forgotten is no loss", async () => {
  const { exit, out } = await review({
    resource_changes: [{ ...VOLUME, change: { actions: ["forget"], before: {}, after: null } }],
    deferred_changes: [
      { reason: "provider_config_unknown", resource_change: { ...destroyed, address: "digitalocean_volume.w" } },
    ],
  });
  expect({ exit, out }).toEqual({
    exit: 0,
    out: [
      "forget           digitalocean_volume.v (it stays in the cloud, and is paid for)",
      "later            digitalocean_volume.w (destroy, by a later plan: provider_config_unknown)",
      "No data is lost.",
    ],
  });
});

test("a plan for targets alone says that it is not the whole", async () => {
  const { exit, out } = await review({ complete: false, resource_changes: [] }, "--format", "markdown");
  expect(exit).toBe(0);
  expect(out.join("\n")).toContain("> This plan leaves something out (it was made with `-target`");
});

test("a plan that Terraform ended with an error passes by no acceptance", async () => {
  const plan = { errored: true, resource_changes: [destroyed] };
  expect((await review(plan)).exit).toBe(1);
  const { exit, out } = await review(plan, "--accept-all");
  expect(exit).toBe(1);
  expect(out.at(-1)).toBe("Do not apply: Terraform ended this plan with an error. Read what it said.");
});

test("--accept-all lets whatever is lost pass", async () => {
  const { exit, out } = await review({ resource_changes: [destroyed] }, "--accept-all", "--format", "markdown");
  expect(exit).toBe(0);
  expect(out[0]).toBe("## ⚠️ Only what was accepted is lost");
  expect(out.join("\n")).toContain("> **Destroys the data volume `digitalocean_volume.v` (accepted)**");
});

test("a format that there is not is refused, --json is the short form", async () => {
  const { exit, error } = await review({ resource_changes: [] }, "--format", "html");
  expect(exit).toBe(2);
  expect(error.join("\n")).toContain("Allowed choices are terminal, markdown, json");
  const short = await review({ resource_changes: [destroyed] }, "--json");
  expect(short).toEqual(await review({ resource_changes: [destroyed] }, "--format", "json"));
});

test("a plan comes by standard input, too", () => {
  const program = join(__dirname, "..", "..", "cli", "single-host.ts");
  const argv = [require.resolve("tsx/cli"), program, "review", "-", "--format", "markdown"];
  const input = JSON.stringify({ format_version: "1.2", resource_changes: [] });
  expect(execFileSync(process.execPath, argv, { input, encoding: "utf8" })).toBe("## ✅ Nothing changes\n\n");
});
