import { randomBytes } from "node:crypto";
import { App, TerraformStack } from "cdktf";
import {
  type CloudServer,
  ComposeApp,
  DataVolume,
  SingleHost,
  type SingleHostProps,
  Site,
  SshKey,
} from "cdktf-single-host";
import { droplet } from "cdktf-single-host/digitalocean";
import { hetznerServer } from "cdktf-single-host/hetzner";

const app = new App();
const stack = new TerraformStack(app, "faulty-hetzner");

/** A host in which nothing is wrong but what is given. */
function host(name: string, server: CloudServer, props: Partial<SingleHostProps> = {}): void {
  new SingleHost(stack, name, {
    server,
    admins: [SshKey.fromText("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBTtMmoRa3ug5a9NW98Z35Ja90IajzfhdTczNp4Px19k admin")],
    app: ComposeApp.fromFile("compose.yaml"),
    sites: [Site.onAddress({ service: "web", port: 80 })],
    ...props,
  });
}

host("not-there", hetznerServer("cx23", { location: "ash" }));
// @ts-expect-error retired in 2024
host("retired", hetznerServer("cx21", { location: "nbg1" }));
// @ts-expect-error the other cloud's size
host("droplet-size", hetznerServer("s-2vcpu-2gb", { location: "nbg1" }));
// @ts-expect-error the other cloud's size
host("hetzner-size", droplet("cx23", { region: "nyc3" }));
host("far-volume", hetznerServer("cx23", { location: "nbg1" }), {
  dataVolume: DataVolume.existing("4711", { volumes: ["rows"], location: "hel1" }),
});
host("arm", hetznerServer("cax11", { location: "nbg1" }), {
  app: ComposeApp.fromFile("built.yaml", { images: { web: "ghcr.io/example/web:1" } }),
});
host("under_score", hetznerServer("cx23", { location: "nbg1" }));
host("large", hetznerServer("cx23", { location: "nbg1" }), {
  // nothing that compression makes smaller
  extraCloudInit: [{ content: `#cloud-config\n# ${randomBytes(20_000).toString("base64")}\n` }],
});
app.synth();
