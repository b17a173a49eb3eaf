import type { Context } from "hono";
import { Refusal } from "../simulated-api";
import { type Caller, type Callers, mayWrite } from "./callers";
import type { CodeForge } from "./code-forge";
import type { Collaboration } from "./collaboration";
import type { Events } from "./events";
import type { GitRepositories } from "./git-repositories";
import type { Repository } from "./state";
import type { WorkflowRuns } from "./workflow-runs";

/** All of the simulated GitHub, as its routes need it. */
export interface Hub {
  readonly forge: CodeForge;
  readonly git: GitRepositories;
  readonly callers: Callers;
  readonly collaboration: Collaboration;
  readonly runs: WorkflowRuns;
  readonly events: Events;
}

export const REPOSITORY = "/api/v3/repos/:owner/:repo";

export const repositoryOf = ({ forge }: Hub, context: Context): Repository =>
  forge.find(context.req.param("owner") ?? "", context.req.param("repo") ?? "");

export function callerOf({ callers }: Hub, context: Context): Caller {
  const token = /^(?:Bearer|token) (\S+)$/i.exec(context.req.header("authorization") ?? "")?.[1] ?? "";
  const caller = callers.callerOf(token);
  if (caller === undefined) throw new Refusal(401, "Bad credentials");
  return caller;
}

/** The caller, who must be allowed to write one of what the permissions are about. */
export function writerOf(hub: Hub, context: Context, ...permissions: readonly string[]): Caller {
  const caller = callerOf(hub, context);
  const { id } = repositoryOf(hub, context);
  if (!permissions.some((permission) => mayWrite(caller, id, permission))) {
    throw new Refusal(403, "Resource not accessible by integration");
  }
  return caller;
}
