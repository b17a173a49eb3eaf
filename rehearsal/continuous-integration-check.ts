import { join } from "node:path";
import { Login } from "./login";
import type { RehearsedStack } from "./stack-rehearsal";

/**
 * What a workflow of the team would do: takes the environment's secrets as GitHub would hand them to a job, and
 * opens the server with them, its host key pinned.
 */
export async function continuousIntegrationCheck({ cloud, workspace }: RehearsedStack): Promise<string> {
  const [repository] = workspace.githubRepositories();
  const environments = await cloud.control("GET", `/control/github/secrets?repository=${repository}`);
  const [environment, secrets] = Object.entries<Record<string, string>>(environments)[0] ?? ["", {}];
  const find = (suffix: string): string => {
    const value = Object.entries(secrets).find(([name]) => name.endsWith(suffix))?.[1];
    if (value === undefined)
      throw new Error(`${repository}: environment "${environment}" has no secret ending in ${suffix}`);
    return value;
  };
  const login = new Login({
    user: find("_USER"),
    address: find("_HOST"),
    privateKey: find("_SSH_KEY"),
    knownHosts: find("_KNOWN_HOSTS"),
    folder: join(workspace.folder, ".login"),
  });
  await login.run("status");
  const shell = await login.attempt("bash -c id");
  if (shell.code === 0) throw new Error(`the release identity ran a shell command: ${shell.output}`);
  return `${Object.keys(secrets).join(", ")} of ${repository} (${environment}): key accepted, a shell refused`;
}
