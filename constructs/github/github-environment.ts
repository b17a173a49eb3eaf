import { Token } from "cdktf";
import { Construct } from "constructs";
import { type GithubProtection, type GithubReviewer, parseReviewer } from "../model/github-protection";
import { literalText } from "../terraform-text";
import { bindings } from "./bindings";
import type { GithubAccess } from "./github-access";
import { ANSWER, askGithub, pathPart } from "./github-answer";
import { checkPlan } from "./github-plan";
import type { GithubPlace } from "./github-vault";

type Environment = typeof import("@cdktf/provider-github/lib/repository-environment");
type BranchPolicy = typeof import("@cdktf/provider-github/lib/repository-environment-deployment-policy");

export interface GithubEnvironmentProps extends GithubProtection {
  readonly access: GithubAccess;
  readonly environment: string;
  /** What its own name in the state is, and what those of its parts begin with. */
  readonly name: { readonly own: readonly string[]; readonly parts: readonly string[] };
  /** Where its props stand: nothing, or `infrastructure/`. */
  readonly path: string;
  /** What to do where the owner's plan has no environments. */
  readonly withoutPlan: string;
  /** Further refs that may use it. */
  readonly refs?: readonly string[];
}

/** A repository's environment: who may use it, and from which branches. */
export class GithubEnvironment extends Construct implements GithubPlace {
  readonly name: string;
  readonly reference: string;
  readonly resource: InstanceType<Environment["RepositoryEnvironment"]>;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: GithubEnvironmentProps,
  ) {
    super(scope, id);
    this.name = props.environment;
    this.checkPlan(this.askForPermission());
    this.resource = this.createEnvironment();
    // Through the resource, so that GitHub has the environment first.
    this.reference = this.resource.environment;
    this.createBranchPolicies();
  }

  /**
   * Whoever may not touch the environment's secrets is told so (403) while Terraform plans. That there is no environment yet
   * (404) is no fault.
   */
  private askForPermission(): string {
    const { access, environment, name } = this.props;
    return askGithub(this, "secrets", {
      ids: access.ids,
      name: [...name.parts, "environment", "secrets"],
      provider: access.provider,
      endpoint: `${access.endpoint}/environments/${pathPart(environment)}/secrets`,
    });
  }

  private checkPlan(existing: string): void {
    const { access, environment, name, path, reviewers = [], waitTimer, withoutPlan } = this.props;
    const gated = reviewers.length > 0 || waitTimer !== undefined;
    checkPlan(this, { access, environment, name: name.parts, path, gated, existing, withoutPlan });
  }

  private createEnvironment(): InstanceType<Environment["RepositoryEnvironment"]> {
    const { access, environment, branches, reviewers = [], waitTimer, preventSelfReview, name } = this.props;
    const { RepositoryEnvironment } = bindings<Environment>("repository-environment");
    const ids = [...new Set(reviewers)].map(
      (reviewer) => [parseReviewer(reviewer).kind, this.findReviewer(reviewer)] as const,
    );
    const numbers = (kind: GithubReviewer["kind"]) => ids.flatMap(([other, id]) => (other === kind ? [id] : []));
    const created = new RepositoryEnvironment(this, "environment", {
      repository: access.repository.name,
      environment: literalText(environment),
      provider: access.provider,
      waitTimer: waitTimer === undefined ? undefined : waitTimer.toSeconds() / 60,
      preventSelfReview,
      reviewers: ids.length === 0 ? undefined : [{ users: numbers("user"), teams: numbers("team") }],
      deploymentBranchPolicy:
        branches === "any"
          ? undefined
          : { protectedBranches: branches === "protected", customBranchPolicies: branches !== "protected" },
    });
    return access.ids.fix(created, ...name.own);
  }

  /** The number that GitHub has for somebody who may review. */
  private findReviewer(text: string): number {
    const { access, name, path } = this.props;
    const { ids, provider, endpoint, repository } = access;
    const reviewer = parseReviewer(text);
    const isTeam = reviewer.kind === "team";
    const who = pathPart(reviewer.name);
    const question = { ids, provider, name: [...name.parts, "reviewer", reviewer.kind, stateName(reviewer.name)] };
    const answer = isTeam
      ? askGithub(this, `reviewer-${text}`, {
          ...question,
          endpoint: `orgs/${pathPart(repository.owner)}/teams/${who}`,
          conditions: [
            {
              holds: ANSWER.found,
              message: `${path}reviewers: GitHub shows the token no team ${reviewer.name} of ${repository.owner}; correct it, or take a token with read:org`,
            },
          ],
        })
      : askGithub(this, `reviewer-${text}`, {
          ...question,
          endpoint: `${endpoint}/collaborators/${who}/permission`,
          conditions: [
            {
              holds: `${ANSWER.found} && try(${ANSWER.body}.permission, "none") != "none"`,
              message: `${path}reviewers: ${reviewer.name} is nobody who may read ${repository.fullName}; correct it, or invite them`,
            },
          ],
        });
    // Who is gone must not stand in the way of a destroy.
    return Token.asNumber(`\${try(jsondecode(${answer}.body).${isTeam ? "" : "user."}id, 0)}`);
  }

  private createBranchPolicies(): void {
    const { access, branches, refs = [], name } = this.props;
    const { RepositoryEnvironmentDeploymentPolicy } = bindings<BranchPolicy>(
      "repository-environment-deployment-policy",
    );
    const policy = (key: string, branchPattern: string): void => {
      const created = new RepositoryEnvironmentDeploymentPolicy(this, `branch-${key}`, {
        repository: access.repository.name,
        environment: this.reference,
        branchPattern,
        provider: access.provider,
      });
      access.ids.fix(created, ...name.parts, "branch", key);
    };
    if (branches === "any" || branches === "protected") return;
    if (branches === undefined) policy("default_branch", `\${${access.field("default_branch", "main")}}`);
    for (const pattern of new Set([...(branches ?? []), ...refs])) policy(stateName(pattern), literalText(pattern));
  }
}

/** Different texts, different names: `release/*` is `release_2f_2a`. */
function stateName(text: string): string {
  return text.replace(/[^A-Za-z0-9-]/gu, (character) => `_${(character.codePointAt(0) ?? 0).toString(16)}`);
}
