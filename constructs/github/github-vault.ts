import { Lazy, type TerraformResource } from "cdktf";
import { Construct } from "constructs";
import { givenVariable } from "../given-variable";
import type { Faults } from "../model/faults";
import { LARGEST_VALUE, MOST, validateNames, validateSize, validateTogether } from "../model/github-names";
import { SealedSecret } from "../model/sealed-secret";
import { Secret, validateNamelessSecret } from "../model/secret";
import { isLateBound } from "../model/token";
import type { SingleHost } from "../single-host";
import { literalText } from "../terraform-text";
import { bindings } from "./bindings";
import type { GithubAccess } from "./github-access";

/**
 * Where a secret's value comes from: `Secret.given()`, a Terraform variable; `Secret.sameAs(NAME)`, a secret of the host;
 * a `SealedSecret`, which only GitHub can open; or a value that Terraform knows, such as another resource's attribute.
 */
export type GithubSecretValue = Secret | SealedSecret | string;

/** An environment that is there when its secrets are written. */
export interface GithubPlace {
  readonly name: string;
  /** Its name through its resource. */
  readonly reference: string;
}

export interface GithubVaultProps {
  readonly access: GithubAccess;
  readonly host: SingleHost;
  /** Null: the repository itself. */
  readonly environment: GithubPlace | null;
  /** What its names in the state begin with. */
  readonly name: readonly string[];
  /** Where its secrets and variables stand among the props. */
  readonly paths: { readonly secrets: string; readonly variables: string };
  readonly secrets: Readonly<Record<string, GithubSecretValue>>;
  readonly variables: Readonly<Record<string, string>>;
}

/** Secrets and variables of an environment, or of a repository. */
export class GithubVault extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: GithubVaultProps,
  ) {
    super(scope, id);
    for (const [name, value] of Object.entries(props.secrets)) this.addSecret(name, value);
    for (const [name, text] of Object.entries(props.variables)) this.addVariable(name, text);
  }

  /** Adds a secret whose value Terraform knows: it is in the state. */
  addKnown(secretName: string, value: string): TerraformResource {
    const secret = this.createSecret(secretName);
    // Since 6.12 in the place of `plaintext_value`, which is deprecated; the bindings do not know it yet.
    secret.addOverride("value", value);
    return secret;
  }

  /** Adds a secret that Terraform cannot read. */
  addSealed(secretName: string, { value, keyId }: SealedSecret): void {
    const secret = this.createSecret(secretName);
    secret.addOverride("value_encrypted", value);
    if (keyId !== null) secret.addOverride("key_id", keyId);
  }

  addVariable(variableName: string, text: string): void {
    const { access, environment, name } = this.props;
    const id = `actions-variable-${variableName}`;
    if (this.node.tryFindChild(id) !== undefined) return;
    const { repository, provider, ids } = access;
    const config = { repository: repository.name, provider, variableName, value: literalText(text) };
    if (environment === null) {
      type Variable = typeof import("@cdktf/provider-github/lib/actions-variable");
      const { ActionsVariable } = bindings<Variable>("actions-variable");
      ids.fix(new ActionsVariable(this, id, config), ...name, "variable", variableName);
    } else {
      type Variable = typeof import("@cdktf/provider-github/lib/actions-environment-variable");
      const { ActionsEnvironmentVariable } = bindings<Variable>("actions-environment-variable");
      const variable = new ActionsEnvironmentVariable(this, id, { ...config, environment: environment.reference });
      ids.fix(variable, ...name, "variable", variableName);
    }
  }

  /** What seals a secret for this place. */
  sealCommand(secretName: string): string {
    const { access, environment } = this.props;
    const place = environment === null ? "" : ` --env '${environment.name.replaceAll("'", "'\\''")}'`;
    return `gh secret set ${secretName} --repo ${access.repository.fullName}${place} --no-store`;
  }

  /** @param besides names of secrets and variables that are there too */
  validate(
    faults: Faults,
    besides: { readonly secrets: readonly string[]; readonly variables: readonly string[] },
  ): void {
    const { secrets, variables, environment, paths } = this.props;
    const most = MOST[environment === null ? "repository" : "environment"];
    const [secretNames, variableNames] = [Object.keys(secrets), Object.keys(variables)];
    validateNames(faults, paths.secrets, secretNames);
    validateNames(faults, paths.variables, variableNames);
    validateTogether(faults, paths.secrets, [...besides.secrets, ...secretNames], most.secrets);
    validateTogether(faults, paths.variables, [...besides.variables, ...variableNames], most.variables);
    for (const [name, text] of Object.entries(variables)) validateSize(faults, `${paths.variables}/${name}`, text);
    for (const [name, value] of Object.entries(secrets)) this.validateSecret(faults, name, value);
  }

  private addSecret(name: string, value: GithubSecretValue): void {
    if (value instanceof SealedSecret) this.addSealed(name, value);
    else if (value instanceof Secret) this.addReferred(name, value);
    else this.addKnown(name, value);
  }

  private addReferred(name: string, { source, variable }: Secret): void {
    const { host, access, paths } = this.props;
    const given = (): string => {
      return givenVariable(this, variable ?? name, `The secret ${name} of ${access.repository.fullName}.`);
    };
    const expression = source.kind === "given" ? given() : null;
    const late = (write: (expression: string) => string): string => {
      const known = () => expression ?? host.secrets.expressionOf(source.kind === "sameAs" ? source.name : name);
      return Lazy.stringValue({ produce: () => `\${${write(known())}}` });
    };
    const secret = this.addKnown(
      name,
      late((value) => value),
    );
    // In Base64 each three bytes are four characters: the one way in which Terraform counts bytes.
    const condition = late((value) => `length(base64encode(${value})) <= ${(LARGEST_VALUE / 3) * 4}`);
    const errorMessage = `${paths.secrets}/${name}: must have 48 KB (${LARGEST_VALUE} bytes) at most; keep it in a file or a bucket`;
    secret.lifecycle = { precondition: [{ condition, errorMessage }] };
  }

  private validateSecret(faults: Faults, name: string, value: GithubSecretValue): void {
    const { host, paths } = this.props;
    const path = `${paths.secrets}/${name}`;
    if (value instanceof SealedSecret) {
      value.validate(faults, path, this.sealCommand(name));
    } else if (!(value instanceof Secret)) {
      if (isLateBound(value)) return;
      const remedy = `write Secret.given(), and export TF_VAR_${name} before a deploy`;
      faults.add(path, "is written in the code, where no secret belongs", remedy);
    } else if (value.source.kind === "given") {
      if (value.variable !== null) validateNamelessSecret(path, value, name, faults);
    } else if (value.source.kind === "sameAs") {
      if (host.secrets.all.has(value.source.name)) return;
      const known = [...host.secrets.all.keys()].join(", ") || "none";
      faults.add(path, `refers to ${value.source.name}, which is no secret of this host`, `known are ${known}`);
    } else {
      const remedy = `make it a secret of the host, in a SecretsBundle, and write Secret.sameAs("${name}") here`;
      faults.add(path, `cannot be ${value.source.kind} here`, remedy);
    }
  }

  private createSecret(secretName: string): TerraformResource {
    const { access, environment, name } = this.props;
    const id = `secret-${secretName}`;
    // Two of one name are a fault that validation tells, with all others.
    const known = this.node.tryFindChild(id);
    if (known !== undefined) return known as TerraformResource;
    const { repository, provider, ids } = access;
    const config = { repository: repository.name, secretName, provider };
    if (environment === null) {
      type ActionsSecret = typeof import("@cdktf/provider-github/lib/actions-secret");
      const { ActionsSecret } = bindings<ActionsSecret>("actions-secret");
      return ids.fix(new ActionsSecret(this, id, config), ...name, "secret", secretName);
    }
    type EnvironmentSecret = typeof import("@cdktf/provider-github/lib/actions-environment-secret");
    const { ActionsEnvironmentSecret } = bindings<EnvironmentSecret>("actions-environment-secret");
    const secret = new ActionsEnvironmentSecret(this, id, { ...config, environment: environment.reference });
    return ids.fix(secret, ...name, "secret", secretName);
  }
}
