import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { findProvider, needProvider } from "../../providers";
import type { MissingCredential } from "../cloud";
import { HcloudProvider } from "./bindings/hcloud/provider";

/** What is made here exists since this version, and nothing is deprecated in it. */
const PROVIDER_VERSIONS = ">= 1.68.0, < 2";

/** The provider refuses every other length. */
const TOKEN_LENGTH = 64;

/** Has the stack get the provider; its token comes from the environment. */
export function needHetzner(scope: Construct): void {
  needProvider(scope, {
    name: "hcloud",
    versions: PROVIDER_VERSIONS,
    create: (parent) => new HcloudProvider(parent, "hcloud"),
  });
}

/** What is wrong with the token, if anything is. */
export function checkToken(scope: Construct, environment: NodeJS.ProcessEnv): MissingCredential[] {
  const provider = findProvider(TerraformStack.of(scope), "hcloud") as HcloudProvider | undefined;
  const token = provider?.tokenInput ?? environment.HCLOUD_TOKEN;
  const variable = "HCLOUD_TOKEN";
  const made = "tokens are made in a project of https://console.hetzner.cloud, under Security, API tokens";
  if (!token) return [{ variable, problem: "is not set", remedy: `export it: ${made}` }];
  // An expression of Terraform's is known to it alone.
  if (token.includes("${") || token.length === TOKEN_LENGTH) return [];
  const problem = `must have ${TOKEN_LENGTH} characters, got ${token.length}`;
  return [{ variable, problem, remedy: `copy the whole of it: ${made}` }];
}
