import { at, type DeclaredResource } from "../synthesized-stack";
import { type Account, ReadableApi, type Resolve, tokenOf } from "./account";

/** What GitHub still has of a stack. Environments and secrets it writes a second time; variables it refuses. */
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
    if (type !== "github_actions_environment_variable") return undefined;
    const owner = this.ownerOf(values.provider);
    const [repository, environment, name] = [values.repository, values.environment, values.variable_name].map(resolve);
    if (!repository || !environment || !name) return null;
    const place = `/repos/${owner}/${repository}/environments/${encodeURIComponent(environment)}`;
    const found = await this.api.get(`${place}/variables/${name}`);
    return found === null ? null : [repository, environment.replaceAll(":", "??"), name].join(":");
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
