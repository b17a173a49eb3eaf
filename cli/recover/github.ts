import { at, type DeclaredResource } from "../synthesized-stack";
import { type Account, ReadableApi, type Resolve, tokenOf } from "./account";

/**
 * What GitHub still has of a stack. Environments and secrets it writes a second time; variables, and patterns of branches, it
 * refuses.
 */
export class GithubAccount implements Account {
  readonly company = "GitHub";
  private readonly api: ReadableApi;

  /** @param provider what the stack says of GitHub's provider: each speaks for one owner */
  constructor(private readonly provider: unknown) {
    const base = (process.env.GITHUB_BASE_URL ?? "https://api.github.com").replace(/\/+$/, "");
    // A company's own GitHub has the API in a folder.
    const address = base.endsWith("//api.github.com") ? base : `${base}/api/v3`;
    this.api = new ReadableApi(this.company, address, tokenOf(this.company, "GITHUB_TOKEN"));
  }

  async leftover({ type, values }: DeclaredResource, resolve: Resolve): Promise<string | null | undefined> {
    const repository = resolve(values.repository) ?? "";
    const place = `/repos/${this.ownerOf(values.provider)}/${repository}`;
    const environment = resolve(values.environment) ?? "";
    const inside = `${place}/environments/${encodeURIComponent(environment)}`;
    const name = resolve(values.variable_name);
    const id = [repository, environment.replaceAll(":", "??")];
    switch (type) {
      case "github_actions_variable":
        return (await this.api.get(`${place}/actions/variables/${name}`)) && [repository, name].join(":");
      case "github_actions_environment_variable":
        return (await this.api.get(`${inside}/variables/${name}`)) && [...id, name].join(":");
      case "github_repository_environment_deployment_policy": {
        // The one pattern that only Terraform knows is the default branch.
        const pattern = resolve(values.branch_pattern) ?? String((await this.api.get(place))?.default_branch);
        const path = `${inside}/deployment-branch-policies`;
        const [policy] = await this.api.named(path, "branch_policies", pattern, 100);
        return policy === undefined ? null : [...id, policy.id].join(":");
      }
      default:
        return undefined;
    }
  }

  private ownerOf(provider: unknown): string {
    const alias = typeof provider === "string" ? provider.split(".")[1] : undefined;
    const providers = Array.isArray(this.provider) ? this.provider : [this.provider];
    return String(
      at(
        providers.find((candidate) => at(candidate, "alias") === alias),
        "owner",
      ) ?? "",
    );
  }
}
