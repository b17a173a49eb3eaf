import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { trustBundle } from "./authority";
import { EmbeddedCloud } from "./embedded-cloud";
import { Machines } from "./machines";
import { type Preparation, prepare } from "./preparation";
import { rehearsalFolder } from "./workspace";

const stateFolder = join(rehearsalFolder, "cloud");
const readyFile = join(stateFolder, "ready.json");

/** What the simulators say once they listen. */
export interface Ready {
  readonly pid: number;
  readonly digitalocean: string;
  readonly hetzner: string;
  readonly github: string;
  readonly storageProxy: string;
  readonly control: string;
}

/**
 * The embedded cloud, running: its containers and the process that answers as the companies' APIs. It outlives
 * the command that started it; state is kept, so that a later command finds all as it was.
 */
export class RunningCloud {
  private constructor(
    public readonly preparation: Preparation,
    public readonly embedded: EmbeddedCloud,
    public readonly ready: Ready,
  ) {}

  /** From nothing: what an earlier run left is removed first. */
  public static async up(progress: (step: string, detail?: string) => void): Promise<RunningCloud> {
    const preparation = await prepare(progress);
    await RunningCloud.down();
    mkdirSync(stateFolder, { recursive: true });
    const embedded = new EmbeddedCloud(preparation);
    progress("the embedded cloud starts");
    await embedded.start();
    const ready = await startSimulators(embedded, dirname(preparation.certificateAuthority));
    return new RunningCloud(preparation, embedded, ready);
  }

  /** The one that an earlier command left running. */
  public static async attach(progress: (step: string, detail?: string) => void): Promise<RunningCloud> {
    if (!existsSync(readyFile)) throw new Error("no rehearsal is up; start one with `npm run rehearse`");
    const preparation = await prepare(progress);
    return new RunningCloud(preparation, new EmbeddedCloud(preparation), JSON.parse(readFileSync(readyFile, "utf8")));
  }

  /** Removes every trace: servers, containers, networks, processes, state. Safe to call when nothing is up. */
  public static async down(): Promise<void> {
    if (existsSync(readyFile)) await stopProcess(JSON.parse(readFileSync(readyFile, "utf8")).pid);
    await EmbeddedCloud.removeEveryTrace();
    rmSync(stateFolder, { recursive: true, force: true });
    rmSync(join(rehearsalFolder, "workspaces"), { recursive: true, force: true });
  }

  /** The environment in which the user's commands meet this cloud instead of the real ones. */
  public environment(variables: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
    const { ready, preparation } = this;
    const { spacesCredentials: spaces, serverSpacesKey } = this.embedded;
    const own = Object.entries(process.env).filter(
      ([name]) => !/^(DIGITALOCEAN|HCLOUD|GITHUB|SPACES|AWS|TF_VAR)_/.test(name),
    );
    return {
      ...Object.fromEntries(own),
      DIGITALOCEAN_TOKEN: "rehearsal",
      DIGITALOCEAN_API_URL: ready.digitalocean,
      SPACES_ACCESS_KEY_ID: spaces.accessKeyId,
      SPACES_SECRET_ACCESS_KEY: spaces.secretAccessKey,
      SPACES_ENDPOINT_URL: "http://{{.Region}}.digitaloceanspaces.com",
      // Terraform's state, where a stack keeps it in a bucket; `single-host` asks the store itself
      AWS_ACCESS_KEY_ID: spaces.accessKeyId,
      AWS_SECRET_ACCESS_KEY: spaces.secretAccessKey,
      AWS_ENDPOINT_URL_S3: this.embedded.s3Endpoint,
      // the provider takes no other length
      HCLOUD_TOKEN: "rehearsal".padEnd(64, "0"),
      HCLOUD_ENDPOINT: `${ready.hetzner}/v1`,
      HTTP_PROXY: ready.storageProxy,
      HTTPS_PROXY: ready.storageProxy,
      NO_PROXY: "127.0.0.1,localhost",
      SSL_CERT_FILE: trustBundle(preparation.certificateAuthority),
      GITHUB_TOKEN: "rehearsal",
      GITHUB_BASE_URL: `${ready.github}/`,
      TF_CLI_CONFIG_FILE: preparation.terraformConfiguration,
      TERRAFORM_BINARY_NAME: preparation.terraform,
      CHECKPOINT_DISABLE: "1",
      CI: "1",
      ...Object.fromEntries(Object.entries(variables).map(([name, value]) => [`TF_VAR_${name}`, value])),
      // with which the server itself reaches its buckets; Hetzner's one kind of key is Terraform's too
      TF_VAR_SPACES_ACCESS_KEY_ID: serverSpacesKey.accessKeyId,
      TF_VAR_SPACES_SECRET_ACCESS_KEY: serverSpacesKey.secretAccessKey,
      TF_VAR_OBJECT_STORAGE_ACCESS_KEY: spaces.accessKeyId,
      TF_VAR_OBJECT_STORAGE_SECRET_KEY: spaces.secretAccessKey,
    };
  }

  /** Speaks to the simulators' control interface. */
  // biome-ignore lint/suspicious/noExplicitAny: each control call has an answer of its own
  public async control(method: string, path: string, body?: unknown): Promise<any> {
    const response = await fetch(`${this.ready.control}${path}`, {
      method,
      headers: { "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.status === 204 ? undefined : response.json();
  }

  /** The servers' journals and cloud-init's, compose's and the API's logs, gathered in one folder. */
  public async collectLogs(folder: string): Promise<void> {
    mkdirSync(folder, { recursive: true });
    const machines = new Machines();
    for (const machine of await machines.list()) await machines.collectLogs(machine.id, join(folder, machine.name));
    await this.embedded.collectLogs(join(folder, "embedded-cloud"));
    const calls = join(stateFolder, "calls.jsonl");
    if (existsSync(calls)) writeFileSync(join(folder, "calls.jsonl"), readFileSync(calls));
  }
}

async function startSimulators(embedded: EmbeddedCloud, authority: string): Promise<Ready> {
  const log = openSync(join(stateFolder, "simulators.log"), "a");
  const tsx = require.resolve("tsx/cli");
  const argv = [tsx, join(__dirname, "simulators", "main.ts"), "--state", stateFolder, "--ready", readyFile];
  const child = spawn(process.execPath, [...argv, "--s3", embedded.s3Endpoint, "--authority", authority], {
    detached: true,
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  child.unref();
  return waitUntilReady(child);
}

async function waitUntilReady(child: ChildProcess): Promise<Ready> {
  for (let attempt = 0; attempt < 150; attempt++) {
    if (existsSync(readyFile)) return JSON.parse(readFileSync(readyFile, "utf8"));
    if (child.exitCode !== null) break;
    await sleep(200);
  }
  throw new Error(`the simulators did not start; see ${join(stateFolder, "simulators.log")}`);
}

async function stopProcess(pid: number): Promise<void> {
  try {
    // another program may have the number by now: only a simulator of ours is ended
    if (!readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(join("simulators", "main.ts"))) return;
    process.kill(pid, "SIGTERM");
    for (let attempt = 0; attempt < 50; attempt++) {
      process.kill(pid, 0);
      await sleep(100);
    }
    process.kill(pid, "SIGKILL");
  } catch {
    // it is gone
  }
}
