/**
 * The stack in the repository, after the pull request: a merge waits for a reviewer, then the server has it in place; what
 * loses data waits for somebody's label; each night somebody looks whether the server is still what main says.
 */
import type { RehearsedStack } from "../../rehearsal/stack-rehearsal";
import { chitram } from "./applications";
import { ConsoleOfDigitalOcean } from "./console-of-digitalocean";
import { DeployedPipeline, versionOf } from "./deployed-pipeline";
import { changedStack, layApplication, preparePipeline, pushStack, STACK_FILE } from "./pipeline-stack";
import type { PushedRepository } from "./pushed-repository";

/** The team's own disk beside the host: no prop protects it. */
const SCRATCH = '  new Volume(stack, "scratch", { name: "scratch", region: "nyc3", size: 1 });\n';

const pipeline = new DeployedPipeline("pipeline-merges", {
  async prepare(workspace, cloud) {
    await preparePipeline(workspace, cloud);
    workspace.edit(STACK_FILE, (text) =>
      `import { Volume } from "@cdktf/provider-digitalocean/lib/volume";\n${text}`
        .replace("  return stack;", `${SCRATCH}  return stack;`)
        .replace("infrastructure: { plan:", 'infrastructure: { reviewers: ["abhi10"], plan:'),
    );
  },
});
const { part } = pipeline;
let stack: RehearsedStack;
let repository: PushedRepository;
let cloud: ConsoleOfDigitalOcean;
let main: string;

beforeAll(async () => {
  ({ stack, repository } = pipeline.now);
  cloud = new ConsoleOfDigitalOcean(stack.environment);
  await pushStack(repository, stack);
  layApplication(repository, stack);
  main = await repository.push("The application and its workflows", {});
  expect(await repository.ended(main, "deploy.yml")).toMatchObject({ conclusion: "success" });
});

part("a larger size, merged: once a reviewer agrees, the server has it in place, with all that it held", async () => {
  const still = await chitram.keep(stack.visitor);
  const [{ id }] = await cloud.list("droplets");
  const larger = (text: string) => text.replace("s-2vcpu-2gb", "s-2vcpu-4gb").replace("Budget: 24", "Budget: 40");
  const { number, sha } = await repository.pullRequest("larger", "Larger", changedStack(stack.workspace, larger));
  expect((await repository.reviewed(sha)).conclusion).toBe("success");

  main = await repository.merge(number);
  stack.workspace.edit(STACK_FILE, larger); // whoever changes it next has pulled
  expect((await repository.ended(main, "deploy.yml")).conclusion).toBe("success");
  expect(await cloud.list("droplets")).toMatchObject([{ id, size_slug: "s-2vcpu-2gb" }]);
  expect(await repository.reviewed(main)).toMatchObject({ conclusion: "success", jobs: { Deploy: "success" } });
  expect(await cloud.list("droplets")).toMatchObject([{ id, size_slug: "s-2vcpu-4gb", status: "active" }]);
  await stack.visitor.untilWell("/health", 120, 200);
  await still();
  expect(await pipeline.versionServed()).toBe(versionOf(main));
  await expectNothingToDo();
});

part("what loses data waits for a label, which is for its plan alone; then it is really lost", async () => {
  const without = changedStack(stack.workspace, (text) => text.replace(SCRATCH, ""));
  const { number, sha } = await repository.pullRequest("tidy", "Nobody needs it", without);
  const accept = () => repository.api("POST", `/issues/${number}/labels`, { labels: ["accept-loss"] });
  const judged = async (commit: string) => (await repository.reviewed(commit)).jobs.Plan;
  expect(await judged(sha)).toBe("failure");
  expect((await repository.comments(number))[0]).toMatch(
    /🛑.*would be lost[\s\S]*Destroys.*digitalocean_volume\.scratch/,
  );

  await accept();
  expect(await judged(sha)).toBe("success");
  const later = await repository.push("Say why", { "infrastructure/note.md": "It was for a trial." }, "tidy");
  expect(await judged(later)).toBe("failure");
  expect(await repository.api("GET", `/issues/${number}/labels`)).toEqual([]);
  expect(await cloud.list("volumes")).toMatchObject([{ name: "scratch" }]);

  await accept();
  expect(await judged(later)).toBe("success");
  expect(await repository.comments(number)).toHaveLength(1);
  main = await repository.merge(number);
  expect(await repository.reviewed(main)).toMatchObject({ conclusion: "success", jobs: { Deploy: "success" } });
  expect(await cloud.list("volumes")).toEqual([]);
});

part("each night somebody looks: what was changed by hand is an issue until it is put back", async () => {
  await expectNothingToDo();

  await cloud.act({ type: "rename", name: "renamed-by-hand" });
  expect((await repository.plannedAtNight(main)).conclusion).toBe("success");
  const [found, ...others] = await issues();
  expect(others).toEqual([]);
  expect(found).toMatchObject({ title: "Drift: chitram-beta", state: "open" });
  expect(found.body).toMatch(/Changed by hand[\s\S]*renamed-by-hand/);

  await cloud.act({ type: "rename", name: "chitram-beta" });
  expect((await repository.plannedAtNight(main)).conclusion).toBe("success");
  expect(await issues()).toMatchObject([{ number: found.number, state: "closed" }]);
});

/** At night, a plan of main is empty. */
async function expectNothingToDo(): Promise<void> {
  expect(await repository.plannedAtNight(main)).toMatchObject({ conclusion: "success", jobs: { Drift: "success" } });
  expect(await issues()).toEqual([]);
}

// biome-ignore lint/suspicious/noExplicitAny: as GitHub answers
async function issues(): Promise<any[]> {
  const all = await repository.api("GET", "/issues?state=all");
  return all.filter(({ pull_request: pull }: { pull_request?: unknown }) => pull === undefined || pull === null);
}
