import { type App, Testing } from "cdktf";
import { ComposeApp, SingleHostStack, Site, SshKey } from "../../constructs";
import type { CloudServer } from "../../constructs/clouds/cloud";
import { droplet } from "../../constructs/clouds/digitalocean";
import { hetznerServer } from "../../constructs/clouds/hetzner";
import type { SingleHostProps } from "../../constructs/single-host-props";

export const ADMIN = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMWH5e/ICYiC1h6SUyBQ2lb272WTPGvVWazAj0V0UcaP admin";

export const COMPOSE = `services:
  web:
    image: ghcr.io/example/web:1
    environment:
      TOKEN: \${TOKEN:-}
      GREETING: \${GREETING:-hello}
`;

/** A service with a named volume. */
export const WITH_DATA = `services:
  web:
    image: ghcr.io/example/web:1
    volumes:
      - data:/var/lib/web
volumes:
  data: {}
`;

/** The least that a team writes. */
export function leastProps(): SingleHostProps {
  return {
    server: droplet("s-1vcpu-1gb", { region: "fra1" }),
    admins: [SshKey.fromText(ADMIN)],
    app: ComposeApp.fromText(COMPOSE),
    sites: [Site.at("site.example", { service: "web", port: 8080 })],
  };
}

/** What tests of a meaning that all clouds share need to know of one. */
export interface CloudCase {
  readonly cloud: string;
  /** The smallest server, where it may have all else. */
  readonly server: () => CloudServer;
  /** `digitalocean_droplet.host_server` */
  readonly address: string;
  readonly ipv4: string;
  readonly ipv6: string;
  /** The local name of its provider. */
  readonly provider: string;
  readonly bucket: { readonly type: string; readonly name: string; readonly endpoint: string; readonly region: string };
  /** Where backups of its server stand. */
  readonly otherRegion: { readonly endpoint: string; readonly region: string };
  readonly key: { readonly id: string; readonly secret: string };
}

export const clouds: readonly CloudCase[] = [
  {
    cloud: "DigitalOcean",
    server: () => droplet("s-1vcpu-1gb", { region: "fra1" }),
    address: "digitalocean_droplet.host_server",
    ipv4: "${digitalocean_droplet.host_server.ipv4_address}",
    ipv6: "${digitalocean_droplet.host_server.ipv6_address}",
    provider: "digitalocean",
    bucket: {
      type: "digitalocean_spaces_bucket",
      name: "name",
      endpoint: "https://fra1.digitaloceanspaces.com",
      region: "fra1",
    },
    otherRegion: { endpoint: "https://ams3.digitaloceanspaces.com", region: "ams3" },
    key: { id: "SPACES_ACCESS_KEY_ID", secret: "SPACES_SECRET_ACCESS_KEY" },
  },
  {
    cloud: "Hetzner",
    server: () => hetznerServer("cx23", { location: "nbg1" }),
    address: "hcloud_server.host_server",
    ipv4: "${hcloud_primary_ip.host_ipv4.ip_address}",
    ipv6: "${cidrhost(hcloud_primary_ip.host_ipv6.ip_network, 1)}",
    provider: "hcloud",
    bucket: {
      type: "minio_s3_bucket",
      name: "bucket",
      endpoint: "https://nbg1.your-objectstorage.com",
      region: "nbg1",
    },
    otherRegion: { endpoint: "https://fsn1.your-objectstorage.com", region: "fsn1" },
    key: { id: "OBJECT_STORAGE_ACCESS_KEY", secret: "OBJECT_STORAGE_SECRET_KEY" },
  },
];

export function leastStack(
  props: Partial<SingleHostProps> = {},
  app: App = Testing.app(),
  id = "beta",
): SingleHostStack {
  return new SingleHostStack(app, id, { ...leastProps(), ...props });
}

/** Terraform JSON by type and name, without cdktf's metadata. */
// biome-ignore lint/suspicious/noExplicitAny: Terraform JSON of any shape
export function synthesized(stack: SingleHostStack, validate = false): any {
  return JSON.parse(Testing.synth(stack, validate));
}

/** `digitalocean_droplet.host_server`, sorted. */
export function addresses(stack: SingleHostStack): string[] {
  const { resource = {}, data = {}, locals = {}, variable = {}, output = {} } = synthesized(stack);
  const list = (blocks: Record<string, object>, prefix = "") =>
    Object.entries(blocks).flatMap(([type, named]) => Object.keys(named).map((name) => `${prefix}${type}.${name}`));
  return [...list(resource), ...list(data, "data."), ...list({ local: locals, var: variable, output })].sort();
}

/** The message with which validation refuses a stack, a line each, without construct paths. */
export function refusal(stack: SingleHostStack): string[] {
  try {
    Testing.synth(stack, true);
  } catch (error) {
    const lines = (error as Error).message.split("\n").map((line) => line.trim());
    return lines.filter((line) => line.startsWith("[")).map((line) => line.replace(/^\[[^\]]*\] /, ""));
  }
  return [];
}
