import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expectGolden } from "../golden";
import { command } from "./command";

const PAGES = join(__dirname, "pages");
const names = readdirSync(PAGES).flatMap((file) => /^(.+)\.plan\.golden\.json$/.exec(file)?.[1] ?? []);
const STOPS = ["destroy", "foreign-resources", "generated-secret-given", "region-change"];

// The plans were made by the real providers: see scenarios/reviewed-plans.nightly.ts.
describe("the page of a pull request", () => {
  test.each(names)("%s", async (name) => {
    const plan = join(PAGES, `${name}.plan.golden.json`);
    const { exit, out } = await command("review", plan, "--format", "markdown", "--label", "accept-loss");
    expectGolden(`cli/pages/${name}.golden.md`, `${out.join("\n")}\n`);
    expect(exit).toBe(STOPS.includes(name) ? 1 : 0);
  });

  test("shows no secret", async () => {
    for (const name of names) {
      const page = readFileSync(join(PAGES, `${name}.golden.md`), "utf8");
      expect(page).not.toMatch(/\bsecret \d+\b|PRIVATE KEY|the key of|the password of/);
    }
  });
});
