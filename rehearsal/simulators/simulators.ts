import { randomUUID } from "node:crypto";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createAdaptorServer } from "@hono/node-server";
import { storageIdentity } from "../authority";
import { CallLog } from "./call-log";
import { controlApi } from "./control";
import { digitalOceanApi } from "./digitalocean/api";
import { CloudAccount } from "./digitalocean/cloud-account";
import { newAccount } from "./digitalocean/state";
import { DOORS, type Door, openDoor } from "./doors";
import { Faults } from "./faults";
import { CodeForge } from "./github/code-forge";
import { GitHub } from "./github/github";
import { newForge } from "./github/state";
import type { WorkflowRunner } from "./github/workflow-runner";
import { hetznerApi } from "./hetzner/api";
import { CloudProject } from "./hetzner/cloud-project";
import { newProject } from "./hetzner/state";
import { JsonStore } from "./json-store";
import type { MachineHost, NameServer } from "./machine-host";
import { MergedNames } from "./merged-names";
import { type Bucket, HetznerBuckets, SpacesBuckets } from "./object-storage/buckets";
import { objectStorageProxy } from "./object-storage/forward-proxy";
import type { Options } from "./options";

/** The addresses under which the simulators answer. */
export interface Addresses {
  readonly pid: number;
  readonly digitalocean: string;
  readonly hetzner: string;
  readonly github: string;
  /** Leads to both clouds' object storage, and over TLS to everybody else. */
  readonly storageProxy: string;
  readonly control: string;
}

/** What stands behind the APIs. */
export interface Ground {
  readonly machines: MachineHost;
  readonly names: NameServer;
  /** Under the names that their clouds give them. @default - every image of the catalogues */
  readonly bootableImages?: readonly string[];
  /** @default - a workflow that is started fails */
  readonly runner?: WorkflowRunner;
  /** The address of this machine on the servers' network. @default - nobody there reaches the simulators */
  readonly gateway?: string;
}

/** DigitalOcean, Hetzner, GitHub and object storage, simulated by one process on the loopback. */
export class Simulators {
  private constructor(
    private readonly servers: readonly Door[],
    private readonly readyFile: string,
    public readonly addresses: Addresses,
    public readonly account: CloudAccount,
    public readonly project: CloudProject,
    public readonly forge: CodeForge,
  ) {}

  public static async start(options: Options, ground: Ground): Promise<Simulators> {
    const { stateFolder, ports } = options;
    rmSync(options.readyFile, { force: true });
    const log = new CallLog(join(stateFolder, "calls.jsonl"));
    const faults = new Faults();
    const accounts = JsonStore.open(join(stateFolder, "digitalocean.json"), () => newAccount(randomUUID()));
    const projects = JsonStore.open(join(stateFolder, "hetzner.json"), newProject);
    const { machines, bootableImages = null } = ground;
    const names = new MergedNames(ground.names);
    const account = new CloudAccount(accounts, machines, names.of("digitalocean"), bootableImages);
    const project = new CloudProject(projects, machines, names.of("hetzner"), bootableImages, faults);
    const forge = new CodeForge(JsonStore.open(join(stateFolder, "github.json"), newForge));
    for (const repository of options.repositories) await forge.addRepository(repository);
    account.resume();
    project.resume();

    const surroundings = { log, faults };
    const serve = (fetch: (request: Request, env: unknown) => Response | Promise<Response>): Server =>
      createAdaptorServer({ fetch: fetch as never }) as Server;
    const digitalocean = serve(digitalOceanApi(surroundings, account).fetch as never);
    const hetzner = serve(hetznerApi(surroundings, project).fetch as never);
    const gitHub = new GitHub(surroundings, forge, stateFolder, ground.runner ?? null);
    const github = gitHub.serve();
    const hetznerBuckets = new HetznerBuckets(
      JsonStore.open(join(stateFolder, "buckets.json"), (): Record<string, Bucket> => ({})),
    );
    const buckets = { DigitalOcean: new SpacesBuckets(account), Hetzner: hetznerBuckets };
    const identity = options.authority === undefined ? null : await storageIdentity(options.authority);
    const lookUp = async (name: string) => ground.names.lookUp?.(name) ?? null;
    const storage = objectStorageProxy({ ...surroundings, s3: options.s3, buckets }, identity, lookUp);
    const control = serve(
      controlApi({ account, project, forge, hub: gitHub.hub, faults, log, buckets: hetznerBuckets }).fetch as never,
    );
    const addresses = {
      pid: process.pid,
      digitalocean: await listen(digitalocean, ports.digitalocean),
      hetzner: await listen(hetzner, ports.hetzner),
      github: await listen(github, ports.github),
      storageProxy: await listen(storage, ports.storage),
      control: await listen(control, ports.control),
    };
    const { gateway } = ground;
    const open = async (name: keyof typeof DOORS, target: string): Promise<Door[]> =>
      gateway === undefined ? [] : [await openDoor(gateway, DOORS[name], target)];
    const doors = (
      await Promise.all([
        open("github", addresses.github),
        open("digitalocean", addresses.digitalocean),
        open("hetzner", addresses.hetzner),
        open("storage", addresses.storageProxy),
      ])
    ).flat();
    // a waiting reader must not find half of it
    const unfinished = `${options.readyFile}.new`;
    writeFileSync(unfinished, JSON.stringify(addresses));
    renameSync(unfinished, options.readyFile);
    const servers = [digitalocean, hetzner, github, storage, control, ...doors];
    return new Simulators(servers, options.readyFile, addresses, account, project, forge);
  }

  /** Answers nothing more; the state is on disk already. */
  public async stop(): Promise<void> {
    rmSync(this.readyFile, { force: true });
    await Promise.all(
      this.servers.map((server) => {
        const closed = new Promise((resolve) => server.close(resolve));
        server.closeAllConnections();
        return closed;
      }),
    );
  }
}

function listen(server: Server, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  });
}
