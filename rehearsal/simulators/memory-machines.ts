import type { InboundRule, MachineHost, MachineOrder, NameServer } from "./machine-host";

/**
 * Machines that are only remembered. They let the simulators' own tests speak the protocol with real
 * providers in seconds; nothing runs in them, so no rehearsal uses them.
 */
export class MemoryMachines implements MachineHost {
  public readonly machines = new Map<number, MachineOrder & { running: boolean; ipv4: string }>();
  public readonly firewalls = new Map<number, readonly InboundRule[] | null>();
  public readonly addresses = new Map<string, number | null>();
  private last = 10;

  public async create(order: MachineOrder): Promise<{ ipv4: string }> {
    if (order.userData.includes("#refuse-to-boot")) throw new Error("this machine was asked not to boot");
    const ipv4 = `198.51.100.${++this.last}`;
    this.machines.set(order.id, { ...order, running: true, ipv4 });
    return { ipv4 };
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
  }

  public async assignAddress(address: string, id: number | null): Promise<void> {
    this.addresses.set(address, id);
  }

  public async setFirewall(id: number, inbound: readonly InboundRule[] | null): Promise<void> {
    this.firewalls.set(id, inbound);
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
}
