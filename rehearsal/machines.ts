import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Addresses, writeNew } from "./addresses";
import { CloudFirewall, type InboundRule } from "./cloud-firewall";
import { CloudRecord } from "./cloud-record";
import { command } from "./command";
import { collectMachineLogs } from "./machine-logs";
import { limits, type MachineSize, powers } from "./machine-powers";
import { label, RehearsalNetwork } from "./network";
import { type VolumeHolder, type VolumeSpec, Volumes } from "./volumes";

/** A server as its cloud was asked for it. */
export interface MachineSpec {
  readonly id: number;
  readonly name: string;
  readonly vendor: "DigitalOcean" | "Hetzner";
  readonly region: string;
  readonly userData: string;
  readonly publicKeys: readonly string[];
  readonly vcpus: number;
  readonly memoryMebibytes: number;
  readonly tags: readonly string[];
  /**
   * Addresses that were reserved before; without one in a family, the server has no public address in it.
   * @default - the next free one of each family
   */
  readonly address?: { readonly ipv4?: string; readonly ipv6?: string };
}

export interface Machine {
  readonly id: number;
  readonly name: string;
  readonly ipv4: string;
  /** @default - this machine's kernel has no IPv6, or none was wanted */
  readonly ipv6?: string;
  readonly mac: string;
  readonly running: boolean;
}

/**
 * Servers that are containers: systemd is their first process, the real cloud-init sets them up, their disk survives
 * a reboot and a power cut. All that is known of them is in their containers' labels and in files beside the
 * metadata service, so any process may create, find and change them.
 */
export class Machines {
  private readonly addresses: Addresses;
  private readonly volumes: Volumes;

  public constructor(private readonly network: RehearsalNetwork = RehearsalNetwork.fromEnvironment()) {
    this.addresses = new Addresses(network);
    this.volumes = new Volumes(network);
  }

  /** Boots a server. It is there as soon as its first process runs; cloud-init takes its time after that. */
  public async create(spec: MachineSpec): Promise<Machine> {
    const { network } = this;
    const { server } = CloudRecord.read(network).images;
    if ((await this.list()).some(({ id }) => id === spec.id)) {
      throw new Error(`machines/${spec.id}: there is such a server already; destroy it first`);
    }
    const machine = this.settle(spec);
    const { ipv4, ipv6 = "", mac } = machine;
    const named = { name: spec.name, ipv4, ipv6 };
    const labels = [label, network.ownLabel, `${machineLabel}=${spec.id}`];
    labels.push(...Object.entries(named).map(([name, value]) => `cdktf-single-host.${name}=${value}`));
    const identity = {
      ...{ VENDOR: spec.vendor, SERIAL: String(spec.id), MAC: mac, CGROUP: this.cgroup(spec.id) },
      // not by Docker where it is reserved: older engines know an address by its second half alone
      IPV6: network.hasIpv6 && ipv6 ? `${ipv6}/${network.ipv6PrefixLength}` : "",
    };
    try {
      await command([
        ...["docker", "run", "--detach", "--restart", "on-failure", "--name", this.container(spec.id)],
        ...labels.flatMap((text) => ["--label", text]),
        ...["--hostname", spec.name, "--network", network.name, "--ip", ipv4],
        ...(spec.address === undefined && ipv6 ? ["--ip6", ipv6] : []),
        ...Object.entries(identity).flatMap(([name, value]) => ["--env", `${name}=${value}`]),
        ...["--tmpfs", "/run:exec", "--tmpfs", "/tmp:exec"],
        ...powers,
        ...limits(spec.id, spec),
        server,
      ]);
    } catch (error) {
      await this.destroy(spec.id);
      throw error;
    }
    return machine;
  }

  /** Cuts the power: nothing inside is asked. */
  public async powerOff(id: number): Promise<void> {
    if ((await this.get(id)).running) await command(["docker", "kill", this.container(id)]);
  }

  public async powerOn(id: number): Promise<void> {
    await command(["docker", "start", this.container(id)]);
  }

  /** Asks the server to shut down, and starts it again; cuts the power after a minute. */
  public async reboot(id: number): Promise<void> {
    await command(["docker", "restart", "--time", "60", this.container(id)]);
  }

  /** Takes effect at once, as far as a running server can feel it; clouds ask for it while the power is off. */
  public async resize(id: number, size: MachineSize): Promise<void> {
    await command(["docker", "update", ...limits(id, size), this.container(id)]);
  }

  /** Sets what the cloud's firewall lets in to a server; null takes the firewall away. */
  public async setFirewall(id: number, inbound: readonly InboundRule[] | null): Promise<void> {
    await new CloudFirewall(this.network).set(await this.get(id), inbound);
  }

  /** Shows a volume to a server, and again after each of its starts. The first time makes the volume. */
  public async attachVolume(serverId: number, volume: VolumeSpec): Promise<void> {
    await this.volumes.attach(await this.holder(serverId), volume);
  }

  /** Takes a volume from a server; what is on it stays. */
  public async detachVolume(serverId: number, volumeId: string): Promise<void> {
    await this.volumes.detach(await this.holder(serverId), volumeId);
  }

  public async resizeVolume(volumeId: string, sizeGibibytes: number): Promise<void> {
    await this.volumes.resize(volumeId, sizeGibibytes);
  }

  /** Removes a volume with all that is on it. One that is gone already is no fault. */
  public async destroyVolume(volumeId: string): Promise<void> {
    await this.volumes.destroy(volumeId);
  }

  /** Removes a server with its own disk. One that is gone already is no fault. */
  public async destroy(id: number): Promise<void> {
    await command(["docker", "rm", "--force", "--volumes", this.container(id)], { accept: [0, 1] });
    for (const file of this.specFiles()) {
      const { id: owner, ipv4 } = JSON.parse(readFileSync(file, "utf8"));
      if (owner !== id) continue;
      rmSync(file, { force: true });
      this.addresses.releaseOf(id, ipv4);
    }
    this.volumes.releaseAll(id);
    await new CloudFirewall(this.network).set({ id, ipv4: "" }, null);
    removeEmptyCgroups(`${this.cgroup(id)}-`);
  }

  public async get(id: number): Promise<Machine> {
    const machine = (await this.list()).find((candidate) => candidate.id === id);
    if (!machine) throw new Error(`machines/${id}: there is no such server on the network ${this.network.name}`);
    return machine;
  }

  public async list(): Promise<Machine[]> {
    const named = (name: string) => `{{.Label "${name}"}}`;
    const labels = [machineLabel, ...["name", "ipv4", "ipv6"].map((name) => `cdktf-single-host.${name}`)];
    const filters = ["--filter", `label=${this.network.ownLabel}`, "--filter", `label=${machineLabel}`];
    const format = `${labels.map(named).join("\t")}\t{{.State}}`;
    const { stdout } = await command(["docker", "ps", "--all", "--format", format, ...filters]);
    const lines = stdout.split("\n").filter((line) => line !== "");
    return lines.map((line) => {
      const [id, name = "", ipv4 = "", ipv6 = "", state] = line.split("\t");
      return { ...this.at(ipv4, ipv6 || undefined), id: Number(id), name, running: state === "running" };
    });
  }

  /** Keeps the first free address for a server to come. */
  public async reserveAddress(kind: "ipv4" | "ipv6"): Promise<string> {
    return this.addresses.reserve(kind);
  }

  /** Gives a reserved address back; one that is not reserved is no fault. */
  public async releaseAddress(address: string): Promise<void> {
    this.addresses.release(address);
  }

  /** Writes the journal, cloud-init's logs, the containers' and the console's into a folder. */
  public async collectLogs(id: number, folder: string): Promise<void> {
    mkdirSync(folder, { recursive: true });
    await collectMachineLogs(this.container(id), (await this.get(id)).running, folder);
  }

  private async holder(id: number): Promise<VolumeHolder> {
    return { id, container: this.container(id), running: (await this.get(id)).running };
  }

  private container(id: number): string {
    return `${this.network.name}-server-${id}`;
  }

  private cgroup(id: number): string {
    return this.container(id);
  }

  private get specFolder(): string {
    return join(this.network.stateFolder, "machines");
  }

  private specFiles(): string[] {
    return existsSync(this.specFolder) ? readdirSync(this.specFolder).map((name) => join(this.specFolder, name)) : [];
  }

  private at(ipv4: string, ipv6: string | undefined): Pick<Machine, "ipv4" | "ipv6" | "mac"> {
    return { ipv4, ipv6, mac: this.network.macBeside(ipv4) };
  }

  /** Finds a server its addresses, and tells the metadata service about it. */
  private settle(spec: MachineSpec): Machine {
    const { network } = this;
    for (const address of Object.values(spec.address ?? {})) {
      if (!this.addresses.isReserved(address)) throw new Error(`machines/${spec.id}: ${address} is not reserved`);
    }
    const ipv4 = spec.address?.ipv4 ?? this.addresses.claimFor(spec.id);
    const ipv6 = spec.address ? spec.address.ipv6 : network.hasIpv6 ? network.ipv6Beside(ipv4) : undefined;
    const { mac } = this.at(ipv4, ipv6);
    const { ipv6Gateway: gateway, ipv6PrefixLength: prefixLength } = network;
    const metadata = {
      ...{ id: spec.id, name: spec.name, vendor: spec.vendor, region: spec.region, tags: spec.tags },
      ...{ mac, ipv4, netmask: network.netmask, gateway: network.gateway },
      ipv6: ipv6 && network.hasIpv6 ? { address: ipv6, prefixLength, gateway } : null,
      ...{ nameServers: [network.cloudAddress], publicKeys: spec.publicKeys, userData: spec.userData },
      vendorData: "#cloud-config\ndisable_root: false\n",
    };
    mkdirSync(this.specFolder, { recursive: true });
    if (!writeNew(join(this.specFolder, `${ipv4}.json`), JSON.stringify(metadata))) {
      throw new Error(`machines/${spec.id}: ${ipv4} leads to another server`);
    }
    return { id: spec.id, name: spec.name, ipv4, ipv6, mac, running: true };
  }
}

const machineLabel = "cdktf-single-host.machine";

/** Where the outer machine has the hybrid layout, each boot of a server leaves an empty group. */
function removeEmptyCgroups(prefix: string): void {
  const roots = ["/sys/fs/cgroup/unified", "/sys/fs/cgroup"].filter((root) => existsSync(join(root, "cgroup.procs")));
  for (const root of roots) {
    for (const name of readdirSync(root).filter((name) => name.startsWith(prefix))) removeTree(join(root, name));
  }
}

function removeTree(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) removeTree(join(folder, entry.name));
  }
  try {
    rmdirSync(folder);
  } catch {
    // a process is still ending in it; the next destruction finds it again
  }
}
