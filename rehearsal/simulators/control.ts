import { type Context, Hono } from "hono";
import type { CallLog } from "./call-log";
import type { CloudAccount } from "./digitalocean/cloud-account";
import { type FaultOrder, type Faults, matches } from "./faults";
import type { CodeForge } from "./github/code-forge";
import type { Hub } from "./github/hub";
import { onSchedule } from "./github/run-routes";
import type { Account, Repository, Secret } from "./github/state";
import type { CloudProject } from "./hetzner/cloud-project";
import type { HetznerBuckets } from "./object-storage/buckets";

/** What the control API reaches. */
export interface Controlled {
  readonly account: CloudAccount;
  readonly project: CloudProject;
  readonly forge: CodeForge;
  /** What happens in its repositories. */
  readonly hub: Hub;
  /** Hetzner's; DigitalOcean's are in its account. */
  readonly buckets: HetznerBuckets;
  readonly faults: Faults;
  readonly log: CallLog;
}

/** For tests and the rehearsal itself: orders to fail, what was called, what is kept. On the loopback only. */
export function controlApi({ account, project, forge, hub, faults, log, buckets }: Controlled): Hono {
  const api = new Hono();
  api.onError((error) => Response.json({ message: error.message }, { status: 422 }));
  api.notFound((context) => Response.json({ message: `no such control: ${context.req.path}` }, { status: 404 }));

  const add = async (context: Context, first: FaultOrder): Promise<Response> =>
    Response.json(faults.add(readOrder({ ...first, ...((await context.req.json()) as FaultOrder) })), { status: 201 });
  api.post("/control/fail", (context) => add(context, { status: 500 }));
  api.post("/control/delay", (context) => add(context, { delayMilliseconds: 1000 }));
  api.get("/control/faults", () => Response.json(faults.list()));
  api.delete("/control/faults", () => {
    faults.clear();
    return new Response(null, { status: 204 });
  });

  api.get("/control/calls", (context) => {
    const { since, ...pattern } = context.req.query();
    const calls = log.list().filter((call) => since === undefined || call.time >= since);
    return Response.json({ calls: calls.filter((call) => matches(pattern, call.api, call.method, call.path)) });
  });
  api.get("/control/state", () =>
    Response.json({
      digitalocean: account.value,
      hetzner: project.value,
      github: forge.repositories,
      buckets: buckets.value,
      faults: faults.list(),
    }),
  );

  api.get("/control/github/repositories", () =>
    Response.json(forge.repositories.map(({ owner, name }) => `${owner}/${name}`)),
  );
  api.post("/control/github/repositories", async (context) => {
    const { repository } = (await context.req.json()) as { repository: string };
    const { id, owner, name } = await forge.addRepository(repository);
    return Response.json({ id, repository: `${owner}/${name}` }, { status: 201 });
  });
  // what its owner would change in the settings: private, archived, collaborators, the owner's plan, kind and teams
  api.patch("/control/github/repository", async (context) => {
    const { plan, type, teams, ...settings } = (await context.req.json()) as Partial<Repository & Account>;
    const repository = repositoryOf(forge, context);
    Object.assign(repository, settings);
    for (const login of Object.keys(settings.collaborators ?? {})) forge.addAccount(login);
    Object.assign(forge.account(repository.owner), JSON.parse(JSON.stringify({ plan, type, teams })));
    forge.save();
    return Response.json({});
  });
  api.post("/control/github/rename", async (context) => {
    const { from, to } = (await context.req.json()) as { from: string; to: string };
    forge.rename(from, to);
    return Response.json({});
  });
  api.post("/control/github/tokens", async (context) => {
    const { token, login = null, scopes = null, permissions = null, revoked = false } = await context.req.json();
    if (login !== null) forge.addAccount(login);
    forge.addToken(token, { login, scopes, permissions, revoked });
    return Response.json({});
  });
  // the time of a workflow's schedule has come
  api.post("/control/github/schedule", async (context) => {
    const { workflow } = (await context.req.json()) as { workflow: string };
    return Response.json({ runs: await onSchedule(hub, repositoryOf(forge, context), workflow) });
  });
  // as a workflow's job would get them: by environment, by name, in plain text
  const vaults = (context: Context, kind: "secrets" | "variables"): Response => {
    const { environments } = repositoryOf(forge, context);
    return Response.json(
      Object.fromEntries(Object.values(environments).map((place) => [place.name, values(place[kind])])),
    );
  };
  api.get("/control/github/secrets", (context) => vaults(context, "secrets"));
  api.get("/control/github/variables", (context) => vaults(context, "variables"));
  api.get("/control/github/repository", (context) => {
    const { secrets, variables, deploy_keys } = repositoryOf(forge, context);
    return Response.json({ secrets: values(secrets), variables: values(variables), deploy_keys });
  });
  return api;
}

const values = (all: Record<string, Secret>): Record<string, string> =>
  Object.fromEntries(Object.entries(all).map(([name, { value }]) => [name, value]));

function repositoryOf(forge: CodeForge, context: Context): ReturnType<CodeForge["find"]> {
  const [owner = "", name = ""] = (context.req.query("repository") ?? "").split("/");
  return forge.find(owner, name);
}

const FIELDS = [
  "api",
  "method",
  "path",
  "nth",
  "times",
  "status",
  "code",
  "retryAfterSeconds",
  "delayMilliseconds",
  "afterwards",
];

const APIS = ["digitalocean", "hetzner", "github", "object-storage", "spaces"];

function readOrder(order: FaultOrder): FaultOrder {
  const unknown = Object.keys(order).filter((field) => !FIELDS.includes(field));
  if (unknown.length > 0) throw new Error(`no such field: ${unknown.join(", ")}; there are ${FIELDS.join(", ")}`);
  if (order.api !== undefined && !APIS.includes(order.api)) {
    throw new Error(`api: must be one of ${APIS.join(", ")}, got ${JSON.stringify(order.api)}`);
  }
  const { status } = order;
  if (status !== undefined && status !== "reset" && !(status >= 400 && status < 600)) {
    throw new Error(`status: must be 400-599 or "reset", got ${JSON.stringify(status)}`);
  }
  return order;
}
