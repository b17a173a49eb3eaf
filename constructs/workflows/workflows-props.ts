import type { Duration } from "../model/duration";
import type { Severity } from "./model";

/** The team's own command, with the databases of the compose file beside it. */
export interface WorkflowTestProps {
  /** As one types it: `pytest -q`. The service's environment is set, with passwords of the job's own. */
  readonly command: string;
  /**
   * The image to run it in: `python:3.12`.
   * @default - it runs on GitHub's runner itself, with what is installed there; the stores answer under their names
   */
  readonly image?: string;
  /**
   * Where it runs, from the repository's root.
   * @default - in the context of the image
   */
  readonly folder?: string;
  /**
   * Variables besides those of the service.
   * @default - the service's own alone
   */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * After this the job is ended.
   * @default - 30 minutes
   */
  readonly timeout?: Duration;
}

/** How the image of a service is built. Paths count from the repository's root. */
export interface WorkflowImageProps {
  /**
   * The folder that the build reads.
   * @default - the whole repository
   */
  readonly context?: string;
  /** @default - the context's Dockerfile */
  readonly dockerfile?: string;
  /**
   * A stage of the Dockerfile.
   * @default - the last one
   */
  readonly target?: string;
  /**
   * What `ARG` takes, besides VERSION (`1.4.0+3f2a91c0d1e2`) and REVISION (the commit). Not secret: an image shows it.
   * @default - those two alone
   */
  readonly buildArguments?: Readonly<Record<string, string>>;
  /** @default - nothing is tested */
  readonly test?: WorkflowTestProps;
}

export interface WorkflowsProps {
  /**
   * How images are built, by service: those of the `ComposeApp`'s `images` that the repository makes. Services with the same
   * image need one entry.
   * @default - the one image, from the repository's root
   */
  readonly images?: Readonly<Record<string, WorkflowImageProps>>;
  /**
   * A push to it releases.
   * @default - main
   */
  readonly branch?: string;
  /**
   * The least severity of a known vulnerability with a remedy that stops a release.
   * @default - high: high and critical ones do
   */
  readonly scan?: Severity | "none";
  /**
   * Whether builds take layers from the image `:latest`. Whoever may push a branch can replace it by a workflow of their own.
   * @default - they do: builds are faster
   */
  readonly cache?: boolean;
  /**
   * A header in which the site says its version, as the image got it by the build argument VERSION.
   * @default - the digests are compared on the server, and the site has to answer
   */
  readonly versionHeader?: string;
  /**
   * Values, not secret, for what only production knows: keys of others' services, addresses of the cloud.
   * @default - `known-in-production-only`
   */
  readonly trialValues?: Readonly<Record<string, string>>;
  /**
   * The stack itself: what a pull request would do, deployment after the merge, and what has drifted. It needs the stack in
   * this repository, and an environment that is as strong as root on the server: docs/pipeline.md.
   * @default - people deploy
   */
  readonly infrastructure?: WorkflowsInfrastructureProps;
  /**
   * For the names of the files, where one repository releases to several hosts: `beta` makes `deploy-beta.yml`.
   * @default - `deploy.yml`, `rollback.yml`
   */
  readonly suffix?: string;
}

/** How jobs plan and deploy the stack, in the environments that `infrastructure` of GithubDeployWiring makes. */
export interface WorkflowsInfrastructureProps {
  /**
   * The folder of cdktf.json and package.json, from the repository's root.
   * @default - the root
   */
  readonly folder?: string;
  /**
   * Files that belong to it, as patterns of GitHub's.
   * @default - all below the folder, and the compose file with what travels with it, wherever they are
   */
  readonly paths?: readonly string[];
  /**
   * Secrets of the environment that cdktf gets, besides the credentials and variables that the stack is known to need.
   * @default - those alone
   */
  readonly secrets?: readonly string[];
  /**
   * Commands that install what the stack needs.
   * @default - npm ci
   */
  readonly setup?: string;
  /**
   * As `hashicorp/setup-terraform` takes it.
   * @default - 1.11.4
   */
  readonly terraformVersion?: string;
  /**
   * When to look for drift, as cron has it, in UTC.
   * @default - `23 4 * * *`
   */
  readonly driftSchedule?: string;
}

export interface WorkflowFilesProps extends WorkflowsProps {
  /** The repository's `.github/workflows`, from the folder that `cdktf` runs in. */
  readonly folder: string;
}

export interface WorkflowPullRequestProps extends WorkflowsProps {
  /**
   * The branch that the pull request comes from.
   * @default - `single-host/` and the host's name
   */
  readonly head?: string;
}
