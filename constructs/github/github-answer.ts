import type { TerraformProvider } from "cdktf";
import type { Construct } from "constructs";
import type { LogicalIds } from "../logical-ids";
import { literalText } from "../terraform-text";
import { bindings } from "./bindings";

/** Terraform's expressions for an answer, in its own conditions. */
export const ANSWER = {
  found: "self.code == 200",
  body: "jsondecode(self.body)",
  headers: "jsondecode(self.headers)",
} as const;

/** What an answer must be like. */
export interface GithubCondition {
  /** Terraform's expression. */
  readonly holds: string;
  /** What is wrong otherwise, in one line as all faults: path, value, remedy. */
  readonly message: string;
}

export interface GithubQuestion {
  readonly ids: LogicalIds;
  /** Its name in the state. */
  readonly name: readonly string[];
  readonly provider: TerraformProvider | undefined;
  /** Of the API, such as `repos/abhi10/chitram`. Read while Terraform plans: nothing in it may be known only later. */
  readonly endpoint: string;
  /** @default - none: there may be no such thing (404) */
  readonly conditions?: readonly GithubCondition[];
}

/**
 * Asks GitHub while Terraform plans, so that what is wrong is said before anything is made: a data source that is not found
 * or not as it must be ends the plan. Returns Terraform's name of the data source.
 */
export function askGithub(scope: Construct, id: string, question: GithubQuestion): string {
  const { ids, name, provider, endpoint, conditions = [] } = question;
  type RestApi = typeof import("@cdktf/provider-github/lib/data-github-rest-api");
  const { DataGithubRestApi } = bindings<RestApi>("data-github-rest-api");
  const postcondition = conditions.map(({ holds, message }) => ({
    condition: `\${${holds}}`,
    errorMessage: message,
  }));
  const lifecycle = postcondition.length > 0 ? { postcondition } : undefined;
  ids.fix(new DataGithubRestApi(scope, id, { endpoint, provider, lifecycle }), ...name);
  return ids.address("data.github_rest_api", ...name);
}

/** Text as a part of a path of the API. */
export const pathPart = (text: string): string => literalText(encodeURIComponent(text));
