import { existsSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ADMIN } from "../constructs/fixture";
import { command } from "./command";

const root = join(__dirname, "..", "..");
const here = process.cwd();
let project: string;

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), "workflows-"));
  mkdirSync(join(project, "infrastructure"));
  symlinkSync(join(root, "node_modules"), join(project, "infrastructure", "node_modules"));
  process.chdir(join(project, "infrastructure"));
  writeFileSync("cdktf.json", JSON.stringify({ app: "npx tsx main.ts", language: "typescript" }));
  writeFileSync("main.ts", program('scan: "high"'));
});

afterEach(() => {
  process.chdir(here);
});

/** What a team writes, with one image of the repository that it stands in. */
function program(workflows: string): string {
  const constructs = JSON.stringify(join(root, "constructs"));
  const hetzner = JSON.stringify(join(root, "constructs/clouds/hetzner"));
  return `
import { App } from "cdktf";
import { ComposeApp, GithubDeployWiring, SingleHostStack, Site, SshKey, Workflows } from ${constructs};
import { hetznerServer } from ${hetzner};
const app = new App();
const stack = new SingleHostStack(app, "beta", {
  server: hetznerServer("cx23", { location: "nbg1" }),
  admins: [SshKey.fromText(${JSON.stringify(ADMIN)})],
  app: ComposeApp.fromText("services: {web: {build: ., ports: [80]}}", { images: { web: "ghcr.io/example/web:1" } }),
  sites: [Site.at("site.example", { service: "web", port: 80 })],
});
const workflows = Workflows.files({ folder: "../.github/workflows", ${workflows} });
new GithubDeployWiring(stack, "github", { host: stack.host, repository: "example/web", workflows });
app.synth();
`;
}

const deploy = "../.github/workflows/deploy.yml";
const rollback = "../.github/workflows/rollback.yml";

test("what the stack says is written, and what is not it is told", async () => {
  expect(await command("workflows", "--check")).toEqual({
    exit: 1,
    out: [`${deploy}: missing`, `${rollback}: missing`],
    error: ["`npx single-host workflows` writes what the stacks say; commit it."],
  });
  expect(existsSync(deploy)).toBe(false);

  expect((await command("workflows")).out).toEqual([`${deploy}: written`, `${rollback}: written`]);
  expect(readFileSync(deploy, "utf8")).toContain("name: Deploy beta");

  // by hand in the file, and in the stack
  const written = readFileSync(rollback, "utf8");
  writeFileSync(rollback, written.replace("timeout-minutes: 30", "timeout-minutes: 5"));
  writeFileSync("main.ts", program('scan: "none"'));
  expect(await command("workflows", "--check")).toMatchObject({
    exit: 1,
    out: [`${deploy}: different`, `${rollback}: different`],
  });
  writeFileSync(rollback, written);
  writeFileSync("main.ts", program('scan: "high"'));
  expect(await command("workflows", "--check")).toMatchObject({ exit: 0, error: [] });
}, 120_000);

test("a program that fails is told, with its own words", async () => {
  writeFileSync("main.ts", program('branch: "a b"'));
  const { exit, error } = await command("workflows", "--check");
  expect(exit).toBe(2);
  expect(error.join("\n")).toContain('workflows/branch: is not the name of a branch: "a b"; as in main');
}, 60_000);
