import { randomUUID } from "node:crypto";
import { type Api, type Surroundings, simulatedApi } from "../simulated-api";
import { guardRepositories } from "./access";
import { routeAccounts } from "./account-routes";
import { refusals } from "./answers";
import type { CodeForge } from "./code-forge";
import { guardJobs, routeCollaboration } from "./collaboration-api";
import { routeEnvironments } from "./environment-routes";
import type { Hub } from "./hub";
import { routeDeployKeys, routeRepositories } from "./repository-routes";
import { routeVaults } from "./vault-routes";

const HOURLY_LIMIT = 5000;

/** GitHub's REST API under `/api/v3`, as far as wiring a repository to a host and its workflows call it. */
export function gitHubApi(surroundings: Surroundings, forge: CodeForge, hub: Hub): Api {
  const api = simulatedApi("github", surroundings, refusals);
  let calls = 0;
  api.use("*", async (context, next) => {
    const token = /^(?:Bearer|token) (\S+)$/i.exec(context.req.header("authorization") ?? "")?.[1];
    if (token === undefined) return refusals.refuse(context, 401, "Bad credentials");
    await next();
    calls += 1;
    context.res.headers.set("x-github-request-id", randomUUID());
    const reset = (Math.floor(Date.now() / 3_600_000) + 1) * 3600;
    context.res.headers.set("x-ratelimit-limit", String(HOURLY_LIMIT));
    context.res.headers.set("x-ratelimit-remaining", String(HOURLY_LIMIT - (calls % HOURLY_LIMIT)));
    context.res.headers.set("x-ratelimit-reset", String(reset));
    if (context.req.method !== "GET") forge.save();
    return undefined;
  });
  api.use("*", guardJobs(hub));
  guardRepositories(api, forge);
  routeAccounts(api, forge);
  routeRepositories(api, forge);
  routeEnvironments(api, forge);
  routeVaults(api, forge);
  routeDeployKeys(api, forge);
  routeCollaboration(api, hub);
  return api;
}
