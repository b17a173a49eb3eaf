import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Cdktf } from "../../rehearsal/cdktf";
import { RunningCloud } from "../../rehearsal/cloud";
import { type CommandResult, command } from "../../rehearsal/command";
import { installPackages, onPath } from "../../rehearsal/engine";
import { projectFolder, Workspace } from "../../rehearsal/workspace";
import { cloudFromNothing, scenarioSteps, withLogs } from "./deployment";
import { wordsUnder } from "./runbook";

const STACK = "shared";
const FAILED = [1, 2];

/** A clone of the team's repository: a laptop's, or CI's. */
class Clone {
  readonly workspace: Workspace;

  constructor(
    name: string,
    scenario: string,
    private readonly environment: NodeJS.ProcessEnv,
  ) {
    const source = join(projectFolder, "__tests__", "scenarios", "projects", "shared-state");
    this.workspace = new Workspace(STACK, source, join(scenario, name), `${scenario}-${name}`);
    this.workspace.create();
  }

  file(name: string): string {
    return join(this.workspace.folder, name);
  }

  /** @param things what its code has, in words */
  cdktf(things = "first", more: NodeJS.ProcessEnv = {}): Cdktf {
    return new Cdktf(this.workspace, { ...this.environment, THINGS: things, ...more });
  }

  /** `npx single-host ...` */
  async singleHost(...words: string[]): Promise<string> {
    const argv = [process.execPath, require.resolve("tsx/cli"), join(projectFolder, "cli", "single-host.ts"), ...words];
    const { folder, logs } = this.workspace;
    const log = join(logs, "single-host.log");
    return (await command(argv, { cwd: folder, env: this.environment, accept: [0, 2], log })).output;
  }

  /** Lines in one shell, as somebody types them. */
  async type(lines: readonly string[]): Promise<void> {
    const env = { ...this.environment, RCLONE_CONFIG: "/dev/null" };
    await command(["bash", "-euc", lines.join("\n")], { cwd: this.workspace.folder, env });
  }

  async terraform(...words: string[]): Promise<string> {
    return (await this.cdktf().terraform("terraform", words)).stdout;
  }

  /** A deploy that has begun to make a thing, and waits. */
  async begin(
    things: string,
    slow: string,
  ): Promise<{ end(): Promise<CommandResult>; kill(): Promise<CommandResult> }> {
    const [started, go] = [this.file(`${slow}.started`), this.file(`${slow}.go`)];
    let ended: CommandResult | undefined;
    const running = this.cdktf(things, { SLOW: slow, STARTED: started, GO: go }).deploy([0, ...FAILED]);
    running.then(
      (result) => {
        ended = result;
      },
      () => {},
    );
    while (!existsSync(started) || readFileSync(started, "utf8") === "") {
      if (ended !== undefined) throw new Error(`the deploy ended before it made ${slow}:\n${ended.output}`);
      await sleep(100);
    }
    return {
      end: () => {
        writeFileSync(go, "");
        return running;
      },
      kill: () => {
        process.kill(Number(readFileSync(started, "utf8")), "SIGKILL");
        writeFileSync(go, "");
        return running;
      },
    };
  }
}

/** What laptops and CI do with one state, in the bucket of a store that keeps two runs apart. */
export function sharedState(scenario: string, engine: () => Promise<NodeJS.ProcessEnv>): void {
  let cloud: RunningCloud;
  let environment: NodeJS.ProcessEnv;
  let laptop: Clone;
  let ci: Clone;

  beforeAll(async () => {
    const replaced = await engine();
    if (!(await onPath("rclone"))) await installPackages(["rclone"], "rclone: not found on PATH; install it");
    cloud = await cloudFromNothing(scenarioSteps());
    environment = { ...cloud.environment({}), ...replaced };
    laptop = new Clone("laptop", scenario, environment);
  });
  afterAll(() => RunningCloud.down());

  const part = (name: string, run: () => Promise<void>) => it(name, () => withLogs(cloud, scenario, run));
  const resources = async () => (await laptop.terraform("state", "list")).trim().split("\n").sort();

  part("says at synth what the environment lacks", async () => {
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, ...without } = environment;
    const { output } = await new Cdktf(laptop.workspace, without).deploy(FAILED);
    expect(output).toMatch(/AWS_ACCESS_KEY_ID is not set; .*export AWS_ACCESS_KEY_ID="\$SPACES_ACCESS_KEY_ID"/);
    expect(output).toMatch(/AWS_SECRET_ACCESS_KEY is not set/);
  });

  part("refuses to forget what a laptop has deployed, makes the bucket, and moves it there", async () => {
    const main = laptop.workspace.read("main.ts");
    laptop.workspace.edit("main.ts", (text) => text.replace(/^new StateBackend.*$/m, ""));
    await laptop.cdktf().synth();
    await laptop.cdktf().init();
    await laptop.cdktf().deploy();
    laptop.workspace.edit("main.ts", () => main);

    const { output } = await laptop.cdktf().deploy(FAILED);
    expect(output).toMatch(/terraform\.shared\.tfstate holds what was deployed until now; .*state create shared/);
    const told = await laptop.singleHost("state", "create", STACK);
    expect(told).toMatch(/^our-state at \S+: made, private$/m);
    expect(told).toMatch(/^locking: works/m);
    expect(told).toMatch(
      /^state: shared\.tfstate, with the 1 resources of .*, which is terraform\.shared\.tfstate\.moved/m,
    );
    expect((await laptop.cdktf().diff()).output).toContain("No changes");
    const written = readFileSync(join(laptop.workspace.stackFolder, "cdk.tf.json"), "utf8");
    for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]) expect(written).not.toContain(environment[name]);
  });

  part("changes nothing when it is asked again", async () => {
    expect(await laptop.singleHost("state", "create", STACK)).toMatch(/: it is there, and yours, private$/m);
    expect((await laptop.cdktf().diff()).output).toContain("No changes");
  });

  part("shows a fresh clone the same, with the providers that the repository locks", async () => {
    const told = await laptop.singleHost("lock", STACK);
    expect(told).toMatch(/^\+ hashicorp\/random \d+\.\d+\.\d+$/m);
    const [, file = ""] = /^(provider-locks\/\S+): commit it$/m.exec(told) ?? [];
    ci = new Clone("ci", scenario, environment);
    cpSync(laptop.file("provider-locks"), ci.file("provider-locks"), { recursive: true });
    expect((await ci.cdktf().diff()).output).toContain("No changes");

    rmSync(ci.file("cdktf.out"), { recursive: true });
    const lock = ci.workspace.read(file);
    writeFileSync(ci.file(file), lock.replace(/h1:[^"]*/, `h1:${"A".repeat(43)}=`));
    expect((await ci.cdktf().deploy(FAILED)).output).toMatch(/checksums/);
    writeFileSync(ci.file(file), lock);
  });

  part("keeps two deploys at once apart: one is refused and told who has the lock, and nothing is lost", async () => {
    const deploy = await ci.begin("first slow", "slow");
    const { output } = await laptop.cdktf("first second").deploy(FAILED);
    expect(output).toMatch(/Error acquiring the state lock/);
    expect(output).toMatch(/Who:\s+\S+@\S+/);
    expect((await deploy.end()).code).toBe(0);
    await laptop.cdktf("first slow second").deploy();
    expect(await resources()).toEqual(["random_id.first", "random_id.second", "random_id.slow"]);
  });

  part("lets a deploy wait for the other, where it is told to", async () => {
    const deploy = await ci.begin("first slow second third", "third");
    const patient = laptop.cdktf("first slow second third fourth", { TF_CLI_ARGS_apply: "-lock-timeout=5m" });
    const waiting = patient.deploy();
    expect((await deploy.end()).code).toBe(0);
    await waiting;
    expect(await resources()).toHaveLength(5);
  });

  part("is unlocked by hand after a deploy that was killed", async () => {
    const all = "first slow second third fourth";
    const deploy = await ci.begin(`${all} fifth`, "fifth");
    await deploy.kill();
    const { output } = await laptop.cdktf(all).deploy(FAILED);
    const [, id = ""] = /ID:\s+([0-9a-f-]{36})/.exec(output) ?? [];
    await laptop.terraform("force-unlock", "-force", id);
    await laptop.cdktf(all).deploy();
    expect(await resources()).toHaveLength(5);
  });

  part("brings back a state of before, by the words of docs/state.md", async () => {
    const state = await laptop.terraform("state", "pull");
    // S3 tells versions apart by the second
    await sleep(2000);
    const moment = new Date().toISOString().slice(0, 19).replace("T", " ");
    await sleep(2000);
    await laptop.terraform("state", "rm", "random_id.first");
    expect(await resources()).toHaveLength(4);
    const words = wordsUnder(readFileSync(join(projectFolder, "docs", "state.md"), "utf8"), "A state of before");
    const ours = (line: string) => line.replaceAll("chitram-state", "our-state").replaceAll("chitram-beta", STACK);
    await laptop.type(words.slice(0, -1).map((line) => ours(line).replace(/^moment='[^']*'/, `moment='${moment}'`)));
    expect(await laptop.terraform("state", "pull")).toBe(state);
  });

  part("refuses a bucket that another's key made", async () => {
    const key = await cloud.embedded.objectStore.makeBucketWithKey("somebody-elses");
    const stranger = new Clone("stranger", scenario, {
      ...environment,
      AWS_ACCESS_KEY_ID: key.accessKeyId,
      AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
    });
    const told = await stranger.singleHost("state", "create", STACK);
    expect(told).toMatch(/^our-state: is somebody else's at .*, or this key may not reach it; /m);
    expect(await resources()).toHaveLength(5);
  });

  part("loses what one of two deploys at once has written, where nothing locks", async () => {
    const all = "first slow second third fourth";
    for (const { workspace } of [laptop, ci]) {
      workspace.edit("main.ts", (text) => text.replace('region: "nyc3"', "$&, locking: false"));
      rmSync(join(workspace.folder, "cdktf.out"), { recursive: true });
    }
    const deploy = await ci.begin(`${all} sixth`, "sixth");
    await laptop.cdktf(`${all} lost`).deploy();
    expect(await resources()).toContain("random_id.lost");
    expect((await deploy.end()).code).toBe(0);
    expect(await resources()).not.toContain("random_id.lost");
  });

  part("comes back into a file", async () => {
    const all = "first slow second third fourth sixth";
    writeFileSync(laptop.file("terraform.shared.tfstate"), await laptop.terraform("state", "pull"));
    laptop.workspace.edit("main.ts", (text) => text.replace(/^new StateBackend.*$/m, ""));
    rmSync(laptop.file("cdktf.out"), { recursive: true });
    await laptop.cdktf(all).synth();
    await laptop.cdktf(all).init();
    expect((await laptop.cdktf(all).diff()).output).toContain("No changes");
  });
}
