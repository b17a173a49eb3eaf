import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RehearsalNetwork } from "./network";

/** Who has an address: the number of the server that it goes with, or nobody, for a server to come. */
type Holder = number | "reserved";

/**
 * Which addresses of a network are taken. Each is a file that is made by the one that takes it, so that of several
 * processes one alone gets it.
 */
export class Addresses {
  public constructor(private readonly network: RehearsalNetwork) {}

  /** The first free address, kept until it is given back. */
  public reserve(kind: "ipv4" | "ipv6"): string {
    const { serverAddresses, reservableIpv6 } = this.network;
    return this.claim(kind === "ipv4" ? serverAddresses : reservableIpv6, "reserved");
  }

  /** The first free IPv4 address, which goes with a server. */
  public claimFor(serverId: number): string {
    return this.claim(this.network.serverAddresses, serverId);
  }

  public isReserved(address: string): boolean {
    const file = this.file(address);
    return existsSync(file) && readFileSync(file, "utf8") === "reserved";
  }

  /** Gives back what was reserved; what goes with a server stays with it. */
  public release(address: string): void {
    if (this.isReserved(address)) rmSync(this.file(address), { force: true });
  }

  /** The server is gone; a reserved address of its stays reserved. */
  public releaseOf(serverId: number, address: string): void {
    const file = this.file(address);
    if (existsSync(file) && readFileSync(file, "utf8") === String(serverId)) rmSync(file, { force: true });
  }

  private claim(candidates: readonly string[], holder: Holder): string {
    mkdirSync(this.folder, { recursive: true });
    for (const address of candidates) {
      if (writeNew(this.file(address), String(holder))) return address;
    }
    throw new Error(`machines: every address of ${this.network.subnet} is taken; destroy a server`);
  }

  private get folder(): string {
    return join(this.network.stateFolder, "addresses");
  }

  private file(address: string): string {
    // a colon in a file's name is a nuisance to programs
    return join(this.folder, address.replaceAll(":", "-"));
  }
}

/** Writes a file that was not there; false when it was. */
export function writeNew(file: string, text: string): boolean {
  try {
    writeFileSync(file, text, { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return false;
  }
}
