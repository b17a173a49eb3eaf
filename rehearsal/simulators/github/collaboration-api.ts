import type { Context, Next } from "hono";
import type { Api } from "../simulated-api";
import { refusals } from "./answers";
import { routeChecks } from "./check-routes";
import { routeComments } from "./comment-routes";
import { routeContents } from "./content-routes";
import type { Hub } from "./hub";
import { routeIssues } from "./issue-routes";
import { routeLabels } from "./label-routes";
import { routePulls } from "./pull-routes";
import { routeRuns } from "./run-routes";

/** What people and workflows do in repositories, as far as this library's workflows and Terraform call it. */
export function routeCollaboration(api: Api, hub: Hub): void {
  routeContents(api, hub);
  routeIssues(api, hub);
  routeComments(api, hub);
  routeLabels(api, hub);
  routePulls(api, hub);
  routeChecks(api, hub);
  routeRuns(api, hub);
}

/** A job's token ends with its run, and opens no settings. */
export function guardJobs({ callers }: Hub) {
  return async (context: Context, next: Next): Promise<Response | undefined> => {
    const token = /^(?:Bearer|token) (\S+)$/i.exec(context.req.header("authorization") ?? "")?.[1] ?? "";
    const caller = callers.callerOf(token);
    if (caller === undefined) return refusals.refuse(context, 401, "Bad credentials");
    const settings = /^\/api\/v3\/repos(?:itories)?\/.*\/(?:environments|keys|actions\/(?:secrets|variables))(?:\/|$)/;
    if (caller.job !== undefined && settings.test(context.req.path)) {
      return refusals.refuse(context, 403, "Resource not accessible by integration");
    }
    await next();
    return undefined;
  };
}
