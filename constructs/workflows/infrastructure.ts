import { literal, secret } from "./expression";
import type { InfrastructureModel, InfrastructurePlace } from "./model";
import { ACTIONS } from "./pinned-actions";
import { checkout, run, runWithApi } from "./steps";
import type { Job, RunStep, Step, Workflow } from "./workflow";

/** What a pull request would do, as a comment; what main says, deployed; and whether it is still so, each night. */
export function infrastructureWorkflow(model: InfrastructureModel): Workflow {
  const paths = model.paths.map(literal);
  return {
    name: `Infrastructure ${literal(model.stack)}`,
    on: {
      // `labeled`: whoever accepts a loss has the check run again.
      pull_request: { paths, types: ["opened", "synchronize", "reopened", "labeled", "unlabeled"] },
      push: { branches: [model.branch], paths },
      schedule: [{ cron: model.driftSchedule }],
      workflow_dispatch: {
        inputs: {
          "accept-loss": { description: "What the plan loses is meant", type: "boolean", default: false },
        },
      },
    },
    jobs: { withdraw: withdraw(model), plan: plan(model), deploy: deploy(model), drift: drift(model) },
  };
}

const NUMBER = "${{ github.event.pull_request.number }}";
const OF_A_BRANCH = "github.event.pull_request.head.repo.full_name == github.repository";

/** A job of its own: the plan may wait for its reviewers, and the label must not count meanwhile. */
function withdraw({ label }: InfrastructureModel): Job {
  const changed = "(github.event.action == 'synchronize' || github.event.action == 'reopened')";
  return {
    name: "Withdraw an acceptance of before",
    if: `github.event_name == 'pull_request' && ${changed} && ${OF_A_BRANCH} && ${carries(label)}`,
    permissions: { "pull-requests": "write" },
    "timeout-minutes": 5,
    steps: [runWithApi("Take the label away", ["remove-label"], { NUMBER, LABEL: label })],
  };
}

function plan(model: InfrastructureModel): Job {
  const { label } = model;
  return {
    name: "Plan",
    if: "github.event_name == 'pull_request'",
    environment: { name: literal(model.places.plan.environment) },
    // Never cancelled: a plan that is killed leaves the state locked.
    concurrency: { group: `plan-${literal(model.stack)}-${NUMBER}`, "cancel-in-progress": false },
    permissions: { contents: "read", "pull-requests": "write" },
    "timeout-minutes": 30,
    steps: [
      {
        ...run("Refuse a fork", "refuse-fork"),
        if: "github.event.pull_request.head.repo.full_name != github.repository",
      },
      ...prepared(model),
      planStep(model, model.places.plan),
      // Whoever puts the label has seen a page of this very commit.
      reviewStep(
        model,
        `\${{ (github.event.action == 'labeled' || github.event.action == 'unlabeled') && ${carries(label)} }}`,
      ),
      {
        ...runWithApi("Say it in the pull request", ["find-own", "comment"], {
          NUMBER,
          MARKER: `single-host review ${literal(model.stack)}`,
          OUTCOME: "${{ steps.review.outcome }}",
          COMMIT: "${{ github.event.pull_request.head.sha }}",
        }),
        if: `!cancelled() && ${OF_A_BRANCH}`,
      },
      judgeStep(),
      forgetStep(model),
    ],
  };
}

function deploy(model: InfrastructureModel): Job {
  return {
    name: "Deploy",
    if: "github.event_name == 'push' || github.event_name == 'workflow_dispatch'",
    environment: { name: literal(model.places.deploy.environment) },
    concurrency: { group: `infrastructure-${literal(model.stack)}`, "cancel-in-progress": false },
    permissions: { contents: "read", "pull-requests": "read", actions: "read" },
    "timeout-minutes": 90,
    steps: [
      ...prepared(model),
      planStep(model, model.places.deploy),
      {
        ...runWithApi("Ask who has accepted what", ["accepted-by-label"], {
          LABEL: model.label,
          WORKFLOW: model.file,
          ACCEPT_LOSS: "${{ inputs.accept-loss }}",
        }),
        id: "acceptance",
      },
      reviewStep(model, "${{ steps.acceptance.outputs.accepted }}"),
      judgeStep(),
      inFolder(
        model,
        run("Deploy", "deploy-stack", { ...credentials(model.places.deploy), STACK: literal(model.stack) }),
      ),
      forgetStep(model),
    ],
  };
}

function drift(model: InfrastructureModel): Job {
  return {
    name: "Drift",
    if: "github.event_name == 'schedule'",
    environment: { name: literal(model.places.plan.environment) },
    concurrency: { group: `drift-${literal(model.stack)}`, "cancel-in-progress": false },
    permissions: { contents: "read", issues: "write" },
    "timeout-minutes": 30,
    steps: [
      ...prepared(model),
      planStep(model, model.places.plan),
      reviewStep(model, "false"),
      inFolder(
        model,
        runWithApi("Open or close the issue", ["find-own", "drift"], {
          STACK: literal(model.stack),
          MARKER: `single-host drift ${literal(model.stack)}`,
        }),
      ),
      forgetStep(model),
    ],
  };
}

function carries(label: string): string {
  return `contains(github.event.pull_request.labels.*.name, '${label}')`;
}

function prepared(model: InfrastructureModel): readonly Step[] {
  return [
    checkout(),
    {
      name: "Install Terraform",
      uses: ACTIONS.terraform,
      with: { terraform_version: model.terraformVersion, terraform_wrapper: false },
    },
    inFolder(model, { name: "Install what the stacks need", run: model.setup }),
  ];
}

function planStep(model: InfrastructureModel, place: InfrastructurePlace): Step {
  return {
    ...inFolder(model, run("Plan", "plan", { ...credentials(place), STACK: literal(model.stack) })),
    id: "plan",
  };
}

function reviewStep(model: InfrastructureModel, accepted: string): Step {
  return { ...inFolder(model, run("Review", "review", { ACCEPTED: accepted, LABEL: model.label })), id: "review" };
}

function judgeStep(): Step {
  return run("Judge it", "judge", {
    CODE: "${{ steps.review.outputs.code }}",
    TERRAFORM: "${{ steps.plan.outputs.terraform }}",
  });
}

function forgetStep(model: InfrastructureModel): Step {
  return { ...inFolder(model, run("Forget the plan", "forget-plan")), if: "always()" };
}

function inFolder({ folder }: InfrastructureModel, step: RunStep): RunStep {
  return folder === "." ? step : { ...step, "working-directory": literal(folder) };
}

/** For the two steps that speak with clouds, and for no other. */
function credentials({ secrets }: InfrastructurePlace): Readonly<Record<string, string>> {
  return Object.fromEntries(
    secrets.filter((name) => name !== WIRING_TOKEN).map((name) => [name, secret(secretFor(name))]),
  );
}

/** The secret for GITHUB_TOKEN: GitHub takes none whose name begins so. */
const WIRING_TOKEN = "WIRING_TOKEN";

function secretFor(variable: string): string {
  return variable === "GITHUB_TOKEN" ? WIRING_TOKEN : variable;
}
