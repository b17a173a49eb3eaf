import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { transformSync } from "@swc/core";
import { type App, Testing } from "cdktf";
import type { SingleHostStack } from "../../../constructs";
import { addresses, synthesized } from "../fixture";

const path = join(__dirname, "../../../stacks/chitram-beta/index.ts");
const written = readFileSync(path, "utf8");

const lines = {
  digitalocean: [
    'import { droplet } from "cdktf-single-host/digitalocean";',
    '    server: droplet("s-2vcpu-2gb", { region: "nyc3" }),',
  ],
  hetzner: [
    'import { hetznerServer } from "cdktf-single-host/hetzner";',
    '    server: hetznerServer("cx33", { location: "nbg1" }),',
  ],
} as const;

/** The stack's file with the import and the `server:` line of another cloud. */
function moved(text: string, from: keyof typeof lines, to: keyof typeof lines): string {
  return lines[from].reduce((result, line, index) => {
    expect(result.split("\n")).toContain(line);
    return result.replace(line, lines[to][index] as string);
  }, text);
}

/** The stack that such a file makes. */
function stackOf(text: string): SingleHostStack {
  const { code } = transformSync(text, {
    filename: path,
    jsc: { target: "es2022", parser: { syntax: "typescript" } },
    module: { type: "commonjs" },
  });
  const exports: { chitramBeta?: (app: App) => SingleHostStack } = {};
  new Function("exports", "require", "__dirname", code)(exports, require, dirname(path));
  return (exports.chitramBeta as (app: App) => SingleHostStack)(Testing.app());
}

/** What Terraform will know, without the clouds' own. */
const shared = (stack: SingleHostStack) =>
  addresses(stack).filter((address) => !/^(digitalocean|hcloud|minio)_|^var\.(SPACES|OBJECT_STORAGE)_/.test(address));

describe("chitram-beta moved to Hetzner", () => {
  const atHome = stackOf(written);
  const away = stackOf(moved(written, "digitalocean", "hetzner"));

  test("is the import and the server's line, and comes back by the same two", () => {
    const there = moved(written, "digitalocean", "hetzner");
    const differing = there.split("\n").filter((line, index) => line !== written.split("\n")[index]);
    expect(differing).toEqual(lines.hetzner);
    expect(moved(there, "hetzner", "digitalocean")).toBe(written);
  });

  test("keeps the names of all that is not the cloud's", () => {
    // Addresses of its own, and more than one kind of processor, are what Hetzner has besides.
    const own = ["ipv4_protection", "ipv6_protection", "processor"].map((name) => `terraform_data.host_${name}`);
    expect(shared(away).filter((address) => !own.includes(address))).toEqual(shared(atHome));
  });

  test("asks nothing of DigitalOcean any more", () => {
    expect(JSON.stringify(synthesized(away, true))).not.toMatch(/digitalocean|spaces/i);
  });

  test("brings the same files to the server, but for its addresses, its buckets and what the cloud leaves to it", () => {
    const filesOf = (stack: SingleHostStack) =>
      synthesized(stack, true).resource.terraform_data.host_configuration.triggers_replace.files;
    const [here, there] = [filesOf(atHome), filesOf(away)];
    const { "host.json": hostHere, ...filesHere } = here;
    const { "host.json": hostThere, ...filesThere } = there;
    expect(filesThere).toEqual(filesHere);
    const { ipv4, backup, expiring_buckets, ...host } = JSON.parse(hostThere);
    const { ipv4: _, backup: backupHere, expiring_buckets: none, ...home } = JSON.parse(hostHere);
    expect(host).toEqual(home);
    expect(ipv4).toBe("${hcloud_primary_ip.host_ipv4.ip_address}");
    expect({ ...backup, repository: "" }).toEqual({ ...backupHere, repository: "" });
    expect([none.length, expiring_buckets.length]).toEqual([0, 1]);
  });
});
