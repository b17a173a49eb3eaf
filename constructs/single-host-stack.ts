import { TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { SingleHost } from "./single-host";
import type { SingleHostProps } from "./single-host-props";

/** A stack with one host in it, and its outputs. */
export class SingleHostStack extends TerraformStack {
  readonly host: SingleHost;

  constructor(scope: Construct, id: string, props: SingleHostProps) {
    super(scope, id);
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
