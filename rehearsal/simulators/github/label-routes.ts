import type { Api } from "../simulated-api";
import { bodyOf, found, invalid, nothing, page, text } from "./answers";
import { type Label, pullOf } from "./collaboration";
import { describeLabel } from "./conversation-answers";
import { blank, readLabels } from "./conversation-requests";
import { type Hub, REPOSITORY, repositoryOf, writerOf } from "./hub";
import type { Repository } from "./state";

/** Labels: those that a repository has, and those that an issue or a pull request carries. */
export function routeLabels(api: Api, hub: Hub): void {
  routeOwn(api, hub);
  routeCarried(api, hub);
}

function routeOwn(api: Api, hub: Hub): void {
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

function routeCarried(api: Api, hub: Hub): void {
  const { collaboration, events } = hub;
  const base = `${REPOSITORY}/issues/:number{[0-9]+}/labels`;
  const describe = (repository: Repository, names: readonly string[]) =>
    names.map((name) => describeLabel(repository, collaboration.needLabel(repository, name)));

  api.get(base, (context) => {
    const repository = repositoryOf(hub, context);
    const { labels } = collaboration.issue(repository, context.req.param("number"));
    return page(context, labels, (part) => describe(repository, part));
  });
  api.post(base, async (context) => {
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
    return Response.json(describe(repository, issue.labels));
  });
  api.delete(`${base}/:name`, async (context) => {
    const caller = writerOf(hub, context, "issues", "pull-requests");
    const repository = repositoryOf(hub, context);
    const issue = collaboration.issue(repository, context.req.param("number"));
    const name = found(issue.labels.find((label) => label === context.req.param("name")));
    issue.labels = issue.labels.filter((label) => label !== name);
    const pulled = pullOf(issue);
    const about = { label: describeLabel(repository, collaboration.needLabel(repository, name)) };
    if (pulled !== undefined) await events.pullRequest(repository, caller, pulled, "unlabeled", about);
    collaboration.save();
    return Response.json(describe(repository, issue.labels));
  });
}
