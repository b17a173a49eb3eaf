import { App } from "cdktf";
import { ComposeApp, GithubDeployWiring, Registry, SingleHostStack, Site, SshKey } from "cdktf-single-host";
import { droplet } from "cdktf-single-host/digitalocean";

const IMAGE = "ghcr.io/acme/private-connections:1.0";

const app = new App();
const stack = new SingleHostStack(app, "connections", {
  server: droplet("s-1vcpu-1gb", { region: "nyc3" }),
  admins: [SshKey.fromText("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBTtMmoRa3ug5a9NW98Z35Ja90IajzfhdTczNp4Px19k admin")],
  app: ComposeApp.fromFile("compose.yaml", { images: { app: IMAGE, writer: IMAGE }, runsTwice: ["app"] }),
  registries: [Registry.ghcr({ username: "octocat" })],
  sites: [
    Site.onSslip({
      service: "app",
      port: 8000,
      health: "/health",
      paths: [{ path: "/writer/*", service: "writer", port: 8000, health: "/writer/health" }],
    }),
  ],
});
new GithubDeployWiring(stack, "github", { host: stack.host, repository: "acme/connections" });
app.synth();
