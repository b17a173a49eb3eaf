import { type Api, Refusal } from "../simulated-api";
import { bodyOf, found, nothing, page, text } from "./answers";
import { type CodeForge, nodeId } from "./code-forge";
import { type BranchPolicy, type Environment, now, type Repository } from "./state";

const BASE = "/api/v3/repos/:owner/:repo/environments";

/** Environments, and the branches that may be deployed from. */
export function routeEnvironments(api: Api, forge: CodeForge): void {
  const link = (repository: Repository, name: string): string =>
    `https://api.github.com/repos/${repository.owner}/${repository.name}/environments/${encodeURIComponent(name)}`;
  const describe = (repository: Repository, environment: Environment): unknown => ({
    id: environment.id,
    node_id: nodeId(),
    name: environment.name,
    url: link(repository, environment.name),
    html_url: `https://github.com/${repository.owner}/${repository.name}/deployments/activity_log?environments_filter=${encodeURIComponent(environment.name)}`,
    created_at: environment.created_at,
    updated_at: environment.updated_at,
    can_admins_bypass: environment.can_admins_bypass,
    protection_rules: protectionRules(environment),
    deployment_branch_policy: environment.deployment_branch_policy,
  });

  api.get(BASE, (context) => {
    const repository = forge.find(context.req.param("owner"), context.req.param("repo"));
    const all = Object.values(repository.environments);
    return page(context, all, (part) => ({
      total_count: all.length,
      environments: part.map((environment) => describe(repository, environment)),
    }));
  });
  api.get(`${BASE}/:environment`, (context) => {
    const { owner, repo, environment } = context.req.param();
    const repository = forge.find(owner, repo);
    return Response.json(describe(repository, forge.findEnvironment(repository, environment)));
  });
  api.put(`${BASE}/:environment`, async (context) => {
    const { owner, repo, environment: name } = context.req.param();
    const repository = forge.find(owner, repo);
    const body = await bodyOf(context);
    if (name === "" || name.length > 255) throw new Refusal(422, "Environment name must have 1 to 255 characters");
    const policy = readPolicy(body.deployment_branch_policy);
    const environment = repository.environments[name.toLowerCase()] ?? (await forge.addEnvironment(repository, name));
    environment.wait_timer = typeof body.wait_timer === "number" ? body.wait_timer : 0;
    environment.can_admins_bypass = body.can_admins_bypass !== false;
    environment.prevent_self_review = body.prevent_self_review === true;
    environment.reviewers = Array.isArray(body.reviewers) ? body.reviewers : [];
    environment.deployment_branch_policy = policy;
    environment.updated_at = now();
    return Response.json(describe(repository, environment));
  });
  api.delete(`${BASE}/:environment`, (context) => {
    const { owner, repo, environment } = context.req.param();
    const repository = forge.find(owner, repo);
    delete repository.environments[forge.findEnvironment(repository, environment).name.toLowerCase()];
    return nothing();
  });
  routeBranchPolicies(api, forge);
}

function routeBranchPolicies(api: Api, forge: CodeForge): void {
  const base = `${BASE}/:environment/deployment-branch-policies`;
  const environmentOf = (parameters: { owner: string; repo: string; environment: string }): Environment =>
    forge.findEnvironment(forge.find(parameters.owner, parameters.repo), parameters.environment);
  const policyOf = (environment: Environment, id: string): BranchPolicy =>
    found(environment.branch_policies.find((policy) => String(policy.id) === id));
  const describe = (policy: BranchPolicy): unknown => ({ ...policy, node_id: nodeId() });

  api.get(base, (context) => {
    const all = environmentOf(context.req.param()).branch_policies;
    return page(context, all, (part) => ({ total_count: all.length, branch_policies: part.map(describe) }));
  });
  api.post(base, async (context) => {
    const environment = environmentOf(context.req.param());
    // only an environment with custom policies has a list of them
    if (environment.deployment_branch_policy?.custom_branch_policies !== true) throw new Refusal(404, "Not Found");
    const body = await bodyOf(context);
    if (text(body.name) === "") throw new Refusal(422, "Name is required");
    const type = body.type === "tag" ? "tag" : "branch";
    const existing = environment.branch_policies.find((policy) => policy.name === body.name && policy.type === type);
    if (existing !== undefined) return Response.json(describe(existing));
    const policy: BranchPolicy = { id: forge.nextId(), name: text(body.name), type };
    environment.branch_policies.push(policy);
    return Response.json(describe(policy));
  });
  api.get(`${base}/:id`, (context) =>
    Response.json(describe(policyOf(environmentOf(context.req.param()), context.req.param("id")))),
  );
  api.put(`${base}/:id`, async (context) => {
    const policy = policyOf(environmentOf(context.req.param()), context.req.param("id"));
    policy.name = text((await bodyOf(context)).name);
    return Response.json(describe(policy));
  });
  api.delete(`${base}/:id`, (context) => {
    const environment = environmentOf(context.req.param());
    const { id } = policyOf(environment, context.req.param("id"));
    environment.branch_policies = environment.branch_policies.filter((policy) => policy.id !== id);
    return nothing();
  });
}

function readPolicy(value: unknown): Environment["deployment_branch_policy"] {
  if (value === undefined || value === null) return null;
  const { protected_branches, custom_branch_policies } = value as Record<string, unknown>;
  if (protected_branches === custom_branch_policies) {
    throw new Refusal(422, "protected_branches and custom_branch_policies cannot have the same value");
  }
  return { protected_branches: protected_branches === true, custom_branch_policies: custom_branch_policies === true };
}

function protectionRules(environment: Environment): unknown[] {
  const { wait_timer, reviewers, deployment_branch_policy, prevent_self_review } = environment;
  return [
    ...(wait_timer > 0 ? [{ id: environment.id * 10, type: "wait_timer", wait_timer }] : []),
    ...(reviewers.length > 0
      ? [
          {
            id: environment.id * 10 + 1,
            type: "required_reviewers",
            prevent_self_review,
            reviewers: reviewers.map(({ type, id }) => ({ type, reviewer: { id } })),
          },
        ]
      : []),
    ...(deployment_branch_policy === null ? [] : [{ id: environment.id * 10 + 2, type: "branch_policy" }]),
  ];
}
