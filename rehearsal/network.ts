import { existsSync } from "node:fs";
import { join } from "node:path";
import { rehearsalFolder } from "./workspace";

/** Every container, network, volume and image of a rehearsal carries it, so that any later run finds them. */
export const label = "cdktf-single-host=rehearsal";

/** The network on which the servers of a rehearsal meet the embedded cloud. Two rehearsals at once need two. */
export class RehearsalNetwork {
  /** The network that REHEARSAL_NETWORK and REHEARSAL_SUBNET name. */
  public static fromEnvironment(): RehearsalNetwork {
    const { REHEARSAL_NETWORK, REHEARSAL_SUBNET } = process.env;
    return new RehearsalNetwork(REHEARSAL_NETWORK || "cdktf-single-host", REHEARSAL_SUBNET || "10.98.0.0/24");
  }

  /** The first three numbers of every address. */
  public readonly prefix: string;

  public constructor(
    public readonly name: string,
    public readonly subnet: string,
  ) {
    const [, prefix] = subnet.match(/^(\d{1,3}\.\d{1,3}\.\d{1,3})\.0\/24$/) ?? [];
    if (!prefix) throw new Error(`REHEARSAL_SUBNET: must be a /24 like 10.98.0.0/24, got ${subnet}`);
    this.prefix = prefix;
  }

  public readonly netmask = "255.255.255.0";

  public get gateway(): string {
    return `${this.prefix}.1`;
  }

  /** Where the embedded cloud answers: names, certificates, images, buckets, packages. */
  public get cloudAddress(): string {
    return `${this.prefix}.2`;
  }

  /** Whether servers get an IPv6 address too: where the kernel has it. */
  public readonly hasIpv6: boolean = existsSync("/proc/sys/net/ipv6");

  /** Room for a /64 for each reserved address; all of them are neighbours. */
  public readonly ipv6PrefixLength = 48;

  public get ipv6Subnet(): string {
    return `${this.ipv6Prefix}::/${this.ipv6PrefixLength}`;
  }

  public get ipv6Gateway(): string {
    return `${this.ipv6Prefix}::1`;
  }

  /** The IPv6 address beside an IPv4 address. */
  public ipv6Beside(ipv4: string): string {
    return `${this.ipv6Prefix}::${Number(ipv4.split(".")[3]).toString(16)}`;
  }

  /** The IPv6 addresses that can be reserved: the first of a /64 of its own, from the range for examples without IPv6. */
  public get reservableIpv6(): string[] {
    const prefix = this.hasIpv6 ? this.ipv6Groups : "2001:db8";
    return Array.from({ length: 240 }, (_, index) => `${prefix}:0:${(index + 0x1001).toString(16)}::1`);
  }

  /** The hardware address that belongs to an IPv4 address. */
  public macBeside(ipv4: string): string {
    const octets = ipv4.split(".").map((octet) => Number(octet).toString(16).padStart(2, "0"));
    return `02:42:${octets.join(":")}`;
  }

  private get ipv6Prefix(): string {
    // a zero at the end is part of the ::
    return this.ipv6Groups.replace(/:0$/, "");
  }

  private get ipv6Groups(): string {
    const [first = 0, second = 0, third = 0] = this.prefix.split(".").map(Number);
    return [0xfd00 + first, second * 256 + third].map((group) => group.toString(16)).join(":");
  }

  /** What runs the workflows of the simulated GitHub. */
  public get runnerAddress(): string {
    return `${this.prefix}.3`;
  }

  public get runnerContainer(): string {
    return `${this.name}-runner`;
  }

  /** The addresses that servers get, in order. */
  public get serverAddresses(): string[] {
    return Array.from({ length: 240 }, (_, index) => `${this.prefix}.${index + 11}`);
  }

  /** The label of what belongs to this network, besides {@link label}. */
  public get ownLabel(): string {
    return `cdktf-single-host.network=${this.name}`;
  }

  public get cloudContainer(): string {
    return `${this.name}-cloud`;
  }

  /** What the embedded cloud keeps on disk: it is mounted into its container. */
  public get stateFolder(): string {
    return join(rehearsalFolder, "networks", this.name);
  }
}
