import { Cdktf } from "../../rehearsal/cdktf";
import { RunningCloud } from "../../rehearsal/cloud";
import { type RehearsedStack, reach } from "../../rehearsal/stack-rehearsal";
import { answersFor } from "../../rehearsal/variables";
import type { Workspace } from "../../rehearsal/workspace";
import { type Cloud, moveTo } from "./clouds";
import { cloudFromNothing, scenarioSteps, withLogs, workspaceOf } from "./deployment";

/** A deploy that fails halfway, whatever the cloud's API does, is finished by running it again. */
export class HalfwayFailure {
  public readonly workspace: Workspace;
  private running: RunningCloud | undefined;
  private made: string[] = [];

  public constructor(
    public readonly scenario: string,
    public readonly cloud: Cloud,
    prepare: (workspace: Workspace) => void = () => {},
  ) {
    this.workspace = workspaceOf("ordinary", scenario);
    beforeAll(async () => {
      this.running = await cloudFromNothing(scenarioSteps());
      this.workspace.create();
      moveTo(cloud, this.workspace, "main.ts");
      prepare(this.workspace);
      const first = new Cdktf(this.workspace, this.now.environment({}));
      await first.synth();
      await first.init();
    });
    afterAll(() => RunningCloud.down());
  }

  /** A part of the scenario; its logs are kept when it fails. */
  public readonly part = (name: string, run: () => Promise<void>): void =>
    it(name, () => withLogs(this.now, this.scenario, run));

  public get now(): RunningCloud {
    if (!this.running) throw new Error("the embedded cloud did not start");
    return this.running;
  }

  public get cdktf(): Cdktf {
    return new Cdktf(this.workspace, this.environment);
  }

  /** Each of the cloud's failures ends a deploy, with its own words; what was made by then stays. */
  public isTold(): void {
    const { cloud, part } = this;
    for (const { what, order, message } of cloud.failures) {
      part(`${what}: the deploy says so, and keeps what was made`, async () => {
        await this.now.control("POST", "/control/fail", order);
        expect((await this.cdktf.deploy([1])).output).toMatch(message);
        const remains = cloud.remains(await this.state());
        expect(remains).toEqual(expect.arrayContaining(this.made));
        this.made = remains;
        expect(remains).not.toEqual([]);
      });
    }
  }

  /** What passes by itself within a minute is waited for; the site answers, and nothing is left to do. */
  public isFinished(): void {
    const { cloud, part } = this;
    part("the next deploy finishes it, whatever passes by itself", async () => {
      for (const order of cloud.hiccups) await this.now.control("POST", "/control/fail", order);
      await this.cdktf.deploy();
      const state = await this.state();
      expect(cloud.remains(state)).toEqual(expect.arrayContaining(this.made));
      expect(cloud.servers(state)).toHaveLength(1);
      expect(state.faults.filter(({ applied }: { applied: number }) => applied === 0)).toEqual([]);
      const { visitor } = await this.reached();
      expect((await visitor.visit("/")).status).toBe(200);
      expect((await this.cdktf.plan()).code).toBe(0);
    });
  }

  public reached(): Promise<RehearsedStack> {
    return reach(this.now, this.workspace, this.environment, this.cdktf);
  }

  /** What the accounts hold. */
  // biome-ignore lint/suspicious/noExplicitAny: each cloud keeps its state in its own words
  private state(): Promise<any> {
    return this.now.control("GET", "/control/state");
  }

  private get environment(): NodeJS.ProcessEnv {
    return this.now.environment(answersFor(this.workspace, { variables: { QUOTED: "value" } }));
  }
}
