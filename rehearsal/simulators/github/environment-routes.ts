import type { Context } from "hono";
import { type Api, Refusal } from "../simulated-api";
import { bodyOf, found, notFound, nothing, page, text } from "./answers";
import { ADDRESSES, type CodeForge, nodeId } from "./code-forge";
import { type Account, type BranchPolicy, type Environment, now, type Repository } from "./state";

/** Environments, and the branches that may be deployed from. */
export function routeEnvironments(api: Api, forge: CodeForge): void {
  for (const address of ADDRESSES) {
    routePlaces(api, forge, `${address}/environments`);
    routeBranchPolicies(api, forge, `${address}/environments/:environment/deployment-branch-policies`);
  }
}

function routePlaces(api: Api, forge: CodeForge, base: string): void {
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

  api.get(base, (context) => {
    const repository = forge.of(context);
    const all = Object.values(repository.environments);
    return page(context, all, (part) => ({
      total_count: all.length,
      environments: part.map((environment) => describe(repository, environment)),
    }));
  });
  api.get(`${base}/:environment`, (context) => {
    const repository = forge.of(context);
    const environment = parameter(context, "environment");
    return Response.json(describe(repository, forge.findEnvironment(repository, environment)));
  });
  api.put(`${base}/:environment`, async (context) => {
    const repository = forge.of(context);
    const name = parameter(context, "environment");
    const body = await bodyOf(context);
    refuseByPlan(repository, forge.account(repository.owner), body);
    if (name === "" || name.length > 255) throw new Refusal(422, "Environment name must have 1 to 255 characters");
    const policy = readPolicy(body.deployment_branch_policy);
    const environment = repository.environments[name.toLowerCase()] ?? (await forge.addEnvironment(repository, name));
    environment.wait_timer = typeof body.wait_timer === "number" ? body.wait_timer : 0;
    environment.can_admins_bypass = body.can_admins_bypass !== false;
    environment.prevent_self_review = body.prevent_self_review === true;
    environment.reviewers = readReviewers(body.reviewers, repository, forge);
    environment.deployment_branch_policy = policy;
    environment.updated_at = now();
    return Response.json(describe(repository, environment));
  });
  api.delete(`${base}/:environment`, (context) => {
    const repository = forge.of(context);
    const environment = parameter(context, "environment");
    delete repository.environments[forge.findEnvironment(repository, environment).name.toLowerCase()];
    return nothing();
  });
}

function routeBranchPolicies(api: Api, forge: CodeForge, base: string): void {
  const environmentOf = (context: Context): Environment =>
    forge.findEnvironment(forge.of(context), parameter(context, "environment"));
  const policyOf = (environment: Environment, id: string): BranchPolicy =>
    found(environment.branch_policies.find((policy) => String(policy.id) === id));
  const describe = (policy: BranchPolicy): unknown => ({ ...policy, node_id: nodeId() });

  api.get(base, (context) => {
    const all = environmentOf(context).branch_policies;
    return page(context, all, (part) => ({ total_count: all.length, branch_policies: part.map(describe) }));
  });
  api.post(base, async (context) => {
    const environment = environmentOf(context);
    // only an environment with custom policies has a list of them
    if (environment.deployment_branch_policy?.custom_branch_policies !== true) throw new Refusal(404, "Not Found");
    const body = await bodyOf(context);
    if (text(body.name) === "") throw new Refusal(422, "Name is required");
    const type = body.type === "tag" ? "tag" : "branch";
    const existing = environment.branch_policies.find((policy) => policy.name === body.name && policy.type === type);
    if (existing !== undefined) throw new Refusal(303, "The branch name pattern exists already");
    const policy: BranchPolicy = { id: forge.nextId(), name: text(body.name), type };
    environment.branch_policies.push(policy);
    return Response.json(describe(policy));
  });
  api.get(`${base}/:policy`, (context) =>
    Response.json(describe(policyOf(environmentOf(context), parameter(context, "policy")))),
  );
  api.put(`${base}/:policy`, async (context) => {
    const policy = policyOf(environmentOf(context), parameter(context, "policy"));
    policy.name = text((await bodyOf(context)).name);
    return Response.json(describe(policy));
  });
  api.delete(`${base}/:policy`, (context) => {
    const environment = environmentOf(context);
    const { id } = policyOf(environment, parameter(context, "policy"));
    environment.branch_policies = environment.branch_policies.filter((policy) => policy.id !== id);
    return nothing();
  });
}

/**
 * Environments of private repositories are for those who pay, and most of their protection for GitHub Enterprise: go-github
 * (repos_environments.go, CreateUpdateEnvironment) tells 404 and 422 apart, and tries the latter again with branches alone.
 */
function refuseByPlan(repository: Repository, { plan }: Account, body: Record<string, unknown>): void {
  if (!repository.private || plan === "enterprise") return;
  if (plan === "free") throw notFound();
  const gated = ["wait_timer", "reviewers", "prevent_self_review", "can_admins_bypass"];
  if (!gated.some((field) => field in body)) return;
  const rule = "Please ensure the billing plan supports the required reviewers protection rule.";
  throw new Refusal(422, `Failed to create the environment protection rule. ${rule}`);
}

/** Six at most, each somebody who may read the repository. */
function readReviewers(value: unknown, repository: Repository, forge: CodeForge): Environment["reviewers"] {
  const reviewers = (Array.isArray(value) ? value : []) as Environment["reviewers"];
  if (reviewers.length > 6)
    throw new Refusal(422, "Failed to create the environment protection rule. At most 6 reviewers.");
  for (const { type, id } of reviewers) {
    const known =
      type === "Team"
        ? Object.values(forge.account(repository.owner).teams).includes(id)
        : forge.accounts.some((account) => account.id === id && forge.roleIn(repository, account.login) !== "none");
    if (!known) throw new Refusal(422, `Failed to create the environment protection rule. ${type} ${id} is invalid.`);
  }
  return reviewers;
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

const parameter = (context: Context, name: string): string => context.req.param(name) ?? "";
