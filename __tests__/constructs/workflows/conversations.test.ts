import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { script } from "../../../constructs/workflows/scripts";
import { Checkout } from "../../../rehearsal/checkout";
import type { RunOrder } from "../../../rehearsal/simulators/github/workflow-runner";
import { Running } from "../../rehearsal/simulators/running";

/** What a job does, with its own token, in place of act. */
const runner = {
  job: async (_order: RunOrder): Promise<void> => {},
  /** How the plan of a pull request ends. */
  planned: 0,
  async run(order: RunOrder): Promise<number> {
    if (order.event === "pull_request") return this.planned;
    await this.job(order);
    return 0;
  },
  cancel: async () => {},
};
const running = new Running(undefined, runner);
let checkout: Checkout;
let folder: string;

beforeEach(async () => {
  runner.planned = 0;
  await running.start();
  folder = mkdtempSync(join(tmpdir(), "step-"));
  checkout = await Checkout.begin(running.addresses.github);
  const workflow = (permissions: string) =>
    `on: workflow_dispatch\njobs: { a: { permissions: ${permissions}, runs-on: ubuntu-latest, steps: [] } }\n`;
  // what the rendered workflows give these jobs
  await checkout.commit("first", {
    ".github/workflows/plan.yml": workflow("{ contents: read, pull-requests: write }"),
    ".github/workflows/drift.yml": workflow("{ contents: read, issues: write }"),
    [INFRASTRUCTURE]: `on: { pull_request: { types: [opened, synchronize, labeled] } }
jobs: { plan: { runs-on: ubuntu-latest, steps: [] } }
`,
  });
  await checkout.push();
});
afterEach(async () => {
  checkout.remove();
  await running.clean();
});

jest.setTimeout(60_000);

const INFRASTRUCTURE = ".github/workflows/infrastructure.yml";
const ODD = 'a "stack" $(touch owned) `touch owned` ${{ github.token }} \\n';
const ask = (method: string, path: string, body?: unknown) =>
  running.github(method, `/repos/abhi10/chitram${path}`, body);

interface Outcome {
  readonly code: number;
  readonly output: string;
  readonly outputs: string;
}

/** A folder in which `npx single-host` is this project's. */
function programs(): string {
  const project = join(__dirname, "..", "..", "..");
  const path = join(folder, "programs");
  mkdirSync(path, { recursive: true });
  const words = [join(project, "node_modules", ".bin", "tsx"), join(project, "cli", "single-host.ts")];
  writeFileSync(join(path, "npx"), `#!/bin/sh\nshift\nexec '${words.join("' '")}' "$@"\n`, { mode: 0o755 });
  return path;
}

/** Runs a script as a step of a job. */
async function step(name: string, values: Readonly<Record<string, string>>): Promise<Outcome> {
  let outcome: Outcome | undefined;
  const outputs = join(folder, "outputs");
  writeFileSync(outputs, "");
  runner.job = async ({ token, repository, id, sha }) => {
    const env = {
      ...{
        PATH: `${programs()}:${process.env.PATH}`,
        HOME: folder,
        RUNNER_TEMP: folder,
        GITHUB_OUTPUT: outputs,
        TOKEN: token,
      },
      ...{ GITHUB_API_URL: `${running.addresses.github}/api/v3`, GITHUB_SERVER_URL: running.addresses.github },
      ...{ GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: String(id), GITHUB_REF_NAME: "main", GITHUB_SHA: sha },
      ...values,
    };
    const argv = ["--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script("github-api", "find-own", name)];
    outcome = await new Promise((resolve) => {
      execFile("bash", argv, { cwd: folder, env }, (error, stdout, stderr) => {
        const code = error === null ? 0 : Number(error.code ?? 1);
        resolve({ code, output: stdout + stderr, outputs: readFileSync(outputs, "utf8") });
      });
    });
  };
  const job = name === "drift" ? "drift" : "plan";
  await ask("POST", `/actions/workflows/${job}.yml/dispatches`, { ref: "main" });
  while (outcome === undefined) await sleep(20);
  return outcome;
}

async function pullRequest(): Promise<string> {
  await checkout.git("checkout", "--quiet", "-b", "larger");
  const sha = await checkout.commit(ODD, { "size.txt": "4gb" });
  await checkout.push("HEAD:larger");
  await ask("POST", "/pulls", { title: ODD, head: "larger", base: "main", body: ODD });
  return sha;
}

describe("the review of a pull request", () => {
  const MARKER = `single-host review ${ODD}`;
  const comment = (text: string, values = {}) => {
    writeFileSync(join(folder, "review.md"), text);
    return step("comment", { NUMBER: "1", MARKER, OUTCOME: "success", COMMIT: "c0ffee", ...values });
  };
  const comments = async () => (await ask("GET", "/issues/1/comments")).body.map(({ body }: { body: string }) => body);

  test("is one comment, updated in place, whatever stands in it", async () => {
    await pullRequest();
    // somebody else's comment with our marker is theirs
    await ask("POST", "/issues/1/comments", { body: `<!-- ${MARKER} -->\nmine` });
    expect(await comment(`## first ${ODD}\n`)).toMatchObject({ code: 0 });
    expect(await comment(`## second ${ODD}\n`)).toMatchObject({ code: 0 });
    const [theirs, ours, ...others] = await comments();
    expect(theirs).toBe(`<!-- ${MARKER} -->\nmine`);
    expect(ours).toContain(`<!-- ${MARKER} -->\n## second ${ODD}\n`);
    expect(ours).toMatch(/\[The run\]\(http.*\/abhi10\/chitram\/actions\/runs\/\d+\), for c0ffee/);
    expect(others).toEqual([]);
  });

  test("says when there is no plan", async () => {
    await pullRequest();
    await comment("", { OUTCOME: "skipped" });
    expect((await comments())[0]).toContain("There is no plan");
  });

  test("fails where GitHub does not say which there are, and writes no second one", async () => {
    await pullRequest();
    await comment("first\n");
    await running.control("POST", "/fail", { api: "github", method: "GET", path: "*/issues/1/comments", status: 502 });
    expect((await comment("second\n")).code).not.toBe(0);
    expect(await comments()).toEqual([expect.stringContaining("first")]);
  });

  test("finds its comment behind two hundred others", async () => {
    await pullRequest();
    for (let number = 0; number < 205; number++) await ask("POST", "/issues/1/comments", { body: `${number}` });
    await comment("first\n");
    await comment("second\n");
    const last = (await ask("GET", "/issues/1/comments?per_page=100&page=3")).body;
    expect(last).toHaveLength(6);
    expect(last[5].body).toContain("second");
  });
});

describe("a label that accepts a loss", () => {
  const accepted = async (values = {}) =>
    (await step("accepted-by-label", { LABEL: "accept-loss", WORKFLOW: INFRASTRUCTURE, ...values })).outputs;
  /** Waits for the plans of the pull request. */
  const planned = async () => {
    const unfinished = async () =>
      (await ask("GET", "/actions/runs?event=pull_request")).body.workflow_runs.filter(
        ({ status }: { status: string }) => status !== "completed",
      );
    while ((await unfinished()).length > 0) await sleep(20);
  };

  test("counts for the merge, and for nothing else", async () => {
    await pullRequest();
    expect(await accepted()).toBe("accepted=false\n");
    expect(await accepted({ ACCEPT_LOSS: "true" })).toBe("accepted=true\n");
    await ask("POST", "/issues/1/labels", { labels: ["accept-loss"] });
    await planned();
    const { sha } = (await ask("PUT", "/pulls/1/merge")).body;
    expect(await accepted({ GITHUB_SHA: sha })).toBe("accepted=true\n");
    await checkout.git("pull", "--quiet", "origin", "main");
    const next = await checkout.commit("next", { "size.txt": "2gb" });
    await checkout.push();
    expect(await accepted({ GITHUB_SHA: next })).toBe("accepted=false\n");
  });

  test("does not count for what was pushed after it, until that has a plan that is green", async () => {
    await pullRequest();
    await ask("POST", "/issues/1/labels", { labels: ["accept-loss"] });
    await planned();
    runner.planned = 1;
    await checkout.commit("more is lost", { "size.txt": "1gb" });
    await checkout.push("HEAD:larger");
    await planned();
    const { sha } = (await ask("PUT", "/pulls/1/merge")).body;
    expect(await accepted({ GITHUB_SHA: sha })).toBe("accepted=false\n");
  });

  test("does not count for what has no plan of this repository's", async () => {
    await pullRequest();
    await ask("POST", "/issues/1/labels", { labels: ["accept-loss"] });
    await planned();
    const { sha } = (await ask("PUT", "/pulls/1/merge")).body;
    expect(await accepted({ GITHUB_SHA: sha, WORKFLOW: ".github/workflows/other.yml" })).toBe("accepted=false\n");
  });

  test("goes with the next push, also when somebody was faster", async () => {
    await pullRequest();
    await ask("POST", "/issues/1/labels", { labels: ["accept-loss", "size"] });
    for (const _ of ["first", "second"]) {
      expect(await step("remove-label", { NUMBER: "1", LABEL: "accept-loss" })).toMatchObject({ code: 0 });
      expect((await ask("GET", "/issues/1/labels")).body).toMatchObject([{ name: "size" }]);
    }
  });
});

describe("drift", () => {
  const MARKER = "single-host drift chitram-beta";
  /** A plan of the real providers. */
  const planned = (name: string) =>
    JSON.parse(readFileSync(join(__dirname, "..", "..", "cli", `${name}.golden.json`), "utf8"));
  const idle = planned("plans/nothing-changes");
  const edited = planned("pages/compose-edit.plan");
  const byHand = { ...planned("pages/drift.plan"), resource_changes: [] };
  const look = (plan: unknown, page: string) => {
    writeFileSync(join(folder, "plan.json"), JSON.stringify(plan));
    writeFileSync(join(folder, "review.md"), page);
    return step("drift", { STACK: "chitram-beta", MARKER });
  };
  const issues = async (state: string) => (await ask("GET", `/issues?state=${state}`)).body;

  test("opens one issue, keeps it up to date, and closes it", async () => {
    expect(await look(idle, "")).toMatchObject({ code: 0 });
    // what providers tell of emptiness is no drift
    expect(await look({ ...edited, resource_changes: [] }, "")).toMatchObject({ code: 0 });
    expect(await issues("all")).toEqual([]);
    await look(edited, "## edited\n");
    await look(byHand, `## by hand ${ODD}\n`);
    const [open, ...others] = await issues("open");
    expect(others).toEqual([]);
    expect(open).toMatchObject({
      number: 1,
      title: "Drift: chitram-beta",
      body: expect.stringContaining(`## by hand ${ODD}`),
    });
    await look(idle, "");
    expect(await issues("open")).toEqual([]);
    expect((await ask("GET", "/issues/1/comments")).body[0].body).toContain("nothing would change any more");
    await look(planned("pages/destroy.plan"), "## all is lost\n");
    expect((await issues("open")).map(({ number }: { number: number }) => number)).toEqual([2]);
  });

  test("fails where the plan cannot be reviewed, and opens nothing", async () => {
    expect((await look({ resource_changes: [] }, "")).code).not.toBe(0);
    expect(await issues("all")).toEqual([]);
  });
});
