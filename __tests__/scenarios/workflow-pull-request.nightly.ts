/** Workflows by a pull request: the real provider opens it, follows it, and clears up behind it. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { GithubProvider } from "@cdktf/provider-github/lib/provider";
import { TerraformStack, Testing } from "cdktf";
import { WorkflowPullRequest } from "../../constructs/github/workflow-pull-request";
import { LogicalIds } from "../../constructs/logical-ids";
import { Checkout } from "../../rehearsal/checkout";
import { ProviderRun } from "../rehearsal/simulators/provider-run";

jest.setTimeout(5 * 60 * 1000);

const DEPLOY = ".github/workflows/deploy.yml";
const ROLLBACK = ".github/workflows/rollback.yml";
const ODD = 'a "quote", $$, ${x} %{y} ${{ github.token }}, `tick`, ü\n';

const run = new ProviderRun({}, "repository");
let checkout: Checkout;

beforeAll(async () => {
  await run.start();
  checkout = await Checkout.begin(run.ready.github);
  await checkout.commit("the application", { "main.py": "", [ROLLBACK]: "as it was\n" });
  await checkout.push();
});
afterAll(async () => {
  checkout?.remove();
  await run.stop();
});

/** What the stack says that the repository's files are. */
function say(texts: Readonly<Record<string, string>>): void {
  const stack = new TerraformStack(Testing.app(), "beta");
  new GithubProvider(stack, "github", { owner: "abhi10" });
  new WorkflowPullRequest(stack, "workflows", {
    ids: new LogicalIds(stack),
    idParts: ["github"],
    repository: "chitram",
    provider: undefined,
    base: "main",
    head: "single-host/beta",
    host: "beta",
    paths: Object.keys(texts),
    text: (path) => texts[path] ?? "",
  });
  const { data, locals, resource } = JSON.parse(Testing.synth(stack));
  writeFileSync(join(run.place, "workflows.tf.json"), JSON.stringify({ data, locals, resource }));
}

const apply = () => run.terraform(["apply", "-auto-approve"]);

async function ask<T>(path: string, method = "GET"): Promise<T> {
  const address = `${run.ready.github}/api/v3/repos/abhi10/chitram${path}`;
  const response = await fetch(address, { method, headers: { authorization: "Bearer rehearsal" } });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

interface PullRequest {
  readonly number: number;
  readonly state: string;
  readonly head: { readonly ref: string };
}

const requests = () => ask<PullRequest[]>("/pulls?state=all");

async function onMain(path: string): Promise<string> {
  await checkout.git("fetch", "--quiet", "origin", "main");
  return checkout.git("show", `FETCH_HEAD:${path}`);
}

async function branches(): Promise<string[]> {
  return (await ask<{ name: string }[]>("/branches")).map(({ name }) => name).sort();
}

it("opens one with the files that differ, and nothing else; then there is nothing to change", async () => {
  say({ [DEPLOY]: ODD, [ROLLBACK]: "as it was\n" });
  await apply();
  const [request, ...others] = await requests();
  expect(others).toEqual([]);
  expect(request).toMatchObject({
    number: 1,
    state: "open",
    head: { ref: expect.stringMatching(/^single-host\/beta-/) },
  });
  expect(await ask("/pulls/1/files")).toMatchObject([{ filename: DEPLOY }]);
  expect((await run.plan()).output).toContain("No changes.");
});

it("another text is another pull request, in the place of the first", async () => {
  say({ [DEPLOY]: `${ODD}more\n`, [ROLLBACK]: "new\n" });
  await apply();
  expect(await requests()).toMatchObject([
    { number: 2, state: "open" },
    { number: 1, state: "closed" },
  ]);
  expect(await branches()).toHaveLength(2);
  expect((await run.plan()).output).toContain("No changes.");
});

it("closed, it stays closed", async () => {
  await fetch(`${run.ready.github}/api/v3/repos/abhi10/chitram/pulls/2`, {
    method: "PATCH",
    headers: { authorization: "Bearer rehearsal", "content-type": "application/json" },
    body: '{"state": "closed"}',
  });
  await apply();
  expect((await requests()).map(({ state }) => state)).toEqual(["closed", "closed"]);
});

it("merged, main has the files byte for byte, and the next deployment clears up", async () => {
  say({ [DEPLOY]: ODD, [ROLLBACK]: "newer\n" });
  await apply();
  await ask("/pulls/3/merge", "PUT");
  expect(await onMain(DEPLOY)).toBe(ODD);
  expect(await onMain(ROLLBACK)).toBe("newer\n");
  await apply();
  expect(await branches()).toEqual(["main"]);
  expect(await onMain(DEPLOY)).toBe(ODD);
  expect((await run.plan()).output).toContain("No changes.");
});

it("a branch that GitHub has deleted at the merge is no obstacle", async () => {
  say({ [DEPLOY]: "last\n", [ROLLBACK]: "newer\n" });
  await apply();
  await ask("/pulls/4/merge", "PUT");
  const { head } = (await requests())[0] as PullRequest;
  await checkout.git("push", "--quiet", "origin", `:refs/heads/${head.ref}`);
  await apply();
  expect(await branches()).toEqual(["main"]);
  expect(await onMain(DEPLOY)).toBe("last\n");
  expect((await run.plan()).output).toContain("No changes.");
});

it("what somebody changes by hand comes back as a pull request", async () => {
  await checkout.git("reset", "--quiet", "--hard", "FETCH_HEAD");
  await checkout.git("pull", "--quiet", "origin", "main");
  await checkout.commit("by hand", { [DEPLOY]: "otherwise\n" });
  await checkout.push();
  await apply();
  expect((await requests())[0]).toMatchObject({ number: 5, state: "open" });
  expect(await ask("/pulls/5/files")).toMatchObject([{ filename: DEPLOY }]);
});
