import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Testing } from "cdktf";
import { ComposeApp, Workflows } from "../../../constructs";
import { deitaProd } from "../../../stacks/deita-prod";
import { contextOf } from "./shapes";

const here = process.cwd();
afterEach(() => process.chdir(here));

/** Patterns of a repository whose stack is in infrastructure/, with a compose file. */
function pathsWith(composeFile: string, folder = "infrastructure"): readonly string[] {
  const repository = realpathSync(mkdtempSync(join(tmpdir(), "repository-")));
  mkdirSync(join(repository, "infrastructure", "own"), { recursive: true });
  process.chdir(join(repository, "infrastructure"));
  const compose = "services: {app: {image: app, env_file: 'odd [1]*.env'}}";
  writeFileSync(composeFile, compose);
  writeFileSync(join(composeFile, "..", "odd [1]*.env"), "A=b\n");
  const context = contextOf(deitaProd(Testing.app()), "production");
  const app = ComposeApp.fromFile(composeFile, { images: { app: "ghcr.io/me/app:1" } });
  const workflows = Workflows.pullRequest({ infrastructure: { folder } });
  return workflows.model({ ...context, host: { ...context.host, app } }).infrastructure?.paths ?? [];
}

test("a compose file elsewhere in the repository belongs to the stack, with what travels with it", () => {
  expect(pathsWith("../compose.yaml")).toEqual(["infrastructure/**", "compose.yaml", "odd \\[1\\]\\*.env"]);
  expect(pathsWith("../compose.yaml", "infrastructure/")).toContain("compose.yaml");
});

test("what is below the folder is named once", () => {
  expect(pathsWith("own/compose.yaml")).toEqual(["infrastructure/**"]);
});

test("what is outside the repository is no file of it", () => {
  expect(pathsWith(join(mkdtempSync(join(tmpdir(), "outside-")), "compose.yaml"))).toEqual(["infrastructure/**"]);
});
