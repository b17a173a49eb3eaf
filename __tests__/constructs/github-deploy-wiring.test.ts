import { GithubProvider } from "@cdktf/provider-github/lib/provider";
import { Testing } from "cdktf";
import { Duration, GithubDeployWiring, SealedSecret, Secret, SecretsBundle, SshKey } from "../../constructs";
import { ADMIN, clouds, leastStack, synthesized } from "./fixture";

const hostKey = "${trimspace(tls_private_key.host_host_key.public_key_openssh)}";
const field = (name: string, otherwise: string) =>
  `try(jsondecode(data.github_rest_api.host_github_repository.body).${name}, ${JSON.stringify(otherwise)})`;

describe.each(clouds)("GithubDeployWiring on $cloud", ({ server, ipv4, address }) => {
  test("gives a repository's environment the address, a pinned host key and a key of its own", () => {
    // WHEN
    const stack = leastStack({ server: server() });
    new GithubDeployWiring(stack, "github", { host: stack.host, repository: "abhi10/chitram", environment: "beta" });

    // THEN
    const { resource, provider, terraform } = synthesized(stack, true);
    expect(provider.github).toEqual([{ owner: "abhi10" }]);
    expect(terraform.required_providers.github).toEqual({ source: "integrations/github", version: ">= 6.12, < 7" });
    expect(resource.github_repository_environment).toEqual({
      host_github_environment: {
        repository: "chitram",
        environment: "beta",
        deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
      },
    });
    const place = {
      repository: "chitram",
      environment: "${github_repository_environment.host_github_environment.environment}",
    };
    expect(Object.values(resource.github_actions_environment_secret)).toEqual([
      { ...place, secret_name: "DEPLOY_HOST", value: ipv4 },
      { ...place, secret_name: "DEPLOY_KNOWN_HOSTS", value: `${ipv4} ${hostKey}\nsite.example ${hostKey}` },
      {
        ...place,
        secret_name: "DEPLOY_SSH_KEY",
        value: "${tls_private_key.host_github_release_key.private_key_openssh}",
      },
      { ...place, secret_name: "DEPLOY_USER", value: "release" },
    ]);
    expect(Object.values(resource.github_actions_environment_variable)).toEqual([
      { ...place, variable_name: "SITE_URL", value: "https://site.example" },
    ]);
    expect(resource.github_repository_environment_deployment_policy).toEqual({
      host_github_branch_default_branch: { ...place, branch_pattern: `\${${field("default_branch", "main")}}` },
    });
    expect(resource.tls_private_key.host_github_release_key).toMatchObject({ algorithm: "ED25519" });
    const hostJson = JSON.parse(resource.terraform_data.host_configuration.triggers_replace.files["host.json"]);
    expect(hostJson.release_keys).toEqual(["${trimspace(tls_private_key.host_github_release_key.public_key_openssh)}"]);
  });

  test("has the server made after what GitHub may refuse", () => {
    const stack = leastStack({ server: server() });
    new GithubDeployWiring(stack, "github", { host: stack.host, repository: "abhi10/chitram" });
    const [type = "", name = ""] = address.split(".");
    expect(synthesized(stack, true).resource[type][name].depends_on).toContain(
      "github_actions_environment_secret.host_github_secret_DEPLOY_USER",
    );
  });
});

describe("GithubDeployWiring", () => {
  test("takes other names, and further variables", () => {
    const stack = leastStack();
    new GithubDeployWiring(stack, "github", {
      host: stack.host,
      repository: "abhi10/chitram",
      secretNames: { host: "SERVER", user: "SERVER_USER", key: "SERVER_KEY", knownHosts: "SERVER_KNOWN_HOSTS" },
      variables: { GREETING: "${hello}" },
    });
    const { resource } = synthesized(stack, true);
    expect(Object.keys(resource.github_actions_environment_secret)).toEqual([
      "host_github_secret_SERVER",
      "host_github_secret_SERVER_KEY",
      "host_github_secret_SERVER_KNOWN_HOSTS",
      "host_github_secret_SERVER_USER",
    ]);
    expect(resource.github_actions_environment_variable.host_github_variable_GREETING.value).toBe("$${hello}");
    expect(resource.github_repository_environment.host_github_environment.environment).toBe("beta");
  });

  test("protects the environment by people, teams, branches and time", () => {
    const stack = leastStack();
    new GithubDeployWiring(stack, "github", {
      host: stack.host,
      repository: "abhi10/chitram",
      environment: "beta ${1}",
      reviewers: ["ann", "team:ops"],
      preventSelfReview: true,
      branches: ["main", "release/*"],
      waitTimer: Duration.minutes(10),
    });
    const { resource, data } = synthesized(stack, true);
    const number = (name: string, path: string) => `\${try(jsondecode(data.github_rest_api.${name}.body).${path}, 0)}`;
    expect(resource.github_repository_environment.host_github_environment).toEqual({
      repository: "chitram",
      environment: "beta $${1}",
      wait_timer: 10,
      prevent_self_review: true,
      reviewers: [
        {
          users: [number("host_github_reviewer_user_ann", "user.id")],
          teams: [number("host_github_reviewer_team_ops", "id")],
        },
      ],
      deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
    });
    const { github_repository_environment_deployment_policy: policies } = resource;
    expect(
      Object.entries(policies).map(([name, policy]) => [name, (policy as { branch_pattern: string }).branch_pattern]),
    ).toEqual([
      ["host_github_branch_main", "main"],
      ["host_github_branch_release_2f_2a", "release/*"],
    ]);
    const endpoints = Object.values(data.github_rest_api).map(
      (question) => (question as { endpoint: string }).endpoint,
    );
    expect(endpoints.sort()).toEqual([
      `\${${field("owner.type", "User")} == "Organization" ? "orgs" : "users"}/abhi10`,
      "orgs/abhi10/teams/ops",
      "repos/abhi10/chitram",
      "repos/abhi10/chitram/collaborators/ann/permission",
      "repos/abhi10/chitram/environments/beta%20%24%7B1%7D/secrets",
    ]);
  });

  test.each([
    ["any" as const, undefined],
    ["protected" as const, { protected_branches: true, custom_branch_policies: false }],
  ])("lets %s branches deploy", (branches, policy) => {
    const stack = leastStack();
    new GithubDeployWiring(stack, "github", { host: stack.host, repository: "abhi10/chitram", branches });
    const { resource } = synthesized(stack, true);
    expect(resource.github_repository_environment.host_github_environment.deployment_branch_policy).toEqual(policy);
    expect(resource.github_repository_environment_deployment_policy).toBeUndefined();
  });

  test("brings further secrets: given, the host's, sealed, and the repository's own", () => {
    const stack = leastStack();
    const { host } = stack;
    new GithubDeployWiring(stack, "github", {
      host,
      repository: "abhi10/chitram",
      secrets: {
        SENTRY_TOKEN: Secret.given(),
        PASSWORD: Secret.sameAs("TOKEN"),
        SEALED: SealedSecret.fromText(SEALED, { keyId: "7" }),
        ADDRESS: host.ipv4,
      },
      repositorySecrets: { SHARED: Secret.given({ variable: "GITHUB_SHARED" }) },
      repositoryVariables: { COLOUR: "blue" },
    });
    new SecretsBundle(stack, "secrets", { host, values: { TOKEN: Secret.generated() } });
    const { resource, variable } = synthesized(stack, true);
    const { github_actions_environment_secret: secrets } = resource;
    expect(secrets.host_github_secret_SENTRY_TOKEN).toMatchObject({
      value: "${var.SENTRY_TOKEN}",
      lifecycle: { precondition: [{ condition: "${length(base64encode(var.SENTRY_TOKEN)) <= 65536}" }] },
    });
    expect(secrets.host_github_secret_PASSWORD.value).toBe("${random_password.host_secret_TOKEN.result}");
    expect(secrets.host_github_secret_SEALED).toMatchObject({ value_encrypted: SEALED, key_id: "7" });
    expect(secrets.host_github_secret_SEALED.value).toBeUndefined();
    expect(secrets.host_github_secret_ADDRESS.value).toBe("${digitalocean_droplet.host_server.ipv4_address}");
    expect(variable.SENTRY_TOKEN).toMatchObject({ sensitive: true, nullable: false });
    expect(resource.github_actions_secret.host_github_repository_secret_SHARED).toMatchObject({
      repository: "chitram",
      secret_name: "SHARED",
      value: "${var.GITHUB_SHARED}",
    });
    expect(resource.github_actions_variable).toEqual({
      host_github_repository_variable_COLOUR: { repository: "chitram", variable_name: "COLOUR", value: "blue" },
    });
  });

  test("keeps a key of the team's out of Terraform", () => {
    const stack = leastStack();
    new GithubDeployWiring(stack, "github", {
      host: stack.host,
      repository: "abhi10/chitram",
      releaseKey: { publicKey: SshKey.fromText(ADMIN), privateKey: SealedSecret.fromText(SEALED) },
    });
    const { resource } = synthesized(stack, true);
    expect(resource.tls_private_key.host_github_release_key).toBeUndefined();
    expect(resource.github_actions_environment_secret.host_github_secret_DEPLOY_SSH_KEY).toMatchObject({
      value_encrypted: SEALED,
    });
    expect(stack.host.model.releaseKeys).toEqual([ADMIN]);
  });

  test("without an environment the secrets are the repository's", () => {
    const stack = leastStack();
    new GithubDeployWiring(stack, "github", { host: stack.host, repository: "abhi10/chitram", environment: false });
    const { resource, data } = synthesized(stack, true);
    expect(resource.github_repository_environment).toBeUndefined();
    expect(Object.keys(resource.github_actions_secret)).toEqual([
      "host_github_repository_secret_DEPLOY_HOST",
      "host_github_repository_secret_DEPLOY_KNOWN_HOSTS",
      "host_github_repository_secret_DEPLOY_SSH_KEY",
      "host_github_repository_secret_DEPLOY_USER",
    ]);
    expect(Object.keys(resource.github_actions_variable)).toEqual(["host_github_repository_variable_SITE_URL"]);
    expect(Object.keys(data.github_rest_api)).toEqual(["host_github_repository"]);
    expect(resource.digitalocean_droplet.host_server.depends_on).toContain(
      "github_actions_secret.host_github_repository_secret_DEPLOY_USER",
    );
  });

  test("makes an environment for the jobs that run cdktf; pull requests use it where somebody agrees first", () => {
    const wired = (reviewers?: string[]) => {
      const stack = leastStack();
      new GithubDeployWiring(stack, "github", {
        host: stack.host,
        repository: "abhi10/chitram",
        infrastructure: { reviewers, secrets: { DIGITALOCEAN_TOKEN: SealedSecret.fromText(SEALED) } },
      });
      return synthesized(stack, true).resource;
    };
    const { github_repository_environment: environments, github_actions_environment_secret: secrets } = wired(["ann"]);
    expect(environments.host_github_infrastructure.environment).toBe("infrastructure");
    expect(secrets.host_github_infrastructure_secret_DIGITALOCEAN_TOKEN).toMatchObject({
      environment: "${github_repository_environment.host_github_infrastructure.environment}",
      value_encrypted: SEALED,
    });
    const patterns = (resource: ReturnType<typeof wired>) =>
      Object.entries<{ branch_pattern: string }>(resource.github_repository_environment_deployment_policy)
        .filter(([name]) => name.includes("infrastructure"))
        .map(([, policy]) => policy.branch_pattern);
    expect(patterns(wired(["ann"])).sort()).toEqual([`\${${field("default_branch", "main")}}`, "refs/pull/*/merge"]);
    expect(patterns(wired())).toEqual([`\${${field("default_branch", "main")}}`]);
  });

  test("jobs that only plan have an environment of their own, where it is asked for", () => {
    const stack = leastStack();
    new GithubDeployWiring(stack, "github", {
      host: stack.host,
      repository: "abhi10/chitram",
      infrastructure: { reviewers: ["ann"], plan: { reviewers: ["bob"], variables: { REGION: "nyc3" } } },
    });
    const { resource } = synthesized(stack, true);
    const { host_github_infrastructure: deploys, host_github_infrastructure_plan: plans } =
      resource.github_repository_environment;
    expect([deploys.environment, plans.environment]).toEqual(["infrastructure", "infrastructure-plan"]);
    const policies = Object.keys(resource.github_repository_environment_deployment_policy);
    expect(policies.filter((name) => name.includes("infrastructure"))).toEqual([
      "host_github_infrastructure_branch_default_branch",
      "host_github_infrastructure_plan_branch_default_branch",
      "host_github_infrastructure_plan_branch_refs_2fpull_2f_2a_2fmerge",
    ]);
    expect(Object.keys(resource.github_actions_environment_variable)).toContain(
      "host_github_infrastructure_plan_variable_REGION",
    );
  });

  test("two repositories release to one host, each with its key, of one owner or two", () => {
    const stack = leastStack();
    const { host } = stack;
    new GithubDeployWiring(stack, "backend", { host, repository: "ann/backend", branches: "any" });
    new GithubDeployWiring(stack, "frontend", { host, repository: "ann/frontend", branches: "any" });
    new GithubDeployWiring(stack, "docs", { host, repository: "bob/docs", branches: "any" });
    const { resource, provider, data } = synthesized(stack, true);
    expect(provider.github).toEqual(expect.arrayContaining([{ owner: "ann" }, { owner: "bob", alias: "github_bob" }]));
    expect(resource.github_repository_environment).toEqual({
      host_backend_environment: { repository: "backend", environment: "beta" },
      host_docs_environment: { repository: "docs", environment: "beta", provider: "github.github_bob" },
      host_frontend_environment: { repository: "frontend", environment: "beta" },
    });
    expect(data.github_rest_api.host_docs_repository.provider).toBe("github.github_bob");
    expect(host.model.releaseKeys).toHaveLength(3);
  });

  test("beta and prod of one repository are two environments, of two stacks", () => {
    const app = Testing.app();
    const beta = leastStack({}, app, "beta");
    const prod = leastStack({}, app, "prod");
    new GithubDeployWiring(beta, "github", { host: beta.host, repository: "abhi10/chitram" });
    new GithubDeployWiring(prod, "github", { host: prod.host, repository: "abhi10/chitram", reviewers: ["ann"] });
    const environmentOf = (stack: typeof beta) =>
      synthesized(stack, true).resource.github_repository_environment.host_github_environment.environment;
    expect([environmentOf(beta), environmentOf(prod)]).toEqual(["beta", "prod"]);
  });

  test("uses the provider that the stack's author adds", () => {
    const stack = leastStack();
    new GithubDeployWiring(stack, "github", { host: stack.host, repository: "abhi10/chitram" });
    new GithubProvider(stack, "own", { owner: "abhi10", baseUrl: "https://github.example/" });
    expect(synthesized(stack).provider.github).toEqual([{ owner: "abhi10", base_url: "https://github.example/" }]);
  });
});

/** 60 bytes that could be a sealed box. */
const SEALED = Buffer.alloc(60, 7).toString("base64");
