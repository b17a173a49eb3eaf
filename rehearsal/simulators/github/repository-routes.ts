import type { Api } from "../simulated-api";
import { roleOf } from "./access";
import { bodyOf, found, invalid, nothing, page, text } from "./answers";
import { ADDRESSES, type CodeForge, nodeId } from "./code-forge";
import { type Account, type DeployKey, now, type Repository, type Role } from "./state";

/** The repositories themselves. */
export function routeRepositories(api: Api, forge: CodeForge): void {
  api.get("/api/v3/meta", () => Response.json({ verifiable_password_authentication: false }));
  api.get("/api/v3/rate_limit", () =>
    Response.json({ resources: { core: { limit: 5000, used: 0, remaining: 5000, reset: 0 } } }),
  );
  for (const address of ADDRESSES) {
    api.get(address, (context) => {
      const repository = forge.of(context);
      return Response.json(
        describeRepository(repository, forge.account(repository.owner), roleOf(context, forge, repository)),
      );
    });
  }
}

/** Keys that may read one repository, or write it. */
export function routeDeployKeys(api: Api, forge: CodeForge): void {
  for (const address of ADDRESSES) routeKeys(api, forge, `${address}/keys`);
}

function routeKeys(api: Api, forge: CodeForge, base: string): void {
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
    const repository = forge.of(context);
    return page(context, repository.deploy_keys, (part) => part.map((key) => describe(repository, key)));
  });
  api.post(base, async (context) => {
    const repository = forge.of(context);
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
  api.get(`${base}/:key`, (context) => {
    const repository = forge.of(context);
    return Response.json(describe(repository, keyOf(repository, context.req.param("key") ?? "")));
  });
  api.delete(`${base}/:key`, (context) => {
    const repository = forge.of(context);
    const { id } = keyOf(repository, context.req.param("key") ?? "");
    repository.deploy_keys = repository.deploy_keys.filter((key) => key.id !== id);
    return nothing();
  });
}

function describeRepository(repository: Repository, owner: Account, role: Role): unknown {
  const fullName = `${repository.owner}/${repository.name}`;
  return {
    id: repository.id,
    node_id: nodeId(),
    name: repository.name,
    full_name: fullName,
    private: repository.private,
    visibility: repository.private ? "private" : "public",
    owner: { login: owner.login, id: owner.id, type: owner.type },
    html_url: `https://github.com/${fullName}`,
    url: `https://api.github.com/repos/${fullName}`,
    clone_url: `https://github.com/${fullName}.git`,
    ssh_url: `git@github.com:${fullName}.git`,
    default_branch: "main",
    archived: repository.archived,
    disabled: false,
    created_at: repository.created_at,
    updated_at: repository.created_at,
    permissions: {
      admin: role === "admin",
      maintain: role === "admin",
      push: role === "admin" || role === "write",
      triage: role === "admin" || role === "write",
      pull: role !== "none",
    },
  };
}
