import { type Api, Refusal } from "../simulated-api";
import { bodyOf, found, page, text } from "./answers";
import { nodeId } from "./code-forge";
import type { CheckRun, CommitStatus, RunJob } from "./collaboration";
import { apiUrl, describeUser, pageUrl } from "./conversation-answers";
import { type Hub, REPOSITORY, repositoryOf, writerOf } from "./hub";
import { now, type Repository } from "./state";

/** Verdicts on commits: each job of a run is a check run, others and statuses are made by calls. */
export function routeChecks(api: Api, hub: Hub): void {
  const { collaboration } = hub;
  const describe = (repository: Repository, check: CheckRun) => ({
    ...check,
    node_id: nodeId(),
    url: `${apiUrl(repository)}/check-runs/${check.id}`,
    html_url: `${pageUrl(repository)}/runs/${check.id}`,
    app: { slug: "github-actions", name: "GitHub Actions" },
    pull_requests: [],
  });
  const ofCommit = (repository: Repository, sha: string): CheckRun[] => {
    const { runs, checks } = collaboration.of(repository);
    const jobs = runs
      .filter((run) => run.head_sha === sha)
      .flatMap((run) => run.jobs.map((job) => asCheck(job, sha, run.created_at, run.updated_at)));
    return [...jobs, ...checks.filter((check) => check.head_sha === sha)];
  };
  const shaOf = async (repository: Repository, ref: string): Promise<string> => {
    const sha = await (await hub.git.of(repository)).resolve(ref);
    if (sha === undefined) throw new Refusal(422, `No commit found for SHA: ${ref}`);
    return sha;
  };

  api.get(`${REPOSITORY}/commits/:ref/check-runs`, async (context) => {
    const repository = repositoryOf(hub, context);
    const name = context.req.query("check_name");
    const all = ofCommit(repository, await shaOf(repository, context.req.param("ref")));
    const wanted = all.filter((check) => name === undefined || check.name === name);
    return page(context, wanted, (part) => ({
      total_count: wanted.length,
      check_runs: part.map((check) => describe(repository, check)),
    }));
  });
  api.post(`${REPOSITORY}/check-runs`, async (context) => {
    writerOf(hub, context, "checks");
    const repository = repositoryOf(hub, context);
    const body = await bodyOf(context);
    if (text(body.name) === "" || text(body.head_sha) === "") {
      throw new Refusal(422, 'Invalid request. "name" and "head_sha" are needed.');
    }
    const check: CheckRun = {
      id: collaboration.nextId(),
      name: text(body.name),
      head_sha: await shaOf(repository, text(body.head_sha)),
      status: "queued",
      conclusion: null,
      output: { title: null, summary: null, text: null },
      details_url: text(body.details_url) || null,
      started_at: now(),
      completed_at: null,
    };
    change(check, body);
    collaboration.of(repository).checks.push(check);
    collaboration.save();
    return Response.json(describe(repository, check), { status: 201 });
  });
  api.patch(`${REPOSITORY}/check-runs/:id`, async (context) => {
    writerOf(hub, context, "checks");
    const repository = repositoryOf(hub, context);
    const { checks } = collaboration.of(repository);
    const check = found(checks.find(({ id }) => String(id) === context.req.param("id")));
    change(check, await bodyOf(context));
    collaboration.save();
    return Response.json(describe(repository, check));
  });

  api.post(`${REPOSITORY}/statuses/:sha`, async (context) => {
    const { login } = writerOf(hub, context, "statuses");
    const repository = repositoryOf(hub, context);
    const body = await bodyOf(context);
    if (!["error", "failure", "pending", "success"].includes(text(body.state))) {
      throw new Refusal(422, "Validation Failed\n" + JSON.stringify("State is not included in the list"));
    }
    const status: CommitStatus = {
      id: collaboration.nextId(),
      sha: await shaOf(repository, context.req.param("sha")),
      state: text(body.state),
      context: text(body.context) || "default",
      description: text(body.description) || null,
      target_url: text(body.target_url) || null,
      login,
      created_at: now(),
    };
    collaboration.of(repository).statuses.push(status);
    collaboration.save();
    return Response.json({ ...status, creator: describeUser(login) }, { status: 201 });
  });
  api.get(`${REPOSITORY}/commits/:ref/status`, async (context) => {
    const repository = repositoryOf(hub, context);
    const sha = await shaOf(repository, context.req.param("ref"));
    const all = collaboration.of(repository).statuses.filter((status) => status.sha === sha);
    const latest = [...new Map(all.map((status) => [status.context, status])).values()];
    const is = (state: string): boolean => latest.some((status) => status.state === state);
    const bad = is("failure") || is("error");
    const state = bad ? "failure" : latest.length === 0 || is("pending") ? "pending" : "success";
    return Response.json({ state, statuses: latest, sha, total_count: latest.length });
  });
}

function asCheck(job: RunJob, head_sha: string, started_at: string, ended: string): CheckRun {
  const { id, name, status, conclusion } = job;
  return {
    ...{ id, name, head_sha, status, conclusion, started_at },
    output: { title: null, summary: null, text: null },
    details_url: null,
    completed_at: status === "completed" ? ended : null,
  };
}

function change(check: CheckRun, body: Record<string, unknown>): void {
  if (typeof body.name === "string") check.name = body.name;
  if (typeof body.status === "string") check.status = body.status;
  if (typeof body.conclusion === "string") {
    check.conclusion = body.conclusion;
    check.status = "completed";
    check.completed_at = now();
  }
  const output = (body.output ?? {}) as Record<string, unknown>;
  for (const name of ["title", "summary", "text"] as const) {
    if (typeof output[name] === "string") check.output[name] = output[name];
  }
}
