import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Call } from "../../../rehearsal/simulators/call-log";
import type { WorkflowRunner } from "../../../rehearsal/simulators/github/workflow-runner";
import { MemoryMachines, MemoryNames } from "../../../rehearsal/simulators/memory-machines";
import { Simulators } from "../../../rehearsal/simulators/simulators";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: each call has an answer of its own
  readonly body: any;
}

/** Simulators in this process, over machines that are only remembered; asked over HTTP like any client does. */
export class Running {
  public readonly machines = new MemoryMachines();
  public readonly names = new MemoryNames();
  public readonly folder = mkdtempSync(join(tmpdir(), "simulators-"));
  private simulators: Simulators | undefined;

  public constructor(
    private readonly s3 = "http://127.0.0.1:9",
    private readonly runner?: WorkflowRunner,
  ) {}

  public async start(): Promise<void> {
    const options = {
      stateFolder: this.folder,
      readyFile: join(this.folder, "ready.json"),
      s3: this.s3,
      machines: "memory" as const,
      repositories: ["abhi10/chitram"],
      ports: { digitalocean: 0, hetzner: 0, github: 0, storage: 0, control: 0 },
    };
    const { machines, names, runner } = this;
    this.simulators = await Simulators.start(options, { machines, names, runner });
  }

  public async stop(): Promise<void> {
    await this.simulators?.stop();
  }

  /** Ends them and starts them again over the same folder. */
  public async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  public async clean(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  public get addresses(): Simulators["addresses"] {
    if (this.simulators === undefined) throw new Error("not started");
    return this.simulators.addresses;
  }

  public digitalocean(method: string, path: string, body?: unknown, token = "any"): Promise<Answer> {
    return ask(`${this.addresses.digitalocean}${path}`, method, body, `Bearer ${token}`);
  }

  /** @param token of the length that Hetzner's have */
  public hetzner(method: string, path: string, body?: unknown, token = "t".repeat(64)): Promise<Answer> {
    return ask(`${this.addresses.hetzner}/v1${path}`, method, body, `Bearer ${token}`);
  }

  public github(method: string, path: string, body?: unknown, token = "any"): Promise<Answer> {
    return ask(`${this.addresses.github}/api/v3${path}`, method, body, `Bearer ${token}`);
  }

  public control(method: string, path: string, body?: unknown): Promise<Answer> {
    return ask(`${this.addresses.control}/control${path}`, method, body);
  }

  public async calls(): Promise<Call[]> {
    return (await this.control("GET", "/calls")).body.calls;
  }

  /** Creates a droplet and waits until it runs. */
  public async droplet(change: Record<string, unknown> = {}): Promise<Answer["body"]> {
    const made = await this.digitalocean("POST", "/v2/droplets", { ...DROPLET, ...change });
    if (made.status !== 202) throw new Error(`${made.status} ${made.body.message}`);
    return this.settled(made.body.droplet.id);
  }

  /** Asks Hetzner for something and waits until all of its actions have ended; refusals are thrown as `code: message`. */
  public async hetznerDone(method: string, path: string, body?: unknown): Promise<Answer["body"]> {
    const answer = await this.hetzner(method, path, body);
    if (answer.status >= 400) throw new Error(`${answer.body.error.code}: ${answer.body.error.message}`);
    const { action = null, actions = [], next_actions: next = [] } = answer.body ?? {};
    for (const { id } of [...(action === null ? [] : [action]), ...actions, ...next]) await this.ended(id);
    return answer.body;
  }

  /** Orders a server of Hetzner's and waits until it runs. */
  public async server(change: Record<string, unknown> = {}): Promise<Answer["body"]> {
    const { server } = await this.hetznerDone("POST", "/servers", { ...SERVER, ...change });
    return (await this.hetzner("GET", `/servers/${server.id}`)).body.server;
  }

  /** Starts an action and waits until the droplet has done it. */
  public async act(id: number, action: Record<string, unknown>): Promise<Answer["body"]> {
    const { status, body } = await this.digitalocean("POST", `/v2/droplets/${id}/actions`, action);
    if (status !== 201) throw new Error(`${status} ${body.message}`);
    return this.settled(id);
  }

  /** Waits until a droplet has done what it was asked. */
  public async settled(id: number): Promise<Answer["body"]> {
    for (let attempt = 0; attempt < 100; attempt++) {
      const { droplet } = (await this.digitalocean("GET", `/v2/droplets/${id}`)).body;
      if (droplet.status !== "new" && !droplet.locked) return droplet;
      await sleep(10);
    }
    throw new Error(`droplet ${id} does not settle`);
  }

  /** Waits until an action of Hetzner's has ended; one that failed is thrown. */
  public async ended(id: number): Promise<void> {
    for (let attempt = 0; attempt < 100; attempt++) {
      const { action } = (await this.hetzner("GET", `/actions/${id}`)).body;
      if (action.status === "error") throw new Error(`${action.command}: ${action.error.message}`);
      if (action.status === "success") return;
      await sleep(10);
    }
    throw new Error(`action ${id} does not end`);
  }
}

/** An order for a server that Hetzner takes. */
export const SERVER = {
  name: "deita-prod",
  location: "nbg1",
  server_type: "cx33",
  image: "debian-13",
  user_data: "#cloud-config\n",
};

/** A request for a droplet that the API takes. */
export const DROPLET = {
  name: "chitram-beta",
  region: "nyc3",
  size: "s-2vcpu-2gb",
  image: "debian-13-x64",
  monitoring: true,
  ipv6: true,
  tags: ["beta"],
  user_data: "#cloud-config\n",
};

async function ask(url: string, method: string, body?: unknown, authorization?: string): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: { "content-type": "application/json", ...(authorization === undefined ? {} : { authorization }) },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === "" ? undefined : JSON.parse(text) };
}
