/**
 * The packed package, installed into an empty project elsewhere, synthesizes a stack in ten lines on each cloud, with that
 * cloud's packages alone.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { command } from "../../rehearsal/command";
import { projectFolder } from "../../rehearsal/workspace";
import { type Cloud, digitalocean, hetzner } from "./clouds";

const peers = ["cdktf@0.21.0", "constructs@10.6.0", "@cdktf/provider-random@12", "@cdktf/provider-tls@11"];
const tools = ["tsx@4", "typescript@5.9", "@types/node@20"];
const resolutions = [
  ["--module", "commonjs", "--moduleResolution", "node10"],
  ["--module", "node16", "--moduleResolution", "node16"],
];

const admin = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBTtMmoRa3ug5a9NW98Z35Ja90IajzfhdTczNp4Px19k admin";

/** @param more what the project says besides, after its stack */
const tenLines = (cloud: Cloud, more = "") => `import { App } from "cdktf";
import { ComposeApp, SingleHostStack, Site, SshKey } from "cdktf-single-host";
${cloud.importLine}
const app = new App();
const stack = new SingleHostStack(app, "elsewhere", {
  server: ${cloud.server},
  admins: [SshKey.fromText("${admin}")],
  app: ComposeApp.fromText("services: {web: {image: 'nginx:alpine'}}"),
  sites: [Site.onAddress({ service: "web", port: 80 })],
});
${more}
app.synth();
`;

let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "elsewhere-"));
  await command(["npm", "pack", "--pack-destination", folder], { cwd: projectFolder });
  const { version } = JSON.parse(readFileSync(join(projectFolder, "package.json"), "utf8"));
  writeFileSync(join(folder, "package.json"), '{ "name": "elsewhere", "private": true }');
  await install(`./cdktf-single-host-${version}.tgz`, ...peers, ...tools);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function install(...packages: string[]): Promise<unknown> {
  return command(["npm", "install", "--no-audit", "--no-fund", ...packages], { cwd: folder });
}

/** Types of all resources that the project's stack gives to Terraform. */
async function synthesize(text: string, name = "elsewhere"): Promise<string[]> {
  writeFileSync(join(folder, "main.ts"), text);
  await command(["npx", "tsx", "main.ts"], { cwd: folder, env: { ...process.env, HOME: folder } });
  const stack = JSON.parse(readFileSync(join(folder, "cdktf.out", "stacks", name, "cdk.tf.json"), "utf8"));
  return Object.keys(stack.resource);
}

async function typecheck(): Promise<void> {
  const options = ["--noEmit", "--strict", "--skipLibCheck", "--target", "es2022", "--esModuleInterop"];
  for (const resolution of resolutions) {
    await command(["npx", "tsc", ...options, ...resolution, "main.ts"], { cwd: folder });
  }
}

it("knows Hetzner and the raw resources of its provider, without a package of DigitalOcean's", async () => {
  const raw = 'new hcloud.floatingIp.FloatingIp(stack, "further", { type: "ipv4", homeLocation: "nbg1" });';
  const text = tenLines(hetzner, raw).replace("import { hetznerServer }", "import { hcloud, hetznerServer }");
  expect(await synthesize(text)).toEqual(
    expect.arrayContaining(["hcloud_server", "hcloud_firewall", "hcloud_floating_ip", "terraform_data"]),
  );
  await typecheck();
});

it("is all that README's first project needs", async () => {
  const [, text] = readFileSync(join(projectFolder, "README.md"), "utf8").match(/<<'END'\n([\s\S]*?)^END$/m) ?? [];
  writeFileSync(join(folder, "compose.yaml"), "services: {web: {image: 'nginx:alpine'}}\n");
  mkdirSync(join(folder, ".ssh"));
  writeFileSync(join(folder, ".ssh", "id_ed25519.pub"), `${admin}\n`);
  expect(await synthesize(text ?? "", "beta")).toContain("hcloud_server");
  await typecheck();
});

it("knows DigitalOcean, once its package is installed", async () => {
  writeFileSync(join(folder, "main.ts"), tenLines(digitalocean));
  const without = await command(["npx", "tsx", "main.ts"], { cwd: folder, accept: [1] });
  expect(without.output).toContain("npm install @cdktf/provider-digitalocean");
  await install("@cdktf/provider-digitalocean@13");
  expect(await synthesize(tenLines(digitalocean))).toEqual(
    expect.arrayContaining(["digitalocean_droplet", "digitalocean_firewall", "terraform_data"]),
  );
  await typecheck();
});
