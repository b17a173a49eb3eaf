import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { literalText } from "../terraform-text";
import type { GithubAccess } from "./github-access";
import { ANSWER, askGithub, pathPart } from "./github-answer";

export interface GithubPlanProps {
  readonly access: GithubAccess;
  readonly environment: string;
  /** What its names in the state begin with. */
  readonly name: readonly string[];
  /** Where the environment's props stand: nothing, or `infrastructure/`. */
  readonly path: string;
  /** Whether somebody has to agree, or a job waits. */
  readonly gated: boolean;
  /** The data source whose answer says whether the environment is there (200) or not yet (404). */
  readonly existing: string;
  /** What to do where the plan has no environments. */
  readonly withoutPlan: string;
}

/**
 * Says what GitHub's plans do not give to a private repository, before anything is made. To most tokens GitHub does not tell
 * the plan (it takes the scope `user`, or `admin:org`); for them a warning explains the 404 that a first deploy may get.
 *
 * | private repository of | environments | reviewers, wait timer |
 * |-----------------------|--------------|-----------------------|
 * | GitHub Free           | no (404)     | no                    |
 * | Pro, Team             | yes          | no (422)              |
 * | Enterprise            | yes          | yes                   |
 *
 * https://docs.github.com/en/actions/reference/deployments-and-environments; the answers: go-github, repos_environments.go
 */
export function checkPlan(scope: Construct, props: GithubPlanProps): void {
  const { access, gated, name, path, existing, withoutPlan } = props;
  const { repository, ids, provider, isPrivate } = access;
  const plan = `try(${ANSWER.body}.plan.name, "")`;
  const owner = pathPart(repository.owner);
  const answer = askGithub(scope, "owner", {
    ids,
    name: [...name, "owner"],
    provider,
    endpoint: `\${${access.field("owner.type", "User")} == "Organization" ? "orgs" : "users"}/${owner}`,
    conditions: [
      {
        holds: `!${isPrivate} || ${plan} != "free"`,
        message: `${path}environment: ${repository.fullName} is private, and GitHub Free has no environments there; ${withoutPlan}`,
      },
      ...(gated
        ? [
            {
              holds: `!${isPrivate} || !contains(["pro", "team"], ${plan})`,
              message: `${path}reviewers: ${repository.fullName} is private, and only GitHub Enterprise has reviewers and wait timers there; leave them out`,
            },
          ]
        : []),
    ],
  });
  const known = `try(jsondecode(${answer}.body).plan.name, "") != ""`;
  TerraformStack.of(scope).addOverride(`check.${ids.of(...name, "plan")}`, {
    assert: [
      {
        condition: `\${!${isPrivate} || ${known} || ${existing}.code == 200}`,
        error_message: `${path}environment: ${repository.fullName} is private, and has no environment ${literalText(props.environment)} yet. On GitHub Free it cannot have one: GitHub answers 404 then, before the server is made; ${withoutPlan}`,
      },
    ],
  });
}
