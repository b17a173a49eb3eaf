import { App } from "cdktf";
import { BackupBucket, ComposeApp, Secret, SecretsBundle, SingleHostStack, Site, SshKey } from "cdktf-single-host";
import { droplet } from "cdktf-single-host/digitalocean";

const app = new App();
const stack = new SingleHostStack(app, "ordinary", {
  server: droplet("s-1vcpu-1gb", { region: "nyc3" }),
  admins: [SshKey.fromText("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBTtMmoRa3ug5a9NW98Z35Ja90IajzfhdTczNp4Px19k admin")],
  app: ComposeApp.fromFile("compose.yaml", { settings: { GREETING: "grüße %{ and ${ and `ls`" } }),
  sites: [
    Site.onAddress({ service: "web", port: 80, health: "/" }),
    Site.onSslip({ service: "web", port: 80, health: "/" }),
  ],
});
new SecretsBundle(stack, "secrets", {
  host: stack.host,
  values: {
    POSTGRES_PASSWORD: Secret.generated(),
    QUOTED: Secret.given(),
  },
});
new BackupBucket(stack, "backups", { host: stack.host });
app.synth();
