import { type Api, type Surroundings, simulatedApi } from "../simulated-api";
import { routeAccount, routeKeys } from "./account-routes";
import { refusals } from "./answers";
import type { CloudAccount } from "./cloud-account";
import { routeDomains } from "./domain-routes";
import { routeActions, routeDroplets } from "./droplet-routes";
import { routeFirewalls } from "./firewall-routes";
import { routeVpcs } from "./network-routes";
import { routeProjects } from "./project-routes";
import { routeReservedIps } from "./reserved-ip-routes";
import { routeTags } from "./tag-routes";
import { routeVolumes } from "./volume-routes";

const HOURLY_LIMIT = 5000;

/** DigitalOcean's API, version 2, as far as this project's constructs and their users call it. */
export function digitalOceanApi(surroundings: Surroundings, account: CloudAccount): Api {
  const api = simulatedApi("digitalocean", surroundings, refusals);
  const limit = new HourlyLimit();

  api.use("*", async (context, next) => {
    const token = /^Bearer (\S+)$/i.exec(context.req.header("authorization") ?? "")?.[1];
    if (token === undefined) return refusals.refuse(context, 401, "Unable to authenticate you");
    const { remaining, reset } = limit.count();
    if (remaining < 0) {
      context.res = refusals.refuse(context, 429, "");
      context.res.headers.set("retry-after", String(reset - Math.floor(Date.now() / 1000)));
    } else {
      await next();
    }
    context.res.headers.set("ratelimit-limit", String(HOURLY_LIMIT));
    context.res.headers.set("ratelimit-remaining", String(Math.max(remaining, 0)));
    context.res.headers.set("ratelimit-reset", String(reset));
    if (context.req.method !== "GET") account.settle();
    return undefined;
  });

  for (const route of [
    routeAccount,
    routeKeys,
    routeDroplets,
    routeActions,
    routeFirewalls,
    routeDomains,
    routeProjects,
    routeTags,
    routeVpcs,
    routeReservedIps,
    routeVolumes,
  ]) {
    route(api, account);
  }
  return api;
}

/** So many calls an hour, as the real API counts them. */
class HourlyLimit {
  private hour = 0;
  private calls = 0;

  public count(): { remaining: number; reset: number } {
    const hour = Math.floor(Date.now() / 3_600_000);
    if (hour !== this.hour) this.calls = 0;
    this.hour = hour;
    this.calls += 1;
    return { remaining: HOURLY_LIMIT - this.calls, reset: (hour + 1) * 3600 };
  }
}
