import { setTimeout as sleep } from "node:timers/promises";
import sodium from "libsodium-wrappers";
import { Checkout } from "../../../rehearsal/checkout";
import type { RunOrder } from "../../../rehearsal/simulators/github/workflow-runner";
import { type Answer, Running } from "./running";

/** Tells what it was asked to run, and ends as the test says. */
const runner = {
  orders: [] as RunOrder[],
  act: async (_order: RunOrder, _say: (line: object) => void): Promise<number> => 0,
  run(order: RunOrder, onLine: (line: string) => void): Promise<number> {
    this.orders.push(order);
    return this.act(order, (line) => onLine(JSON.stringify(line)));
  },
  cancel: async () => {},
};
const running = new Running(undefined, runner);
let checkout: Checkout;
beforeEach(async () => {
  runner.orders = [];
  runner.act = async () => 0;
  await running.start();
  checkout = await Checkout.begin(running.addresses.github);
});
afterEach(async () => {
  checkout.remove();
  await running.clean();
});

const REPOSITORY = "/repos/abhi10/chitram";
const ask = (method: string, path: string, body?: unknown) => running.github(method, `${REPOSITORY}${path}`, body);
const workflow = (on: string, job: string, more = "") =>
  `name: Deploy\non: ${on}\n${more}\njobs:\n  release: { name: Release it, runs-on: ubuntu-latest, ${job} steps: [] }\n`;

async function runs(settled = 1): Promise<Answer["body"][]> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const { workflow_runs } = (await ask("GET", "/actions/runs")).body;
    const ended = workflow_runs.filter(({ status }: { status: string }) => ["completed", "waiting"].includes(status));
    if (ended.length >= settled) return workflow_runs;
    await sleep(20);
  }
  throw new Error(`${settled} runs do not end`);
}

async function pushed(text: string, message = "first"): Promise<string> {
  const sha = await checkout.commit(message, { ".github/workflows/deploy.yml": text });
  await checkout.push();
  return sha;
}

async function setSecret(environment: string, name: string, value: string): Promise<void> {
  await sodium.ready;
  const path = `/environments/${environment}/secrets`;
  const { key, key_id } = (await ask("GET", `${path}/public-key`)).body;
  const sealed = sodium.crypto_box_seal(value, Buffer.from(key, "base64"));
  await ask("PUT", `${path}/${name}`, { key_id, encrypted_value: Buffer.from(sealed).toString("base64") });
}

it("runs what a push starts, with the environment's secrets, and tells how it ended", async () => {
  await ask("PUT", "/environments/beta", {});
  await setSecret("beta", "DEPLOY_SSH_KEY", "a\nkey");
  await ask("POST", "/environments/beta/variables", { name: "SITE_URL", value: "https://chitram.example" });
  runner.act = async (_order, say) => {
    say({ jobID: "release", msg: "hello", raw_output: true });
    say({ jobID: "release", step: "Go", stage: "Main", stepResult: "failure", msg: "no" });
    say({ jobID: "release", jobResult: "failure", msg: "Job failed" });
    return 1;
  };
  const odd = 'a "message" with $(touch x), ${{ secrets.X }}\n\nü';
  const reading = "environment: beta, env: { KEY: '${{ secrets.DEPLOY_SSH_KEY }}' },";
  const sha = await pushed(workflow("push", reading), odd);
  const [run] = await runs();
  expect(run).toMatchObject({
    event: "push",
    conclusion: "failure",
    head_branch: "main",
    head_sha: sha,
    run_number: 1,
  });
  expect(runner.orders).toMatchObject([
    {
      repository: "abhi10/chitram",
      ...{ sha, ref: "refs/heads/main", actor: "abhi10" },
      payload: { after: sha, head_commit: { message: odd }, repository: { default_branch: "main" } },
      secrets: { DEPLOY_SSH_KEY: "a\nkey" },
      variables: { SITE_URL: "https://chitram.example" },
    },
  ]);
  const { jobs } = (await ask("GET", `/actions/runs/${run.id}/jobs`)).body;
  expect(jobs).toMatchObject([{ name: "Release it", conclusion: "failure", steps: [{ name: "Go" }] }]);
  expect((await ask("GET", `/commits/${sha}/check-runs`)).body.check_runs).toMatchObject([
    { name: "Release it", status: "completed", conclusion: "failure" },
  ]);
});

it("gives a job a token that may what the workflow says, until the run ends", async () => {
  await checkout.commit("first", { a: "1" });
  await checkout.push();
  const seen: number[] = [];
  let token = "";
  runner.act = async (order) => {
    token = order.token;
    const call = (path: string, body: unknown) => running.github("POST", `${REPOSITORY}${path}`, body, token);
    seen.push((await call("/issues", { title: "drift" })).status);
    seen.push((await call("/pulls", { title: "x", head: "x", base: "main" })).status);
    seen.push((await running.github("GET", `${REPOSITORY}/environments/beta/secrets`, undefined, token)).status);
    return 0;
  };
  await pushed(workflow("push", "permissions: { issues: write },"));
  await runs();
  expect(seen).toEqual([201, 403, 403]);
  expect((await running.github("GET", REPOSITORY, undefined, token)).status).toBe(401);
});

it("runs a pull request on the commit that a merge would make, again after each push, and not for others", async () => {
  await checkout.commit("first", {
    ".github/workflows/deploy.yml": workflow("{ pull_request: { paths: ['infrastructure/**'] } }", ""),
  });
  await checkout.push();
  await checkout.git("checkout", "--quiet", "-b", "larger");
  const head = await checkout.commit("larger", { "infrastructure/main.ts": "4gb" });
  await checkout.push("HEAD:larger");
  const pull = (await ask("POST", "/pulls", { title: "larger", head: "larger", base: "main" })).body;
  await runs();
  expect(runner.orders).toMatchObject([
    {
      ...{ event: "pull_request", ref: "refs/pull/1/merge", sha: pull.merge_commit_sha },
      payload: { action: "opened", number: 1, pull_request: { head: { sha: head } } },
    },
  ]);
  await checkout.commit("larger still", { "infrastructure/main.ts": "8gb" });
  await checkout.push("HEAD:larger");
  expect(await runs(2)).toHaveLength(2);
  expect(runner.orders[1]?.payload).toMatchObject({ action: "synchronize" });
});

it("holds a run until the environment's reviewers have said yes, and ends it when they say no", async () => {
  const { id } = (await running.github("GET", "/users/abhi10")).body;
  expect((await ask("PUT", "/environments/beta", { reviewers: [{ type: "User", id }] })).status).toBe(200);
  await pushed(workflow("push", "environment: { name: beta },"));
  const [waiting] = await runs();
  expect(waiting.status).toBe("waiting");
  expect(runner.orders).toEqual([]);
  const path = `/actions/runs/${waiting.id}/pending_deployments`;
  const [{ environment }] = (await ask("GET", path)).body;
  const answer = { environment_ids: [environment.id], state: "approved", comment: "" };
  expect((await ask("POST", path, answer)).status).toBe(200);
  const ended = async () => (await ask("GET", `/actions/runs/${waiting.id}`)).body;
  while ((await ended()).status !== "completed") await sleep(20);
  expect((await ended()).conclusion).toBe("success");

  await checkout.commit("second", { a: "2" });
  await checkout.push();
  const [next] = await runs(2);
  await ask("POST", `/actions/runs/${next.id}/pending_deployments`, { ...answer, state: "rejected" });
  expect((await ask("GET", `/actions/runs/${next.id}`)).body.conclusion).toBe("failure");
  expect(runner.orders).toHaveLength(1);
});

it("refuses a branch that an environment does not take, and a job that reads another one's secrets", async () => {
  const policy = { protected_branches: false, custom_branch_policies: true };
  await ask("PUT", "/environments/beta", { deployment_branch_policy: policy });
  await ask("POST", "/environments/beta/deployment-branch-policies", { name: "release/*" });
  await pushed(workflow("push", "environment: beta,"));
  const [refused] = await runs();
  expect(refused.conclusion).toBe("failure");
  const log = (path: string) =>
    fetch(`${running.addresses.github}/api/v3${REPOSITORY}${path}`, { headers: { authorization: "Bearer x" } });
  expect(await (await log(`/actions/runs/${refused.id}/logs`)).text()).toMatch(
    /"main" is not allowed to deploy to beta/,
  );
  await ask("PUT", "/environments/beta", {});
  await setSecret("beta", "KEY", "x");
  const other = "  test: { runs-on: ubuntu-latest, env: { K: '${{ secrets.KEY }}' }, steps: [] }\n";
  await pushed(workflow("push", "environment: beta,") + other, "second");
  const [blind] = await runs(2);
  expect(await (await log(`/actions/runs/${blind.id}/logs`)).text()).toMatch(/test: reads secrets.KEY, which only/);
  expect(runner.orders).toEqual([]);
});

it("starts a workflow by hand with its inputs, and by its schedule", async () => {
  const inputs = "inputs: { release: { required: true }, why: { default: none } }";
  await pushed(workflow(`{ workflow_dispatch: { ${inputs} }, schedule: [{ cron: '0 5 * * *' }] }`, ""));
  const path = "/actions/workflows/deploy.yml/dispatches";
  expect((await ask("POST", path, { ref: "main" })).body.message).toBe("Required input 'release' not provided");
  expect((await ask("POST", path, { ref: "main", inputs: { other: "1" } })).status).toBe(422);
  expect((await ask("POST", path, { ref: "none", inputs: { release: "1" } })).status).toBe(422);
  expect((await ask("POST", path, { ref: "main", inputs: { release: "$(id)" } })).status).toBe(204);
  await runs();
  await running.control("POST", "/github/schedule?repository=abhi10/chitram", { workflow: "deploy.yml" });
  await runs(2);
  expect(runner.orders).toMatchObject([
    { event: "workflow_dispatch", payload: { inputs: { release: "$(id)", why: "none" }, ref: "refs/heads/main" } },
    { event: "schedule", payload: { schedule: "0 5 * * *" } },
  ]);
});

it("shows a file that is no workflow as a run that has failed", async () => {
  await pushed("on: push\njobs: [");
  expect(await runs()).toMatchObject([{ conclusion: "startup_failure", name: ".github/workflows/deploy.yml" }]);
});

it("starts nothing for what a job itself pushes", async () => {
  runner.act = async (order) => {
    const url = `${running.addresses.github}/abhi10/chitram.git`.replace("://", `://x:${order.token}@`);
    await checkout.commit("by the job", { b: "1" });
    await checkout.git("push", "--quiet", url, "HEAD:main");
    return 0;
  };
  await pushed(workflow("push", "permissions: { contents: write },"));
  expect(await runs()).toMatchObject([{ conclusion: "success" }]);
  expect((await ask("GET", "/commits/main")).body.commit.message).toBe("by the job");
});
