import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TerraformStack, Testing } from "cdktf";
import { ComposeApp, DataVolume, Domain, Size } from "../../constructs";
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

describe.each([
  { server: droplet("s-2vcpu-2gb", { region: "nyc3" }), cloud: "digitalocean", existing: "beta-data" },
  { server: hetznerServer("cx23", { location: "nbg1" }), cloud: "hcloud", existing: "1234" },
])("a data volume on $cloud", ({ server, cloud, existing }) => {
  const app = ComposeApp.fromText(WITH_DATA);
  const volumes = ["data"];
  const kept = (...types: string[]) =>
    types.map((type) => ({ from: `${cloud}_${type}.host_data`, lifecycle: { destroy: false } }));

  test("outlives its prop while the host is protected", () => {
    expect(synthesized(leastStack({ server, app })).removed).toEqual(kept("volume", "volume_attachment"));
    expect(synthesized(leastStack({ server, app, protection: false })).removed).toBeUndefined();
    const dataVolume = DataVolume.create(Size.gibibytes(20), { volumes });
    expect(synthesized(leastStack({ server, app, dataVolume })).removed).toBeUndefined();
  });

  test("is not destroyed when the stack that made it takes it over as an existing one", () => {
    const dataVolume = DataVolume.existing(existing, { volumes });
    expect(synthesized(leastStack({ server, app, dataVolume })).removed).toEqual(kept("volume"));
  });
});

test.each([
  { server: droplet("s-2vcpu-2gb", { region: "nyc3" }), zone: "digitalocean_domain" },
  { server: hetznerServer("cx23", { location: "nbg1" }), zone: "hcloud_zone" },
])("$zone is not destroyed when the stack that made it takes it over as an existing one", ({ server, zone }) => {
  const stack = leastStack({ server, domains: [Domain.existing("site.example")] });
  const kept = { from: `${zone}.host_zone_site_example`, lifecycle: { destroy: false } };
  expect(synthesized(stack).removed).toContainEqual(kept);
});
