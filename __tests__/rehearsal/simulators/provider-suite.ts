import type { FaultOrder } from "../../../rehearsal/simulators/faults";
import { ProviderRun } from "./provider-run";

/** An environment in which a provider is not let in. */
export interface Refused {
  readonly environment: NodeJS.ProcessEnv;
  /** What Terraform says of it. */
  readonly message: RegExp;
}

/** One cloud's configuration, and what differs between clouds; the suite is the same code. */
export interface Subject {
  readonly cloud: "digitalocean" | "hetzner";
  /** The folder beside this file with the configuration. */
  readonly account: string;
  readonly variables: Readonly<Record<string, string>>;
  /** Failures that end an apply, and what it says of them. */
  readonly failures: readonly { readonly order: FaultOrder; readonly message: RegExp }[];
  /** Failures that the provider tries again by itself after. */
  readonly hiccups: readonly FaultOrder[];
  /** The size at first and the next one, the region at first and another one. */
  readonly sizes: readonly [string, string];
  readonly regions: readonly [string, string];
  readonly refused: readonly Refused[];
  /** What a deployment needs before it may be destroyed. */
  readonly unprotected: readonly string[];
  /** Kinds of things of which the account has none in the end. */
  readonly kinds: readonly string[];
}

/** Real Terraform and real providers against a cloud's simulated API. Each part goes on from where the one before ended. */
export class ProviderSuite {
  public readonly run: ProviderRun;

  public constructor(private readonly subject: Subject) {
    const { account, variables } = subject;
    this.run = new ProviderRun(variables, account);
    beforeAll(() => this.run.start());
    afterAll(() => this.run.stop());
  }

  /** What fails in the middle is told, and finished by the next apply, which meets only what passes by itself. */
  public isFinishedAfterFailing(): void {
    const { failures, hiccups } = this.subject;
    it("an apply that fails halfway is finished by the next one", async () => {
      for (const { order } of failures) await this.order(order);
      const failed = await this.apply();
      for (const { message } of failures) expect(failed.output).toMatch(message);
      for (const order of hiccups) await this.order(order);
      const applied = await this.apply();
      expect(applied.output).toMatch(/Apply complete! Resources: [1-9]\d* added, 0 changed, \d+ destroyed/);
      const injected = (await this.run.calls()).filter((call) => call.injected).map(({ status }) => status);
      expect(injected).toEqual([...failures.map(({ order }) => order), ...hiccups].map(({ status }) => status));
    });
  }

  public isLeftAlone(): void {
    it("a second plan is empty, also after the simulators were ended and started", async () => {
      expect((await this.run.plan()).output).toContain("No changes.");
      await this.run.restart();
      expect((await this.run.plan()).output).toContain("No changes.");
    });
  }

  public isResized(): void {
    const { sizes, regions } = this.subject;
    const [size, larger] = sizes;
    const [region, elsewhere] = regions;
    it("another size is a change in place, and back again; another region is a replacement", async () => {
      const resized = await this.apply(`-var=size=${larger}`);
      expect(resized.output).toContain("Apply complete! Resources: 0 added, 1 changed, 0 destroyed.");
      const back = await this.run.plan(`-var=size=${size}`);
      expect(back.output).toMatch(/server will be updated in-place/);
      const moved = await this.run.plan(`-var=size=${larger}`, `-var=region=${elsewhere}`);
      expect(moved.output).toMatch(/server must be replaced/);
      expect(moved.output).toContain(`"${region}" -> "${elsewhere}" # forces replacement`);
    });
  }

  public grows(): void {
    const variables = [`-var=size=${this.subject.sizes[1]}`, "-var=volume_size=40", "-var=backups=true"];
    it("a volume grows and backups are switched on in place", async () => {
      const changed = await this.apply(...variables);
      expect(changed.output).toContain("Apply complete! Resources: 0 added, 2 changed, 0 destroyed.");
      expect((await this.run.plan(...variables)).output).toContain("No changes.");
    });
  }

  public refusesStrangers(): void {
    it("wrong credentials are refused, each as its company does", async () => {
      for (const { environment, message } of this.subject.refused) {
        expect((await this.run.terraform(["plan"], { environment, accept: [1] })).output).toMatch(message);
      }
    });
  }

  public leavesNothing(): void {
    const { cloud, kinds, unprotected } = this.subject;
    it("nothing is left after a destroy, and every call was one that the simulators know", async () => {
      // a volume never shrinks: the provider judges that even now
      const variables = ["-var=volume_size=40", ...unprotected];
      if (unprotected.length > 0) await this.run.terraform(["apply", "-auto-approve", ...variables]);
      await this.run.terraform(["destroy", "-auto-approve", ...variables]);
      const state = await this.run.control("GET", "/state");
      const left = kinds.filter((kind) => Object.keys(state[cloud][kind]).length > 0);
      expect(left).toEqual([]);
      expect((await this.run.calls()).filter((call) => call.unknown)).toEqual([]);
    });
  }

  public apply(...argv: string[]) {
    return this.run.terraform(["apply", "-auto-approve", ...argv], { accept: [0, 1] });
  }

  private async order(order: FaultOrder): Promise<void> {
    await this.run.control("POST", "/fail", order);
  }
}
