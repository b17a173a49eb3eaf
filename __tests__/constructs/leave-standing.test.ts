import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TerraformStack, Testing } from "cdktf";
import { ComposeApp, DataVolume, Domain, type SingleHostProps, Site, Size } from "../../constructs";
import { droplet } from "../../constructs/clouds/digitalocean";
import { hetznerServer } from "../../constructs/clouds/hetzner";
import { leaveStanding } from "../../constructs/leave-standing";
import { TerraformData } from "../../constructs/terraform-data";
import { leastStack, synthesized, WITH_DATA } from "./fixture";

const folder = mkdtempSync(join(tmpdir(), "leave-standing-"));

function apply(fill: (stack: TerraformStack) => void): string {
  const stack = new TerraformStack(Testing.app(), "test");
  fill(stack);
  writeFileSync(join(folder, "cdk.tf.json"), Testing.synth(stack));
  spawnSync("terraform", [`-chdir=${folder}`, "init"]);
  const { stdout, stderr } = spawnSync("terraform", [`-chdir=${folder}`, "apply", "-auto-approve", "-no-color"], {
    encoding: "utf8",
  });
  return `${stdout}${stderr}`;
}

test("what a stack no longer has is forgotten, not destroyed; what it never had is no matter", () => {
  apply((stack) => {
    new TerraformData(stack, "volume", { triggersReplace: {} }).overrideLogicalId("volume");
    new TerraformData(stack, "other", { triggersReplace: {} }).overrideLogicalId("other");
  });
  const output = apply((stack) => {
    leaveStanding(stack, ["terraform_data.volume"]);
    leaveStanding(stack, ["terraform_data.never"]);
  });
  expect(output).toContain("terraform_data.volume will no longer be managed by Terraform, but will not be destroyed");
  expect(output).toContain("Apply complete! Resources: 0 added, 0 changed, 1 destroyed.");
}, 60_000);

/** What a host's stack leaves standing of some kinds of resources. */
function left(props: Partial<SingleHostProps>, kinds: RegExp): string[] {
  const removed: { from: string; lifecycle: unknown }[] = synthesized(leastStack(props)).removed ?? [];
  for (const { lifecycle } of removed) expect(lifecycle).toEqual({ destroy: false });
  return removed.map(({ from }) => from).filter((from) => kinds.test(from));
}

describe.each([
  { server: droplet("s-2vcpu-2gb", { region: "nyc3" }), cloud: "digitalocean", existing: "beta-data" },
  { server: hetznerServer("cx23", { location: "nbg1" }), cloud: "hcloud", existing: "1234" },
])("a data volume on $cloud", ({ server, cloud, existing }) => {
  const app = ComposeApp.fromText(WITH_DATA);
  const volumes = ["data"];
  const volume = `${cloud}_volume.host_data`;
  const attachment = `${cloud}_volume_attachment.host_data`;

  test("outlives its prop while the host is protected", () => {
    expect(left({ server, app }, /volume/)).toEqual([volume, attachment]);
    expect(left({ server, app, protection: false }, /volume/)).toEqual([]);
    const dataVolume = DataVolume.create(Size.gibibytes(20), { volumes });
    expect(left({ server, app, dataVolume }, /volume/)).toEqual([]);
  });

  test("is not destroyed when the stack that made it takes it over as an existing one", () => {
    const dataVolume = DataVolume.existing(existing, { volumes });
    expect(left({ server, app, dataVolume }, /volume/)).toEqual([volume]);
  });
});

describe.each([
  { server: droplet("s-2vcpu-2gb", { region: "nyc3" }), zone: "digitalocean_domain" },
  { server: hetznerServer("cx23", { location: "nbg1" }), zone: "hcloud_zone" },
])("a $zone", ({ server, zone }) => {
  const sites = [Site.at("www.site.example", { service: "web", port: 80 })];
  const zonesOf = (props: Partial<SingleHostProps>) => left({ server, sites, ...props }, /domain|zone/);

  test("is not destroyed when the stack that made it takes it over as an existing one", () => {
    const domains = [Domain.existing("site.example")];
    expect(zonesOf({ domains, protection: false })).toEqual([`${zone}.host_zone_site_example`]);
  });

  test("is not destroyed when its line is taken away while the host is protected", () => {
    const possible = [`${zone}.host_zone_www_site_example`, `${zone}.host_zone_site_example`];
    expect(zonesOf({})).toEqual(possible);
    expect(zonesOf({ domains: [Domain.create("site.example")] })).toEqual(possible.slice(0, 1));
    expect(zonesOf({ protection: false })).toEqual([]);
  });
});
