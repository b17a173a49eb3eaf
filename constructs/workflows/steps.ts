import { literal, secret } from "./expression";
import type { SecretNames, WorkflowsModel } from "./model";
import { ACTIONS } from "./pinned-actions";
import { script } from "./scripts";
import type { Job, RunStep, Step } from "./workflow";

/** The vocabulary of the workflows: what a step says, and the values that its script gets. */

export function checkout(props: Readonly<Record<string, string | number | boolean>> = {}): Step {
  return {
    name: "Fetch the source",
    uses: ACTIONS.checkout,
    // The token is for this fetch: nothing that a test or a build runs finds it in .git/config.
    with: { "persist-credentials": false, ...props },
  };
}

/** A script with its values: all that it reads, be it empty. */
export function run(name: string, file: string, env: Readonly<Record<string, string>> = {}): RunStep {
  return { name, ...(Object.keys(env).length === 0 ? {} : { env }), run: script(file) };
}

/** A script that asks GitHub, after those whose functions it calls. */
export function runWithApi(name: string, files: readonly string[], env: Readonly<Record<string, string>>): RunStep {
  return { name, env: { TOKEN: "${{ github.token }}", ...env }, run: script("github-api", ...files) };
}

/** Databases and the like, with passwords of the job's own. The workflow's `env` has PRODUCTION, the compose file. */
export function startStores({ production }: WorkflowsModel): readonly Step[] {
  const drawn = Object.entries(production.drawn).map(([name, length]) => `${name}:${length}`);
  return [
    ...(drawn.length === 0
      ? []
      : [run("Draw passwords for this job alone", "draw-secrets", { DRAWN: drawn.join(" ") })]),
    run("Start what production runs beside it", "start-stores", {
      STORES: production.stores.join(" "),
      TASKS: production.tasks.join(" "),
    }),
  ];
}

export function stopStores(): Step {
  return { ...run("Clear up", "stop-stores"), if: "always()" };
}

/** Where the secrets are that lead to the server; GitHub shows the site beside the run. */
export function inEnvironment({ environment }: WorkflowsModel): Pick<Job, "environment"> {
  return environment === null ? {} : { environment: { name: literal(environment), url: "${{ vars.SITE_URL }}" } };
}

export function connect(names: SecretNames): readonly Step[] {
  return [
    run("Prepare the way to the server", "connect", {
      SERVER: secret(names.host),
      SERVER_USER: secret(names.user),
      SSH_KEY: secret(names.key),
      KNOWN_HOSTS: secret(names.knownHosts),
    }),
    // The merge that releases may be the one that resizes.
    run("Wait for the server", "await-server", { PATIENCE: "600" }),
  ];
}

export function disconnect(): Step {
  return { ...run("Forget the key", "disconnect"), if: "always()" };
}
