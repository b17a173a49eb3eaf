import type { InboundRule, MachineHost } from "./machine-host";

/** Brings machines in line with the firewalls that their cloud has them under. */
export class MachineFirewalls {
  private readonly last = new Map<number, string>();
  private work: Promise<void> = Promise.resolve();

  public constructor(private readonly machines: MachineHost) {}

  /** @param rules null: the server is under no firewall */
  public apply(
    { id, name }: { readonly id: number; readonly name: string },
    rules: readonly InboundRule[] | null,
  ): void {
    if (this.machines.setFirewall === undefined) return;
    const text = JSON.stringify(rules);
    if ((this.last.get(id) ?? "null") === text) return;
    this.last.set(id, text);
    // one after the other, so that the last one asked for is the last one set
    this.work = this.work.then(async () => {
      try {
        await this.machines.setFirewall?.(id, rules);
      } catch (error) {
        this.last.delete(id);
        console.error(`firewall of ${name}:`, error);
      }
    });
  }

  /** The server is gone. */
  public forget(id: number): void {
    this.last.delete(id);
  }
}
