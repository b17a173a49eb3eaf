import { TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import type { RemoteState } from "./model/remote-state";
import { SingleHost } from "./single-host";
import type { SingleHostProps } from "./single-host-props";
import { StateBackend } from "./state-backend";

export interface SingleHostStackProps extends SingleHostProps {
  /**
   * Where Terraform keeps the stack's state, for laptops and CI alike: `RemoteState.spaces({ bucket, region })`.
   * @default - in a file beside cdktf.json
   */
  readonly state?: RemoteState;
}

/** A stack with one host in it, and its outputs. */
export class SingleHostStack extends TerraformStack {
  /** What `SecretsBundle`, `BackupBucket`, `Bucket` and `GithubDeployWiring` are given. */
  readonly host: SingleHost;

  constructor(scope: Construct, id: string, { state, ...props }: SingleHostStackProps) {
    super(scope, id);
    if (state !== undefined) new StateBackend(this, "state", state);
    this.host = new SingleHost(this, "host", { ...props, name: props.name ?? id });
    this.output("address", this.host.ipv4, "The server's IPv4 address.");
    this.output("url", this.host.url, "Where the first site answers.");
    this.output("ssh", this.host.ssh, "How to log in.");
    this.output("known_hosts", this.host.knownHosts, "The server's lines for a known_hosts file.");
  }

  private output(name: string, value: string, description: string): void {
    new TerraformOutput(this, name, { value, description }).overrideLogicalId(name);
  }
}
