import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { CloudFirewall, type InboundRule } from "./cloud-firewall";
import { CloudRecord } from "./cloud-record";
import { command } from "./command";
import { collectMachineLogs } from "./machine-logs";
import { label, RehearsalNetwork } from "./network";

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
}

export interface Machine {
  readonly id: number;
  readonly name: string;
  readonly ipv4: string;
  /** @default - this machine's kernel has no IPv6 */
  readonly ipv6?: string;
  readonly mac: string;
  readonly running: boolean;
}

export interface MachineSize {
  readonly vcpus: number;
  readonly memoryMebibytes: number;
}

/**
 * Servers that are containers: systemd is their first process, the real cloud-init sets them up, their disk survives
 * a reboot and a power cut. All that is known of them is in their containers' labels and in files beside the
 * metadata service, so any process may create, find and change them.
 */
export class Machines {
  public constructor(private readonly network: RehearsalNetwork = RehearsalNetwork.fromEnvironment()) {}

  /** Boots a server. It is there as soon as its first process runs; cloud-init takes its time after that. */
  public async create(spec: MachineSpec): Promise<Machine> {
    const { server } = CloudRecord.read(this.network).images;
    if ((await this.list()).some(({ id }) => id === spec.id)) {
      throw new Error(`machines/${spec.id}: there is such a server already; destroy it first`);
    }
    const machine = this.machine(spec.id, spec.name, this.claimAddress(spec), true);
    const labels = [label, this.network.ownLabel, `${machineLabel}=${spec.id}`];
    labels.push(`cdktf-single-host.name=${spec.name}`, `cdktf-single-host.ipv4=${machine.ipv4}`);
    const identity = { VENDOR: spec.vendor, SERIAL: String(spec.id), MAC: machine.mac, CGROUP: this.cgroup(spec.id) };
    try {
      await command([
        ...["docker", "run", "--detach", "--restart", "on-failure", "--name", this.container(spec.id)],
        ...labels.flatMap((text) => ["--label", text]),
        ...["--hostname", spec.name, "--network", this.network.name, "--ip", machine.ipv4],
        ...(machine.ipv6 ? ["--ip6", machine.ipv6] : []),
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

  /** Removes a server with its disk. One that is gone already is no fault. */
  public async destroy(id: number): Promise<void> {
    await command(["docker", "rm", "--force", "--volumes", this.container(id)], { accept: [0, 1] });
    for (const file of this.specFiles()) {
      if (JSON.parse(readFileSync(file, "utf8")).id === id) rmSync(file, { force: true });
    }
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
    const format = [machineLabel, "cdktf-single-host.name", "cdktf-single-host.ipv4"].map(named).join("\t");
    const filters = ["--filter", `label=${this.network.ownLabel}`, "--filter", `label=${machineLabel}`];
    const { stdout } = await command(["docker", "ps", "--all", "--format", `${format}\t{{.State}}`, ...filters]);
    const lines = stdout.split("\n").filter((line) => line !== "");
    return lines.map((line) => {
      const [id, name = "", ipv4 = "", state] = line.split("\t");
      return this.machine(Number(id), name, ipv4, state === "running");
    });
  }

  /** Writes the journal, cloud-init's logs, the containers' and the console's into a folder. */
  public async collectLogs(id: number, folder: string): Promise<void> {
    mkdirSync(folder, { recursive: true });
    await collectMachineLogs(this.container(id), (await this.get(id)).running, folder);
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

  private machine(id: number, name: string, ipv4: string, running: boolean): Machine {
    const { network } = this;
    const ipv6 = network.hasIpv6 ? network.ipv6Beside(ipv4) : undefined;
    return { id, name, ipv4, ipv6, mac: network.macBeside(ipv4), running };
  }

  /** The first free address; the file that tells the metadata service about the server is what claims it. */
  private claimAddress(spec: MachineSpec): string {
    const { network } = this;
    mkdirSync(this.specFolder, { recursive: true });
    for (const ipv4 of network.serverAddresses) {
      const { mac, ipv6 } = this.machine(spec.id, spec.name, ipv4, true);
      const metadata = {
        ...{ id: spec.id, name: spec.name, vendor: spec.vendor, region: spec.region, tags: spec.tags },
        ...{ mac, ipv4, netmask: network.netmask, gateway: network.gateway },
        ipv6: ipv6 ? { address: ipv6, gateway: network.ipv6Gateway } : null,
        ...{ nameServers: [network.cloudAddress], publicKeys: spec.publicKeys, userData: spec.userData },
        vendorData: "#cloud-config\ndisable_root: false\n",
      };
      try {
        writeFileSync(join(this.specFolder, `${ipv4}.json`), JSON.stringify(metadata), { flag: "wx", mode: 0o600 });
        return ipv4;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      }
    }
    throw new Error(`machines: every address of ${network.subnet} is taken; destroy a server`);
  }
}

const machineLabel = "cdktf-single-host.machine";

/** A server may do nearly everything; `--privileged` would also ask for what some machines cannot give. */
const capabilities = [
  ...["AUDIT_CONTROL", "AUDIT_READ", "AUDIT_WRITE", "BLOCK_SUSPEND", "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH"],
  ...["FOWNER", "FSETID", "IPC_LOCK", "IPC_OWNER", "KILL", "LEASE", "LINUX_IMMUTABLE", "MAC_ADMIN", "MAC_OVERRIDE"],
  ...["MKNOD", "NET_ADMIN", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_RAW", "SETFCAP", "SETGID", "SETPCAP", "SETUID"],
  ...["SYS_ADMIN", "SYS_BOOT", "SYS_CHROOT", "SYS_NICE", "SYS_PACCT", "SYS_PTRACE", "SYS_TTY_CONFIG", "SYSLOG"],
  "WAKE_ALARM",
];

const powers = [
  ...["seccomp", "apparmor", "systempaths"].flatMap((profile) => ["--security-opt", `${profile}=unconfined`]),
  // loop devices, tun and fuse
  ...["b 7:* rwm", "c 10:200 rwm", "c 10:229 rwm"].flatMap((rule) => ["--device-cgroup-rule", rule]),
  ...capabilities.flatMap((capability) => ["--cap-add", capability]),
];

/**
 * As many processors as the size has, while this machine has them. Memory gets a gibibyte on top: a simulated server
 * cannot swap, and what a real one would swap out has to stay somewhere.
 */
function limits(id: number, { vcpus, memoryMebibytes }: MachineSize): string[] {
  const present = cpus().length;
  const chosen = Array.from({ length: Math.min(vcpus, present) }, (_, index) => (id + index) % present);
  const memory = `${memoryMebibytes + 1024}m`;
  return ["--cpuset-cpus", chosen.join(","), "--memory", memory, "--memory-swap", "-1"];
}

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
