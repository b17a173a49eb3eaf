import type { Context } from "hono";
import { type Api, Refusal } from "../simulated-api";
import { notFound, refusals } from "./answers";
import { ADDRESSES, type CodeForge } from "./code-forge";
import { ACCEPTED_BY_ALL, type Repository, type Role, type Token } from "./state";

/** What an address asks of whoever calls it: a role, and a permission of a token that is not a classic one. */
interface Need {
  readonly role: Role;
  readonly permission: string;
  /** Of a classic token. @default - repo */
  readonly scope?: string;
}

const ROLES: readonly Role[] = ["none", "read", "write", "admin"];

/**
 * Tells tokens apart as GitHub does. Who may not see a repository is told that there is none (404), who may see it and not
 * do this is told so (403), and a classic token without the scope is told that there is none either. A repository's former
 * name leads to it: 301 for reading, 307 for the rest.
 * https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api
 */
export function guardRepositories(api: Api, forge: CodeForge): void {
  api.use("*", async (context, next) => {
    const { scopes, revoked } = tokenOf(context, forge);
    if (revoked) return refusals.refuse(context, 401, "Bad credentials");
    await next();
    if (scopes !== null) context.res.headers.set("x-oauth-scopes", scopes.join(", "));
    return undefined;
  });
  for (const address of ADDRESSES) {
    api.use(`${address}/*`, async (context, next) => {
      const { owner = "", repo = "" } = context.req.param() as { owner?: string; repo?: string };
      const moved = forge.renamed(owner, repo);
      if (moved !== undefined) return redirect(context, moved);
      judge(context, forge, forge.of(context));
      await next();
      return undefined;
    });
  }
}

/** The token of a call; one that the simulator was told nothing of may do everything. */
export function tokenOf(context: Context, forge: CodeForge): Token {
  const word = /^(?:Bearer|token) (\S+)$/i.exec(context.req.header("authorization") ?? "")?.[1] ?? "";
  return forge.tokens[word] ?? ACCEPTED_BY_ALL;
}

/** The role of a call's token in a repository. */
export function roleOf(context: Context, forge: CodeForge, repository: Repository): Role {
  const { login } = tokenOf(context, forge);
  return login === null ? "admin" : forge.roleIn(repository, login);
}

function redirect(context: Context, { id }: Repository): Response {
  const url = new URL(context.req.url);
  const location = `${url.origin}/api/v3/repositories/${[id, ...below(context)].join("/")}${url.search}`;
  const answer = refusals.refuse(context, context.req.method === "GET" ? 301 : 307, "Moved Permanently");
  answer.headers.set("location", location);
  return answer;
}

function judge(context: Context, forge: CodeForge, repository: Repository): void {
  const { scopes, permissions } = tokenOf(context, forge);
  const role = roleOf(context, forge, repository);
  const reads = context.req.method === "GET";
  const mayPrivate = scopes === null || scopes.includes("repo");
  if (repository.private && (role === "none" || !mayPrivate)) throw notFound();
  if (!reads && repository.archived) throw new Refusal(403, "Repository was archived so is read-only.");
  const need = needOf(below(context), reads);
  if (need === undefined) return;
  if (scopes !== null && !scopes.includes(need.scope ?? "repo")) throw notFound();
  if (ROLES.indexOf(role) < ROLES.indexOf(need.role)) throw new Refusal(403, "Must have admin rights to Repository.");
  const granted = permissions?.[need.permission];
  if (permissions !== null && granted !== "write" && !(reads && granted === "read")) {
    throw new Refusal(403, "Resource not accessible by personal access token");
  }
}

/** https://docs.github.com/en/rest/authentication/permissions-required-for-fine-grained-personal-access-tokens */
function needOf([place, kind, inner]: readonly string[], reads: boolean): Need | undefined {
  if (place === "contents" && kind === ".github" && inner === "workflows" && !reads) {
    return { role: "write", permission: "workflows", scope: "workflow" };
  }
  if (place === "environments" && (inner === "secrets" || inner === "variables")) {
    return { role: "write", permission: "environments" };
  }
  if (place === "environments") return reads ? undefined : { role: "admin", permission: "administration" };
  if (place === "actions" && (kind === "secrets" || kind === "variables")) return { role: "write", permission: kind };
  if (place === "keys") return reads ? undefined : { role: "admin", permission: "administration" };
  return undefined;
}

/** The parts of a call's path below its repository. */
function below(context: Context): string[] {
  const parts = new URL(context.req.url).pathname.split("/");
  return parts.slice(parts[3] === "repos" ? 6 : 5);
}
