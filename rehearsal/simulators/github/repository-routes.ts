import { type Api, Refusal } from "../simulated-api";
import { bodyOf, found, invalid, nothing, page, text } from "./answers";
import { type CodeForge, nodeId } from "./code-forge";
import { type DeployKey, now, type Repository } from "./state";

/** Who is asking, whose repositories there are, and the repositories themselves. */
export function routeRepositories(api: Api, forge: CodeForge): void {
  const describeUser = (login: string): unknown => ({ login, id: 10_000_001, type: "User", site_admin: false });
  api.get("/api/v3/user", () => Response.json(describeUser(forge.repositories[0]?.owner ?? "rehearsal")));
  api.get("/api/v3/users/:login", (context) => {
    const login = context.req.param("login").toLowerCase();
    const owner = found(forge.repositories.find((repository) => repository.owner.toLowerCase() === login)).owner;
    return Response.json(describeUser(owner));
  });
  // every owner is a person, so no organization is ever found
  api.get("/api/v3/orgs/:name", () => {
    throw new Refusal(404, "Not Found");
  });
  api.get("/api/v3/meta", () => Response.json({ verifiable_password_authentication: false }));
  api.get("/api/v3/rate_limit", () =>
    Response.json({ resources: { core: { limit: 5000, used: 0, remaining: 5000, reset: 0 } } }),
  );
  api.get("/api/v3/repos/:owner/:repo", (context) =>
    Response.json(describeRepository(forge.find(context.req.param("owner"), context.req.param("repo")))),
  );
  api.get("/api/v3/repositories/:id", (context) =>
    Response.json(describeRepository(forge.findById(context.req.param("id")))),
  );
}

/** Keys that may read one repository, or write it. */
export function routeDeployKeys(api: Api, forge: CodeForge): void {
  const base = "/api/v3/repos/:owner/:repo/keys";
  const describe = (repository: Repository, key: DeployKey): unknown => ({
    ...key,
    url: `https://api.github.com/repos/${repository.owner}/${repository.name}/keys/${key.id}`,
    verified: true,
    added_by: repository.owner,
    last_used: null,
    enabled: true,
  });
  const keyOf = (repository: Repository, id: string): DeployKey =>
    found(repository.deploy_keys.find((key) => String(key.id) === id));

  api.get(base, (context) => {
    const repository = forge.find(context.req.param("owner"), context.req.param("repo"));
    return page(context, repository.deploy_keys, (part) => part.map((key) => describe(repository, key)));
  });
  api.post(base, async (context) => {
    const repository = forge.find(context.req.param("owner"), context.req.param("repo"));
    const body = await bodyOf(context);
    // GitHub keeps a key without its comment
    const key = text(body.key).trim().split(/\s+/).slice(0, 2).join(" ");
    if (!/^(ssh-ed25519|ssh-rsa|ecdsa-sha2-\S+) [A-Za-z0-9+/]+=*$/.test(key)) {
      const message = "key is invalid. You must supply a key in OpenSSH public key format";
      throw invalid({ resource: "PublicKey", code: "custom", field: "key", message });
    }
    const known = forge.repositories.flatMap((other) => other.deploy_keys);
    if (known.some((other) => other.key === key)) {
      throw invalid({ resource: "PublicKey", code: "custom", field: "key", message: "key is already in use" });
    }
    const made = {
      id: forge.nextId(),
      title: text(body.title),
      key,
      read_only: body.read_only === true,
      created_at: now(),
    };
    repository.deploy_keys.push(made);
    return Response.json(describe(repository, made), { status: 201 });
  });
  api.get(`${base}/:id`, (context) => {
    const repository = forge.find(context.req.param("owner"), context.req.param("repo"));
    return Response.json(describe(repository, keyOf(repository, context.req.param("id"))));
  });
  api.delete(`${base}/:id`, (context) => {
    const repository = forge.find(context.req.param("owner"), context.req.param("repo"));
    const { id } = keyOf(repository, context.req.param("id"));
    repository.deploy_keys = repository.deploy_keys.filter((key) => key.id !== id);
    return nothing();
  });
}

function describeRepository(repository: Repository): unknown {
  const fullName = `${repository.owner}/${repository.name}`;
  return {
    id: repository.id,
    node_id: nodeId(),
    name: repository.name,
    full_name: fullName,
    private: false,
    visibility: "public",
    owner: { login: repository.owner, type: "User" },
    html_url: `https://github.com/${fullName}`,
    url: `https://api.github.com/repos/${fullName}`,
    clone_url: `https://github.com/${fullName}.git`,
    ssh_url: `git@github.com:${fullName}.git`,
    default_branch: "main",
    archived: false,
    disabled: false,
    created_at: repository.created_at,
    updated_at: repository.created_at,
    permissions: { admin: true, maintain: true, push: true, triage: true, pull: true },
  };
}
