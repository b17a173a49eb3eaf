import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { RunningCloud } from "../../rehearsal/cloud";
import { type CommandResult, command } from "../../rehearsal/command";
import { RehearsalNetwork } from "../../rehearsal/network";
import {
  type Preparing,
  type RehearsalReport,
  type RehearsedStack,
  reach,
  rehearseStack,
} from "../../rehearsal/stack-rehearsal";
import type { Application } from "./applications";
import type { Cloud } from "./clouds";
import { scenarioSteps, withLogs } from "./deployment";

export interface DeployedStackProps {
  /** Names the folder of the logs. */
  readonly scenario: string;
  readonly stack: string;
  readonly cloud: Cloud;
  readonly application: Application;
  /** @default - the stack is deployed as it stands */
  readonly prepare?: Preparing;
}

/** A stack that a scenario rehearses, and what all scenarios ask of it. It is deployed before the first test. */
export class DeployedStack {
  private rehearsal: { readonly report: RehearsalReport; rehearsed: RehearsedStack } | undefined;

  public constructor(public readonly props: DeployedStackProps) {
    beforeAll(async () => {
      const { stack, prepare, scenario: logs } = props;
      this.rehearsal = await rehearseStack(stack, scenarioSteps(), { prepare, logs });
    });
    afterAll(() => RunningCloud.down());
  }

  /** A part of the scenario; its logs are kept when it fails. */
  public readonly part = (name: string, run: () => Promise<void>): void =>
    it(name, () => withLogs(this.now.cloud, this.props.scenario, run));

  public get report(): RehearsalReport {
    return this.deployed.report;
  }

  /** The stack as it stands; a part that deploys again finds it changed. */
  public get now(): RehearsedStack {
    return this.deployed.rehearsed;
  }

  /** Looks anew where it stands: on a new server. */
  public async meetAgain(): Promise<void> {
    const { cloud, workspace, environment, cdktf } = this.now;
    this.deployed.rehearsed = await reach(cloud, workspace, environment, cdktf);
  }

  /** Its server is deleted at the cloud, as somebody would in the console. */
  public async loseServer(): Promise<void> {
    const { cloud } = this.props;
    const [id = ""] = cloud.servers(await this.now.cloud.control("GET", "/control/state"));
    await cloud.deleteServer(this.now.environment, id);
    // A cloud takes its time: somebody in the console sees it go.
    while (cloud.servers(await this.now.cloud.control("GET", "/control/state")).includes(id)) await sleep(500);
  }

  /** The stack's own file. */
  public get file(): string {
    return `stacks/${this.props.stack}/index.ts`;
  }

  public edit(change: (text: string) => string): void {
    this.now.workspace.edit(this.file, change);
  }

  /** What Terraform says of a stack whose file is changed like this; nothing is applied, and the file is put back. */
  public async planWith(log: string, change: (text: string) => string): Promise<CommandResult> {
    const { workspace, cdktf } = this.now;
    const original = workspace.read(this.file);
    const synthesized = async (text: string) => {
      this.edit(() => text);
      await cdktf.synth();
      await cdktf.init();
    };
    await synthesized(change(original));
    const argv = ["plan", "-input=false", "-no-color", "-detailed-exitcode"];
    const answer = await cdktf.terraform(log, argv, [0, 1, 2]);
    await synthesized(original);
    return answer;
  }

  public onServer(line: string, input?: string): Promise<string> {
    return this.now.visitor.onServer(line, input);
  }

  /** Runs a shell line in the container of a service. */
  public inService(service: string, line: string, input?: string): Promise<string> {
    return this.onServer(
      `sudo docker exec -i "$(sudo docker ps -qf label=com.docker.compose.service=${service})" sh -c ${quoted(line)}`,
      input,
    );
  }

  /** Containers by name, with the moment they were started: equal before and after means that nobody touched them. */
  public async containers(): Promise<string> {
    const lines = await this.onServer(
      `sudo docker ps -q | xargs sudo docker inspect --format '{{.Name}} {{.Id}} {{.State.StartedAt}}' | sort`,
    );
    const { length } = this.props.application.services;
    expect(lines.trim().split("\n").length).toBeGreaterThan(length); // Caddy is one more
    return lines;
  }

  public async untilHealthy(seconds: number): Promise<void> {
    await this.now.visitor.untilWell(this.props.application.health, seconds, 200);
  }

  /** Those of the ports to which somebody outside can open a TCP connection. */
  public async openPorts(ports: readonly number[]): Promise<number[]> {
    const { address } = this.now.login;
    const open = await Promise.all(ports.map(async (port) => ((await reachable(address, port)) ? [port] : [])));
    return open.flat().sort((left, right) => left - right);
  }

  /** Names of the buckets in the object store. */
  public async buckets(): Promise<string[]> {
    const { cloudContainer } = RehearsalNetwork.fromEnvironment();
    const { stdout } = await command(["docker", "exec", cloudContainer, "ls", "/var/lib/minio"]);
    return stdout.split("\n").filter((name) => name !== "");
  }

  private get deployed() {
    if (!this.rehearsal) throw new Error(`${this.props.stack} was not deployed`);
    return this.rehearsal;
  }
}

/** One word for a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function reachable(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1500 });
    const end = (open: boolean) => {
      socket.destroy();
      resolve(open);
    };
    socket
      .on("connect", () => end(true))
      .on("timeout", () => end(false))
      .on("error", () => end(false));
  });
}
