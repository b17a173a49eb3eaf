import { literal } from "./expression";
import type { WorkflowsModel } from "./model";
import { connect, disconnect, inEnvironment, run } from "./steps";
import type { Workflow } from "./workflow";

/** By hand, to a release of before. */
export function rollbackWorkflow(model: WorkflowsModel): Workflow {
  const { host, secretNames, verification } = model;
  return {
    name: `Roll back ${host}`,
    on: {
      workflow_dispatch: {
        inputs: {
          release: {
            description: "Number of the release to return to; empty: the good one before the present",
            type: "string",
            required: false,
          },
        },
      },
    },
    jobs: {
      rollback: {
        name: "Roll back",
        ...inEnvironment(model),
        concurrency: { group: `release-${host}`, "cancel-in-progress": false },
        permissions: {},
        "timeout-minutes": 30,
        steps: [
          ...connect(secretNames),
          run("Roll back", "roll-back", { RELEASE: "${{ inputs.release }}" }),
          run("Verify", "verify", {
            RELEASE: "",
            SITE_URL: "${{ vars.SITE_URL }}",
            HEALTH: literal(verification.paths.join(" ")),
            VERSIONED: "",
            HEADER: "",
            VERSION: "",
          }),
          disconnect(),
        ],
      },
    },
  };
}
