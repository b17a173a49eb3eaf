/** What a pipeline does with versions that should not serve, and the way back by hand. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Cdktf } from "../../rehearsal/cdktf";
import type { RehearsedStack } from "../../rehearsal/stack-rehearsal";
import { ConsoleOfDigitalOcean } from "./console-of-digitalocean";
import { DeployedPipeline, versionOf } from "./deployed-pipeline";
import { layApplication, preparePipeline, STACK_FILE } from "./pipeline-stack";
import type { PushedRepository } from "./pushed-repository";

const pipeline = new DeployedPipeline("pipeline-faults", {
  async prepare(workspace, cloud) {
    await preparePipeline(workspace, cloud);
    // the tests run in an image of the team's choice
    workspace.edit(STACK_FILE, (text) =>
      text.replace("test: { command:", 'test: { image: "python:3.12-slim", command:'),
    );
    await new Cdktf(workspace, { ...cloud.environment({}), CI: "" }).synth();
  },
});
const { part } = pipeline;
let stack: RehearsedStack;
let repository: PushedRepository;

beforeAll(() => {
  ({ stack, repository } = pipeline.now);
  layApplication(repository, stack);
});

let first = "";
let dockerfile = "";

part("tests run in their own image, beside the stores of production", async () => {
  dockerfile = readFileSync(join(repository.checkout.folder, "Dockerfile"), "utf8");
  const workflow = readFileSync(join(repository.checkout.folder, ".github/workflows/deploy.yml"), "utf8");
  expect(workflow).toContain("docker compose run --rm -T trial-test-app");
  first = await repository.push("The first version", {});
  expect(await repository.ended(first, "deploy.yml")).toMatchObject({ conclusion: "success" });
  expect(await pipeline.versionServed()).toBe(versionOf(first));
});

part("a release whose site says another version is taken back by itself, and the run is red", async () => {
  const wrong = dockerfile.replace("ENV APP_VERSION=$VERSION", "ENV APP_VERSION=another");
  const run = await repository.ended(
    await repository.push("Says another version", { Dockerfile: wrong }),
    "deploy.yml",
  );
  expect(run).toMatchObject({ conclusion: "failure", jobs: { Build: "success", Release: "failure" } });
  expect(run.log).toContain("serves version another, not 0.0.0+");
  expect(await pipeline.versionServed()).toBe(versionOf(first));
  const [newest, taken] = await releases();
  expect(newest).toMatchObject({ kind: "rollback", current: true, outcome: "good" });
  expect(taken).toMatchObject({ kind: "release", outcome: "good" });
  expect(newest?.by).toBe(taken?.by);
});

part("an image with a known vulnerability is not pushed", async () => {
  const bad = `${dockerfile}LABEL rehearsal.vulnerability=CRITICAL\n`;
  const sha = await repository.push("With a hole", { Dockerfile: bad });
  const run = await repository.ended(sha, "deploy.yml");
  expect(run).toMatchObject({ conclusion: "failure", jobs: { Build: "failure", Release: "skipped" } });
  expect(run.log).not.toContain(`sha-${sha.slice(0, 12)}`);
  expect(await pipeline.versionServed()).toBe(versionOf(first));
});

part("the version of a tag is that of the image and of the site", async () => {
  const sha = await repository.checkout.commit("Whole again", { Dockerfile: dockerfile });
  await repository.checkout.git("tag", "v1.4.0");
  await repository.checkout.push("v1.4.0");
  await repository.checkout.push();
  const run = await repository.ended(sha, "deploy.yml");
  expect(run).toMatchObject({ conclusion: "success" });
  expect(run.log).toContain("ghcr.io/abhi10/chitram:1.4.0");
  expect(await pipeline.versionServed()).toBe(`1.4.0+${sha.slice(0, 12)}`);
});

part("by hand, back to a release of before; what is no number does nothing", async () => {
  const before = await releases();
  const hostile = await repository.byHand("rollback.yml", {
    release: '1"; curl -s https://github.com/executed; "$(id)',
  });
  expect(hostile.conclusion).toBe("failure");
  // "release" is a secret of the environment, so that the log shows stars
  expect(hostile.log).toContain("is not the number of a");
  expect(await releases()).toEqual(before);

  const oldest = before.filter(({ kind, outcome }) => kind === "release" && outcome === "good").at(-1);
  expect(await repository.byHand("rollback.yml", { release: String(oldest?.number) })).toMatchObject({
    conclusion: "success",
  });
  expect(await pipeline.versionServed()).toBe(versionOf(first));
  expect((await releases())[0]).toMatchObject({ kind: "rollback", of: oldest?.number, current: true });
});

part("a release that finds the server switched off waits until it is back", async () => {
  const cloud = new ConsoleOfDigitalOcean(stack.environment);
  await cloud.act({ type: "power_off" });
  const sha = await repository.push("While somebody resizes it", {});
  await repository.untilSaid(sha, "deploy.yml", "The server does not answer yet");
  await cloud.act({ type: "power_on" });
  expect(await repository.ended(sha, "deploy.yml")).toMatchObject({ conclusion: "success" });
  expect(await pipeline.versionServed()).toBe(versionOf(sha));
});

interface Release {
  readonly number: number;
  readonly kind: string;
  readonly outcome: string;
  readonly by: string;
  readonly current: boolean;
  readonly of: number | null;
}

/** The newest first. */
async function releases(): Promise<Release[]> {
  return JSON.parse(await stack.login.run("sudo single-host releases --json"));
}
