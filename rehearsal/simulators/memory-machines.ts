import type { InboundRule, MachineHost, MachineOrder, NameServer, VolumeOrder } from "./machine-host";

/**
 * Machines that are only remembered. They let the simulators' own tests speak the protocol with real
 * providers in seconds; nothing runs in them, so no rehearsal uses them.
 */
export class MemoryMachines implements MachineHost {
  public readonly machines = new Map<number, MachineOrder & { running: boolean; ipv4: string }>();
  public readonly volumes = new Map<string, VolumeOrder & { serverId: number | null }>();
  public readonly reserved = new Set<string>();
  public readonly firewalls = new Map<number, readonly InboundRule[] | null>();
  public readonly addresses = new Map<string, number | null>();
  private last = 10;

  public async create(order: MachineOrder): Promise<{ ipv4: string; ipv6?: string }> {
    if (order.userData.includes("#refuse-to-boot")) throw new Error("this machine was asked not to boot");
    if (this.machines.has(order.id)) throw new Error(`machines/${order.id}: there is such a server already`);
    const { ipv4 = this.nextIpv4(), ipv6 } = order.address ?? {};
    this.machines.set(order.id, { ...order, running: true, ipv4 });
    return { ipv4, ipv6 };
  }

  public async powerOff(id: number): Promise<void> {
    this.change(id, { running: false });
  }

  public async powerOn(id: number): Promise<void> {
    this.change(id, { running: true });
  }

  public async reboot(id: number): Promise<void> {
    this.change(id, { running: true });
  }

  public async resize(id: number, size: { vcpus: number; memoryMebibytes: number }): Promise<void> {
    this.change(id, size);
  }

  public async destroy(id: number): Promise<void> {
    this.machines.delete(id);
    for (const { id: volume, serverId } of this.volumes.values()) {
      if (serverId === id) await this.detachVolume(id, volume);
    }
  }

  public async reserveAddress(kind: "ipv4" | "ipv6"): Promise<string> {
    const address = kind === "ipv4" ? this.nextIpv4() : `2001:db8:0:${(++this.last).toString(16)}::1`;
    this.reserved.add(address);
    return address;
  }

  public async releaseAddress(address: string): Promise<void> {
    this.reserved.delete(address);
  }

  public async attachVolume(serverId: number, volume: VolumeOrder): Promise<void> {
    this.volumes.set(volume.id, { ...volume, serverId });
  }

  public async detachVolume(_serverId: number, volumeId: string): Promise<void> {
    const volume = this.volumes.get(volumeId);
    if (volume !== undefined) this.volumes.set(volumeId, { ...volume, serverId: null });
  }

  public async resizeVolume(volumeId: string, sizeGibibytes: number): Promise<void> {
    const volume = this.volumes.get(volumeId);
    if (volume !== undefined) this.volumes.set(volumeId, { ...volume, sizeGibibytes });
  }

  public async destroyVolume(volumeId: string): Promise<void> {
    this.volumes.delete(volumeId);
  }

  public async assignAddress(address: string, id: number | null): Promise<void> {
    this.addresses.set(address, id);
  }

  public async setFirewall(id: number, inbound: readonly InboundRule[] | null): Promise<void> {
    this.firewalls.set(id, inbound);
  }

  private nextIpv4(): string {
    return `198.51.100.${++this.last}`;
  }

  private change(id: number, change: Partial<MachineOrder & { running: boolean }>): void {
    const machine = this.machines.get(id);
    // machines of a run before are not remembered
    if (machine !== undefined) this.machines.set(id, { ...machine, ...change });
  }
}

/** Names that are only remembered. */
export class MemoryNames implements NameServer {
  public names: Record<string, string[]> = {};

  public setNames(names: Record<string, string[]>): void {
    this.names = names;
  }

  public async lookUp(name: string): Promise<string | null> {
    return this.names[name]?.[0] ?? null;
  }
}
