import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import { buildApplicationImage } from "../application-image";
import { Cdktf } from "../cdktf";
import { RunningCloud } from "../cloud";
import { command } from "../command";
import { loadDefinition, reach } from "../stack-rehearsal";
import { answersFor } from "../variables";
import { Visitor } from "../visitor";
import { projectFolder, rehearsalFolder, Workspace } from "../workspace";

const stack = "chitram-beta";
const site = "https://chitram.example";
const image = "ghcr.io/abhi10/chitram:1.0";

/** Seconds since the beginning at which a step had ended, in order. */
export type Timeline = Readonly<Record<string, number>>;

export interface DeploymentRun {
  readonly steps: Timeline;
  /** Seconds from nothing to /health over HTTPS. */
  readonly total: number;
}

export interface IdleMemory {
  /** In MiB, by process. */
  readonly processes: Readonly<Record<string, Memory>>;
  readonly total: Memory;
}

export interface Memory {
  /** Proportional set size: with the program's own pages, which the kernel may drop and read again. */
  readonly proportional: number;
  /** What is not backed by a file: it cannot be dropped. */
  readonly anonymous: number;
}

/** What is said in the output of `cdktf deploy` when a step has ended. */
const milestones: readonly [string, RegExp][] = [
  ["cloud resources planned", /Terraform will perform the following actions/],
  ["server ordered", /digitalocean_droplet\S*: Creation complete/],
  ["cloud-init done, host key replaced", /host_identity: Creation complete/],
  ["images pulled", /\] file: /],
  ["services healthy", /services changed: /],
  ["site answers, checked on the server", /: answers/],
  ["cdktf deploy done", /Apply complete!/],
];

/** From nothing to HTTPS health with the library. The cloud and the image are there before. */
export async function deployWithLibrary(cloud: RunningCloud): Promise<DeploymentRun & { memory: IdleMemory }> {
  const workspace = new Workspace(stack);
  workspace.create();
  const first = new Cdktf(workspace, cloud.environment({}));
  await first.synth();
  await first.init();
  await cloud.control("POST", "/control/github/repositories", { repository: "abhi10/chitram" });
  const environment = cloud.environment(answersFor(workspace, loadDefinition(stack)));
  const seconds = stopwatch();
  const steps: Record<string, number> = {};
  const note = (line: string) => {
    for (const [name, pattern] of milestones)
      if (pattern.test(stripVTControlCharacters(line))) steps[name] ??= seconds();
  };
  const cdktf = new Cdktf(workspace, environment, note);
  await cdktf.deploy();
  const { visitor, login } = await reach(cloud, workspace, environment, cdktf);
  await untilHealthy(visitor);
  const total = seconds();
  await sleep(20_000); // idle means idle
  const memory = await measureMemory((line) => login.run(line));
  return { steps, total, memory };
}

/** From nothing to HTTPS health as Chitram's manual says, its commands typed by a machine. */
export async function deployByHand(cloud: RunningCloud): Promise<DeploymentRun> {
  const folder = join(rehearsalFolder, "manual");
  mkdirSync(folder, { recursive: true });
  const key = join(folder, "key");
  await command(["rm", "-f", key, `${key}.pub`]);
  await command(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key]);
  const seconds = stopwatch();
  const steps: Record<string, number> = {};
  const api = async (method: string, path: string, body?: unknown) => {
    const headers = { authorization: "Bearer rehearsal", "content-type": "application/json" };
    const answer = await fetch(`${cloud.ready.digitalocean}/v2/${path}`, {
      method,
      headers,
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    // biome-ignore lint/suspicious/noExplicitAny: answers of the public API
    return (await answer.json()) as any;
  };
  const { ssh_key } = await api("POST", "account/keys", {
    name: "by-hand",
    public_key: readFileSync(`${key}.pub`, "utf8").trim(),
  });
  const wanted = {
    name: "chitram-prod",
    region: "nyc3",
    size: "s-2vcpu-2gb",
    image: "debian-13-x64",
    ssh_keys: [ssh_key.id],
  };
  let { droplet } = await api("POST", "droplets", wanted);
  while (droplet.status !== "active") {
    await sleep(1000);
    ({ droplet } = await api("GET", `droplets/${droplet.id}`));
  }
  const address = droplet.networks.v4.find(({ type }: { type: string }) => type === "public").ip_address;
  steps["server ordered"] = seconds();
  await api("POST", "domains", { name: "chitram.example", ip_address: address });
  const options = [
    "-i",
    key,
    "-o",
    "StrictHostKeyChecking=no",
    "-o",
    "UserKnownHostsFile=/dev/null",
    "-o",
    "LogLevel=ERROR",
  ];
  while (
    (await command(["ssh", ...options, "-o", "ConnectTimeout=2", `root@${address}`, "true"], { accept: [0, 255] }))
      .code !== 0
  ) {
    await sleep(500);
  }
  steps["logged in"] = seconds();
  const run = (line: string, input?: string, onLine?: (line: string) => void) =>
    command(["ssh", ...options, `root@${address}`, line], { input, onLine, log: join(folder, "manual.log") });
  await run("mkdir -p /opt/chitram/deploy");
  for (const file of ["docker-compose.yml", "Caddyfile"]) {
    const text = readFileSync(join(projectFolder, "stacks", stack, file), "utf8");
    await run(`cat > /opt/chitram/deploy/${file}`, text);
  }
  const begun = seconds();
  const script = readFileSync(join(__dirname, "manual-deployment.sh"), "utf8");
  await run(`bash -s chitram.example ${image}`, script, (line) => {
    const [, name, after] = line.match(/^step (\S+) ([\d.]+)$/) ?? [];
    if (name) steps[name] = begun + Number(after);
  });
  const visitor = new Visitor({
    url: site,
    nameServer: cloud.embedded.nameServer,
    roots: await cloud.embedded.pebbleRoots(),
    onServer: async (line) => (await run(line)).stdout,
  });
  await untilHealthy(visitor);
  return { steps, total: seconds() };
}

/** A cloud with the application's image in its registry: what both begin with. */
export async function cloudForDeployments(): Promise<RunningCloud> {
  const cloud = await RunningCloud.up(() => {});
  for (const [name, folder] of Object.entries(loadDefinition(stack).images ?? {})) {
    mkdirSync(rehearsalFolder, { recursive: true });
    await buildApplicationImage(cloud.embedded, name, join(projectFolder, folder), join(rehearsalFolder, "images.log"));
  }
  return cloud;
}

async function untilHealthy(visitor: Visitor): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt++) {
    const status = await visitor.visit("/health").then(
      ({ status }) => status,
      () => 0,
    );
    if (status === 200) return;
    await sleep(250);
  }
  throw new Error(`${visitor.url}/health did not become 200`);
}

/** What of ours runs on the server all the time: Caddy, the name server, the watcher. */
async function measureMemory(onServer: (line: string) => Promise<string>): Promise<IdleMemory> {
  const listing = await onServer(
    `show() { sudo awk -v name="$1" '/^Pss:/ {pss=$2} /^Pss_Anon:/ {anon=$2} END {print name, pss, anon}' /proc/$2/smaps_rollup; }
     for unit in $(systemctl list-units --plain --no-legend --state=running 'single-host*' | cut -d' ' -f1); do
       for pid in $(cat /sys/fs/cgroup/systemd/system.slice/$unit/cgroup.procs 2>/dev/null || systemctl show -P MainPID $unit); do
         show $unit $pid; done; done
     for pid in $(pgrep -x caddy); do show caddy $pid; done`,
  );
  const processes: Record<string, Memory> = {};
  for (const line of listing.trim().split("\n")) {
    const [name, proportional, anonymous] = line.split(" ") as [string, string, string];
    processes[name] = added(processes[name], Number(proportional) / 1024, Number(anonymous) / 1024);
  }
  const total = Object.values(processes).reduce((sum, { proportional, anonymous }) =>
    added(sum, proportional, anonymous),
  );
  return { processes, total };
}

function added(sum: Memory | undefined, proportional: number, anonymous: number): Memory {
  return { proportional: (sum?.proportional ?? 0) + proportional, anonymous: (sum?.anonymous ?? 0) + anonymous };
}

function stopwatch(): () => number {
  const begin = Date.now();
  return () => (Date.now() - begin) / 1000;
}

/** Keeps a run's raw numbers. */
export function keep(name: string, value: unknown): void {
  mkdirSync(join(rehearsalFolder, "bench"), { recursive: true });
  writeFileSync(join(rehearsalFolder, "bench", `${name}.json`), JSON.stringify(value, null, 2));
}
