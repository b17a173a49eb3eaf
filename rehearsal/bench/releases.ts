import { spawn } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { buildApplicationImage } from "../application-image";
import { RunningCloud } from "../cloud";
import { type Connection, Load, latency, type Sample, type Taken, type VisitedRequest } from "../load";
import { deployStack, loadDefinition, type RehearsedStack } from "../stack-rehearsal";
import { Steps } from "../steps";
import { projectFolder, rehearsalFolder, Workspace } from "../workspace";
import { LIBRARY, type Phase, type ReleaseNumbers, type ReleaseRun } from "./release-run";
import { type Shape, shapes } from "./shapes";

export interface ReleasesOptions {
  /**
   * With the library: a third of them at 50 requests a second, the others near saturation. Half as many where requests
   * wait, which takes twice as long.
   */
  readonly releases: number;
  /** With each other way. */
  readonly byHand: number;
  /** Names of shapes. */
  readonly shapes: readonly string[];
  readonly say: (line: string) => void;
  /** Called with all that is measured so far, after each run. */
  readonly keep: (numbers: ReleaseNumbers) => void;
}

const QUIET = 50; // requests a second
const RAMP = [75, 100, 125, 150, 175, 200, 225, 250, 275, 300, 350, 400, 450, 500];
const FALLEN_BEHIND = 250; // milliseconds that one answer in a hundred may take before the server counts as saturated
const REST = 6000;
const VERSIONS = 6; // one more than records are kept: each release pulls its image

/** Seven, beside ten requests: each request is made in each of these ways. */
const connections: readonly Connection[] = [
  ...(["HTTP/1.1, kept", "HTTP/2, kept", "HTTP/1.1, fresh"] as const),
  ...(["HTTP/1.1, kept", "HTTP/2, kept", "HTTP/2, fresh", "HTTP/1.1, kept"] as const),
];

/** Brings a version into force; returns when it serves. */
type Release = (version: number) => Promise<void>;

/** Releases under load: with the library, and as teams make them by hand. */
export async function measureReleases(options: ReleasesOptions): Promise<void> {
  const runs: ReleaseRun[] = [];
  const saturation: Record<string, number> = {};
  try {
    for (const name of options.shapes) {
      const shape = shapes[name];
      if (!shape) throw new Error(`shape: there is no "${name}"; choose one of ${Object.keys(shapes).join(", ")}`);
      const host = await deployed(shape, options.say);
      const versions = await versionsOn(host);
      const add = (run: ReleaseRun, most: number) => {
        runs.push(run);
        saturation[shape.name] = most;
        options.keep({ at: new Date().toISOString(), versions, saturation, runs });
      };
      await measureShape(shape, host, options, add);
    }
  } finally {
    await RunningCloud.down();
  }
}

async function measureShape(
  shape: Shape,
  host: RehearsedStack,
  { releases, byHand, say }: ReleasesOptions,
  add: (run: ReleaseRun, saturation: number) => void,
): Promise<void> {
  const requests = await shape.requests(host.visitor);
  const saturation = await findSaturation(host, requests, say);
  say(`${shape.name}: saturated above ${saturation} requests a second`);
  let version = 0;
  const measure = async (way: string, load: ReleaseRun["load"], count: number, release: Release) => {
    const rate = load === "near saturation" ? Math.round(saturation * 0.8) : QUIET;
    const next = () => release(version++ % VERSIONS);
    add(await measureRun({ shape, way, load, rate, host, requests, count, release: next, say }), saturation);
  };
  const words = (number: number) =>
    Object.entries(shape.services).map(([service, { image }]) => `${service}=${image}:${tag(number)}`);
  const library: Release = async (number) => {
    await host.login.run(`sudo single-host release ${words(number).join(" ")}`);
  };
  const count = shape.alone === null ? releases : Math.ceil(releases / 2);
  const quiet = Math.max(1, Math.round(count / 3));
  await measure(LIBRARY, "50 a second", quiet, library);
  await measure(LIBRARY, "near saturation", Math.max(1, count - quiet), library);

  const server = (line: string, input?: string) => host.login.run(line, input);
  const script = readFileSync(join(__dirname, "by-hand.sh"), "utf8");
  await server("sudo tee /usr/local/bin/by-hand > /dev/null && sudo chmod 755 /usr/local/bin/by-hand", script);
  const run = (way: string, number?: number) =>
    server(
      `sudo ALONE=${shape.alone?.service ?? ""} by-hand ${way} ${shape.stack} ${number === undefined ? "" : words(number).join(" ")}`,
    );
  const proxied = async (proxy: (service: string, port: number) => string) => {
    await server("sudo tee /srv/edge/caddy/by-hand > /dev/null", shape.caddyfile(proxy));
    await run("proxy");
    await host.visitor.untilWell("/", 60, 200);
  };
  await run("prepare", version++ % VERSIONS);
  await proxied((service, port) => `reverse_proxy ${service}:${port}`);
  for (const way of ["up", "down-up"] as const) {
    await measure(namesOfWays[way], "50 a second", byHand, async (number) => {
      await run(way, number);
    });
  }
  // a proxy that follows containers, as this method asks for: by name, asked anew each second, with another try
  await proxied((service, port) => {
    const lines = [`dynamic a {`, `\tname ${service}`, `\tport ${port}`, `\trefresh 1s`, `}`, `lb_try_duration 5s`];
    return `reverse_proxy {\n${lines.map((line) => `\t\t\t${line}`).join("\n")}\n\t\t}`;
  });
  await measure(namesOfWays.rollout, "50 a second", byHand, async (number) => {
    await run("rollout", number);
  });
}

const namesOfWays = { up: "docker compose up -d", "down-up": "down, then up -d", rollout: "docker-rollout's method" };

/** A server with the stack, and all versions in the registry. */
async function deployed(shape: Shape, say: (line: string) => void): Promise<RehearsedStack> {
  const cloud = await RunningCloud.up(() => {});
  const host = await deployStack(
    cloud,
    loadDefinition(shape.stack),
    new Workspace(shape.stack),
    new Steps(process.stderr),
  );
  await host.visitor.untilWell("/", 90, 200);
  await publish(shape, cloud);
  say(`${shape.name}: deployed, ${VERSIONS} versions to release`);
  return host;
}

/** All versions, in the registry. */
export async function publish(shape: Shape, cloud: RunningCloud): Promise<void> {
  mkdirSync(rehearsalFolder, { recursive: true });
  for (const { image, folder } of Object.values(shape.services)) {
    for (let number = 0; number < VERSIONS; number++) {
      const log = join(rehearsalFolder, "images.log");
      await buildApplicationImage(cloud.embedded, `${image}:${tag(number)}`, join(projectFolder, folder), log);
    }
  }
}

const tag = (number: number) => `2.${number}`;

function visit(stack: RehearsedStack, requests: readonly VisitedRequest[], rate: number): Load {
  return Load.of(stack, { requests, connections, requestsPerSecond: rate });
}

/** The highest of the rates that the server keeps up with, each tried for a few seconds. */
async function findSaturation(
  host: RehearsedStack,
  requests: readonly VisitedRequest[],
  say: (line: string) => void,
): Promise<number> {
  const load = visit(host, requests, QUIET);
  let kept = QUIET;
  await sleep(4000);
  await load.take();
  for (const rate of RAMP) {
    load.setRate(rate);
    await sleep(3000);
    const { samples } = await load.take();
    const { median, p99 } = latency(samples);
    say(`  ${rate} a second: median ${median.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms`);
    if (p99 > FALLEN_BEHIND || samples.some(({ failure }) => failure !== undefined)) break;
    kept = rate;
  }
  await load.end();
  return kept;
}

interface RunProps {
  readonly shape: Shape;
  readonly way: string;
  readonly load: ReleaseRun["load"];
  readonly rate: number;
  readonly host: RehearsedStack;
  readonly requests: readonly VisitedRequest[];
  readonly count: number;
  readonly release: () => Promise<void>;
  readonly say: (line: string) => void;
}

async function measureRun({
  shape,
  way,
  load: kind,
  rate,
  host,
  requests,
  count,
  release,
  say,
}: RunProps): Promise<ReleaseRun> {
  const before = await postedRows(shape, host);
  const load = visit(host, requests, rate);
  const taken: Taken[] = [];
  await sleep(4000); // connections that are kept are open, caches are warm
  const { samples: first } = await load.take();
  const begun = Date.now();
  const memory = MemoryWatch.start(host);
  const phases: Phase[] = [];
  const phase = async (kind: Phase["kind"], action: () => Promise<unknown>) => {
    const from = Date.now() - begun;
    await action();
    phases.push({ kind, from, to: Date.now() - begun });
    taken.push(await load.take());
  };
  try {
    for (let turn = 1; turn <= count; turn++) {
      await phase("rest", () => sleep(REST));
      await phase("release", release);
      const failed = taken.flatMap(({ samples }) => samples).filter(({ failure }) => failure !== undefined);
      const took = lasted(phases.at(-1) as Phase);
      say(
        `${shape.name}, ${way}, ${rate}/s: release ${turn} of ${count} took ${took.toFixed(1)} s, ${failed.length} failed so far`,
      );
    }
    await phase("rest", () => sleep(REST));
  } finally {
    taken.push(await load.end());
  }
  const all = taken.flatMap(({ samples }) => samples);
  const after = await postedRows(shape, host);
  const elapsed = (Date.now() - begun) / 1000;
  return {
    ...{ shape: shape.name, way, rate, load: kind, phases },
    ...written(all, begun),
    memory: memory.stop().map(([at, mebibytes]) => [at - begun, mebibytes] as const),
    visitors: {
      processors: taken.reduce((sum, { processorSeconds }) => sum + processorSeconds, 0) / elapsed,
      late: Math.max(...taken.map(({ late }) => late)),
    },
    posts: {
      answered: [...first, ...all].filter(({ request, failure }) => request === shape.posted.request && !failure)
        .length,
      rows: after.rows - before.rows,
      different: after.different - before.different,
    },
    alone: shape.alone?.path,
  };
}

const lasted = ({ from, to }: Phase) => (to - from) / 1000;

function written(samples: readonly Sample[], begun: number): Pick<ReleaseRun, "requests" | "samples"> {
  const requests = [...new Set(samples.map(({ request, connection }) => `${request} (${connection})`))];
  const lines = [...samples]
    .sort((one, other) => one.at - other.at)
    .map(({ at, took, request, connection, failure = "" }) =>
      `${Math.round(at - begun)} ${took.toFixed(1)} ${requests.indexOf(`${request} (${connection})`)} ${failure}`.trim(),
    );
  return { requests, samples: lines };
}

/** How many rows the posts have made, and how many different ones. */
async function postedRows({ posted }: Shape, { login }: RehearsedStack): Promise<{ rows: number; different: number }> {
  const container = '"$(sudo docker ps -qf label=com.docker.compose.service=postgres)"';
  const sql = `select count(*), count(distinct word) from (${posted.query}) as posted(word)`;
  const { database } = posted;
  const answer = await login.run(`sudo docker exec -i ${container} psql -U ${database} -d ${database} -At -F ' '`, sql);
  const [rows, different] = answer.trim().split(" ").map(Number) as [number, number];
  return { rows, different };
}

/** Looks at the server's memory four times a second, from one process that stays. */
class MemoryWatch {
  private readonly seen: [number, number][] = [];
  private constructor(private readonly end: () => void) {}

  public static start({ login }: RehearsedStack): MemoryWatch {
    const [program, ...options] = login.commandLine.split(" ") as [string, ...string[]];
    const watching = spawn(program, [...options, "-o", "BatchMode=yes", "python3 -u -"], {
      stdio: ["pipe", "pipe", "ignore"],
    });
    const watch = new MemoryWatch(() => watching.kill());
    watching.stdin.end(memoryProgram);
    createInterface(watching.stdout).on("line", (line) => watch.seen.push([Date.now(), Number(line)]));
    return watch;
  }

  public stop(): readonly [number, number][] {
    this.end();
    return this.seen;
  }
}

/** What no file backs, in MiB, of all that runs on the server. */
const memoryProgram = `
import time
from pathlib import Path
first, second = Path("/sys/fs/cgroup/memory/memory.stat"), Path("/sys/fs/cgroup/memory.stat")
stat, name = (first, "total_rss") if first.exists() else (second, "anon")
while True:
    print(next(int(line.split()[1]) for line in stat.read_text().splitlines() if line.split()[0] == name) >> 20)
    time.sleep(0.25)
`;

async function versionsOn({ login }: RehearsedStack): Promise<string> {
  const docker = await login.run(
    "sudo docker version --format '{{.Server.Version}}'; sudo docker compose version --short",
  );
  const caddy = await login.run("sudo docker exec edge-caddy-1 caddy version");
  const [engine, compose] = docker.trim().split("\n");
  return `Docker ${engine}, compose ${compose}, Caddy ${caddy.trim().split(" ")[0]?.replace(/^v/, "")}`;
}
