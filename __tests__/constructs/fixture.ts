import { type App, Testing } from "cdktf";
import { ComposeApp, SingleHostStack, Site, SshKey } from "../../constructs";
import { droplet } from "../../constructs/clouds/digitalocean";
import type { SingleHostProps } from "../../constructs/single-host";

export const ADMIN = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMWH5e/ICYiC1h6SUyBQ2lb272WTPGvVWazAj0V0UcaP admin";

export const COMPOSE = `services:
  web:
    image: ghcr.io/example/web:1
    environment:
      TOKEN: \${TOKEN:-}
      GREETING: \${GREETING:-hello}
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

export function leastStack(props: Partial<SingleHostProps> = {}, app: App = Testing.app()): SingleHostStack {
  return new SingleHostStack(app, "beta", { ...leastProps(), ...props });
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
