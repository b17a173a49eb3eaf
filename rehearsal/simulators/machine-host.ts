/** What a cloud's server asks of the machine that stands for it. */
export interface MachineOrder {
  /** The clouds count apart, machines together: no two clouds may give the same one. */
  readonly id: number;
  readonly name: string;
  readonly vendor: "DigitalOcean" | "Hetzner";
  readonly region: string;
  readonly image: string;
  readonly userData: string;
  readonly publicKeys: string[];
  readonly vcpus: number;
  readonly memoryMebibytes: number;
  readonly tags: string[];
  /**
   * Addresses that were reserved before, and stay reserved when the server is gone. A family that is left out is one
   * that the server has no public address in.
   * @default - the next free ones, which go with the server
   */
  readonly address?: ServerAddresses;
}

export interface ServerAddresses {
  readonly ipv4?: string;
  readonly ipv6?: string;
}

/** A disk that outlives servers. */
export interface VolumeOrder {
  /** No two clouds give the same one. */
  readonly id: string;
  readonly sizeGibibytes: number;
  /** The path that the cloud promises in the server: `/dev/disk/by-id/scsi-0HC_Volume_<id>`. */
  readonly device: string;
  /** The file system that the cloud makes on it. @default - none */
  readonly format?: { readonly type: "ext4"; readonly label?: string };
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
  /**
   * Answers with the addresses that lead to the server. There is an IPv4 address even where none was asked for: the
   * metadata service knows servers by it.
   */
  create(order: MachineOrder): Promise<{ readonly ipv4: string; readonly ipv6?: string }>;
  powerOff(id: number): Promise<unknown>;
  powerOn(id: number): Promise<unknown>;
  reboot(id: number): Promise<unknown>;
  resize(id: number, size: { vcpus: number; memoryMebibytes: number }): Promise<unknown>;
  /** Removes a machine with its own disk. Volumes stay, attached to nothing. */
  destroy(id: number): Promise<unknown>;
  /**
   * Keeps an address for a server to come. An IPv6 address ends in `::1` and has its /64 for itself; where this
   * machine's kernel has no IPv6 it is one for documentation, and leads nowhere.
   */
  reserveAddress(kind: "ipv4" | "ipv6"): Promise<string>;
  /** Gives a reserved address back. One that is not reserved is no fault. */
  releaseAddress(address: string): Promise<unknown>;
  /** Makes a volume visible in a machine, now and after every start. The first time makes it, empty. */
  attachVolume(serverId: number, volume: VolumeOrder): Promise<unknown>;
  /** Takes a volume out of a machine; what is on it stays. */
  detachVolume(serverId: number, volumeId: string): Promise<unknown>;
  /** Makes a volume larger; a machine that has it sees that at once. */
  resizeVolume(volumeId: string, sizeGibibytes: number): Promise<unknown>;
  /** Removes a volume with what is on it. One that was never attached is no fault. */
  destroyVolume(volumeId: string): Promise<unknown>;
  /** Brings a reserved address to a machine that runs, or away from it. @default - reserved addresses lead nowhere, and are refused */
  assignAddress?(address: string, id: number | null): Promise<unknown>;
  /** Packets that no rule lets in are dropped; null means that no firewall is set. */
  setFirewall?(id: number, inbound: readonly InboundRule[] | null): Promise<unknown>;
}

/** The names that the embedded cloud's DNS answers. */
export interface NameServer {
  setNames(names: Record<string, string[]>): unknown;
  /** The address of a server of the rehearsal; null for any other name. @default - it has no names */
  lookUp?(name: string): Promise<string | null>;
}
