import type { Api } from "../simulated-api";
import { bodyOf, page, text } from "./answers";
import { describeIssue } from "./conversation-answers";
import { readBody, readLabels, setState, titleOf } from "./conversation-requests";
import { type Hub, REPOSITORY, repositoryOf, writerOf } from "./hub";
import { now } from "./state";

/** Issues; a pull request is one too. */
export function routeIssues(api: Api, hub: Hub): void {
  const { collaboration } = hub;

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
}
