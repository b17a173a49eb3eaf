import { Lazy, type TerraformElement, TerraformLocal, type TerraformProvider, type TerraformResource } from "cdktf";
import { Construct } from "constructs";
import type { LogicalIds } from "../logical-ids";
import { literalText } from "../terraform-text";
import { bindings } from "./bindings";

export interface WorkflowPullRequestConfig {
  readonly ids: LogicalIds;
  readonly idParts: readonly string[];
  readonly repository: string;
  readonly provider: TerraformProvider | undefined;
  /** The branch that it is to be merged into. */
  readonly base: string;
  /** The branch that it comes from, without what tells one text from the next. */
  readonly head: string;
  readonly host: string;
  /** Paths in the repository. */
  readonly paths: readonly string[];
  /** The text of a path, once the stack is whole. */
  readonly text: (path: string) => string;
}

/**
 * Files in a repository by a pull request. It is there while the branch that releases has other files: merged, it goes with
 * its branch at the next deployment; closed, it stays closed until there is another text. Each text has a branch of its own.
 */
export class WorkflowPullRequest extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly config: WorkflowPullRequestConfig,
  ) {
    super(scope, id);
    const texts = new Map(config.paths.map((path) => [path, this.createText(path)]));
    const differs = new Map([...texts].map(([path, text]) => [path, this.createComparison(path, text)]));
    const version = `substr(sha256(jsonencode([${[...texts.values()].join(", ")}])), 0, 8)`;
    const versions = this.local(`anytrue([${[...differs.values()].join(", ")}]) ? toset([${version}]) : toset([])`);
    const branch = this.createBranch(versions);
    const files: TerraformResource[] = [];
    for (const [path, text] of texts) {
      // One after the other: GitHub refuses the second of two commits to a branch at once.
      files.push(this.createFile(path, text, `${differs.get(path)} ? ${versions} : toset([])`, branch, files.at(-1)));
    }
    this.createPullRequest(versions, branch, files);
  }

  private createText(path: string): string {
    const { text } = this.config;
    const late = Lazy.stringValue({ produce: () => literalText(text(path)) });
    return this.local(late, path, "text");
  }

  /** Whether the base branch has another text: an expression. */
  private createComparison(path: string, text: string): string {
    type FileData = typeof import("@cdktf/provider-github/lib/data-github-repository-file");
    const { DataGithubRepositoryFile } = bindings<FileData>("data-github-repository-file");
    const { repository, base, provider } = this.config;
    const data = new DataGithubRepositoryFile(this, `present-${path}`, {
      repository,
      branch: base,
      file: path,
      provider,
    });
    this.fix(data, path);
    return `try(data.github_repository_file.${this.idOf(path)}.content, "") != ${text}`;
  }

  private createBranch(versions: string): string {
    type BranchModule = typeof import("@cdktf/provider-github/lib/branch");
    const { Branch } = bindings<BranchModule>("branch");
    const { repository, base, head, provider } = this.config;
    const branch = new Branch(this, "branch", {
      repository,
      branch: `${head}-\${each.key}`,
      sourceBranch: base,
      provider,
    });
    branch.addOverride("for_each", `\${${versions}}`);
    this.fix(branch);
    return `github_branch.${this.idOf()}[each.key].branch`;
  }

  private createFile(
    path: string,
    text: string,
    versions: string,
    branch: string,
    before: TerraformResource | undefined,
  ): TerraformResource {
    type FileModule = typeof import("@cdktf/provider-github/lib/repository-file");
    const { RepositoryFile } = bindings<FileModule>("repository-file");
    const { repository, host, provider } = this.config;
    const file = new RepositoryFile(this, path, {
      repository,
      branch: `\${${branch}}`,
      file: path,
      content: `\${${text}}`,
      commitMessage: literalText(`${host}: ${path} as the stack says it`),
      overwriteOnCreate: true,
      dependsOn: before === undefined ? [] : [before],
      provider,
    });
    file.addOverride("for_each", `\${${versions}}`);
    this.fix(file, path);
    return file;
  }

  private createPullRequest(versions: string, branch: string, files: readonly TerraformResource[]): void {
    type PullRequestModule = typeof import("@cdktf/provider-github/lib/repository-pull-request");
    const { RepositoryPullRequest } = bindings<PullRequestModule>("repository-pull-request");
    const { repository, base, host, paths, provider } = this.config;
    const list = paths.map((path) => `- \`${path}\``).join("\n");
    const request = new RepositoryPullRequest(this, "pull-request", {
      baseRepository: repository,
      baseRef: base,
      headRef: `\${${branch}}`,
      title: literalText(`Workflows of ${host}`),
      body: literalText(
        `As the stack ${host} says them:\n${list}\n\nA change belongs into the stack: here it would be lost.`,
      ),
      dependsOn: [...files],
      provider,
    });
    request.addOverride("for_each", `\${${versions}}`);
    this.fix(request);
  }

  private local(expression: string, ...parts: readonly string[]): string {
    const text = parts.length > 0 ? expression : `\${${expression}}`;
    const local = new TerraformLocal(this, ["local", ...parts].join("-"), text);
    this.fix(local, ...parts);
    return `local.${this.idOf(...parts)}`;
  }

  private idOf(...parts: readonly string[]): string {
    const { ids, idParts } = this.config;
    return ids.of(...idParts, "workflows", ...parts.map((part) => part.replace(/^\.github\/workflows\//, "")));
  }

  private fix(element: TerraformElement, ...parts: readonly string[]): void {
    element.overrideLogicalId(this.idOf(...parts));
  }
}
