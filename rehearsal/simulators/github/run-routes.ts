import { type Api, Refusal } from "../simulated-api";
import { bodyOf, found, notFound, nothing, page, text } from "./answers";
import { nodeId } from "./code-forge";
import type { Run, RunJob } from "./collaboration";
import { apiUrl, describeSource, describeUser, pageUrl } from "./conversation-answers";
import { type Hub, REPOSITORY, repositoryOf, writerOf } from "./hub";
import { now, type Repository } from "./state";
import { WorkflowFile } from "./workflow-file";

const RUNS = `${REPOSITORY}/actions/runs`;
const DEFAULT_BRANCH = "main";

/** Workflows and their runs: what has run and how it ended, by hand, approved, cancelled. */
export function routeRuns(api: Api, hub: Hub): void {
  const { collaboration, runs } = hub;
  const runOf = (repository: Repository, id: string): Run =>
    found(collaboration.of(repository).runs.find((run) => String(run.id) === id));

  api.get(RUNS, (context) => {
    const repository = repositoryOf(hub, context);
    const { event, status, branch, head_sha } = context.req.query();
    const all = collaboration
      .of(repository)
      .runs.filter((run) => event === undefined || run.event === event)
      .filter((run) => status === undefined || run.status === status || run.conclusion === status)
      .filter((run) => branch === undefined || run.head_branch === branch)
      .filter((run) => head_sha === undefined || run.head_sha === head_sha)
      .reverse();
    return page(context, all, (part) => ({
      total_count: all.length,
      workflow_runs: part.map((run) => describeRun(repository, run)),
    }));
  });
  api.get(`${RUNS}/:id`, (context) => {
    const repository = repositoryOf(hub, context);
    return Response.json(describeRun(repository, runOf(repository, context.req.param("id"))));
  });
  api.get(`${RUNS}/:id/jobs`, (context) => {
    const repository = repositoryOf(hub, context);
    const run = runOf(repository, context.req.param("id"));
    return page(context, run.jobs, (part) => ({
      total_count: run.jobs.length,
      jobs: part.map((job) => describeJob(repository, run, job)),
    }));
  });
  // GitHub leads to an archive; here the text itself is answered
  api.get(`${RUNS}/:id/logs`, (context) => {
    const repository = repositoryOf(hub, context);
    return new Response(runs.logOf(runOf(repository, context.req.param("id"))), {
      headers: { "content-type": "text/plain; charset=utf-8" },
    });
  });
  api.post(`${RUNS}/:id/cancel`, async (context) => {
    writerOf(hub, context, "actions");
    const run = runOf(repositoryOf(hub, context), context.req.param("id"));
    if (run.status === "completed") throw new Refusal(409, "Cannot cancel a workflow run that is completed.");
    await runs.cancel(run);
    return Response.json({}, { status: 202 });
  });
  routeReviews(api, hub, runOf);
  routeWorkflows(api, hub);
}

function routeReviews(api: Api, hub: Hub, runOf: (repository: Repository, id: string) => Run): void {
  const path = `${RUNS}/:id/pending_deployments`;
  api.get(path, (context) => {
    const repository = repositoryOf(hub, context);
    const { waitingFor } = runOf(repository, context.req.param("id"));
    const environments = waitingFor.map((name) => hub.forge.findEnvironment(repository, name));
    return Response.json(
      environments.map(({ id, name, wait_timer, reviewers }) => ({
        environment: { id, name },
        ...{ wait_timer, wait_timer_started_at: null, current_user_can_approve: true },
        reviewers: reviewers.map(({ type, id: reviewer }) => ({ type, reviewer: { id: reviewer } })),
      })),
    );
  });
  api.post(path, async (context) => {
    const repository = repositoryOf(hub, context);
    const run = runOf(repository, context.req.param("id"));
    const body = await bodyOf(context);
    const ids = Array.isArray(body.environment_ids) ? body.environment_ids : [];
    const names = run.waitingFor.filter((name) => ids.includes(hub.forge.findEnvironment(repository, name).id));
    if (names.length === 0) throw new Refusal(422, "environment_ids: none of them waits for a review");
    if (body.state !== "approved" && body.state !== "rejected") throw new Refusal(422, "state is not valid");
    // a job cannot let itself through
    if (writerOf(hub, context, "deployments").job !== undefined) {
      throw new Refusal(403, "Resource not accessible by integration");
    }
    hub.runs.review(repository, run, names, body.state === "approved");
    return Response.json(names.map((name) => ({ environment: name, state: body.state })));
  });
}

function routeWorkflows(api: Api, hub: Hub): void {
  const { runs } = hub;
  const list = async (repository: Repository, revision: string) => {
    const sha = await (await hub.git.of(repository)).resolve(revision);
    return sha === undefined ? [] : runs.workflowsAt(repository, sha);
  };
  api.get(`${REPOSITORY}/actions/workflows`, async (context) => {
    const repository = repositoryOf(hub, context);
    const all = await list(repository, DEFAULT_BRANCH);
    return page(context, all, (part) => ({
      total_count: all.length,
      workflows: part.map(({ path, text: source }) => ({
        id: path,
        path,
        state: "active",
        name: nameOf(path, source),
      })),
    }));
  });
  api.post(`${REPOSITORY}/actions/workflows/:file/dispatches`, async (context) => {
    const { login } = writerOf(hub, context, "actions");
    const repository = repositoryOf(hub, context);
    const body = await bodyOf(context);
    const path = `.github/workflows/${context.req.param("file")}`;
    const git = await hub.git.of(repository);
    const branch = text(body.ref).replace(/^refs\/heads\//, "");
    const sha = await git.resolve(branch);
    if (sha === undefined) throw new Refusal(422, `No ref found for: ${text(body.ref)}`);
    const file = (await runs.workflowsAt(repository, sha)).find((workflow) => workflow.path === path);
    if (file === undefined) throw notFound();
    const workflow = WorkflowFile.parse(path, file.text);
    if (!workflow.isFor({ name: "workflow_dispatch" })) {
      throw new Refusal(422, "Workflow does not have 'workflow_dispatch' trigger");
    }
    const inputs = readInputs(workflow, body.inputs);
    const { message } = await git.commit(sha);
    const ref = `refs/heads/${branch}`;
    const surroundings = { repository: describeSource(repository), sender: describeUser(login) };
    await runs.consider(
      repository,
      {
        happening: { name: "workflow_dispatch" },
        ...{ ref, sha, headSha: sha, title: message.split("\n")[0] ?? "", actor: login },
        payload: { inputs, ref, workflow: path, ...surroundings },
      },
      path,
    );
    return nothing();
  });
}

/** The time of a workflow's `schedule` has come; it runs on the default branch. */
export async function onSchedule(hub: Hub, repository: Repository, workflow: string): Promise<number[]> {
  const git = await hub.git.of(repository);
  const sha = await git.resolve(DEFAULT_BRANCH);
  const path = `.github/workflows/${workflow}`;
  const files = sha === undefined ? [] : await hub.runs.workflowsAt(repository, sha);
  const file = files.find((candidate) => candidate.path === path);
  const [cron] = file === undefined ? [] : WorkflowFile.parse(path, file.text).crons;
  if (sha === undefined || cron === undefined) throw new Error(`${path}: has no schedule on ${DEFAULT_BRANCH}`);
  const event = {
    happening: { name: "schedule" as const, cron },
    ...{ ref: `refs/heads/${DEFAULT_BRANCH}`, sha, headSha: sha, title: workflow, actor: repository.owner },
    payload: { schedule: cron, repository: describeSource(repository), workflow: path },
  };
  return (await hub.runs.consider(repository, event, path)).map(({ id }) => id);
}

function nameOf(path: string, source: string): string {
  try {
    return WorkflowFile.parse(path, source).name;
  } catch {
    return path;
  }
}

function readInputs(workflow: WorkflowFile, given: unknown): Record<string, string> {
  const values = Object.entries((given ?? {}) as Record<string, unknown>);
  const unknown = values.map(([name]) => name).filter((name) => workflow.inputs[name] === undefined);
  if (unknown.length > 0) throw new Refusal(422, `Unexpected inputs provided: ${JSON.stringify(unknown)}`);
  const texts = Object.fromEntries(values.map(([name, value]) => [name, String(value)]));
  for (const [name, input] of Object.entries(workflow.inputs)) {
    if (texts[name] !== undefined) continue;
    if (input.default !== undefined) texts[name] = input.default;
    else if (input.required) throw new Refusal(422, `Required input '${name}' not provided`);
  }
  return texts;
}

function describeRun(repository: Repository, run: Run) {
  const { jobs, payload, waitingFor, ref, sha, actor, ...shown } = run;
  return {
    ...shown,
    node_id: nodeId(),
    run_attempt: 1,
    actor: describeUser(actor),
    triggering_actor: describeUser(actor),
    pull_requests: [],
    repository: describeSource(repository),
    url: `${apiUrl(repository)}/actions/runs/${run.id}`,
    jobs_url: `${apiUrl(repository)}/actions/runs/${run.id}/jobs`,
    logs_url: `${apiUrl(repository)}/actions/runs/${run.id}/logs`,
    html_url: `${pageUrl(repository)}/actions/runs/${run.id}`,
    run_started_at: run.created_at,
  };
}

function describeJob(repository: Repository, run: Run, { key, steps, ...job }: RunJob) {
  return {
    ...job,
    run_id: run.id,
    head_sha: run.head_sha,
    workflow_name: run.name,
    steps: steps.map((step) => ({ ...step, status: "completed" })),
    started_at: run.created_at,
    completed_at: job.status === "completed" ? (run.updated_at ?? now()) : null,
    html_url: `${pageUrl(repository)}/actions/runs/${run.id}/job/${job.id}`,
  };
}
