import { Password } from "@cdktf/provider-random/lib/password";
import { Lazy, TerraformLocal, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { givenVariable } from "./given-variable";
import { Faults } from "./model/faults";
import { type Secret, type TemplatePart, validateSecrets } from "./model/secret";
import { needRandom } from "./random";
import type { SingleHost } from "./single-host";
import { literalPart } from "./terraform-text";

export interface SecretsBundleProps {
  /** The host whose application gets them. */
  readonly host: SingleHost;
  /**
   * Secrets by the names that the compose file uses. Each service gets those that it refers to, and those that are
   * `exposedTo` it. They live in Terraform's state, and on the server in a file that only root reads.
   */
  readonly values: Readonly<Record<string, Secret>>;
}

/** The secrets of a host's application: one source each, under as many names as are needed. */
export class SecretsBundle extends Construct {
  private readonly host: SingleHost;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: SecretsBundleProps,
  ) {
    super(scope, id);
    this.host = props.host;
    const repeated: string[] = [];
    for (const [name, secret] of Object.entries(props.values)) {
      if (!this.host.secrets.add(name, secret, this.createSource(name, secret))) repeated.push(name);
    }
    this.host.changed();
    this.node.addValidation({ validate: () => this.validate(repeated) });
  }

  /** The value of a secret for other resources of the stack. Terraform treats it as sensitive. */
  value(name: string): string {
    return Lazy.stringValue({ produce: () => `\${${this.host.secrets.expressionOf(name)}}` });
  }

  /** Makes what a value comes from; returns Terraform's expression for it, null for a second name. */
  private createSource(name: string, secret: Secret): string | null {
    const { source } = secret;
    switch (source.kind) {
      case "generated":
        return this.createPassword(name, source.length);
      case "given":
        return givenVariable(this, source.variable ?? name, `The secret ${name} of ${this.host.name}.`);
      case "sameAs":
        return null;
      case "template":
        return this.createTemplate(name, source.parts);
    }
  }

  private createPassword(name: string, length: number): string {
    needRandom(this);
    const lifecycle = { preventDestroy: this.host.protection };
    const password = new Password(this, `generated-${name}`, { length, special: false, lifecycle });
    this.host.ids.fix(password, "secret", name);
    return `${this.host.ids.address("random_password", "secret", name)}.result`;
  }

  private createTemplate(name: string, parts: readonly TemplatePart[]): string {
    const value = Lazy.stringValue({ produce: () => this.templateText(parts) });
    this.host.ids.fix(new TerraformLocal(this, `template-${name}`, value), "secret", name);
    return this.host.ids.address("local", "secret", name);
  }

  private templateText(parts: readonly TemplatePart[]): string {
    return parts
      .map((part, index) => {
        if (part.kind === "text") return literalPart(part.text, parts[index + 1]?.kind === "reference");
        const expression = this.host.secrets.expressionOf(part.name);
        return part.urlEncoded ? `\${urlencode(${expression})}` : `\${${expression}}`;
      })
      .join("");
  }

  private validate(repeated: readonly string[]): string[] {
    const faults = new Faults();
    if (TerraformStack.of(this) !== TerraformStack.of(this.host)) {
      faults.add("host", `is in the stack ${TerraformStack.of(this.host).node.id}`, "put both into one stack");
    }
    for (const name of repeated) {
      faults.add(`values/${name}`, "another bundle of the host has this name", "keep one of them");
    }
    const found = new Faults();
    validateSecrets(this.props.values, this.host.secrets.all, found);
    faults.addAll("values", found);
    return faults.toLines();
  }
}
