import type { Faults } from "../faults";
import type { JsonStore } from "../json-store";
import { MachineFirewalls } from "../machine-firewalls";
import type { MachineHost, NameServer } from "../machine-host";
import { servedNames } from "../served-names";
import { Refusal } from "../simulated-api";
import { refusal } from "./answers";
import { firewallsOf, inboundRules } from "./firewall-rules";
import { type Action, type ActionResource, now, type Project, type Server } from "./state";
import { servedRecords } from "./zones";

/** Work that leaves what it is about free for other work. */
const WITHOUT_LOCK = ["apply_firewall", "remove_firewall", "set_firewall_rules", "change_dns_ptr"];

/** One project: its state, and the machines and names that stand behind it. */
export class CloudProject {
  private lastNames = "";
  private readonly machineFirewalls: MachineFirewalls;

  public constructor(
    private readonly store: JsonStore<Project>,
    public readonly machines: MachineHost,
    private readonly nameServer: NameServer,
    /** Images that a machine can really be booted from. @default - all that the catalogue has */
    public readonly bootableImages: readonly string[] | null,
    private readonly faults: Faults,
  ) {
    this.machineFirewalls = new MachineFirewalls(machines);
  }

  public get value(): Project {
    return this.store.value;
  }

  public nextId(): number {
    this.value.lastId += 1;
    return this.value.lastId;
  }

  /** Writes the state down, and brings names and firewalls in line with it. */
  public settle(): void {
    this.store.save();
    this.publishNames();
    this.applyFirewalls();
  }

  /** Starts work. Its action runs until the work is done, then it is a success, or an error when the work failed. */
  public begin(command: string, resources: readonly ActionResource[], work: () => Promise<void>): Action {
    const action = this.add(command, resources);
    const about = resources.map(({ type, id }) => `${type} ${id}`).join(", ");
    const [order] = this.faults.takeFor("hetzner", "ACTION", command);
    const ending = async (): Promise<void> => {
      // a machine boots whatever becomes of its action
      if (order === undefined || command === "create_server") await work();
      if (order !== undefined)
        throw refusal(order.code ?? "action_failed", "an error that the rehearsal was told to make");
    };
    this.run(`${command}: ${about}`, () => this.finish(action, ending));
    return action;
  }

  /** Work that is done when its action is answered. */
  public done(command: string, resources: readonly ActionResource[]): Action {
    return Object.assign(this.add(command, resources), { status: "success", progress: 100, finished: now() });
  }

  /** Refuses what other work is about. Networks say so by `conflict`, which clients try again by themselves. */
  public refuseBusy({ id, type }: ActionResource): void {
    const busy = this.isBusy(type, id);
    if (busy && type === "network") throw refusal("conflict", `network with ID ${id} is being changed`, 409);
    if (busy) throw refusal("locked", `${type} with ID ${id} is locked by another action`, 423);
  }

  public isBusy(type: ActionResource["type"], id: number): boolean {
    return Object.values(this.value.actions).some(
      ({ status, command, resources }) =>
        status === "running" &&
        !WITHOUT_LOCK.includes(command) &&
        resources.some((resource) => resource.type === type && resource.id === id),
    );
  }

  /** After a restart: what was under way when the process ended did not come to its end. */
  public resume(): void {
    for (const action of Object.values(this.value.actions)) {
      if (action.status !== "running") continue;
      this.fail(action);
      const server = this.serverOf(action);
      if (action.command !== "create_server" || server === undefined) continue;
      this.run(`remove server ${server.id}`, async () => this.machines.destroy(server.id));
      this.removeServer(server);
    }
    // its deletion may be asked for again
    for (const server of Object.values(this.value.servers)) if (server.status === "deleting") server.status = "off";
    this.settle();
  }

  /** Nothing refers to the server any more; addresses that were made for it go with it. */
  public removeServer({ id }: Server): void {
    const { servers, firewalls, volumes, primary_ips } = this.value;
    delete servers[id];
    this.machineFirewalls.forget(id);
    for (const firewall of Object.values(firewalls))
      firewall.servers = firewall.servers.filter((other) => other !== id);
    for (const volume of Object.values(volumes)) if (volume.server === id) volume.server = null;
    for (const address of Object.values(primary_ips)) {
      if (address.assignee_id !== id) continue;
      address.assignee_id = null;
      if (!address.auto_delete) continue;
      delete primary_ips[address.id];
      this.run(`release ${address.address}`, async () => this.machines.releaseAddress(address.address));
    }
  }

  /** Work that no caller waits for. Its failure must be seen all the same. */
  public run(what: string, work: () => Promise<unknown>): void {
    work().catch((error: unknown) => console.error(`${what}:`, error));
  }

  private add(command: string, resources: readonly ActionResource[]): Action {
    const action: Action = {
      id: this.nextId(),
      command,
      status: "running",
      progress: 0,
      started: now(),
      finished: null,
      resources,
      error: null,
    };
    this.value.actions[action.id] = action;
    return action;
  }

  private async finish(action: Action, work: () => Promise<void>): Promise<void> {
    try {
      await work();
      Object.assign(action, { status: "success", progress: 100, finished: now() });
    } catch (error) {
      this.fail(action, error instanceof Refusal ? error : undefined);
      const server = this.serverOf(action);
      // a server that was not made is taken back
      if (action.command === "create_server" && server !== undefined) {
        this.removeServer(server);
        await this.machines.destroy(server.id);
      }
      throw error;
    } finally {
      this.settle();
    }
  }

  private fail(action: Action, reason?: Refusal): void {
    const error = { code: reason?.about.code ?? "action_failed", message: reason?.message ?? "Action failed" };
    Object.assign(action, { status: "error", progress: 100, finished: now(), error });
  }

  private serverOf({ resources }: Action): Server | undefined {
    return this.value.servers[resources.find(({ type }) => type === "server")?.id ?? 0];
  }

  private publishNames(): void {
    const names = servedNames(Object.values(this.value.zones).map((zone) => [zone.name, servedRecords(zone)]));
    const text = JSON.stringify(names);
    if (text === this.lastNames) return;
    this.lastNames = text;
    this.run("set the names", async () => this.nameServer.setNames(names));
  }

  private applyFirewalls(): void {
    for (const server of Object.values(this.value.servers)) {
      if (server.status === "initializing" || server.first_boot !== null) continue;
      const firewalls = firewallsOf(this.value, server);
      this.machineFirewalls.apply(server, firewalls.length === 0 ? null : firewalls.flatMap(inboundRules));
    }
  }
}
