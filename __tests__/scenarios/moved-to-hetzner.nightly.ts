/**
 * chitram-beta on Hetzner: moved there by the import and the `server:` line alone, through the same life as on DigitalOcean,
 * and moved back to what it was, byte for byte.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Cdktf } from "../../rehearsal/cdktf";
import type { Workspace } from "../../rehearsal/workspace";
import { chitram } from "./applications";
import { bucketOfBackups } from "./bucket-of-backups";
import { digitalocean, hetzner, movedTo } from "./clouds";
import { DeployedStack } from "./deployed-stack";
import { lifeOfAHost } from "./life-of-a-host";

/** The stack's file, and what Terraform gets of it. */
interface Stand {
  readonly file: string;
  readonly synthesized: string;
}

let original: Stand;
let moved: string;

const host = new DeployedStack({
  scenario: "moved-to-hetzner",
  stack: "chitram-beta",
  cloud: hetzner,
  application: chitram,
  prepare: async (workspace, cloud) => {
    original = await synthesize(workspace, new Cdktf(workspace, cloud.environment({})));
    workspace.edit(host.file, movedTo(hetzner));
    moved = workspace.read(host.file);
  },
});

async function synthesize(workspace: Workspace, cdktf: Cdktf): Promise<Stand> {
  await cdktf.synth();
  const synthesized = readFileSync(join(workspace.stackFolder, "cdk.tf.json"), "utf8");
  return { file: workspace.read(host.file), synthesized };
}

it("is a matter of two lines", () => {
  const [before, after] = [original.file, moved].map((text) => text.split("\n")) as [string[], string[]];
  expect(after).toHaveLength(before.length);
  const changed = before.flatMap((line, index) => (line === after[index] ? [] : [[line.trim(), after[index]?.trim()]]));
  expect(changed).toEqual([
    [digitalocean.importLine, hetzner.importLine],
    [`server: ${digitalocean.server},`, `server: ${hetzner.server},`],
  ]);
});

bucketOfBackups(host);
lifeOfAHost(host);

it("and back again is what it was", async () => {
  host.edit(() => movedTo(digitalocean)(moved));
  expect(await synthesize(host.now.workspace, host.now.cdktf)).toEqual(original);
});
