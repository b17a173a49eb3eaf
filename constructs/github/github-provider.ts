import { type TerraformProvider, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import type { MissingCredential } from "../clouds/cloud";
import type { Faults } from "../model/faults";
import { isLateBound } from "../model/token";
import { findProvider, needProvider } from "../providers";
import { bindings } from "./bindings";

type Provider = InstanceType<typeof import("@cdktf/provider-github/lib/provider").GithubProvider>;

/** A provider speaks for one owner: the stack's own for the first, one with an alias for each further owner. */
export function providerFor(scope: Construct, owner: string): TerraformProvider | undefined {
  const { GithubProvider } = bindings<typeof import("@cdktf/provider-github/lib/provider")>("provider");
  const stack = TerraformStack.of(scope);
  const owners = ownersOf(stack);
  const known = owners.get(owner);
  if (known !== undefined) return known ?? undefined;
  if (owners.size > 0) {
    const alias = `github_${owner}`;
    const provider = new GithubProvider(stack, alias, { owner, alias });
    owners.set(owner, provider);
    return provider;
  }
  needProvider(scope, {
    name: "github",
    versions: ">= 6.12, < 7",
    create: (parent) => new GithubProvider(parent, "github", { owner }),
  });
  owners.set(owner, null);
  return undefined;
}

/** A provider of the stack's author that speaks for somebody else would write into their repository of the same name. */
export function validateOwner(faults: Faults, stack: TerraformStack, owner: string): void {
  const own = ownersOf(stack).get(owner) === null ? ownProvider(stack)?.ownerInput : undefined;
  if (own === undefined || isLateBound(own) || own.toLowerCase() === owner.toLowerCase()) return;
  const remedy = `give it owner: ${JSON.stringify(owner)}`;
  faults.add("repository", `belongs to ${owner}, and the stack's GitHub provider speaks for ${own}`, remedy);
}

/** What the environment lacks, or has too much of. */
export function missingCredentials(
  stack: TerraformStack,
  owner: string,
  environment: NodeJS.ProcessEnv,
): MissingCredential[] {
  const missing: MissingCredential[] = [];
  const provider = ownProvider(stack);
  const authenticated = provider?.tokenInput !== undefined || provider?.appAuthInput !== undefined;
  if (!authenticated && !environment.GITHUB_TOKEN && !environment.GITHUB_APP_ID) {
    const remedy = 'export one that may administer the repository, such as GITHUB_TOKEN="$(gh auth token)"';
    missing.push({ variable: "GITHUB_TOKEN", problem: "is not set", remedy });
  }
  // Terraform's provider (6.13, provider.go) puts both before the owner that its configuration names.
  for (const variable of ["GITHUB_OWNER", "GITHUB_ORGANIZATION"]) {
    const other = environment[variable];
    if (!other || other.toLowerCase() === owner.toLowerCase()) continue;
    const problem = `is ${JSON.stringify(other)}, which Terraform's provider takes in place of ${owner}`;
    missing.push({ variable, problem, remedy: `unset ${variable}` });
  }
  return missing;
}

const ownProvider = (stack: TerraformStack): Provider | undefined =>
  findProvider(stack, "github") as Provider | undefined;

const owners = new WeakMap<TerraformStack, Map<string, TerraformProvider | null>>();

/** Providers by the owner that they speak for; null: the one without alias. */
function ownersOf(stack: TerraformStack): Map<string, TerraformProvider | null> {
  const known = owners.get(stack) ?? new Map<string, TerraformProvider | null>();
  owners.set(stack, known);
  return known;
}
