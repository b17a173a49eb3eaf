import { type TerraformMetaArguments, TerraformResource } from "cdktf";
import type { Construct } from "constructs";

export interface TerraformDataProps extends TerraformMetaArguments {
  /** The resource is made anew, and its provisioners run, when any of it changes. */
  readonly triggersReplace: Readonly<Record<string, unknown>>;
}

/**
 * Terraform's built-in `terraform_data`. cdktf's own class starts `terraform version` for every instance that it
 * validates: a fifth of a second for each host, and a failure where OpenTofu alone is installed.
 */
export class TerraformData extends TerraformResource {
  private readonly triggersReplace: Readonly<Record<string, unknown>>;

  constructor(scope: Construct, id: string, { triggersReplace, ...meta }: TerraformDataProps) {
    super(scope, id, {
      terraformResourceType: "terraform_data",
      terraformGeneratorMetadata: { providerName: "terraform" },
      ...meta,
    });
    this.triggersReplace = triggersReplace;
  }

  get id(): string {
    return this.getStringAttribute("id");
  }

  protected override synthesizeAttributes(): { [name: string]: unknown } {
    return { triggers_replace: this.triggersReplace };
  }

  protected override synthesizeHclAttributes(): { [name: string]: unknown } {
    return {
      triggers_replace: { value: this.triggersReplace, isBlock: false, type: "map", storageClassType: "anyMap" },
    };
  }
}
