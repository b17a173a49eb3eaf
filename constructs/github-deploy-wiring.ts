import { type TerraformProvider, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import type { MissingCredential } from "./clouds/cloud";
import { type GeneratedKey, generateKey } from "./host-keys";
import { Faults } from "./model/faults";
import { optionalModule } from "./optional-module";
import { findProvider, needProvider } from "./providers";
import type { SingleHost } from "./single-host";
import { literalText } from "./terraform-text";

/** Names of the secrets that a workflow reads. */
export interface GithubSecretNames {
  /** @default - DEPLOY_HOST */
  readonly host?: string;
  /** @default - DEPLOY_USER */
  readonly user?: string;
  /** @default - DEPLOY_SSH_KEY */
  readonly key?: string;
  /** @default - DEPLOY_KNOWN_HOSTS */
  readonly knownHosts?: string;
}

export interface GithubDeployWiringProps {
  /** The host that the repository releases to. */
  readonly host: SingleHost;
  /** `owner/name` */
  readonly repository: string;
  /**
   * The environment whose jobs may read the secrets.
   * @default - the host's name
   */
  readonly environment?: string;
  /**
   * Other names for the secrets.
   * @default - DEPLOY_HOST, DEPLOY_USER, DEPLOY_SSH_KEY, DEPLOY_KNOWN_HOSTS
   */
  readonly secretNames?: GithubSecretNames;
  /**
   * Variables of the environment besides SITE_URL.
   * @default - SITE_URL alone
   */
  readonly variables?: Readonly<Record<string, string>>;
}

/**
 * Lets a GitHub repository release to a host: an environment with the address, a pinned host key, and a key of its own
 * that may ask for releases and for nothing else.
 */
export class GithubDeployWiring extends Construct {
  private readonly host: SingleHost;
  private readonly environment: string;
  private readonly provider: TerraformProvider | undefined;
  private readonly key: GeneratedKey;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: GithubDeployWiringProps,
  ) {
    super(scope, id);
    this.host = props.host;
    this.environment = props.environment ?? this.host.name;
    this.provider = this.chooseProvider();
    this.key = this.createKey();
    this.host.addReleaseKey(this.key.publicKey);
    this.createEnvironment();
    this.node.addValidation({ validate: () => this.validate() });
  }

  private get owner(): string {
    return this.props.repository.split("/")[0] ?? "";
  }

  private get repositoryName(): string {
    return this.props.repository.split("/")[1] ?? "";
  }

  private get secrets(): Readonly<Record<string, string>> {
    const names = this.props.secretNames ?? {};
    return {
      [names.host ?? "DEPLOY_HOST"]: this.host.ipv4,
      [names.user ?? "DEPLOY_USER"]: "release",
      [names.key ?? "DEPLOY_SSH_KEY"]: this.key.privateKey,
      [names.knownHosts ?? "DEPLOY_KNOWN_HOSTS"]: this.host.knownHosts,
    };
  }

  private get variables(): Readonly<Record<string, string>> {
    return { SITE_URL: this.host.url, ...this.props.variables };
  }

  /** A provider speaks for one owner: the stack's own for the first, one with an alias for each further owner. */
  private chooseProvider(): TerraformProvider | undefined {
    const { GithubProvider } = bindings<typeof import("@cdktf/provider-github/lib/provider")>("provider");
    const stack = TerraformStack.of(this);
    const owners = ownersOf(stack);
    const known = owners.get(this.owner);
    if (known !== undefined) return known ?? undefined;
    if (owners.size > 0) {
      const alias = `github_${this.owner}`;
      const provider = new GithubProvider(stack, alias, { owner: this.owner, alias });
      owners.set(this.owner, provider);
      return provider;
    }
    const { owner } = this;
    needProvider(this, {
      name: "github",
      versions: ">= 6.12, < 7",
      create: (parent) => new GithubProvider(parent, "github", { owner }),
    });
    owners.set(owner, null);
    return undefined;
  }

  private createKey(): GeneratedKey {
    const { ids } = this.host;
    return generateKey(this, "key", "ED25519", (key) => ids.fix(key, this.node.id, "release_key"), false);
  }

  private createEnvironment(): void {
    const { ids } = this.host;
    const { repositoryName: repository, provider } = this;
    type Environment = typeof import("@cdktf/provider-github/lib/repository-environment");
    type EnvironmentSecret = typeof import("@cdktf/provider-github/lib/actions-environment-secret");
    type EnvironmentVariable = typeof import("@cdktf/provider-github/lib/actions-environment-variable");
    const { RepositoryEnvironment } = bindings<Environment>("repository-environment");
    const { ActionsEnvironmentSecret } = bindings<EnvironmentSecret>("actions-environment-secret");
    const { ActionsEnvironmentVariable } = bindings<EnvironmentVariable>("actions-environment-variable");
    const created = new RepositoryEnvironment(this, "environment", {
      repository,
      environment: this.environment,
      provider,
    });
    ids.fix(created, this.node.id, "environment");
    // Through the resource, so that GitHub has the environment first.
    const { environment } = created;
    for (const [secretName, value] of Object.entries(this.secrets)) {
      const secret = new ActionsEnvironmentSecret(this, `secret-${secretName}`, {
        repository,
        environment,
        secretName,
        provider,
      });
      // Since 6.12 in the place of `plaintext_value`, which is deprecated; the bindings do not know it yet.
      secret.addOverride("value", value);
      ids.fix(secret, this.node.id, "secret", secretName);
    }
    for (const [variableName, text] of Object.entries(this.variables)) {
      const config = { repository, environment, variableName, value: literalText(text), provider };
      const variable = new ActionsEnvironmentVariable(this, `variable-${variableName}`, config);
      ids.fix(variable, this.node.id, "variable", variableName);
    }
  }

  private validate(): string[] {
    const { repository } = this.props;
    const faults = new Faults();
    if (TerraformStack.of(this) !== TerraformStack.of(this.host)) {
      faults.add("host", `is in the stack ${TerraformStack.of(this.host).node.id}`, "put both into one stack");
    }
    if (!/^[A-Za-z0-9](-?[A-Za-z0-9]){0,38}\/[A-Za-z0-9._-]{1,100}$/.test(repository)) {
      faults.add("repository", `must be owner/name, got ${JSON.stringify(repository)}`, "as in abhi10/chitram");
    }
    if (this.environment === "" || this.environment.length > 255) {
      faults.add("environment", `must have 1-255 characters, got ${JSON.stringify(this.environment)}`);
    }
    validateNames(faults, "secretNames", Object.keys(this.secrets));
    validateNames(faults, "variables", Object.keys(this.variables));
    if (Object.keys(this.secrets).length < 4) faults.add("secretNames", "two secrets have the same name");
    this.host.reportMissing(faults, "credentials", this.missingCredentials(process.env));
    return faults.toLines();
  }

  private missingCredentials(environment: NodeJS.ProcessEnv): MissingCredential[] {
    type Provider = InstanceType<typeof import("@cdktf/provider-github/lib/provider").GithubProvider>;
    const provider = findProvider(TerraformStack.of(this), "github") as Provider | undefined;
    if (provider?.tokenInput !== undefined || provider?.appAuthInput !== undefined) return [];
    if (environment.GITHUB_TOKEN || environment.GITHUB_APP_ID) return [];
    const remedy = 'export one that may administer the repository, such as GITHUB_TOKEN="$(gh auth token)"';
    return [{ variable: "GITHUB_TOKEN", problem: "is not set", remedy }];
  }
}

const bindings = optionalModule("GithubDeployWiring", "@cdktf/provider-github");

const owners = new WeakMap<TerraformStack, Map<string, TerraformProvider | null>>();

/** Providers by the owner that they speak for; null: the one without alias. */
function ownersOf(stack: TerraformStack): Map<string, TerraformProvider | null> {
  const known = owners.get(stack) ?? new Map<string, TerraformProvider | null>();
  owners.set(stack, known);
  return known;
}

/** https://docs.github.com/en/actions/security-guides/using-secrets-in-github-actions#naming-your-secrets */
function validateNames(faults: Faults, path: string, names: readonly string[]): void {
  for (const name of names) {
    if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !/^GITHUB_/i.test(name)) continue;
    const remedy = "GitHub takes letters, digits and _, not GITHUB_ at the start";
    faults.add(path, `${JSON.stringify(name)} is no name for it`, remedy);
  }
}
