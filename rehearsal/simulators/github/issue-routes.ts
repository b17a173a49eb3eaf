import { type Api, Refusal } from "../simulated-api";
import { bodyOf, found, invalid, nothing, page, text } from "./answers";
import { type Comment, type Issue, type Label, pullOf } from "./collaboration";
import { describeComment, describeIssue, describeLabel } from "./conversation-answers";
import { type Hub, REPOSITORY, repositoryOf, writerOf } from "./hub";
import { now } from "./state";

const LONGEST = 65_536;

/** Issues, the comments under them and under pull requests, and labels. */
export function routeIssues(api: Api, hub: Hub): void {
  const { collaboration, events } = hub;

  api.get(`${REPOSITORY}/issues`, (context) => {
    const repository = repositoryOf(hub, context);
    const { state = "open", labels = "", creator } = context.req.query();
    const wanted = labels.split(",").filter((label) => label !== "");
    const all = collaboration
      .of(repository)
      .issues.filter((issue) => state === "all" || issue.state === state)
      .filter((issue) => wanted.every((label) => issue.labels.includes(label)))
      .filter((issue) => creator === undefined || issue.login === creator)
      .reverse();
    return page(context, all, (part) => part.map((issue) => describeIssue(collaboration, repository, issue)));
  });
  api.post(`${REPOSITORY}/issues`, async (context) => {
    const { login } = writerOf(hub, context, "issues");
    const repository = repositoryOf(hub, context);
    const body = await bodyOf(context);
    const issue = collaboration.addIssue(repository, login, {
      title: titleOf(body, "Issue"),
      body: readBody(body.body),
      labels: readLabels(body.labels),
    });
    collaboration.save();
    return Response.json(describeIssue(collaboration, repository, issue), { status: 201 });
  });
  api.get(`${REPOSITORY}/issues/:number{[0-9]+}`, (context) => {
    const repository = repositoryOf(hub, context);
    const issue = collaboration.issue(repository, context.req.param("number"));
    return Response.json(describeIssue(collaboration, repository, issue));
  });
  api.patch(`${REPOSITORY}/issues/:number{[0-9]+}`, async (context) => {
    writerOf(hub, context, "issues", "pull-requests");
    const repository = repositoryOf(hub, context);
    const issue = collaboration.issue(repository, context.req.param("number"));
    const body = await bodyOf(context);
    if (body.title !== undefined) issue.title = titleOf(body, "Issue");
    if (body.body !== undefined) issue.body = readBody(body.body);
    if (body.labels !== undefined) issue.labels = readLabels(body.labels);
    if (body.state !== undefined) setState(issue, text(body.state));
    issue.updated_at = now();
    collaboration.save();
    return Response.json(describeIssue(collaboration, repository, issue));
  });

  const comments = `${REPOSITORY}/issues/:number{[0-9]+}/comments`;
  api.get(comments, (context) => {
    const repository = repositoryOf(hub, context);
    const { number } = collaboration.issue(repository, context.req.param("number"));
    const all = collaboration.of(repository).comments.filter((comment) => comment.issue === number);
    return page(context, all, (part) => part.map((comment) => describeComment(repository, comment)));
  });
  api.post(comments, async (context) => {
    const { login } = writerOf(hub, context, "issues", "pull-requests");
    const repository = repositoryOf(hub, context);
    const { number: issue } = collaboration.issue(repository, context.req.param("number"));
    const body = readBody((await bodyOf(context)).body);
    if (body === null || body.trim() === "") throw blank("IssueComment", "body");
    const comment = { id: collaboration.nextId(), issue, login, body, created_at: now(), updated_at: now() };
    collaboration.of(repository).comments.push(comment);
    collaboration.save();
    return Response.json(describeComment(repository, comment), { status: 201 });
  });

  const one = `${REPOSITORY}/issues/comments/:id`;
  const commentOf = (all: readonly Comment[], id: string): Comment =>
    found(all.find((comment) => String(comment.id) === id));
  api.get(one, (context) => {
    const repository = repositoryOf(hub, context);
    const comment = commentOf(collaboration.of(repository).comments, context.req.param("id"));
    return Response.json(describeComment(repository, comment));
  });
  api.patch(one, async (context) => {
    writerOf(hub, context, "issues", "pull-requests");
    const repository = repositoryOf(hub, context);
    const comment = commentOf(collaboration.of(repository).comments, context.req.param("id"));
    const body = readBody((await bodyOf(context)).body);
    if (body === null || body.trim() === "") throw blank("IssueComment", "body");
    comment.body = body;
    comment.updated_at = now();
    collaboration.save();
    return Response.json(describeComment(repository, comment));
  });
  api.delete(one, (context) => {
    writerOf(hub, context, "issues", "pull-requests");
    const work = collaboration.of(repositoryOf(hub, context));
    const { id } = commentOf(work.comments, context.req.param("id"));
    work.comments = work.comments.filter((comment) => comment.id !== id);
    collaboration.save();
    return nothing();
  });

  const ofIssue = `${REPOSITORY}/issues/:number{[0-9]+}/labels`;
  api.get(ofIssue, (context) => {
    const repository = repositoryOf(hub, context);
    const { labels } = collaboration.issue(repository, context.req.param("number"));
    return page(context, labels, (part) =>
      part.map((name) => describeLabel(repository, collaboration.needLabel(repository, name))),
    );
  });
  api.post(ofIssue, async (context) => {
    const caller = writerOf(hub, context, "issues", "pull-requests");
    const repository = repositoryOf(hub, context);
    const issue = collaboration.issue(repository, context.req.param("number"));
    const added = readLabels((await bodyOf(context)).labels).filter((label) => !issue.labels.includes(label));
    for (const name of added) {
      const label = collaboration.needLabel(repository, name);
      issue.labels.push(label.name);
      const pulled = pullOf(issue);
      const about = { label: describeLabel(repository, label) };
      if (pulled !== undefined) await events.pullRequest(repository, caller, pulled, "labeled", about);
    }
    collaboration.save();
    return Response.json(
      issue.labels.map((name) => describeLabel(repository, collaboration.needLabel(repository, name))),
    );
  });
  api.delete(`${ofIssue}/:name`, async (context) => {
    const caller = writerOf(hub, context, "issues", "pull-requests");
    const repository = repositoryOf(hub, context);
    const issue = collaboration.issue(repository, context.req.param("number"));
    const name = found(issue.labels.find((label) => label === context.req.param("name")));
    issue.labels = issue.labels.filter((label) => label !== name);
    const pulled = pullOf(issue);
    const about = { label: describeLabel(repository, collaboration.needLabel(repository, name)) };
    if (pulled !== undefined) await events.pullRequest(repository, caller, pulled, "unlabeled", about);
    collaboration.save();
    return Response.json(
      issue.labels.map((label) => describeLabel(repository, collaboration.needLabel(repository, label))),
    );
  });
  routeLabels(api, hub);
}

function routeLabels(api: Api, hub: Hub): void {
  const { collaboration } = hub;
  const base = `${REPOSITORY}/labels`;
  const named = (labels: readonly Label[], name: string): Label | undefined =>
    labels.find((label) => label.name.toLowerCase() === name.toLowerCase());

  api.get(base, (context) => {
    const repository = repositoryOf(hub, context);
    return page(context, collaboration.of(repository).labels, (part) =>
      part.map((label) => describeLabel(repository, label)),
    );
  });
  api.post(base, async (context) => {
    writerOf(hub, context, "issues", "pull-requests");
    const repository = repositoryOf(hub, context);
    const body = await bodyOf(context);
    const { labels } = collaboration.of(repository);
    if (text(body.name) === "") throw blank("Label", "name");
    if (named(labels, text(body.name)) !== undefined) {
      throw invalid({ resource: "Label", code: "already_exists", field: "name", message: "" });
    }
    const color = text(body.color) || "ededed";
    if (!/^[0-9a-f]{6}$/i.test(color))
      throw invalid({ resource: "Label", code: "invalid", field: "color", message: "" });
    const description = text(body.description) || null;
    const label = { id: collaboration.nextId(), name: text(body.name), color, description };
    labels.push(label);
    collaboration.save();
    return Response.json(describeLabel(repository, label), { status: 201 });
  });
  api.get(`${base}/:name`, (context) => {
    const repository = repositoryOf(hub, context);
    const label = found(named(collaboration.of(repository).labels, context.req.param("name")));
    return Response.json(describeLabel(repository, label));
  });
  api.patch(`${base}/:name`, async (context) => {
    writerOf(hub, context, "issues", "pull-requests");
    const repository = repositoryOf(hub, context);
    const work = collaboration.of(repository);
    const label = found(named(work.labels, context.req.param("name")));
    const body = await bodyOf(context);
    const renamed = text(body.new_name) || label.name;
    for (const issue of work.issues) issue.labels = issue.labels.map((name) => (name === label.name ? renamed : name));
    label.name = renamed;
    if (text(body.color) !== "") label.color = text(body.color);
    if (body.description !== undefined) label.description = text(body.description) || null;
    collaboration.save();
    return Response.json(describeLabel(repository, label));
  });
  api.delete(`${base}/:name`, (context) => {
    writerOf(hub, context, "issues", "pull-requests");
    const work = collaboration.of(repositoryOf(hub, context));
    const { name } = found(named(work.labels, context.req.param("name")));
    work.labels = work.labels.filter((label) => label.name !== name);
    for (const issue of work.issues) issue.labels = issue.labels.filter((label) => label !== name);
    collaboration.save();
    return nothing();
  });
}

const blank = (resource: string, field: string): Refusal =>
  invalid({ resource, code: "missing_field", field, message: `${field} can't be blank` });

export function titleOf(body: Record<string, unknown>, resource: string): string {
  if (text(body.title).trim() === "") throw blank(resource, "title");
  return text(body.title);
}

export function readBody(value: unknown): string | null {
  const body = typeof value === "string" ? value : null;
  if (body !== null && body.length > LONGEST) {
    throw new Refusal(
      422,
      `Validation Failed\n${JSON.stringify(`body is too long (maximum is ${LONGEST} characters)`)}`,
    );
  }
  return body;
}

export function setState(issue: Issue, state: string): void {
  if (state !== "open" && state !== "closed") throw new Refusal(422, "state must be open or closed");
  issue.state = state;
  issue.closed_at = state === "closed" ? now() : null;
}

function readLabels(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  return [...new Set(value.map((label) => text(label?.name ?? label)))].filter((label) => label !== "");
}
