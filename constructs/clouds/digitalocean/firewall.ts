import type { Droplet } from "@cdktf/provider-digitalocean/lib/droplet";
import { Firewall, type FirewallConfig } from "@cdktf/provider-digitalocean/lib/firewall";
import { Token } from "cdktf";
import type { Construct } from "constructs";

const EVERYWHERE = ["0.0.0.0/0", "::/0"];

/**
 * The cloud firewall: SSH (keys only; GitHub's runners have no fixed addresses), HTTP, HTTPS, HTTP/3 and ping come in,
 * everything goes out.
 */
export function createFirewall(
  scope: Construct,
  droplet: Droplet,
  name: string,
  transform: (config: FirewallConfig) => FirewallConfig,
): Firewall {
  const inbound = (protocol: string, portRange?: string) => ({ protocol, portRange, sourceAddresses: EVERYWHERE });
  const outbound = (protocol: string, portRange?: string) => ({
    protocol,
    portRange,
    destinationAddresses: EVERYWHERE,
  });
  const config: FirewallConfig = {
    name,
    dropletIds: [Token.asNumber(droplet.id)],
    inboundRule: [
      inbound("tcp", "22"),
      inbound("tcp", "80"),
      inbound("tcp", "443"),
      inbound("udp", "443"),
      inbound("icmp"),
    ],
    outboundRule: [outbound("tcp", "1-65535"), outbound("udp", "1-65535"), outbound("icmp")],
  };
  return new Firewall(scope, "firewall", transform(config));
}
