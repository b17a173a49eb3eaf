import type { App } from "cdktf";
import { ComposeApp, Secret, SecretsBundle, SingleHostStack, Site, SshKey } from "../../constructs";
import { droplet } from "../../constructs/clouds/digitalocean";

const admin = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBTtMmoRa3ug5a9NW98Z35Ja90IajzfhdTczNp4Px19k admin";

const compose = `services:
  web:
    image: nginx:alpine
    environment: { DATABASE_URL: "\${DATABASE_URL}" }
  database:
    image: postgres:16-alpine
    environment: { POSTGRES_PASSWORD: "\${POSTGRES_PASSWORD}" }
    volumes: [rows:/var/lib/postgresql/data]
volumes: { rows: {} }
`;

/** A host as a team writes it: two services, two secrets, one site. */
export function libraryHost(app: App, name: string): void {
  const stack = new SingleHostStack(app, name, {
    server: droplet("s-1vcpu-1gb", { region: "nyc3" }),
    admins: [SshKey.fromText(admin)],
    app: ComposeApp.fromText(compose),
    sites: [Site.at(`${name}.example`, { service: "web", port: 80 })],
  });
  new SecretsBundle(stack, "secrets", {
    host: stack.host,
    values: {
      POSTGRES_PASSWORD: Secret.generated(),
      DATABASE_URL: Secret.template("postgresql://postgres:{POSTGRES_PASSWORD}@database/postgres"),
    },
  });
}
