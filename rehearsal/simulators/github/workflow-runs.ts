import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { Callers } from "./callers";
import type { CodeForge } from "./code-forge";
import type { Collaboration, Conclusion, Run } from "./collaboration";
import type { GitRepositories } from "./git-repositories";
import { secretsFor } from "./run-secrets";
import { now, type Repository } from "./state";
import { type Happening, WorkflowFile } from "./workflow-file";
import type { WorkflowRunner } from "./workflow-runner";

/** Something that workflows may be there for. */
export interface RepositoryEvent {
  readonly happening: Happening;
  /** What is checked out, and the name that it has. */
  readonly ref: string;
  readonly sha: string;
  /** The commit that the run is shown beside. */
  readonly headSha: string;
  /** @default - the ref's own name */
  readonly branch?: string;
  readonly title: string;
  readonly actor: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** Runs of workflows, one after the other: the rehearsal has one runner. */
export class WorkflowRuns {
  private last: Promise<void> = Promise.resolve();

  /**
   * @param logs a file for each run
   * @param runner null where nothing can run
   */
  public constructor(
    private readonly forge: CodeForge,
    private readonly git: GitRepositories,
    private readonly collaboration: Collaboration,
    private readonly callers: Callers,
    private readonly logs: string,
    private readonly runner: WorkflowRunner | null,
  ) {}

  /** What was under way when an earlier process ended. */
  public endAbandoned(): void {
    for (const repository of this.forge.repositories) {
      for (const run of this.collaboration.of(repository).runs) {
        if (run.status !== "completed") this.complete(run, "cancelled");
      }
    }
  }

  /** The workflows as they stand in a commit. */
  public async workflowsAt(repository: Repository, sha: string): Promise<{ path: string; text: string }[]> {
    const git = await this.git.of(repository);
    const entries = await git.entries(sha, ".github/workflows");
    if (!Array.isArray(entries)) return [];
    const files = entries.filter(({ type, path }) => type === "blob" && /\.ya?ml$/.test(path));
    return Promise.all(
      files.map(async ({ path, sha: blob }) => ({ path, text: (await git.blob(blob)).toString("utf8") })),
    );
  }

  /** Starts what an event starts. @param only this workflow alone */
  public async consider(repository: Repository, event: RepositoryEvent, only?: string): Promise<Run[]> {
    const started: Run[] = [];
    for (const { path, text } of await this.workflowsAt(repository, event.sha)) {
      if (only !== undefined && path !== only) continue;
      try {
        const workflow = WorkflowFile.parse(path, text);
        if (workflow.isFor(event.happening)) started.push(this.start(repository, workflow, event));
      } catch (error) {
        // GitHub shows a file that it cannot read as a run that has failed
        const run = this.add(repository, path, path, event, []);
        this.note(run, `This run likely failed because of a workflow file issue.\n${(error as Error).message}`);
        this.complete(run, "startup_failure");
        started.push(run);
      }
    }
    return started;
  }

  /** A reviewer's word about environments that a run waits for. */
  public review(repository: Repository, run: Run, environments: readonly string[], approved: boolean): void {
    run.waitingFor = run.waitingFor.filter((name) => !environments.includes(name));
    if (!approved) this.complete(run, "failure");
    else if (run.waitingFor.length === 0) this.enqueue(repository, run);
    this.collaboration.save();
  }

  public async cancel(run: Run): Promise<void> {
    const { status } = run;
    this.complete(run, "cancelled");
    if (status === "in_progress") await this.runner?.cancel(run.id);
  }

  public logOf(run: Run): string {
    const file = this.logFile(run);
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  }

  private start(repository: Repository, workflow: WorkflowFile, event: RepositoryEvent): Run {
    const run = this.add(repository, workflow.path, workflow.name, event, workflow.jobs);
    const { reviewed, refusals } = secretsFor(repository, workflow, run, inputsOf(event.payload));
    if (refusals.length > 0) {
      this.note(run, refusals.join("\n"));
      this.complete(run, "failure");
    } else if (reviewed.length > 0) {
      run.status = "waiting";
      run.waitingFor = [...reviewed];
    } else {
      this.enqueue(repository, run);
    }
    this.collaboration.save();
    return run;
  }

  private add(
    repository: Repository,
    path: string,
    name: string,
    event: RepositoryEvent,
    jobs: readonly { readonly id: string; readonly name: string }[],
  ): Run {
    const work = this.collaboration.of(repository);
    const { ref, sha, headSha, title, actor, payload, happening } = event;
    work.runNumbers[path] = (work.runNumbers[path] ?? 0) + 1;
    const run: Run = {
      id: this.collaboration.nextId(),
      run_number: work.runNumbers[path],
      ...{ name, path, ref, sha, actor, payload },
      event: happening.name,
      display_title: title,
      head_branch: event.branch ?? ref.replace(/^refs\/(heads|tags)\//, ""),
      head_sha: headSha,
      created_at: now(),
      updated_at: now(),
      status: "queued",
      conclusion: null,
      waitingFor: [],
      jobs: jobs.map((job) => ({
        id: this.collaboration.nextId(),
        key: job.id,
        name: job.name,
        status: "queued",
        conclusion: null,
        steps: [],
      })),
    };
    work.runs.push(run);
    return run;
  }

  private enqueue(repository: Repository, run: Run): void {
    run.status = "queued";
    this.last = this.last
      .then(() => this.execute(repository, run))
      .catch((error: Error) => {
        this.note(run, `the rehearsal's runner failed: ${error.message}`);
        this.complete(run, "failure");
      });
  }

  private async execute(repository: Repository, run: Run): Promise<void> {
    if (run.status === "completed") return;
    if (this.runner === null) throw new Error("there is none here");
    const git = await this.git.of(repository);
    const entry = await git.entries(run.sha, run.path);
    if (entry === undefined || Array.isArray(entry)) throw new Error(`${run.path} is gone`);
    const text = (await git.blob((entry as { sha: string }).sha)).toString("utf8");
    const workflow = WorkflowFile.parse(run.path, text);
    // as they are by now: a reviewer may have taken a day
    const { secrets, variables } = secretsFor(repository, workflow, run, inputsOf(run.payload));
    const token = this.callers.issue(repository.id, workflow.permissions);
    run.status = "in_progress";
    this.collaboration.save();
    try {
      const order = {
        ...{ id: run.id, runNumber: run.run_number, repository: `${repository.owner}/${repository.name}` },
        ...{ workflow: run.path, event: run.event, payload: run.payload, sha: run.sha, ref: run.ref, actor: run.actor },
        ...{ text, token, secrets, variables },
      };
      const code = await this.runner.run(order, (line) => this.hear(run, line));
      this.complete(run, code === 0 ? "success" : "failure");
    } finally {
      this.callers.end(token);
    }
  }

  /** A line of act's log: https://github.com/nektos/act, `--json`. */
  private hear(run: Run, line: string): void {
    let entry: Record<string, unknown>;
    try {
      entry = JSON.parse(line);
    } catch {
      this.note(run, line);
      return;
    }
    const message = stripVTControlCharacters(String(entry.msg ?? "")).trimEnd();
    this.note(run, message.replace(/^/gm, `[${String(entry.jobID ?? "act")}] `));
    const job = run.jobs.find(({ key }) => key === entry.jobID);
    if (job === undefined || (job.status !== "queued" && !("stepResult" in entry) && !("jobResult" in entry))) return;
    if (job.status === "queued") job.status = "in_progress";
    if (typeof entry.stepResult === "string" && entry.stage === "Main") {
      const conclusion = entry.stepResult as Conclusion;
      job.steps.push({ name: String(entry.step), number: job.steps.length + 1, conclusion });
    }
    if (typeof entry.jobResult === "string") {
      job.status = "completed";
      // of a matrix, one red job is enough
      job.conclusion = job.conclusion === "failure" ? "failure" : (entry.jobResult as Conclusion);
    }
    this.collaboration.save();
  }

  private complete(run: Run, conclusion: Conclusion): void {
    if (run.status === "completed") return;
    for (const job of run.jobs) {
      if (job.conclusion !== null) continue;
      const ended = job.status === "in_progress" ? conclusion : "skipped";
      job.conclusion = run.status === "in_progress" ? ended : conclusion;
      job.status = "completed";
    }
    run.status = "completed";
    run.conclusion = conclusion;
    run.updated_at = now();
    this.collaboration.save();
  }

  private note(run: Run, text: string): void {
    mkdirSync(this.logs, { recursive: true });
    appendFileSync(this.logFile(run), `${text}\n`, { mode: 0o600 });
  }

  private logFile(run: Run): string {
    return join(
      this.logs,
      `${run.path
        .split("/")
        .at(-1)
        ?.replace(/\.ya?ml$/, "")}-${run.id}.log`,
    );
  }
}

function inputsOf(payload: unknown): Record<string, unknown> {
  const { inputs } = payload as { inputs?: Record<string, unknown> | null };
  return inputs ?? {};
}
