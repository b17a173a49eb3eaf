import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TerraformStack, Testing } from "cdktf";
import { Construct } from "constructs";
import { LogicalIds } from "../../constructs/logical-ids";
import { protect, protectRemoved } from "../../constructs/protection";
import { TerraformData } from "../../constructs/terraform-data";

interface Server {
  readonly region?: string;
  readonly name?: string;
  readonly protection?: boolean;
}

/** A stack whose server is Terraform's own resource: it is replaced when its region changes. */
class Deployment {
  readonly folder = mkdtempSync(join(tmpdir(), "protection-"));

  write({ region = "nyc3", name = "host_server", protection = true }: Server): void {
    const stack = new TerraformStack(Testing.app(), "test");
    const host = new Construct(stack, "host");
    const server = new TerraformData(host, "server", {
      triggersReplace: { region },
      // Fails while there is a file `away`, when the server exists already: as an API does that answers 500 to a poll.
      provisioners: [{ type: "local-exec", command: `test ! -e ${this.folder}/away` }],
    });
    server.overrideLogicalId(name);
    protect(host, new LogicalIds(host), server, ["server"], protection);
    writeFileSync(join(this.folder, "cdk.tf.json"), Testing.synth(stack));
    rmSync(join(this.folder, "away"), { force: true });
  }

  terraform(...args: string[]): string {
    const { stdout, stderr } = spawnSync("terraform", [`-chdir=${this.folder}`, ...args, "-no-color"], {
      encoding: "utf8",
    });
    return `${stdout}${stderr}`.replace(/\s+/g, " ");
  }

  deploy(server: Server = {}): string {
    this.write(server);
    return this.terraform("apply", "-auto-approve");
  }
}

const REFUSED = "terraform_data.host_server_protection has lifecycle.prevent_destroy set";
const MADE = "Apply complete! Resources: 2 added, 0 changed, 0 destroyed.";

describe("protection", () => {
  test("refuses to destroy, to replace and to lose sight of a server that stands", () => {
    const deployment = new Deployment();
    expect(deployment.deploy()).toContain(MADE);
    expect(deployment.deploy()).toContain("No changes.");
    expect(deployment.terraform("destroy", "-auto-approve")).toContain(REFUSED);
    expect(deployment.terraform("destroy", "-auto-approve", "-target=terraform_data.host_server")).toContain(REFUSED);
    expect(deployment.deploy({ region: "fra1" })).toContain(REFUSED);
    expect(deployment.deploy({ name: "renamed_server" })).toContain(REFUSED);
    deployment.write({});
    expect(deployment.terraform("apply", "-auto-approve", "-replace=terraform_data.host_server")).toContain(REFUSED);
    deployment.terraform("taint", "terraform_data.host_server");
    expect(deployment.deploy()).toContain(REFUSED);
    deployment.terraform("untaint", "terraform_data.host_server");
    expect(deployment.deploy()).toContain("No changes.");
  }, 60_000);

  test("lets a creation that failed halfway be finished by the next deploy", () => {
    const deployment = new Deployment();
    deployment.write({});
    writeFileSync(join(deployment.folder, "away"), "");
    expect(deployment.terraform("apply", "-auto-approve")).toContain("local-exec provisioner error");
    expect(deployment.deploy()).toContain("Apply complete! Resources: 2 added, 0 changed, 1 destroyed.");
    expect(deployment.terraform("destroy", "-auto-approve")).toContain(REFUSED);
  }, 60_000);

  test("refuses to destroy what was taken out of the stack, until it was let go of", () => {
    const deployment = new Deployment();
    const taken = () => {
      const host = new Construct(new TerraformStack(Testing.app(), "test"), "host");
      protectRemoved(host, new LogicalIds(host), ["server"]);
      writeFileSync(join(deployment.folder, "cdk.tf.json"), Testing.synth(TerraformStack.of(host)));
      return deployment.terraform("apply", "-auto-approve");
    };
    expect(taken()).toContain("0 added");
    deployment.deploy();
    expect(taken()).toMatch(/terraform_data.host_server_protection\S* has lifecycle.prevent_destroy set/);
    expect(deployment.terraform("state", "list")).toContain("terraform_data.host_server ");
    deployment.terraform("state", "rm", "terraform_data.host_server_protection");
    expect(taken()).toContain("1 destroyed");
  }, 60_000);

  test("lets go when it is told to", () => {
    const deployment = new Deployment();
    deployment.deploy();
    expect(deployment.deploy({ protection: false })).toContain("No changes.");
    expect(deployment.terraform("destroy", "-auto-approve")).toContain("2 destroyed");
  }, 60_000);
});
