import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { buildApplicationImage } from "./application-image";
import { Cdktf } from "./cdktf";
import { RunningCloud } from "./cloud";
import { command } from "./command";
import { continuousIntegrationCheck } from "./continuous-integration-check";
import type { RehearsalDefinition } from "./definition";
import { Login } from "./login";
import { StepError, type Steps, type StepTime } from "./steps";
import { answersFor } from "./variables";
import { Visitor } from "./visitor";
import { projectFolder, Workspace } from "./workspace";

export interface RehearsalReport {
  readonly stack: string;
  readonly url: string;
  readonly address: string;
  /** How the team logs in to the server. */
  readonly login: string;
  /** How to look at each site, and at each path that a service of its own answers, from a shell. */
  readonly visits: readonly string[];
  readonly logs: string;
  /** Source it in a shell, and `cdktf` speaks to the embedded cloud. */
  readonly environmentFile: string;
  readonly price: readonly string[];
  readonly steps: readonly StepTime[];
  readonly seconds: number;
}

/** A stack deployed to the embedded cloud, and all that is needed to look at it and to change it. */
export interface RehearsedStack {
  readonly cloud: RunningCloud;
  readonly workspace: Workspace;
  readonly environment: NodeJS.ProcessEnv;
  readonly cdktf: Cdktf;
  readonly visitor: Visitor;
  readonly login: Login;
}

/** What a rehearsal leaves: a report to print, and the stack, still deployed. */
export interface Rehearsal {
  readonly report: RehearsalReport;
  readonly rehearsed: RehearsedStack;
}

/** Changes a workspace before anything of it is deployed. */
export type Preparing = (workspace: Workspace, cloud: RunningCloud) => Promise<void>;

export interface RehearsalOptions {
  /** @default - the stack is deployed as it stands */
  readonly prepare?: Preparing;
  /** Names the folder of the logs. @default - the stack */
  readonly logs?: string;
}

/** Deploys a stack from nothing, as its team would, and checks it from outside. */
export async function rehearseStack(
  stack: string,
  steps: Steps,
  { prepare, logs = stack }: RehearsalOptions = {},
): Promise<Rehearsal> {
  const begin = Date.now();
  const workspace = new Workspace(stack, projectFolder, logs);
  const definition = loadDefinition(stack);
  const cloud = await steps.step("tools, images and the embedded cloud", (tell) =>
    RunningCloud.up((step, detail) => {
      const said = detail === undefined ? step : `${step}: ${detail}`;
      if (steps.interactive) tell(said);
      else steps.say(said);
    }),
  );
  try {
    const rehearsed = await deployStack(cloud, definition, workspace, steps, prepare);
    await checkStack(rehearsed, definition, steps);
    const { login, visitor } = rehearsed;
    const report: RehearsalReport = {
      stack,
      url: visitor.url,
      address: login.address,
      login: login.commandLine,
      visits: visitCommands(rehearsed),
      logs: workspace.logs,
      environmentFile: writeEnvironmentFile(rehearsed),
      price: await price(workspace),
      steps: steps.times,
      seconds: (Date.now() - begin) / 1000,
    };
    return { report, rehearsed };
  } catch (error) {
    if (steps.interrupted) throw error;
    await cloud
      .collectLogs(workspace.logs)
      .catch((reason: Error) => steps.say(`logs could not be gathered: ${reason.message}`));
    throw error instanceof StepError ? new StepError(error.step, error.cause, workspace.logs) : error;
  }
}

/** The deployment alone: images, lock file, `cdktf deploy`. */
export async function deployStack(
  cloud: RunningCloud,
  definition: RehearsalDefinition,
  workspace: Workspace,
  steps: Steps,
  prepare: Preparing = async () => {},
): Promise<RehearsedStack> {
  workspace.create();
  await prepare(workspace, cloud);
  let told: (detail: string) => void = () => {};
  const tellLine = (line: string) => told(stripVTControlCharacters(line).trim());
  const first = new Cdktf(workspace, cloud.environment({}), tellLine);
  await steps.step("cdktf synth, providers locked", async (tell) => {
    told = tell;
    await first.synth();
    if (!existsSync(workspace.stackFolder)) {
      throw new Error(`main.ts makes no stack "${workspace.stack}"; add the line that does`);
    }
    if (workspace.keepsStateInBucket) {
      await singleHost(["state", "create", workspace.stack], workspace, cloud.environment({}));
    }
    await first.init();
    for (const repository of workspace.githubRepositories()) {
      await cloud.control("POST", "/control/github/repositories", { repository });
    }
  });
  await steps.step("the application's images, built and pushed", async (tell) => {
    for (const [name, folder] of Object.entries(definition.images ?? {})) {
      tell(name);
      await buildApplicationImage(
        cloud.embedded,
        name,
        join(projectFolder, folder),
        join(workspace.logs, "images.log"),
      );
    }
  });
  const environment = cloud.environment(answersFor(workspace, definition));
  const cdktf = new Cdktf(workspace, environment, tellLine);
  await steps.step(`cdktf deploy ${workspace.stack}`, async (tell) => {
    told = tell;
    await cdktf.deploy();
  });
  return reach(cloud, workspace, environment, cdktf);
}

/** How a deployed stack is reached: its site, and its server over SSH. */
export async function reach(
  cloud: RunningCloud,
  workspace: Workspace,
  environment: NodeJS.ProcessEnv,
  cdktf: Cdktf,
): Promise<RehearsedStack> {
  const outputs = workspace.outputs() as { url: string; address: string; known_hosts: string };
  const login = Login.fromState(workspace, outputs.address, outputs.known_hosts);
  const roots = await cloud.embedded.pebbleRoots();
  mkdirSync(workspace.logs, { recursive: true });
  writeFileSync(rootsFile(workspace), roots);
  const visitor = new Visitor({
    url: outputs.url,
    nameServer: cloud.embedded.nameServer,
    roots,
    onServer: (line, input) => login.run(line, input),
  });
  return { cloud, workspace, environment, cdktf, visitor, login };
}

function rootsFile(workspace: Workspace): string {
  return join(workspace.logs, "roots.pem");
}

/** A command line for each address that the stack answers at: its sites, and the paths that further services answer. */
function visitCommands({ workspace, login }: RehearsedStack): string[] {
  const urls = workspace.sites().flatMap(({ address, upstreams }) =>
    upstreams.map(({ path, health }) => {
      const folder = path.replace(/\*.*$/, "");
      return new URL(folder !== "/" && health.startsWith(folder) ? health : folder, address).href;
    }),
  );
  return [...new Set(urls)].sort().map((url) => {
    const { protocol, hostname } = new URL(url);
    if (protocol === "http:") return `curl ${url}`;
    return `curl --cacert ${rootsFile(workspace)} --resolve ${hostname}:443:${login.address} ${url}`;
  });
}

async function checkStack(rehearsed: RehearsedStack, definition: RehearsalDefinition, steps: Steps): Promise<void> {
  const { visitor, cdktf } = rehearsed;
  await steps.step("the site answers", async () => {
    const answer = await visitor.untilWell("/", 90);
    if (visitor.url.startsWith("https:") && !/pebble/i.test(answer.chain.join(" "))) {
      throw new Error(`the certificate is not the ACME server's: ${answer.chain.join(" < ")}`);
    }
  });
  for (const check of definition.checks ?? []) {
    await steps.step(check.name, async () => {
      steps.say(await check.run(visitor));
    });
  }
  if (rehearsed.workspace.githubRepositories().length > 0) {
    await steps.step("GitHub's secrets, decrypted, open the server", async () => {
      steps.say(await continuousIntegrationCheck(rehearsed));
    });
  }
  await steps.step("a second cdktf diff is empty", async () => {
    const { output } = await cdktf.diff();
    const plan = await cdktf.plan();
    if (plan.code !== 0 || !output.includes("No changes")) throw new Error(`the plan is not empty:\n${plan.output}`);
  });
}

/** What the team says about the rehearsal of its stack. */
export function loadDefinition(stack: string): RehearsalDefinition {
  const file = join(projectFolder, "stacks", stack, "rehearsal.ts");
  return existsSync(file) ? (require(file) as { rehearsal: RehearsalDefinition }).rehearsal : {};
}

async function price(workspace: Workspace): Promise<string[]> {
  return (await singleHost(["cost", workspace.stack], workspace)).trimEnd().split("\n");
}

/** `npx single-host`, as the team would type it; what it prints. */
async function singleHost(words: readonly string[], workspace: Workspace, env?: NodeJS.ProcessEnv): Promise<string> {
  const argv = [process.execPath, require.resolve("tsx/cli"), join(projectFolder, "cli", "single-host.ts"), ...words];
  return (await command(argv, { cwd: workspace.folder, env })).stdout;
}

function writeEnvironmentFile({ workspace, environment }: RehearsedStack): string {
  const file = join(workspace.folder, "environment");
  const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
  const changed = Object.entries(environment).filter(
    ([name, value]) => process.env[name] !== value && value !== undefined,
  );
  // keys and certificates of the real clouds would be used beside
  const removed = Object.keys(process.env).filter((name) => /^\w+$/.test(name) && environment[name] === undefined);
  const lines = [
    ...removed.map((name) => `unset ${name}`),
    ...changed.map(([name, value]) => `export ${name}=${quote(value as string)}`),
  ];
  writeFileSync(file, `${lines.join("\n")}\ncd ${quote(workspace.folder)}\n`, { mode: 0o600 });
  return file;
}
