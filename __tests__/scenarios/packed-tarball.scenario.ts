/**
 * The packed package, installed into an empty project elsewhere, synthesizes a stack in ten lines.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { command } from "../../rehearsal/command";
import { projectFolder } from "../../rehearsal/workspace";

const tenLines = `import { App } from "cdktf";
import { ComposeApp, SingleHostStack, Site, SshKey } from "cdktf-single-host";
import { droplet } from "cdktf-single-host/digitalocean";
const app = new App();
new SingleHostStack(app, "elsewhere", {
  server: droplet("s-1vcpu-1gb", { region: "nyc3" }),
  admins: [SshKey.fromText("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBTtMmoRa3ug5a9NW98Z35Ja90IajzfhdTczNp4Px19k admin")],
  app: ComposeApp.fromText("services: {web: {image: 'nginx:alpine'}}"),
  sites: [Site.onAddress({ service: "web", port: 80 })],
});
app.synth();
`;

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "elsewhere-"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("synthesizes and typechecks from the tarball alone, with old and new module resolution", async () => {
  await command(["npm", "pack", "--pack-destination", folder], { cwd: projectFolder });
  const { version } = JSON.parse(readFileSync(join(projectFolder, "package.json"), "utf8"));
  writeFileSync(join(folder, "package.json"), '{ "name": "elsewhere", "private": true }');
  writeFileSync(join(folder, "main.ts"), tenLines);
  const peers = [
    "cdktf@0.21.0",
    "constructs@10.6.0",
    "@cdktf/provider-digitalocean@13",
    "@cdktf/provider-random@12",
    "@cdktf/provider-tls@11",
  ];
  await command(
    [
      "npm",
      "install",
      "--no-audit",
      "--no-fund",
      `./cdktf-single-host-${version}.tgz`,
      ...peers,
      "tsx@4",
      "typescript@5.9",
      "@types/node@20",
    ],
    { cwd: folder },
  );
  await command(["npx", "tsx", "main.ts"], { cwd: folder });
  const stack = JSON.parse(readFileSync(join(folder, "cdktf.out", "stacks", "elsewhere", "cdk.tf.json"), "utf8"));
  expect(Object.keys(stack.resource)).toEqual(
    expect.arrayContaining(["digitalocean_droplet", "digitalocean_firewall", "terraform_data"]),
  );
  const resolutions = [
    ["--module", "commonjs", "--moduleResolution", "node10"],
    ["--module", "node16", "--moduleResolution", "node16"],
  ];
  for (const resolution of resolutions) {
    await command(
      [
        "npx",
        "tsc",
        "--noEmit",
        "--strict",
        "--skipLibCheck",
        "--target",
        "es2022",
        "--esModuleInterop",
        ...resolution,
        "main.ts",
      ],
      { cwd: folder },
    );
  }
});
