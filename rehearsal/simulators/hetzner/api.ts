import { type Api, type Surroundings, simulatedApi } from "../simulated-api";
import { routeActions } from "./action-routes";
import { refusals } from "./answers";
import type { CloudProject } from "./cloud-project";
import { routeFirewalls } from "./firewall-routes";
import { routeLookups } from "./lookup-routes";
import { routeNetworks } from "./network-routes";
import { routePlacementGroups } from "./placement-group-routes";
import { routePrimaryIps } from "./primary-ip-routes";
import { routeRecordSets } from "./record-set-routes";
import { routeServers } from "./server-routes";
import { routeKeys } from "./ssh-key-routes";
import { routeVolumes } from "./volume-routes";
import { routeZones } from "./zone-routes";

const CALLS_AN_HOUR = 3600;

/** Hetzner Cloud's API, version 1, as far as this project's constructs and their users call it. */
export function hetznerApi(surroundings: Surroundings, project: CloudProject): Api {
  const api = simulatedApi("hetzner", surroundings, refusals);
  const limit = new Allowance();

  api.use("*", async (context, next) => {
    const token = /^Bearer ([a-zA-Z0-9]{64})$/.exec(context.req.header("authorization") ?? "");
    const { remaining, reset } = limit.take();
    if (remaining < 0) context.res = refusals.refuse(context, 429, "");
    else if (token === null) context.res = refusals.refuse(context, 401, "unable to authenticate");
    else await next();
    context.res.headers.set("ratelimit-limit", String(CALLS_AN_HOUR));
    context.res.headers.set("ratelimit-remaining", String(Math.max(remaining, 0)));
    context.res.headers.set("ratelimit-reset", String(reset));
    if (context.req.method !== "GET") project.settle();
    return undefined;
  });

  // actions first: their paths look like those of a resource
  routeActions(api, project);
  routeLookups(api);
  for (const route of [
    routeKeys,
    routeServers,
    routePrimaryIps,
    routeFirewalls,
    routeVolumes,
    routeNetworks,
    routePlacementGroups,
    routeZones,
    routeRecordSets,
  ]) {
    route(api, project);
  }
  return api;
}

/** So many calls at once, and one more each second, as the real API counts them. */
class Allowance {
  private left = CALLS_AN_HOUR;
  private last = Date.now();

  public take(): { remaining: number; reset: number } {
    const time = Date.now();
    this.left = Math.min(CALLS_AN_HOUR, this.left + (time - this.last) / 1000);
    this.last = time;
    const allowed = this.left >= 1;
    if (allowed) this.left -= 1;
    const reset = Math.ceil(time / 1000 + CALLS_AN_HOUR - this.left);
    return { remaining: allowed ? Math.floor(this.left) : -1, reset };
  }
}
