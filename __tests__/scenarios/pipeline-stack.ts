import { cpSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { lockFileFor } from "../../constructs/model/provider-lock";
import { Cdktf } from "../../rehearsal/cdktf";
import type { RunningCloud } from "../../rehearsal/cloud";
import { command } from "../../rehearsal/command";
import type { RehearsedStack } from "../../rehearsal/stack-rehearsal";
import { projectFolder, type Workspace } from "../../rehearsal/workspace";
import type { PushedRepository } from "./pushed-repository";

/** The stack's file, in the workspace and below `infrastructure` in the repository. */
export const STACK_FILE = "stacks/chitram-beta/index.ts";

/** Where the stack writes them, from its own folder: it lies below the repository's root. */
const WORKFLOWS = "../.github/workflows";

/** What a team's own tests would begin with: the source is sound, and each store answers with the environment's values. */
const TEST = [
  "python3 -m compileall -q photos tests",
  "python3 - <<'END'",
  "import os, socket, urllib.parse",
  "stores = [urllib.parse.urlsplit(os.environ['DATABASE_URL']).netloc.split('@')[1], os.environ['MINIO_ENDPOINT']]",
  "for store in [*stores, os.environ['REDIS_HOST'] + ':' + os.environ['REDIS_PORT']]:",
  "    host, port = store.split(':')",
  "    socket.create_connection((host, int(port)), 5).close()",
  "END",
].join("\n");

/** In the place of `npm ci`: the runner has this project's own packages. */
const SETUP = [
  "packages=/usr/local/share/cdktf-single-host",
  "mkdir -p node_modules/.bin",
  "ln -s $packages/node_modules/* node_modules/",
  "ln -s $packages/node_modules/.bin/* node_modules/.bin/",
  "ln -s $packages/constructs $packages/cloud-init $packages/cli .",
  `printf '#!/bin/sh\\nexec tsx %s/cli/single-host.ts "$@"\\n' $packages > node_modules/.bin/single-host`,
  "chmod +x node_modules/.bin/single-host",
].join("\n");

/**
 * Chitram's stack with all that a pipeline takes: its state in a bucket, the workflows, an environment for cdktf. Everything
 * is written as on the team's own laptop: in CI, a workflow that differs is a fault.
 */
export async function preparePipeline(workspace: Workspace, cloud: RunningCloud): Promise<void> {
  const workflows = `
    infrastructure: { plan: { reviewers: ["abhi10"] } },
    workflows: Workflows.files({
      folder: "${WORKFLOWS}",
      versionHeader: "X-App-Version",
      images: { app: { test: { command: ${JSON.stringify(TEST)} } } },
      infrastructure: { folder: "infrastructure", setup: ${JSON.stringify(SETUP)} },
    }),`;
  workspace.edit(STACK_FILE, (text) =>
    text
      .replace("  Domain,\n", "  Domain,\n  RemoteState,\n  Workflows,\n")
      .replace(
        "    server:",
        '    state: RemoteState.spaces({ bucket: "chitram-state", region: "nyc3" }),\n    server:',
      )
      .replace('    environment: "beta",', `    environment: "beta",${workflows}`),
  );
  workspace.edit("main.ts", () =>
    [
      'import { App } from "cdktf";',
      'import { chitramBeta } from "./stacks/chitram-beta";',
      "",
      "const app = new App();",
      "chitramBeta(app);",
      "app.synth();",
      "",
    ].join("\n"),
  );
  const environment = { ...cloud.environment({}), CI: "" };
  await new Cdktf(workspace, environment).synth();
  const argv = [process.execPath, require.resolve("tsx/cli"), join(projectFolder, "cli", "single-host.ts")];
  await command([...argv, "state", "create", workspace.stack], { cwd: workspace.folder, env: environment });
}

/** The stack itself, pushed, with the keys that cdktf needs in CI; there is no workflow yet. */
export async function pushStack(repository: PushedRepository, stack: RehearsedStack): Promise<void> {
  await setKeysForCdktf(repository, stack);
  layStack(repository, stack);
  await repository.push("The stack, without a workflow yet", {});
}

/** What cdktf needs in CI, put into its environments by hand: `gh secret set NAME --env infrastructure`. */
async function setKeysForCdktf(repository: PushedRepository, { environment }: RehearsedStack): Promise<void> {
  const { GITHUB_TOKEN = "", ...others } = environment;
  const wanted =
    /^(DIGITALOCEAN_TOKEN|SPACES_(ACCESS_KEY_ID|SECRET_ACCESS_KEY)|AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY)|TF_VAR_.*)$/;
  const keys = Object.entries(others).filter(([name]) => wanted.test(name));
  for (const place of ["infrastructure", "infrastructure-plan"]) {
    for (const [name, value = ""] of [["WIRING_TOKEN", GITHUB_TOKEN] as const, ...keys]) {
      await repository.setSecret(place, name, value);
    }
  }
}

/** A sample application's source and the workflows, as the team has them in its repository. */
export function layApplication(
  { checkout: { folder } }: PushedRepository,
  { workspace }: RehearsedStack,
  { sample = "photos", workflows = WORKFLOWS }: { readonly sample?: string; readonly workflows?: string } = {},
): void {
  cpSync(join(projectFolder, "examples", sample), folder, {
    recursive: true,
    filter: (path) => !/__pycache__|\.(pytest|mypy|ruff)_cache/.test(path),
  });
  cpSync(join(workspace.folder, workflows), join(folder, ".github", "workflows"), { recursive: true });
}

/** The stack itself, in the repository's folder for it, with the providers that it was deployed with. */
function layStack({ checkout: { folder } }: PushedRepository, { workspace }: RehearsedStack): void {
  const stack = readdirSync(join(workspace.folder, "stacks", "chitram-beta"), { recursive: true, withFileTypes: true });
  const files = stack
    .filter((entry) => entry.isFile() && entry.name !== "rehearsal.ts")
    .map((entry) => join(entry.parentPath, entry.name).slice(workspace.folder.length + 1));
  for (const file of ["cdktf.json", "tsconfig.json", "main.ts", ...files]) {
    const place = join(folder, "infrastructure", file);
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, workspace.read(file));
  }
  // as `single-host lock` puts it there: without it, `cdktf` asks the public registry
  const lock = join(folder, "infrastructure", lockFileFor(workspace.stack, "Terraform"));
  mkdirSync(dirname(lock), { recursive: true });
  cpSync(join(workspace.stackFolder, ".terraform.lock.hcl"), lock);
}

/** The stack's file as somebody has changed it. */
export function changedStack(workspace: Workspace, change: (text: string) => string): Record<string, string> {
  return { [`infrastructure/${STACK_FILE}`]: change(workspace.read(STACK_FILE)) };
}
