import type { Construct } from "constructs";
import { Firewall, type FirewallConfig } from "./bindings/hcloud/firewall";
import { labelsOf } from "./labels";

const EVERYWHERE = ["0.0.0.0/0", "::/0"];

/**
 * The cloud firewall: SSH (keys only; GitHub's runners have no fixed addresses), HTTP, HTTPS, HTTP/3 and ping come in.
 * Everything goes out, as a firewall of Hetzner's lets it that has no rule for it.
 */
export function createFirewall(
  scope: Construct,
  name: string,
  transform: (config: FirewallConfig) => FirewallConfig,
): Firewall {
  const inbound = (protocol: string, port?: string) => ({
    direction: "in",
    protocol,
    port,
    sourceIps: EVERYWHERE,
  });
  const config: FirewallConfig = {
    name,
    labels: labelsOf(name),
    rule: [inbound("tcp", "22"), inbound("tcp", "80"), inbound("tcp", "443"), inbound("udp", "443"), inbound("icmp")],
  };
  return new Firewall(scope, "firewall", transform(config));
}
