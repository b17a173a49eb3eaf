import { type Api, Refusal } from "../simulated-api";
import { bodyOf, invalid, page, text } from "./answers";
import { type Pull, type PullRequest, pullOf } from "./collaboration";
import { describePull } from "./conversation-answers";
import { readBody, setState, titleOf } from "./conversation-requests";
import { type Hub, REPOSITORY, repositoryOf, writerOf } from "./hub";
import { now } from "./state";

/** Pull requests between branches of one repository. */
export function routePulls(api: Api, hub: Hub): void {
  const { collaboration, events } = hub;
  const base = `${REPOSITORY}/pulls`;
  const branchOf = (value: unknown): string => text(value).replace(/^[^:]*:/, "");

  api.get(base, (context) => {
    const repository = repositoryOf(hub, context);
    const { state = "open", head, base: into } = context.req.query();
    const all = collaboration
      .of(repository)
      .issues.flatMap((issue) => pullOf(issue) ?? [])
      .filter((issue) => state === "all" || issue.state === state)
      .filter(({ pull }) => head === undefined || pull.head === branchOf(head))
      .filter(({ pull }) => into === undefined || pull.base === into)
      .reverse();
    return page(context, all, (part) => part.map((issue) => describePull(collaboration, repository, issue)));
  });
  api.post(base, async (context) => {
    const caller = writerOf(hub, context, "pull-requests");
    const repository = repositoryOf(hub, context);
    const body = await bodyOf(context);
    const git = await hub.git.of(repository);
    const [head, into] = [branchOf(body.head), text(body.base)];
    const title = titleOf(body, "PullRequest");
    const [headSha, baseSha] = [await git.resolve(head), await git.resolve(into)];
    const bad = (field: string) => invalid({ resource: "PullRequest", code: "invalid", field, message: "" });
    if (headSha === undefined || head === "") throw bad("head");
    if (baseSha === undefined || into === "") throw bad("base");
    const custom = (message: string) => invalid({ resource: "PullRequest", code: "custom", field: "", message });
    if ((await git.log(`${baseSha}..${headSha}`, undefined, 1)).length === 0) {
      throw custom(`No commits between ${into} and ${head}`);
    }
    const open = collaboration.of(repository).issues.filter((issue) => issue.state === "open");
    if (open.some(({ pull }) => pull?.head === head && pull.base === into)) {
      throw custom(`A pull request already exists for ${repository.owner}:${head}.`);
    }
    const pull: Pull = { head, base: into, headSha, baseSha, mergeSha: null, merged_at: null };
    const issue = collaboration.addIssue(repository, caller.login, { title, body: readBody(body.body), pull });
    const made = issue as PullRequest;
    await events.refresh(repository, made);
    collaboration.save();
    await events.pullRequest(repository, caller, made, "opened");
    return Response.json(describePull(collaboration, repository, made), { status: 201 });
  });
  api.get(`${base}/:number{[0-9]+}`, (context) => {
    const repository = repositoryOf(hub, context);
    const issue = collaboration.pull(repository, context.req.param("number"));
    return Response.json(describePull(collaboration, repository, issue));
  });
  api.patch(`${base}/:number{[0-9]+}`, async (context) => {
    const caller = writerOf(hub, context, "pull-requests");
    const repository = repositoryOf(hub, context);
    const issue = collaboration.pull(repository, context.req.param("number"));
    const body = await bodyOf(context);
    const before = issue.state;
    if (body.title !== undefined) issue.title = titleOf(body, "PullRequest");
    if (body.body !== undefined) issue.body = readBody(body.body);
    if (body.base !== undefined) issue.pull.base = text(body.base);
    if (body.state !== undefined) setState(issue, text(body.state));
    issue.updated_at = now();
    collaboration.save();
    const turned = before === issue.state ? "edited" : issue.state === "open" ? "reopened" : "closed";
    await events.pullRequest(repository, caller, issue, turned);
    return Response.json(describePull(collaboration, repository, issue));
  });
  api.get(`${base}/:number{[0-9]+}/files`, async (context) => {
    const { pull } = collaboration.pull(repositoryOf(hub, context), context.req.param("number"));
    const git = await hub.git.of(repositoryOf(hub, context));
    const parted = (await git.mergeBase(pull.baseSha, pull.headSha)) ?? pull.baseSha;
    return page(context, await git.changedFiles(parted, pull.headSha), (part) =>
      part.map((filename) => ({ filename })),
    );
  });
  // the pull requests that have brought a commit, or hold it
  api.get(`${REPOSITORY}/commits/:sha/pulls`, async (context) => {
    const repository = repositoryOf(hub, context);
    const git = await hub.git.of(repository);
    const sha = await git.resolve(context.req.param("sha"));
    if (sha === undefined) throw new Refusal(422, `No commit found for SHA: ${context.req.param("sha")}`);
    const pulls = collaboration.of(repository).issues.flatMap((issue) => pullOf(issue) ?? []);
    const having = pulls.filter(
      ({ pull }) => pull.headSha === sha || (pull.merged_at !== null && pull.mergeSha === sha),
    );
    return page(context, having, (part) => part.map((issue) => describePull(collaboration, repository, issue)));
  });
  api.put(`${base}/:number{[0-9]+}/merge`, async (context) => {
    const caller = writerOf(hub, context, "contents");
    const repository = repositoryOf(hub, context);
    const issue = collaboration.pull(repository, context.req.param("number"));
    const { pull } = issue;
    if (issue.state === "closed" || pull.mergeSha === null) throw new Refusal(405, "Pull Request is not mergeable");
    const git = await hub.git.of(repository);
    const author = { name: caller.login, email: `${caller.login}@users.noreply.github.com` };
    const message = `Merge pull request #${issue.number} from ${repository.owner}/${pull.head}\n\n${issue.title}`;
    const merged = await git.merge(pull.baseSha, pull.headSha, message, author);
    if (merged === undefined) throw new Refusal(405, "Pull Request is not mergeable");
    const ref = `refs/heads/${pull.base}`;
    await git.setRef(ref, merged, pull.baseSha);
    const before = pull.baseSha;
    Object.assign(pull, { mergeSha: merged, merged_at: now() });
    setState(issue, "closed");
    collaboration.save();
    await events.pullRequest(repository, caller, issue, "closed");
    await events.pushed(repository, caller, [{ ref, before, after: merged }]);
    return Response.json({ sha: merged, merged: true, message: "Pull Request successfully merged" });
  });
}
