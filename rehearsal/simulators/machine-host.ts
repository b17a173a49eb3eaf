/** What a droplet asks of the machine that stands for it. */
export interface MachineOrder {
  readonly id: number;
  readonly name: string;
  readonly vendor: "DigitalOcean";
  readonly region: string;
  readonly image: string;
  readonly userData: string;
  readonly publicKeys: string[];
  readonly vcpus: number;
  readonly memoryMebibytes: number;
  readonly tags: string[];
}

/** One inbound rule of a cloud firewall, as it bears on a machine. */
export interface InboundRule {
  readonly protocol: "tcp" | "udp" | "icmp";
  /** `22`, `8000-9000` or `0` for all. */
  readonly ports: string;
  readonly addresses: readonly string[];
}

/** Where the servers of the simulated cloud really run. */
export interface MachineHost {
  create(order: MachineOrder): Promise<{ readonly ipv4: string; readonly ipv6?: string }>;
  powerOff(id: number): Promise<unknown>;
  powerOn(id: number): Promise<unknown>;
  reboot(id: number): Promise<unknown>;
  resize(id: number, size: { vcpus: number; memoryMebibytes: number }): Promise<unknown>;
  destroy(id: number): Promise<unknown>;
  /** Brings a reserved address to a machine, or away from it. @default - reserved addresses lead nowhere, and are refused */
  assignAddress?(address: string, id: number | null): Promise<unknown>;
  /** Packets that no rule lets in are dropped; null means that no firewall is set. */
  setFirewall?(id: number, inbound: readonly InboundRule[] | null): Promise<unknown>;
}

/** The names that the embedded cloud's DNS answers. */
export interface NameServer {
  setNames(names: Record<string, string[]>): unknown;
}
