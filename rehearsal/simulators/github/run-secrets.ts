import type { Environment, Repository, Secret } from "./state";
import type { WorkflowFile } from "./workflow-file";

/** What a run's jobs get, or why one of them may not begin. */
export interface RunSecrets {
  readonly secrets: Readonly<Record<string, string>>;
  readonly variables: Readonly<Record<string, string>>;
  /** Environments whose reviewers have to say yes first. */
  readonly reviewed: readonly string[];
  readonly refusals: readonly string[];
}

/**
 * The secrets and variables of a repository and of the environments that the workflow's jobs name. At GitHub a job sees
 * those of its own environment alone; act knows one set for all. So a job that reads what only another one's environment
 * has is refused here, where at GitHub it would get an empty text, and so are two environments that differ in one name.
 */
export function secretsFor(
  repository: Repository,
  workflow: WorkflowFile,
  { ref, event }: { readonly ref: string; readonly event: string },
  inputs: Readonly<Record<string, unknown>>,
): RunSecrets {
  const jobs = workflow.jobs.filter(({ events }) => events === undefined || events.includes(event));
  const places = jobs.flatMap((job) => {
    const name = environmentName(job.environment, inputs);
    // GitHub makes one that a workflow names, without protection and without secrets
    const environment = name === undefined ? undefined : repository.environments[name.toLowerCase()];
    return environment === undefined ? [] : [{ job, environment }];
  });
  const environments = [...new Set(places.map(({ environment }) => environment))];
  const refusals: string[] = [];
  for (const { job, environment } of places) {
    if (mayDeploy(environment, ref)) continue;
    const branch = ref.replace(/^refs\/(heads|tags)\//, "");
    const rule = "is not allowed to deploy to";
    refusals.push(`${job.id}: Branch "${branch}" ${rule} ${environment.name} due to environment protection rules.`);
  }
  for (const job of jobs) {
    const own = places.find((place) => place.job.id === job.id)?.environment;
    for (const secret of job.secrets) {
      if (repository.secrets[secret] !== undefined || own?.secrets[secret] !== undefined) continue;
      const [other] = environments.filter(({ secrets }) => secrets[secret] !== undefined);
      if (other === undefined) continue;
      refusals.push(
        `${job.id}: reads secrets.${secret}, which only the environment ${other.name} has; GitHub gives this job an empty text`,
      );
    }
  }
  return {
    secrets: joined(repository.secrets, environments, "secrets", refusals),
    variables: joined(repository.variables, environments, "variables", refusals),
    reviewed: environments.filter(({ reviewers }) => reviewers.length > 0).map(({ name }) => name),
    refusals,
  };
}

/** An environment's win over the repository's. */
function joined(
  own: Readonly<Record<string, Secret>>,
  environments: readonly Environment[],
  kind: "secrets" | "variables",
  refusals: string[],
): Record<string, string> {
  const all = Object.fromEntries(Object.entries(own).map(([name, { value }]) => [name, value]));
  const from = new Map<string, string>();
  for (const environment of environments) {
    for (const [name, { value }] of Object.entries(environment[kind])) {
      const other = from.get(name);
      if (other !== undefined && all[name] !== value) {
        refusals.push(`${name} differs between ${other} and ${environment.name}: act gives all jobs of a run the same`);
      }
      all[name] = value;
      from.set(name, environment.name);
    }
  }
  return all;
}

/** As written, or one of the run's inputs. */
function environmentName(written: string | undefined, inputs: Readonly<Record<string, unknown>>): string | undefined {
  if (written === undefined || !written.includes("${{")) return written;
  const [, input = ""] = /^\$\{\{\s*(?:github\.event\.)?inputs\.([\w-]+)\s*\}\}$/.exec(written) ?? [];
  if (typeof inputs[input] === "string") return inputs[input];
  throw new Error(`environment: the rehearsal cannot tell which one ${written} is`);
}

/** https://docs.github.com/en/actions/reference/workflows-and-actions/deployments-and-environments#deployment-branches-and-tags */
function mayDeploy({ deployment_branch_policy: policy, branch_policies }: Environment, ref: string): boolean {
  if (policy === null) return true;
  const [, kind = "", name = ""] = /^refs\/(heads|tags)\/(.*)$/.exec(ref) ?? [];
  // no branch is protected here by a rule of its own
  if (policy.protected_branches) return kind === "heads" && name === "main";
  return branch_policies.some(({ name: pattern, type }) => {
    const candidate = kind === "" ? ref : kind === (type === "tag" ? "tags" : "heads") ? name : undefined;
    const literal = pattern
      .replace(/[.+^${}()|\\]/g, "\\$&")
      .replaceAll("*", "[^/]*")
      .replaceAll("?", "[^/]");
    return candidate !== undefined && new RegExp(`^${literal}$`).test(candidate);
  });
}
