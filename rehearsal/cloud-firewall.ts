import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CloudRecord } from "./cloud-record";
import { command } from "./command";
import type { RehearsalNetwork } from "./network";

/** One way into a server through its cloud's firewall. */
export interface InboundRule {
  readonly protocol: "tcp" | "udp" | "icmp";
  /** `22`, `8000-9000`, or `0` for all. */
  readonly ports: string;
  /** Addresses and ranges of both families. */
  readonly addresses: readonly string[];
}

interface GuardedServer {
  readonly id: number;
  readonly ipv4: string;
  readonly ipv6?: string;
  readonly inbound: readonly InboundRule[];
}

/**
 * The cloud's firewall stands outside its servers, where nothing in them sees or changes it: on the bridge that the
 * rehearsal's network is. It holds across reboots, because it goes by address.
 */
export class CloudFirewall {
  public constructor(private readonly network: RehearsalNetwork) {}

  /** Lets in what the rules say and nothing else; null takes the firewall away. */
  public async set(
    server: { id: number; ipv4: string; ipv6?: string },
    inbound: readonly InboundRule[] | null,
  ): Promise<void> {
    const file = join(this.folder, `${server.id}.json`);
    if (inbound === null) {
      if (!existsSync(file)) return;
      rmSync(file);
    } else {
      mkdirSync(this.folder, { recursive: true });
      const { id, ipv4, ipv6 } = server;
      writeFileSync(file, JSON.stringify({ id, ipv4, ipv6, inbound } satisfies GuardedServer));
    }
    await this.load(renderFirewall(this.table, this.servers()));
  }

  /** Takes every server's firewall away. */
  public async remove(): Promise<void> {
    if (!existsSync(this.folder)) return;
    rmSync(this.folder, { recursive: true });
    // without the image that brings the tool the rules stay, for addresses that nobody has, until the next ones
    await this.load(withoutTable(this.table)).catch(() => {});
  }

  private get folder(): string {
    return join(this.network.stateFolder, "firewalls");
  }

  private get table(): string {
    return `rehearsal_${this.network.name.replace(/\W/g, "_")}`;
  }

  private servers(): GuardedServer[] {
    return readdirSync(this.folder).map((name) => JSON.parse(readFileSync(join(this.folder, name), "utf8")));
  }

  /** The server image brings the tool, so this machine needs none. */
  private async load(rules: string): Promise<void> {
    const { server } = CloudRecord.read(this.network).images;
    const run = ["docker", "run", "--rm", "--interactive", "--network", "host", "--cap-add", "NET_ADMIN"];
    await command([...run, "--entrypoint", "nft", server, "--file", "-"], { input: rules });
  }
}

/** Declared first, so that a table that is not there can be deleted too. */
function withoutTable(table: string): string {
  return `table bridge ${table}\ndelete table bridge ${table}\n`;
}

/** All rules of a network in one text, which the kernel takes as a whole or not at all. */
export function renderFirewall(table: string, servers: readonly GuardedServer[]): string {
  const chains = servers.map(renderServer);
  const jumps = servers.flatMap(({ id, ipv4, ipv6 }) => [
    `    ip daddr ${ipv4} jump server_${id}`,
    ...(ipv6 ? [`    ip6 daddr ${ipv6} jump server_${id}`] : []),
  ]);
  // from this machine, and from one server to another
  const hooks = ["output", "forward"].map((hook) =>
    [`  chain ${hook} {`, `    type filter hook ${hook} priority 0`, ...jumps, "  }"].join("\n"),
  );
  return `${withoutTable(table)}table bridge ${table} {\n${[...chains, ...hooks].join("\n")}\n}\n`;
}

/** Bridges don't follow connections: an answer is known by its flags, or by the port that it comes back to. */
function renderServer({ id, inbound }: GuardedServer): string {
  const lines = [
    "tcp flags & (syn | ack) != syn accept",
    "udp dport 32768-60999 accept",
    "icmp type != echo-request accept",
    "icmpv6 type != echo-request accept",
    ...inbound.flatMap(renderRule),
    "drop",
  ];
  return [`  chain server_${id} {`, ...lines.map((line) => `    ${line}`), "  }"].join("\n");
}

function renderRule({ protocol, ports, addresses }: InboundRule): string[] {
  const wanted = protocol === "icmp" ? "meta l4proto { icmp, icmpv6 }" : portMatch(protocol, ports);
  const ipv6 = addresses.filter((address) => address.includes(":"));
  const ipv4 = addresses.filter((address) => !address.includes(":"));
  return [
    ...(ipv4.length > 0 ? [`${source("ip", ipv4)} ${wanted} accept`] : []),
    ...(ipv6.length > 0 ? [`${source("ip6", ipv6)} ${wanted} accept`] : []),
  ];
}

function source(family: "ip" | "ip6", addresses: readonly string[]): string {
  const everyone = addresses.some((address) => address.endsWith("/0"));
  return everyone ? `ether type ${family}` : `${family} saddr { ${addresses.join(", ")} }`;
}

function portMatch(protocol: "tcp" | "udp", ports: string): string {
  return ports === "0" || ports === "all" ? `meta l4proto ${protocol}` : `${protocol} dport ${ports}`;
}
