import { App } from "cdktf";
import { ComposeApp, Secret, SecretsBundle, SingleHostStack, Site } from "cdktf-single-host";
import { droplet } from "cdktf-single-host/digitalocean";

const app = new App();
const stack = new SingleHostStack(app, "faulty", {
  // @ts-expect-error neither the size nor the region exists
  server: droplet("s-3vcpu-3gb", { region: "nyc9" }),
  admins: [],
  app: ComposeApp.fromFile("compose.yaml"),
  sites: [
    Site.at("https://faulty.example", { service: "web", port: 80 }),
    Site.at("shop.faulty.example", { service: "shop", port: 80 }),
    Site.at("web.faulty.example", { service: "web", port: 70000 }),
  ],
});
new SecretsBundle(stack, "secrets", {
  host: stack.host,
  values: {
    EQUAL: Secret.sameAs("NOTHING"),
    URL: Secret.template("http://{NOBODY}@web"),
    ONE: Secret.sameAs("OTHER"),
    OTHER: Secret.sameAs("ONE"),
  },
});
app.synth();
