import { type TerraformElement, TerraformStack } from "cdktf";
import type { Construct } from "constructs";

const owners = new WeakMap<TerraformStack, Map<string, Construct>>();

/**
 * Names of a host's resources in Terraform's state. They hang on nothing but the host's construct id: moving a
 * construct or wrapping it in another leaves them alone. They are a contract (`__tests__/constructs` lists them): a
 * changed name is a destroyed resource, "not in configuration", which `prevent_destroy` does not hold against. A name
 * that must change gets a `moved` block: `resource.moveFromId("digitalocean_droplet.old_name")`.
 */
export class LogicalIds {
  /** Whether another host of the stack has these names. */
  readonly rival: Construct | undefined;
  private readonly prefix: string;

  constructor(host: Construct) {
    this.prefix = terraformName(host.node.id);
    const stack = TerraformStack.of(host);
    const taken = owners.get(stack) ?? new Map<string, Construct>();
    owners.set(stack, taken);
    this.rival = taken.get(this.prefix);
    if (this.rival === undefined) taken.set(this.prefix, host);
  }

  /** `host_server` */
  of(...parts: string[]): string {
    return [this.prefix, ...parts.map(terraformName)].join("_");
  }

  /** As Terraform refers to it: `hcloud_volume.host_data`. */
  address(kind: string, ...parts: string[]): string {
    return `${kind}.${this.of(...parts)}`;
  }

  /** Gives an element its lasting name. */
  fix<T extends TerraformElement>(element: T, ...parts: string[]): T {
    element.overrideLogicalId(this.of(...parts));
    return element;
  }
}

function terraformName(text: string): string {
  return text.replace(/[^A-Za-z0-9_-]/g, "_").replace(/^(?=[^A-Za-z_])/, "_");
}
