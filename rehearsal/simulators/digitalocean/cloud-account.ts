import { randomUUID } from "node:crypto";
import type { JsonStore } from "../json-store";
import { MachineFirewalls } from "../machine-firewalls";
import type { InboundRule, MachineHost, NameServer } from "../machine-host";
import { type ServedRecord, servedNames } from "../served-names";
import {
  type Account,
  type Action,
  type Domain,
  type Droplet,
  type Firewall,
  now,
  type Project,
  type Vpc,
} from "./state";

/** What an action is about. */
export interface About extends Pick<Action, "resource_id" | "resource_type" | "region_slug"> {
  readonly name: string;
}

export const aboutDroplet = ({ name, id, region }: Droplet): About => ({
  name,
  resource_id: id,
  resource_type: "droplet",
  region_slug: region,
});

/** One account: its state, and the machines and names that stand behind it. */
export class CloudAccount {
  private lastNames = "";
  private readonly machineFirewalls: MachineFirewalls;

  public constructor(
    private readonly store: JsonStore<Account>,
    public readonly machines: MachineHost,
    private readonly nameServer: NameServer,
    /** Images that a machine can really be booted from. @default - all that the catalogue has */
    public readonly bootableImages: readonly string[] | null,
  ) {
    this.machineFirewalls = new MachineFirewalls(machines);
    if (Object.keys(this.value.projects).length === 0) this.addDefaultProject();
  }

  public get value(): Account {
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

  public defaultProject(): Project {
    return Object.values(this.value.projects).find((project) => project.is_default) ?? this.addDefaultProject();
  }

  /** Puts a new resource into the default project, where the real API puts it. */
  public adopt(urn: string): void {
    this.value.assignments[urn] = { project: this.defaultProject().id, assigned_at: now() };
  }

  /** A resource is gone: no project lists it any more. */
  public forget(urn: string): void {
    delete this.value.assignments[urn];
  }

  /** Tags come into being by being used. */
  public addTags(tags: readonly string[]): void {
    for (const tag of tags) {
      const known = this.value.tags.some((other) => other.toLowerCase() === tag.toLowerCase());
      if (!known) this.value.tags.push(tag);
    }
  }

  /** The firewalls that a droplet is under, by its number or by a tag. */
  public firewallsOf(dropletId: number): Firewall[] {
    const droplet = this.value.droplets[dropletId];
    return Object.values(this.value.firewalls).filter(
      (firewall) =>
        firewall.droplet_ids.includes(dropletId) || firewall.tags.some((tag) => droplet?.tags.includes(tag)),
    );
  }

  /** The network of a region that droplets are put into where none is named. */
  public defaultVpc(region: string): Vpc {
    const vpcs = Object.values(this.value.vpcs);
    const existing = vpcs.find((vpc) => vpc.region === region && vpc.default);
    if (existing !== undefined) return existing;
    const vpc = {
      id: randomUUID(),
      name: `default-${region}`,
      description: "",
      region,
      ip_range: `10.${108 + (vpcs.length % 100)}.0.0/20`,
      default: true,
      created_at: now(),
    };
    this.value.vpcs[vpc.id] = vpc;
    return vpc;
  }

  /** Starts work. Its action is in progress until the work is done, or errored when it failed. */
  public begin(type: string, { name, ...about }: About, work: () => Promise<void>): Action {
    const action: Action = {
      id: this.nextId(),
      status: "in-progress",
      type,
      started_at: now(),
      completed_at: null,
      ...about,
    };
    this.value.actions[action.id] = action;
    this.run(`${type} ${name}`, async () => {
      try {
        await work();
        action.status = "completed";
      } catch (error) {
        action.status = "errored";
        // a droplet whose machine never ran is taken back
        if (type === "create" && action.resource_id !== null) this.removeDroplet(action.resource_id);
        throw error;
      } finally {
        action.completed_at = now();
        this.settle();
      }
    });
    return action;
  }

  /** After a restart: what was under way when the process ended did not come to its end. */
  public resume(): void {
    for (const action of Object.values(this.value.actions)) {
      if (action.status !== "in-progress") continue;
      action.status = "errored";
      action.completed_at = now();
      const { type, resource_id: id } = action;
      if (type === "create" && id !== null) {
        this.run(`remove droplet ${id}`, async () => this.machines.destroy(id));
        this.removeDroplet(id);
      }
    }
    for (const droplet of Object.values(this.value.droplets)) droplet.locked = false;
    this.settle();
  }

  /** Nothing refers to the droplet any more. */
  public removeDroplet(id: number): void {
    delete this.value.droplets[id];
    this.machineFirewalls.forget(id);
    this.forget(`do:droplet:${id}`);
    for (const firewall of Object.values(this.value.firewalls)) {
      firewall.droplet_ids = firewall.droplet_ids.filter((other) => other !== id);
    }
    for (const reserved of Object.values(this.value.reserved_ips)) {
      if (reserved.droplet_id === id) reserved.droplet_id = null;
    }
    for (const volume of Object.values(this.value.volumes)) {
      if (volume.droplet_id === id) volume.droplet_id = null;
    }
  }

  private addDefaultProject(): Project {
    const time = now();
    const project = {
      id: randomUUID(),
      name: "first-project",
      description: "Update your project information under Settings",
      purpose: "Just trying out DigitalOcean",
      environment: "",
      is_default: true,
      created_at: time,
      updated_at: time,
    };
    this.value.projects[project.id] = project;
    return project;
  }

  private publishNames(): void {
    const names = servedNames(Object.values(this.value.domains).map((domain) => [domain.name, servedRecords(domain)]));
    const text = JSON.stringify(names);
    if (text === this.lastNames) return;
    this.lastNames = text;
    this.run("set the names", async () => this.nameServer.setNames(names));
  }

  private applyFirewalls(): void {
    for (const droplet of Object.values(this.value.droplets)) {
      if (droplet.ipv4 === null) continue;
      const firewalls = this.firewallsOf(droplet.id);
      const rules = firewalls.length === 0 ? null : firewalls.flatMap((firewall) => this.inboundRules(firewall));
      this.machineFirewalls.apply(droplet, rules);
    }
  }

  private inboundRules(firewall: Firewall): InboundRule[] {
    return firewall.inbound_rules.map((rule) => ({
      protocol: rule.protocol,
      ports: rule.ports,
      addresses: [...(rule.sources?.addresses ?? []), ...this.addressesOf(rule.sources?.droplet_ids ?? [])],
    }));
  }

  private addressesOf(dropletIds: readonly number[]): string[] {
    return dropletIds.flatMap((id) => this.value.droplets[id]?.ipv4 ?? []);
  }

  /** Work that no caller waits for. Its failure must be seen all the same. */
  public run(what: string, work: () => Promise<unknown>): void {
    work().catch((error: unknown) => console.error(`${what}:`, error));
  }
}

/** A domain's records with whole names as targets. */
function servedRecords({ name: zone, records }: Domain): ServedRecord[] {
  return records.map(({ name, type, data }) => ({
    name,
    type,
    value: type !== "CNAME" ? data : data === "@" ? zone : data.replace(/\.$/, ""),
  }));
}
