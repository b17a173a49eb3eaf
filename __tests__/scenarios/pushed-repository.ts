import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import sodium from "libsodium-wrappers";
import { Checkout } from "../../rehearsal/checkout";
import type { RunningCloud } from "../../rehearsal/cloud";

const INFRASTRUCTURE = "infrastructure.yml";

/** A run of a workflow, ended. */
export interface EndedRun {
  readonly id: number;
  readonly name: string;
  readonly conclusion: string;
  /** Conclusions by the jobs' names. */
  readonly jobs: Readonly<Record<string, string>>;
  readonly log: string;
}

/** A team's repository at the rehearsal's GitHub, and what the team does with it. */
export class PushedRepository {
  private constructor(
    private readonly cloud: RunningCloud,
    private readonly name: string,
    private readonly logs: string,
    public readonly checkout: Checkout,
  ) {}

  /** @param logs where the runs' logs are kept */
  public static async begin(cloud: RunningCloud, name: string, logs: string): Promise<PushedRepository> {
    return new PushedRepository(cloud, name, logs, await Checkout.begin(cloud.ready.github, name));
  }

  // biome-ignore lint/suspicious/noExplicitAny: each call has an answer of its own
  public async api(method: string, path: string, body?: unknown): Promise<any> {
    const response = await fetch(`${this.cloud.ready.github}/api/v3/repos/${this.name}${path}`, {
      method,
      headers: { authorization: "Bearer rehearsal", "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text !== "" && response.headers.get("content-type")?.includes("json") ? JSON.parse(text) : text;
  }

  /** Commits to the branch that is checked out, and pushes it. @returns the commit */
  public async push(message: string, files: Readonly<Record<string, string>>, branch = "main"): Promise<string> {
    const sha = await this.checkout.commit(message, files);
    await this.checkout.push(`HEAD:refs/heads/${branch}`);
    return sha;
  }

  /** A branch of its own from main, pushed, and a wish to merge it. @returns its number and its commit */
  public async pullRequest(
    branch: string,
    title: string,
    files: Readonly<Record<string, string>>,
  ): Promise<{ number: number; sha: string }> {
    await this.checkout.git("fetch", "--quiet", "origin", "main");
    await this.checkout.git("checkout", "--quiet", "-B", branch, "FETCH_HEAD");
    const sha = await this.push(title, files, branch);
    const { number } = await this.api("POST", "/pulls", { title, head: branch, base: "main", body: title });
    return { number, sha };
  }

  /** As `gh secret set NAME --env ENVIRONMENT` does. */
  public async setSecret(environment: string, name: string, value: string): Promise<void> {
    await sodium.ready;
    const path = `/environments/${environment}/secrets`;
    const { key, key_id } = await this.api("GET", `${path}/public-key`);
    const sealed = sodium.crypto_box_seal(value, Buffer.from(key, "base64"));
    await this.api("PUT", `${path}/${name}`, { key_id, encrypted_value: Buffer.from(sealed).toString("base64") });
  }

  /** What a workflow has made of a commit, once it has ended. */
  public async ended(sha: string, workflow: string): Promise<EndedRun> {
    for (;;) {
      const run = await this.runOf(sha, workflow);
      if (run?.status === "completed" || run?.status === "waiting") return this.told(run);
      await sleep(500);
    }
  }

  /** Until the log of what a workflow makes of a commit has these words. */
  public async untilSaid(sha: string, workflow: string, words: string): Promise<void> {
    for (;;) {
      const run = await this.runOf(sha, workflow);
      if (run !== undefined && (await this.logOf(run)).includes(words)) return;
      if (run?.status === "completed") throw new Error(`${workflow} has never said: ${words}`);
      await sleep(500);
    }
  }

  /** What a workflow has done that somebody has started by hand on main, once it has ended. */
  public async byHand(workflow: string, inputs: Readonly<Record<string, string>>): Promise<EndedRun> {
    const known = (await this.runsOf(workflow)).map(({ id }) => id);
    await this.api("POST", `/actions/workflows/${workflow}/dispatches`, { ref: "main", inputs });
    for (;;) {
      const run = (await this.runsOf(workflow)).find(({ id }) => !known.includes(id));
      if (run?.status === "completed") return this.told(run);
      await sleep(500);
    }
  }

  /** A reviewer lets the run begin that waits for one. */
  public async approve(sha: string, workflow: string): Promise<void> {
    for (;;) {
      const run = await this.runOf(sha, workflow);
      if (run?.status === "completed") throw new Error(`${workflow}: ${(await this.told(run)).log}`);
      if (run?.status === "waiting") {
        const path = `/actions/runs/${run.id}/pending_deployments`;
        const waiting: { environment: { id: number } }[] = await this.api("GET", path);
        const environment_ids = waiting.map(({ environment }) => environment.id);
        await this.api("POST", path, { environment_ids, state: "approved", comment: "Looked at" });
        return;
      }
      await sleep(500);
    }
  }

  /** As the button does. @returns the commit on main */
  public async merge(number: number): Promise<string> {
    return (await this.api("PUT", `/pulls/${number}/merge`)).sha;
  }

  /** What the stack's own workflow has made of a commit, once a reviewer has let it begin. */
  public async reviewed(sha: string): Promise<EndedRun> {
    await this.approve(sha, INFRASTRUCTURE);
    return this.ended(sha, INFRASTRUCTURE);
  }

  /** The nightly run on main, which the reviewers of plans have let begin. */
  public async plannedAtNight(sha: string): Promise<EndedRun> {
    await this.cloud.control("POST", `/control/github/schedule?repository=${this.name}`, { workflow: INFRASTRUCTURE });
    return this.reviewed(sha);
  }

  /** What workflows have said under a pull request. */
  public async comments(number: number): Promise<string[]> {
    const all = await this.api("GET", `/issues/${number}/comments`);
    return all.map(({ body }: { body: string }) => body);
  }

  /** The newest run of a workflow for a commit. */
  private async runOf(sha: string, workflow: string): Promise<Record<string, string> | undefined> {
    return (await this.runsOf(workflow, `head_sha=${sha}&`))[0];
  }

  private async runsOf(workflow: string, query = ""): Promise<Record<string, string>[]> {
    const { workflow_runs: runs } = await this.api("GET", `/actions/runs?${query}per_page=100`);
    return runs.filter(({ path }: { path: string }) => path === `.github/workflows/${workflow}`);
  }

  private logOf({ id }: Record<string, string>): Promise<string> {
    return this.api("GET", `/actions/runs/${id}/logs`);
  }

  private async told({ id, name, conclusion, path }: Record<string, string>): Promise<EndedRun> {
    const { jobs } = await this.api("GET", `/actions/runs/${id}/jobs`);
    const log = await this.logOf({ id: String(id) });
    mkdirSync(this.logs, { recursive: true });
    writeFileSync(join(this.logs, `${path?.split("/").at(-1)}-${id}.log`), log);
    const named = jobs.map((job: { name: string; conclusion: string }) => [job.name, job.conclusion]);
    return { id: Number(id), name: name ?? "", conclusion: conclusion ?? "", jobs: Object.fromEntries(named), log };
  }
}
