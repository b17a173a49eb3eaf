/**
 * The pipeline, from an empty repository: `git push` tests, builds, pushes and releases with the workflows that the stack has
 * rendered and the secrets that Terraform wrote; a bad push ends red, and the old version serves. A pull request against the
 * stack says what it would do to the server, in one comment, once a reviewer has let its plan begin; one that loses data is red.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Load } from "../../rehearsal/load";
import type { RehearsedStack } from "../../rehearsal/stack-rehearsal";
import { DeployedPipeline, versionOf } from "./deployed-pipeline";
import { CALL, executed, ODD, ODD_BRANCH } from "./odd-texts";
import { changedStack, layApplication, pushStack } from "./pipeline-stack";
import type { PushedRepository } from "./pushed-repository";

const pipeline = new DeployedPipeline("pipeline");
const { part } = pipeline;
let stack: RehearsedStack;
let repository: PushedRepository;

beforeAll(async () => {
  ({ stack, repository } = pipeline.now);
  await pushStack(repository, stack);
});

part("the host waits for its first release", async () => {
  const status = JSON.parse(await stack.login.run("sudo single-host status --json || true"));
  expect(status).toMatchObject({ state: "awaiting first release", awaiting: ["app"] });
  expect((await stack.visitor.visit("/health")).status).toBeGreaterThanOrEqual(500);
});

part("a push tests, builds, pushes and releases: the site serves it", async () => {
  layApplication(repository, stack);
  const sha = await repository.push("The first version", {});
  const run = await repository.ended(sha, "deploy.yml");
  expect(run).toMatchObject({ conclusion: "success", jobs: { Test: "success", Build: "success", Release: "success" } });
  await stack.visitor.untilWell("/health", 30, 200);
  expect(await pipeline.versionServed()).toBe(versionOf(sha));
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
  expect(await pipeline.versionServed()).toBe(versionOf(sha));
  expect(await executed(stack.cloud)).toEqual([]);
});

part("a push with a broken image ends red, and the old version serves", async () => {
  const before = await pipeline.versionServed();
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
  expect(await pipeline.versionServed()).toBe(before);
});

part("a pull request that changes the size is told what it does; its title is read by nobody", async () => {
  const larger = (text: string) => text.replace("s-2vcpu-2gb", "s-2vcpu-4gb").replace("Budget: 24", "Budget: 40");
  const { number, sha } = await repository.pullRequest(ODD_BRANCH, ODD, changedStack(stack.workspace, larger));
  expect(await repository.reviewed(sha)).toMatchObject({ conclusion: "success", jobs: { Plan: "success" } });
  const [comment, ...others] = await repository.comments(number);
  expect(others).toEqual([]);
  expect(comment).toMatch(/no data is lost/);
  expect(comment).toMatch(/in place: `size` `s-2vcpu-2gb` → `s-2vcpu-4gb`/);
  expect(comment).toMatch(/the server is off for about/);
  expect(comment).toMatch(/23\.00 USD → 29\.00 USD a month/);

  const again = await repository.push("Say it once more", { "infrastructure/note.md": ODD }, ODD_BRANCH);
  expect((await repository.reviewed(again)).conclusion).toBe("success");
  const [updated, ...more] = await repository.comments(number);
  expect(more).toEqual([]);
  expect(updated).toContain(again);
  expect(await executed(stack.cloud)).toEqual([]);
});

part("one that changes the region is stopped: a red page and a failing check", async () => {
  const elsewhere = (text: string) => text.replace('2gb", { region: "nyc3"', '2gb", { region: "fra1"');
  const { number, sha } = await repository.pullRequest(
    "elsewhere",
    "Closer to us",
    changedStack(stack.workspace, elsewhere),
  );
  expect((await repository.reviewed(sha)).conclusion).toBe("failure");
  const [comment] = await repository.comments(number);
  expect(comment).toMatch(/🛑.*would be lost/);
  expect(comment).toMatch(/Replaces the server/);
  const { check_runs: checks } = await repository.api("GET", `/commits/${sha}/check-runs`);
  expect(checks).toContainEqual(expect.objectContaining({ name: "Plan", conclusion: "failure" }));
});

part("a text that is executed would have been seen", async () => {
  await stack.login.run(CALL);
  expect(await executed(stack.cloud)).toEqual(["/executed"]);
});
