/**
 * The stack in the repository: a pull request says what it would do to the server, in one comment, once a reviewer has let its
 * plan begin; one that loses data is red; each night somebody looks whether the server is still what main says.
 */
import type { RehearsedStack } from "../../rehearsal/stack-rehearsal";
import { DeployedPipeline } from "./deployed-pipeline";
import { CALL, executed, ODD, ODD_BRANCH } from "./odd-texts";
import { layApplication, layStack, STACK_FILE, setKeysForCdktf } from "./pipeline-stack";
import type { EndedRun, PushedRepository } from "./pushed-repository";

const INFRASTRUCTURE = "infrastructure.yml";

const pipeline = new DeployedPipeline("pipeline-pulls");
const { part } = pipeline;
let stack: RehearsedStack;
let repository: PushedRepository;
let main: string;

beforeAll(async () => {
  ({ stack, repository } = pipeline.now);
  await setKeysForCdktf(repository, stack);
  layStack(repository.checkout.folder, stack.workspace);
  await repository.push("The stack, without a workflow yet", {});
  layApplication(repository.checkout.folder, stack.workspace);
  main = await repository.push("The application and its workflows", {});
});

part("a pull request that changes the size is told what it does; its title is read by nobody", async () => {
  const larger = (text: string) => text.replace("s-2vcpu-2gb", "s-2vcpu-4gb").replace("Budget: 24", "Budget: 40");
  const { number, sha } = await repository.pullRequest(ODD_BRANCH, ODD, withStack(larger));
  expect(await planned(sha)).toMatchObject({ conclusion: "success", jobs: { Plan: "success" } });
  const [comment, ...others] = await comments(number);
  expect(others).toEqual([]);
  expect(comment).toMatch(/no data is lost/);
  expect(comment).toMatch(/in place: `size` `s-2vcpu-2gb` → `s-2vcpu-4gb`/);
  expect(comment).toMatch(/the server is off for about/);
  expect(comment).toMatch(/23\.00 USD → 29\.00 USD a month/);

  const again = await repository.push("Say it once more", { "infrastructure/note.md": ODD }, ODD_BRANCH);
  expect((await planned(again)).conclusion).toBe("success");
  const [updated, ...more] = await comments(number);
  expect(more).toEqual([]);
  expect(updated).toContain(again);
  expect(await executed(stack.cloud)).toEqual([]);
});

part("one that changes the region is stopped: a red page and a failing check", async () => {
  const elsewhere = (text: string) => text.replace('2gb", { region: "nyc3"', '2gb", { region: "fra1"');
  const { number, sha } = await repository.pullRequest("elsewhere", "Closer to us", withStack(elsewhere));
  expect((await planned(sha)).conclusion).toBe("failure");
  const [comment] = await comments(number);
  expect(comment).toMatch(/🛑.*would be lost/);
  expect(comment).toMatch(/Replaces the server/);
  const { check_runs: checks } = await repository.api("GET", `/commits/${sha}/check-runs`);
  expect(checks).toContainEqual(expect.objectContaining({ name: "Plan", conclusion: "failure" }));
});

part("each night somebody looks: what was changed by hand is an issue until it is put back", async () => {
  expect(await looked()).toMatchObject({ conclusion: "success", jobs: { Drift: "success" } });
  expect(await issues()).toEqual([]);

  await rename("renamed-by-hand");
  expect((await looked()).conclusion).toBe("success");
  const [found, ...others] = await issues();
  expect(others).toEqual([]);
  expect(found).toMatchObject({ title: "Drift: chitram-beta", state: "open" });
  expect(found.body).toMatch(/Changed by hand[\s\S]*renamed-by-hand/);

  await rename("chitram-beta");
  expect((await looked()).conclusion).toBe("success");
  expect(await issues()).toMatchObject([{ number: found.number, state: "closed" }]);
});

part("a text that is executed would have been seen", async () => {
  await stack.login.run(CALL);
  expect(await executed(stack.cloud)).toEqual(["/executed"]);
});

/** The run that plans a commit, which a reviewer has looked at. */
async function planned(sha: string): Promise<EndedRun> {
  await repository.approve(sha, INFRASTRUCTURE);
  return repository.ended(sha, INFRASTRUCTURE);
}

/** The nightly run on main, which the reviewers of plans have let begin. */
async function looked(): Promise<EndedRun> {
  await stack.cloud.control("POST", "/control/github/schedule?repository=abhi10/chitram", { workflow: INFRASTRUCTURE });
  return planned(main);
}

/** As somebody does in the cloud's console. */
async function rename(name: string): Promise<void> {
  const { DIGITALOCEAN_TOKEN, DIGITALOCEAN_API_URL } = stack.environment;
  const headers = { authorization: `Bearer ${DIGITALOCEAN_TOKEN}`, "content-type": "application/json" };
  const droplets = `${DIGITALOCEAN_API_URL}/v2/droplets`;
  const [server] = ((await (await fetch(droplets, { headers })).json()) as { droplets: { id: number }[] }).droplets;
  const body = JSON.stringify({ type: "rename", name });
  const { ok, status } = await fetch(`${droplets}/${server?.id}/actions`, { method: "POST", headers, body });
  if (!ok) throw new Error(`rename: ${status}`);
}

// biome-ignore lint/suspicious/noExplicitAny: as GitHub answers
async function issues(): Promise<any[]> {
  const all = await repository.api("GET", "/issues?state=all");
  return all.filter(({ pull_request: pull }: { pull_request?: unknown }) => pull === undefined || pull === null);
}

/** The stack's file as somebody has changed it. */
function withStack(change: (text: string) => string): Record<string, string> {
  return { [`infrastructure/${STACK_FILE}`]: change(stack.workspace.read(STACK_FILE)) };
}

/** Comments of workflows under a pull request. */
async function comments(number: number): Promise<string[]> {
  const all = await repository.api("GET", `/issues/${number}/comments`);
  return all.map(({ body }: { body: string }) => body);
}
