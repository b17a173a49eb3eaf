import { Testing } from "cdktf";
import { Workflows } from "../../../constructs";
import type { SingleHostStack } from "../../../constructs/single-host-stack";
import type { SecretNames } from "../../../constructs/workflows/model";
import type { WorkflowsContext } from "../../../constructs/workflows/workflows";
import type { WorkflowsProps } from "../../../constructs/workflows/workflows-props";
import { chitramBeta } from "../../../stacks/chitram-beta";
import { deitaProd } from "../../../stacks/deita-prod";

const USUAL: SecretNames = {
  host: "DEPLOY_HOST",
  user: "DEPLOY_USER",
  key: "DEPLOY_SSH_KEY",
  knownHosts: "DEPLOY_KNOWN_HOSTS",
};

const DROPLET: SecretNames = {
  host: "DROPLET_HOST",
  user: "DROPLET_USER",
  key: "DROPLET_SSH_KEY",
  knownHosts: "DROPLET_KNOWN_HOSTS",
};

/** A repository's workflows, and what they are rendered for. */
export interface Shape {
  readonly workflows: Workflows;
  readonly context: WorkflowsContext;
}

export function contextOf({ host }: SingleHostStack, environment: string, secretNames = USUAL): WorkflowsContext {
  const credentials = ["GITHUB_TOKEN", "DIGITALOCEAN_TOKEN", "TF_VAR_OPENAI_API_KEY"];
  const deploy = { environment: "infrastructure", secrets: ["SLACK_TOKEN"] };
  const places = { deploy, plan: { environment: "infrastructure-plan", secrets: [] } };
  const stack = { name: host.name, credentials, places };
  return { host: host.model, secrets: host.secrets.all, environment, secretNames, stack };
}

/** Chitram: one image, tested on the runner, four services of the compose file beside it. */
export function chitram(props: WorkflowsProps = {}): Shape {
  return {
    workflows: Workflows.pullRequest({
      images: { app: { context: "backend", test: { command: "pip install -r requirements-test.txt\npytest -q" } } },
      versionHeader: "X-App-Version",
      infrastructure: { folder: "infrastructure" },
      ...props,
    }),
    context: contextOf(chitramBeta(Testing.app()), "beta", DROPLET),
  };
}

/** Deita: two images of two folders, one of them with a build argument; tests in an image of the team's choice. */
export function deita(props: WorkflowsProps = {}): Shape {
  return {
    workflows: Workflows.pullRequest({
      images: {
        backend: {
          context: "backend",
          test: { command: "pip install uv && uv run pytest", image: "python:3.12-slim" },
        },
        frontend: {
          context: "frontend",
          buildArguments: { VITE_API_URL: "/v1" },
          test: { command: "npm ci && npm test", image: "node:20-slim" },
        },
      },
      scan: "critical",
      trialValues: { S3_ENDPOINT: "http://localhost:9000" },
      ...props,
    }),
    context: contextOf(deitaProd(Testing.app()), "production"),
  };
}

export function rendered({ workflows, context }: Shape): Readonly<Record<string, string>> {
  return workflows.render(context);
}
