import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import type { LogicalIds } from "../logical-ids";
import type { GithubRepository } from "../model/github-names";
import { ANSWER, askGithub, type GithubCondition, pathPart } from "./github-answer";
import { providerFor } from "./github-provider";

export interface GithubAccessProps {
  readonly ids: LogicalIds;
  /** What its names in the state begin with. */
  readonly name: string;
  readonly repository: GithubRepository;
  /** Whether environments are made there, which is for administrators. */
  readonly environments: boolean;
  /** Scopes that a classic token needs besides `repo`: by scope, what for. */
  readonly scopes: Readonly<Record<string, string>>;
}

/** The way to a repository: asked for while Terraform plans, so that a wrong name, token or role is said before anything is made. */
export class GithubAccess extends Construct {
  readonly repository: GithubRepository;
  readonly provider: TerraformProvider | undefined;
  readonly ids: LogicalIds;
  readonly name: string;
  private readonly answer: string;

  constructor(scope: Construct, id: string, props: GithubAccessProps) {
    super(scope, id);
    this.repository = props.repository;
    this.ids = props.ids;
    this.name = props.name;
    this.provider = providerFor(this, this.repository.owner);
    this.answer = askGithub(this, "repository", {
      ids: this.ids,
      name: [this.name, "repository"],
      provider: this.provider,
      endpoint: this.endpoint,
      conditions: this.conditions(props),
    });
  }

  /** Its address in the API. */
  get endpoint(): string {
    const { owner, name } = this.repository;
    return `repos/${pathPart(owner)}/${pathPart(name)}`;
  }

  /**
   * Terraform's expression for a field of the repository, such as `default_branch`, where it is found: what is gone must not
   * stand in the way of a destroy.
   */
  field(name: string, otherwise: string): string {
    return `try(jsondecode(${this.answer}.body).${name}, ${JSON.stringify(otherwise)})`;
  }

  /** Terraform's expression for whether the repository is private. */
  get isPrivate(): string {
    return `try(jsondecode(${this.answer}.body).private, false)`;
  }

  private conditions({ repository, environments, scopes }: GithubAccessProps): GithubCondition[] {
    const { fullName } = repository;
    const { body, headers, found } = ANSWER;
    const shown = `try(${headers}["X-Oauth-Scopes"][0], "")`;
    const scope = (name: string, purpose: string): GithubCondition => ({
      // No scopes are told of a fine-grained token, nor of a GitHub App's.
      holds: `${shown} == "" || contains(split(", ", ${shown}), "${name}")`,
      message: `credentials: the token has the scopes \${${shown}}, and ${purpose} needs ${name}; gh auth refresh --scopes ${name}`,
    });
    const role = environments ? "admin" : "push";
    return [
      {
        holds: found,
        message: `repository: GitHub shows the token no ${fullName}; correct the name, or take a token that may see it`,
      },
      {
        holds: `lower(try(${body}.full_name, "")) == "${fullName.toLowerCase()}" || !(${found})`,
        message: `repository: ${fullName} is called \${try(${body}.full_name, "otherwise")} now; write that, and nothing is made anew`,
      },
      {
        holds: `!try(${body}.archived, false)`,
        message: `repository: ${fullName} is archived, so that GitHub changes nothing in it; take it out of the archive`,
      },
      {
        // GitHub tells no role of an App.
        holds: `try(${body}.permissions.${role}, true) || !try(${body}.permissions.pull, false)`,
        message: `repository: whose token this is may not ${environments ? "administer" : "write to"} ${fullName}; take an administrator's`,
      },
      scope("repo", "to wire a repository"),
      ...Object.entries(scopes).map(([name, purpose]) => scope(name, purpose)),
    ];
  }
}
