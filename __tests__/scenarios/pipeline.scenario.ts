/**
 * The pipeline, from an empty repository: `git push` tests, builds, pushes and releases with the workflows that the stack has
 * rendered and the secrets that Terraform wrote; a bad push ends red, and the old version serves.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Load } from "../../rehearsal/load";
import type { RehearsedStack } from "../../rehearsal/stack-rehearsal";
import { DeployedPipeline } from "./deployed-pipeline";
import { CALL, executed, ODD } from "./odd-texts";
import { layApplication, layStack } from "./pipeline-stack";
import type { PushedRepository } from "./pushed-repository";

const pipeline = new DeployedPipeline("pipeline");
const { part } = pipeline;
let stack: RehearsedStack;
let repository: PushedRepository;

beforeAll(async () => {
  ({ stack, repository } = pipeline.now);
  layStack(repository.checkout.folder, stack.workspace);
  await repository.push("The stack, without a workflow yet", {});
});

part("the host waits for its first release", async () => {
  const status = JSON.parse(await stack.login.run("sudo single-host status --json || true"));
  expect(status).toMatchObject({ state: "awaiting first release", awaiting: ["app"] });
  expect((await stack.visitor.visit("/health")).status).toBeGreaterThanOrEqual(500);
});

part("a push tests, builds, pushes and releases: the site serves it", async () => {
  layApplication(repository.checkout.folder, stack.workspace);
  const sha = await repository.push("The first version", {});
  const run = await repository.ended(sha, "deploy.yml");
  expect(run).toMatchObject({ conclusion: "success", jobs: { Test: "success", Build: "success", Release: "success" } });
  await stack.visitor.untilWell("/health", 30, 200);
  expect(await versionServed()).toBe(versionOf(sha));
});

part("the next push releases again, and no request fails; its message is read by nobody", async () => {
  let sha = "";
  const load = Load.of(stack, { paths: ["/", "/health"] });
  try {
    sha = await repository.push(`${ODD}\n\n${ODD}\nEOF\n${CALL}`, { "photos/second.py": "" });
    expect((await repository.ended(sha, "deploy.yml")).conclusion).toBe("success");
  } finally {
    await load.end();
  }
  const { failed, versions } = await load.stop();
  expect(failed).toEqual([]);
  expect([...versions.keys()]).toContain(versionOf(sha));
  expect(await versionServed()).toBe(versionOf(sha));
  expect(await executed(stack.cloud)).toEqual([]);
});

part("a push with a broken image ends red, and the old version serves", async () => {
  const before = await versionServed();
  const load = Load.of(stack, { paths: ["/", "/health"] });
  const dockerfile = readFileSync(join(repository.checkout.folder, "Dockerfile"), "utf8");
  const broken = dockerfile.replace(/^CMD .*$/m, 'CMD ["python", "-c", "raise SystemExit(3)"]');
  const sha = await repository.push("It does not start", { Dockerfile: broken });
  const run = await repository.ended(sha, "deploy.yml").finally(() => load.end());
  expect(run).toMatchObject({
    conclusion: "failure",
    jobs: { Test: "success", Build: "failure", Release: "skipped" },
  });
  expect((await load.stop()).failed).toEqual([]);
  expect(await versionServed()).toBe(before);
});

async function versionServed(): Promise<unknown> {
  return (await stack.visitor.visit("/")).headers["x-app-version"];
}

const versionOf = (sha: string): string => `0.0.0+${sha.slice(0, 12)}`;
