/**
 * A pipeline for an application of two images, as Deita's: one push builds, tries, pushes and releases both of them, or
 * neither; the one that cannot run twice is replaced while its requests wait.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { deita as visits } from "../../rehearsal/bench/shapes";
import { Cdktf } from "../../rehearsal/cdktf";
import { Load } from "../../rehearsal/load";
import type { RehearsedStack } from "../../rehearsal/stack-rehearsal";
import { deita } from "./applications";
import { DeployedPipeline, versionOf } from "./deployed-pipeline";
import { layApplication } from "./pipeline-stack";
import type { PushedRepository } from "./pushed-repository";

const API_URL = "https://deita.example/v1";
const workflows = ".github/workflows";
const props = `Workflows.files({
  folder: "${workflows}",
  versionHeader: "X-App-Version",
  images: {
    backend: { context: "backend", test: { command: "python3 -m compileall -q queries" } },
    frontend: {
      context: "frontend",
      buildArguments: { API_URL: "${API_URL}" },
      test: { command: "python3 build.py --output out" },
    },
  },
  trialValues: { S3_ENDPOINT: "http://localhost:9000" },
})`;

const pipeline = new DeployedPipeline("pipeline-of-two-images", {
  stack: "deita-prod",
  repository: "kasappeal/deita",
  async prepare(workspace, cloud) {
    workspace.edit("stacks/deita-prod/index.ts", (text) =>
      text
        .replace("  SshKey,\n", "  SshKey,\n  Workflows,\n")
        .replace('environment: "production"', `environment: "production", workflows: ${props}`),
    );
    // in CI a file that is not there yet would be a fault
    await new Cdktf(workspace, { ...cloud.environment({}), CI: "" }).synth();
  },
});
const { part } = pipeline;
let stack: RehearsedStack;
let repository: PushedRepository;

beforeAll(() => {
  ({ stack, repository } = pipeline.now);
  layApplication(repository, stack, { sample: "queries", workflows });
});

let served = "";

part("one push tests, builds, pushes and releases both", async () => {
  served = await repository.push("The first version", {});
  const run = await repository.ended(served, "deploy.yml");
  const jobs = { "Test backend": "success", "Test frontend": "success", Build: "success", Release: "success" };
  expect(run).toMatchObject({ conclusion: "success", jobs });
  for (const image of ["backend", "frontend"]) {
    expect(run.log).toContain(`ghcr.io/kasappeal/deita/${image}:sha-${served.slice(0, 12)}`);
  }
  await stack.visitor.untilWell("/v1/health", 30, 200);
  expect(await versionsServed()).toEqual([versionOf(served), versionOf(served)]);
  expect((await stack.visitor.visit("/")).body.toString()).toContain(API_URL);
});

part("the next replaces both under load: requests to what cannot run twice wait, and none fails", async () => {
  const still = await deita.keep(stack.visitor);
  const before = served;
  const load = Load.of(stack, { requests: await visits.requests(stack.visitor) });
  let log = "";
  try {
    served = await repository.push("The second version", {});
    const run = await repository.ended(served, "deploy.yml");
    expect(run.conclusion).toBe("success");
    ({ log } = run);
  } finally {
    await load.end();
  }
  expect(log).toContain("backend: is stopped before its successor starts");
  expect(log).not.toContain("frontend: is stopped before its successor starts");
  const { failed, versions } = await load.stop();
  expect(failed).toEqual([]);
  expect([...versions.keys()].sort()).toEqual([versionOf(before), versionOf(served)].sort());
  expect(await versionsServed()).toEqual([versionOf(served), versionOf(served)]);
  await still();
});

part("where one of them does not start, neither is pushed nor released", async () => {
  const dockerfile = readFileSync(join(repository.checkout.folder, "frontend", "Dockerfile"), "utf8");
  const broken = { "frontend/Dockerfile": `${dockerfile}CMD ["false"]\n` };
  const sha = await repository.push("The page does not start", broken);
  const run = await repository.ended(sha, "deploy.yml");
  expect(run).toMatchObject({ conclusion: "failure", jobs: { Build: "failure", Release: "skipped" } });
  expect(run.log).not.toContain(`:sha-${sha.slice(0, 12)}`);
  expect(await versionsServed()).toEqual([versionOf(served), versionOf(served)]);
});

/** The page's and the backend's. */
function versionsServed(): Promise<unknown[]> {
  return Promise.all(["/", "/v1/health"].map((path) => pipeline.versionServed(path)));
}
