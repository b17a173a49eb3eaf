import { GithubProvider } from "@cdktf/provider-github/lib/provider";
import { GithubDeployWiring } from "../../constructs";
import { clouds, leastStack, refusal, synthesized } from "./fixture";

const hostKey = "${trimspace(tls_private_key.host_host_key.public_key_openssh)}";

describe.each(clouds)("GithubDeployWiring on $cloud", ({ server, ipv4 }) => {
  test("gives a repository's environment the address, a pinned host key and a key of its own", () => {
    // WHEN
    const stack = leastStack({ server: server() });
    new GithubDeployWiring(stack, "github", { host: stack.host, repository: "abhi10/chitram", environment: "beta" });

    // THEN
    const { resource, provider, terraform } = synthesized(stack, true);
    expect(provider.github).toEqual([{ owner: "abhi10" }]);
    expect(terraform.required_providers.github).toEqual({ source: "integrations/github", version: ">= 6.12, < 7" });
    expect(resource.github_repository_environment).toEqual({
      host_github_environment: { repository: "chitram", environment: "beta" },
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
    expect(resource.tls_private_key.host_github_release_key).toMatchObject({ algorithm: "ED25519" });
    const hostJson = JSON.parse(resource.terraform_data.host_configuration.triggers_replace.files["host.json"]);
    expect(hostJson.release_keys).toEqual(["${trimspace(tls_private_key.host_github_release_key.public_key_openssh)}"]);
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

  test("two repositories release to one host, each with its key, of one owner or two", () => {
    const stack = leastStack();
    const { host } = stack;
    new GithubDeployWiring(stack, "backend", { host, repository: "ann/backend" });
    new GithubDeployWiring(stack, "frontend", { host, repository: "ann/frontend" });
    new GithubDeployWiring(stack, "docs", { host, repository: "bob/docs" });
    const { resource, provider } = synthesized(stack, true);
    expect(provider.github).toEqual(expect.arrayContaining([{ owner: "ann" }, { owner: "bob", alias: "github_bob" }]));
    expect(resource.github_repository_environment).toEqual({
      host_backend_environment: { repository: "backend", environment: "beta" },
      host_docs_environment: { repository: "docs", environment: "beta", provider: "github.github_bob" },
      host_frontend_environment: { repository: "frontend", environment: "beta" },
    });
    expect(host.model.releaseKeys).toHaveLength(3);
  });

  test("uses the provider that the stack's author adds", () => {
    const stack = leastStack();
    new GithubDeployWiring(stack, "github", { host: stack.host, repository: "abhi10/chitram" });
    new GithubProvider(stack, "own", { owner: "abhi10", baseUrl: "https://github.example/" });
    expect(synthesized(stack).provider.github).toEqual([{ owner: "abhi10", base_url: "https://github.example/" }]);
  });

  test("names every fault", () => {
    const stack = leastStack();
    new GithubDeployWiring(stack, "github", {
      host: stack.host,
      repository: "https://github.com/abhi10/chitram",
      environment: "",
      secretNames: { host: "GITHUB_HOST", user: "SAME", key: "SAME" },
      variables: { "NOT-A-NAME": "x" },
    });
    const remedy = "GitHub takes letters, digits and _, not GITHUB_ at the start";
    expect(refusal(stack)).toEqual([
      'repository: must be owner/name, got "https://github.com/abhi10/chitram"; as in abhi10/chitram',
      'environment: must have 1-255 characters, got ""',
      `secretNames: "GITHUB_HOST" is no name for it; ${remedy}`,
      `variables: "NOT-A-NAME" is no name for it; ${remedy}`,
      "secretNames: two secrets have the same name",
    ]);
  });
});
