import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { command } from "./command";
import { hostilePlan, hugePlan } from "./hostile-plan";

/** What GitHub takes of a comment. */
const MOST_CHARACTERS = 65_536;

// megabytes take their time where other tests run beside them
jest.setTimeout(60_000);

const folder = mkdtempSync(join(tmpdir(), "harmless-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function review(plan: object, ...options: string[]): Promise<{ exit: number; text: string }> {
  const path = join(folder, "plan.json");
  writeFileSync(path, JSON.stringify(plan));
  const { exit, out, error } = await command("review", path, ...options);
  expect(error).toEqual([]);
  return { exit, text: out.join("\n") };
}

// What GitHub makes of the page is in tools/markdown.test.ts.
test.each(["terminal", "markdown"])("no text of a plan steers a terminal: %s", async (format) => {
  const { exit, text } = await review(hostilePlan(), "--format", format);
  expect(exit).toBe(1);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u202e\u2066]/);
});

test("a line of a plan is no line of the page", async () => {
  const { text } = await review(hostilePlan(), "--format", "markdown");
  expect(text).not.toMatch(/^(> )?## break/m);
  expect(text).not.toMatch(/^> \[!TIP\]/m);
});

describe("a plan of 20 MB", () => {
  test("with twenty thousand losses fits in a comment, which says how many there are", async () => {
    const { exit, text } = await review(hugePlan(20), "--format", "markdown");
    expect(exit).toBe(1);
    expect(text.length).toBeLessThan(MOST_CHARACTERS);
    expect(text.split("\n")[0]).toBe("## 🛑 Stop, 19000 resources that hold data would be lost");
    expect(text).toContain("- Destroys the data volume `digitalocean_volume.data[0]`");
    expect(text).toMatch(/There is more than fits here: \d+ lines about what is lost/);
  });

  test("with one long file shows its beginning, and every stop", async () => {
    const files = (word: string) => ({ Caddyfile: `${word}\n`.repeat(300_000) });
    const applied = {
      actions: ["delete", "create"],
      before: { triggers_replace: { files: files("one"), secrets: {} } },
      after: { triggers_replace: { files: files("another"), secrets: {} } },
    };
    const lost = { actions: ["delete"], before: {}, after: null };
    const resource = { mode: "managed", name: "host_configuration", type: "terraform_data", change: applied };
    const volume = { mode: "managed", name: "v", type: "digitalocean_volume", change: lost };
    const { text } = await review(
      {
        format_version: "1.2",
        resource_changes: [
          { address: "terraform_data.host_configuration", ...resource },
          { address: "digitalocean_volume.v", ...volume },
        ],
      },
      "--format",
      "markdown",
    );
    expect(text.length).toBeLessThan(MOST_CHARACTERS);
    expect(text).toContain("**Destroys `digitalocean_volume.v`**");
    expect(text).toMatch(/\d+ more lines of it are cut here\./);
  });
});

test("many files are cut in turn, each with a sentence", async () => {
  const files = (word: string) =>
    Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`app/${index}`, `${word}\n`.repeat(900)]));
  const change = {
    actions: ["delete", "create"],
    before: { triggers_replace: { files: files("one") } },
    after: { triggers_replace: { files: files("another") } },
  };
  const address = "terraform_data.host_configuration";
  const resource = { address, mode: "managed", name: "host_configuration", type: "terraform_data", change };
  const { text } = await review({ format_version: "1.2", resource_changes: [resource] }, "--format", "markdown");
  expect(text.length).toBeLessThan(MOST_CHARACTERS);
  expect(text.match(/^(<details>|Cut for GitHub's limit)/gm)?.length).toBeGreaterThanOrEqual(40);
  expect(text.match(/^<details>/gm)?.length).toBe(text.match(/^<\/details>/gm)?.length);
});

test("a value nested deeper than any plan's is refused", async () => {
  const path = join(folder, "deep.json");
  writeFileSync(path, `{"format_version":"1.2","resource_changes":${"[".repeat(100_000)}${"]".repeat(100_000)}}`);
  const { exit, error } = await command("review", path);
  expect(exit).toBe(2);
  expect(error[0]).toContain("is nested 100001 deep, which no plan of Terraform's is");
});
