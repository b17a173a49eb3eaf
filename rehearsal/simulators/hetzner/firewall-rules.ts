import { isIPv4, isIPv6 } from "node:net";
import type { InboundRule } from "../machine-host";
import { type Body, invalidInput, list, objects, text } from "./answers";
import { parseRange } from "./ip-ranges";
import { matchesSelector } from "./labels";
import type { Firewall, FirewallRule, Project, Server } from "./state";

const PROTOCOLS = ["tcp", "udp", "icmp", "esp", "gre"];
const MOST_RULES = 50;
const MOST_ADDRESSES = 100;

/** Reads a request's rules, and refuses what the real API refuses. */
export function readRules(body: Body): readonly FirewallRule[] {
  const rules = objects(body, "rules");
  if (rules.length > MOST_RULES) throw invalidInput("rules", `must not have more than ${MOST_RULES} entries`);
  return rules.map((rule, place) => readRule(rule, `rules.${place}`));
}

function readRule(rule: Body, path: string): FirewallRule {
  const { direction, protocol } = rule;
  if (direction !== "in" && direction !== "out") throw invalidInput(`${path}.direction`, "must be one of in, out");
  if (!PROTOCOLS.includes(text(protocol))) {
    throw invalidInput(`${path}.protocol`, `must be one of ${PROTOCOLS.join(", ")}`);
  }
  const [own, other] = direction === "in" ? ["source_ips", "destination_ips"] : ["destination_ips", "source_ips"];
  if (list(rule, other as string).length > 0) throw invalidInput(`${path}.${other}`, `is not allowed for ${direction}`);
  const addresses = list(rule, own as string).map(text);
  if (addresses.length === 0) throw invalidInput(`${path}.${own}`, "must not be empty");
  if (addresses.length > MOST_ADDRESSES) throw invalidInput(`${path}.${own}`, "must not have more than 100 entries");
  for (const address of addresses) {
    if (!isRange(address)) throw invalidInput(`${path}.${own}`, `'${address}' is not a valid CIDR`);
  }
  return {
    direction,
    protocol: protocol as FirewallRule["protocol"],
    port: readPort(rule, path),
    source_ips: direction === "in" ? addresses : [],
    destination_ips: direction === "out" ? addresses : [],
    description: text(rule.description) || null,
  };
}

function readPort({ protocol, port }: Body, path: string): string | null {
  const withPort = protocol === "tcp" || protocol === "udp";
  if (port === undefined || port === null) {
    if (withPort) throw invalidInput(`${path}.port`, `is required for protocol ${protocol}`);
    return null;
  }
  if (!withPort) throw invalidInput(`${path}.port`, `is not allowed for protocol ${protocol}`);
  const ports = text(port) === "any" ? [1] : text(port).split("-").map(Number);
  const [first = 0, last = first, ...more] = ports;
  const valid = ports.every((number) => Number.isInteger(number) && number >= 1 && number <= 65535);
  if (!valid || more.length > 0 || last < first)
    throw invalidInput(`${path}.port`, "must be a port or a range of ports");
  return text(port);
}

function isRange(address: string): boolean {
  if (parseRange(address) !== null) return true;
  const [ip = "", bits = "", ...more] = address.split("/");
  if (isIPv4(ip)) return false;
  return isIPv6(ip) && /^\d+$/.test(bits) && Number(bits) <= 128 && more.length === 0;
}

/** The firewalls that a server is under, by its number or by its labels. */
export function firewallsOf({ firewalls }: Project, server: Server): Firewall[] {
  return Object.values(firewalls).filter(
    ({ servers, selectors }) =>
      servers.includes(server.id) || selectors.some((selector) => matchesSelector(selector, server.labels)),
  );
}

/** What a firewall lets in, as it bears on a machine. ESP and GRE reach no machine of the rehearsal. */
export function inboundRules({ rules }: Firewall): InboundRule[] {
  return rules.flatMap(({ direction, protocol, port, source_ips: addresses }) => {
    if (direction === "out" || protocol === "esp" || protocol === "gre") return [];
    return [{ protocol, ports: port === null || port === "any" ? "0" : port, addresses }];
  });
}
