import type { Context } from "hono";
import type { Api } from "../simulated-api";
import { bodyOf, found, nothing, page } from "./answers";
import type { Comment } from "./collaboration";
import { describeComment } from "./conversation-answers";
import { blank, readBody } from "./conversation-requests";
import { type Hub, REPOSITORY, repositoryOf, writerOf } from "./hub";
import { now } from "./state";

/** Comments under issues and pull requests. */
export function routeComments(api: Api, hub: Hub): void {
  const { collaboration } = hub;
  const comments = `${REPOSITORY}/issues/:number{[0-9]+}/comments`;
  const one = `${REPOSITORY}/issues/comments/:id`;
  const commentOf = (all: readonly Comment[], id: string): Comment =>
    found(all.find((comment) => String(comment.id) === id));

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
    const body = await textOf(context);
    const comment = { id: collaboration.nextId(), issue, login, body, created_at: now(), updated_at: now() };
    collaboration.of(repository).comments.push(comment);
    collaboration.save();
    return Response.json(describeComment(repository, comment), { status: 201 });
  });
  api.get(one, (context) => {
    const repository = repositoryOf(hub, context);
    const comment = commentOf(collaboration.of(repository).comments, context.req.param("id"));
    return Response.json(describeComment(repository, comment));
  });
  api.patch(one, async (context) => {
    writerOf(hub, context, "issues", "pull-requests");
    const repository = repositoryOf(hub, context);
    const comment = commentOf(collaboration.of(repository).comments, context.req.param("id"));
    comment.body = await textOf(context);
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
}

async function textOf(context: Context): Promise<string> {
  const body = readBody((await bodyOf(context)).body);
  if (body === null || body.trim() === "") throw blank("IssueComment", "body");
  return body;
}
