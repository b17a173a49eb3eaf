import type { Api } from "../simulated-api";
import { tokenOf } from "./access";
import { found, notFound } from "./answers";
import { ADDRESSES, type CodeForge, nodeId } from "./code-forge";
import type { Account } from "./state";

/** Who is asking, who else there is, and what they may do with a repository. */
export function routeAccounts(api: Api, forge: CodeForge): void {
  const describe = ({ id, login, type }: Account): Record<string, unknown> => ({ login, id, node_id: nodeId(), type });
  const withPlan = (account: Account, scopes: readonly string[] | null, scope: string): unknown => ({
    ...describe(account),
    // a plan is for the eyes of whoever may see private things of the account
    ...(scopes?.includes(scope) ? { plan: { name: account.plan } } : {}),
  });

  api.get("/api/v3/user", (context) => {
    const { login, scopes } = tokenOf(context, forge);
    return Response.json(withPlan(forge.addAccount(login ?? firstOwner(forge)), scopes, "user"));
  });
  api.get("/api/v3/users/:login", (context) => Response.json(describe(forge.account(context.req.param("login")))));
  const company = (login: string): Account => {
    const account = forge.account(login);
    if (account.type !== "Organization") throw notFound();
    return account;
  };
  api.get("/api/v3/orgs/:login", (context) => {
    const { scopes } = tokenOf(context, forge);
    return Response.json(withPlan(company(context.req.param("login")), scopes, "admin:org"));
  });
  api.get("/api/v3/orgs/:login/teams/:slug", (context) => {
    const { scopes } = tokenOf(context, forge);
    if (scopes !== null && !scopes.some((scope) => scope.endsWith(":org"))) throw notFound();
    const slug = context.req.param("slug");
    return Response.json({ id: found(company(context.req.param("login")).teams[slug]), slug, name: slug });
  });
  for (const address of ADDRESSES) {
    api.get(`${address}/collaborators/:login/permission`, (context) => {
      const account = forge.account(context.req.param("login"));
      const permission = forge.roleIn(forge.of(context), account.login);
      return Response.json({ permission, role_name: permission, user: describe(account) });
    });
  }
}

/** Whose token it is that the simulator was told nothing of. */
const firstOwner = (forge: CodeForge): string => forge.repositories[0]?.owner ?? "rehearsal";
