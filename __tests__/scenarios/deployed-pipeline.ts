import { RunningCloud } from "../../rehearsal/cloud";
import type { Preparing, RehearsedStack } from "../../rehearsal/stack-rehearsal";
import { projectFolder, Workspace } from "../../rehearsal/workspace";
import { cloudFromNothing, deploy, scenarioSteps, withLogs } from "./deployment";
import { preparePipeline } from "./pipeline-stack";
import { PushedRepository } from "./pushed-repository";

export interface DeployedPipelineProps {
  /** @default - Chitram's beta */
  readonly stack?: string;
  /** @default - Chitram's */
  readonly repository?: string;
  /** @default - Chitram's stack gets all that a pipeline takes */
  readonly prepare?: Preparing;
}

/** A stack, deployed before there is an image for it, and its repository, empty. Both are there before the first test. */
export class DeployedPipeline {
  private deployed: { readonly stack: RehearsedStack; readonly repository: PushedRepository } | undefined;

  /** `scenario` names the folder of the logs. */
  public constructor(
    private readonly scenario: string,
    props: DeployedPipelineProps = {},
  ) {
    const { prepare = preparePipeline } = props;
    beforeAll(async () => {
      const steps = scenarioSteps();
      const cloud = await cloudFromNothing(steps);
      const workspace = new Workspace(props.stack ?? "chitram-beta", projectFolder, scenario);
      const stack = await deploy(cloud, workspace, {}, steps, prepare);
      const repository = await PushedRepository.begin(cloud, props.repository ?? "abhi10/chitram", workspace.logs);
      this.deployed = { stack, repository };
    });
    afterAll(async () => {
      this.deployed?.repository.checkout.remove();
      await RunningCloud.down();
    });
  }

  /** A part of the scenario; its logs are kept when it fails. */
  public readonly part = (name: string, run: () => Promise<void>): void =>
    it(name, () => withLogs(this.now.stack.cloud, this.scenario, run));

  public get now(): { readonly stack: RehearsedStack; readonly repository: PushedRepository } {
    if (!this.deployed) throw new Error(`${this.scenario}: nothing was deployed`);
    return this.deployed;
  }

  /** What the site says that it runs. */
  public async versionServed(path = "/"): Promise<unknown> {
    return (await this.now.stack.visitor.visit(path)).headers["x-app-version"];
  }
}

/** The version of a commit that has no tag. */
export function versionOf(sha: string): string {
  return `0.0.0+${sha.slice(0, 12)}`;
}
