import { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { GithubAccess } from "./github/github-access";
import { GithubClaims } from "./github/github-claims";
import { GithubEnvironment } from "./github/github-environment";
import { GithubInfrastructure } from "./github/github-infrastructure";
import { missingCredentials, validateOwner } from "./github/github-provider";
import { GithubVault } from "./github/github-vault";
import { RepositoryWorkflows } from "./github/repository-workflows";
import type { GithubDeployWiringProps, GithubSecretNames } from "./github-deploy-wiring-props";
import { generateKey } from "./host-keys";
import { Faults } from "./model/faults";
import { GithubRepository, validateEnvironmentName, validateNames } from "./model/github-names";
import { validateProtection } from "./model/github-protection";
import type { SingleHost } from "./single-host";
import type { InfrastructurePlaces } from "./workflows/model";

/** A vault, and what is in it by this construct's own doing. */
interface FilledVault {
  readonly vault: GithubVault;
  readonly secrets: readonly string[];
  readonly variables: readonly string[];
}

/**
 * Lets a GitHub repository release to a host: an environment with the address, a pinned host key, and a key of its own
 * that may ask for releases and for nothing else.
 */
export class GithubDeployWiring extends Construct {
  private readonly host: SingleHost;
  private readonly repository: GithubRepository;
  private readonly environment: string | null;
  private readonly access: GithubAccess;
  private readonly claims: GithubClaims;
  private readonly vaults: readonly FilledVault[];
  private readonly infrastructure: GithubInfrastructure | null;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: GithubDeployWiringProps,
  ) {
    super(scope, id);
    this.host = props.host;
    this.repository = new GithubRepository(props.repository);
    this.environment = props.environment === false ? null : (props.environment ?? this.host.name);
    this.claims = this.claim();
    this.access = this.createAccess();
    this.vaults = [this.createDeployVault(), ...this.createRepositoryVault()];
    this.infrastructure = this.createInfrastructure();
    this.createWorkflows();
    this.node.addValidation({ validate: () => this.validate() });
  }

  private get secretNames(): Required<GithubSecretNames> {
    const { host, user, key, knownHosts } = this.props.secretNames ?? {};
    return {
      host: host ?? "DEPLOY_HOST",
      user: user ?? "DEPLOY_USER",
      key: key ?? "DEPLOY_SSH_KEY",
      knownHosts: knownHosts ?? "DEPLOY_KNOWN_HOSTS",
    };
  }

  private createAccess(): GithubAccess {
    return new GithubAccess(this, "access", {
      ids: this.host.ids,
      name: this.node.id,
      repository: this.repository,
      environments: this.environment !== null || this.props.infrastructure !== undefined,
      scopes: this.props.workflows?.place.kind === "pullRequest" ? { workflow: "to write workflows" } : {},
    });
  }

  /** What a job needs to ask the host for a release. */
  private createDeployVault(): FilledVault {
    const { secrets = {}, variables = {} } = this.props;
    const environment = this.createEnvironment();
    const vault = new GithubVault(this, "vault", {
      access: this.access,
      host: this.host,
      environment,
      name: environment === null ? [this.node.id, "repository"] : [this.node.id],
      paths: { secrets: "secrets", variables: "variables" },
      secrets,
      variables,
    });
    const names = this.secretNames;
    vault.addKnown(names.host, this.host.ipv4);
    const user = vault.addKnown(names.user, "release");
    vault.addKnown(names.knownHosts, this.host.knownHosts);
    vault.addVariable("SITE_URL", this.host.url);
    this.addKey(vault, names.key);
    // What GitHub refuses, for the token's sake or the plan's, it refuses before the server is made: the environment, and
    // the first secret in it.
    this.host.makeAfter(user);
    return { vault, secrets: Object.values(names), variables: ["SITE_URL"] };
  }

  private createEnvironment(): GithubEnvironment | null {
    if (this.environment === null) return null;
    const { reviewers, preventSelfReview, branches, waitTimer } = this.props;
    return new GithubEnvironment(this, "environment", {
      access: this.access,
      environment: this.environment,
      name: { own: [this.node.id, "environment"], parts: [this.node.id] },
      path: "",
      withoutPlan: "make it public, take another plan, or write environment: false",
      ...{ reviewers, preventSelfReview, branches, waitTimer },
    });
  }

  private addKey(vault: GithubVault, name: string): void {
    const { releaseKey } = this.props;
    if (releaseKey !== undefined) {
      this.host.addReleaseKey(releaseKey.publicKey.line);
      vault.addSealed(name, releaseKey.privateKey);
      return;
    }
    const { ids } = this.host;
    const key = generateKey(this, "key", "ED25519", (made) => ids.fix(made, this.node.id, "release_key"), false);
    this.host.addReleaseKey(key.publicKey);
    vault.addKnown(name, key.privateKey);
  }

  private createRepositoryVault(): FilledVault[] {
    const { repositorySecrets: secrets = {}, repositoryVariables: variables = {} } = this.props;
    if (Object.keys(secrets).length + Object.keys(variables).length === 0) return [];
    const vault = new GithubVault(this, "repository", {
      access: this.access,
      host: this.host,
      environment: null,
      name: [this.node.id, "repository"],
      paths: { secrets: "repositorySecrets", variables: "repositoryVariables" },
      secrets,
      variables,
    });
    return [{ vault, secrets: [], variables: [] }];
  }

  private createInfrastructure(): GithubInfrastructure | null {
    const { infrastructure } = this.props;
    if (infrastructure === undefined) return null;
    const created = new GithubInfrastructure(this, "infrastructure", this.access, this.host, infrastructure);
    created.claim(this.claims, this.repository.fullName.toLowerCase());
    return created;
  }

  private createWorkflows(): void {
    const { workflows } = this.props;
    if (workflows === undefined) return;
    new RepositoryWorkflows(this, "workflows", {
      host: this.host,
      workflows,
      environment: this.environment,
      infrastructure: this.infrastructure === null ? null : this.infrastructurePlaces(this.infrastructure),
      secretNames: this.secretNames,
      repository: this.repository.name,
      provider: this.access.provider,
      idParts: [this.node.id],
    });
  }

  private infrastructurePlaces({ environment, planEnvironment }: GithubInfrastructure): InfrastructurePlaces {
    const { secrets = {}, plan } = this.props.infrastructure ?? {};
    const deploy = { environment, secrets: Object.keys(secrets) };
    return {
      deploy,
      plan: plan === undefined ? deploy : { environment: planEnvironment, secrets: Object.keys(plan.secrets ?? {}) },
    };
  }

  private validate(): string[] {
    const faults = new Faults();
    const stack = TerraformStack.of(this);
    if (stack !== TerraformStack.of(this.host)) {
      faults.add("host", `is in the stack ${TerraformStack.of(this.host).node.id}`, "put both into one stack");
    }
    this.repository.validate(faults);
    validateOwner(faults, stack, this.repository.owner);
    this.validateEnvironment(faults);
    this.validateReleaseKey(faults);
    validateNames(faults, "secretNames", Object.values(this.secretNames));
    for (const { vault, secrets, variables } of this.vaults) vault.validate(faults, { secrets, variables });
    this.infrastructure?.validate(faults);
    this.claims.validate(faults);
    this.host.reportMissing(faults, "credentials", missingCredentials(stack, this.repository.owner, process.env));
    return faults.toLines();
  }

  private validateReleaseKey(faults: Faults): void {
    const { releaseKey } = this.props;
    if (releaseKey === undefined) return;
    const { publicKey, privateKey } = releaseKey;
    publicKey.validate(faults, "releaseKey/publicKey");
    if (publicKey.source.kind === "existing") {
      faults.add("releaseKey/publicKey", "is a key of the cloud's account, whose text is not known", "give its file");
    }
    const command = this.vaults[0]?.vault.sealCommand(this.secretNames.key) ?? "";
    privateKey.validate(faults, "releaseKey/privateKey", command);
  }

  private validateEnvironment(faults: Faults): void {
    if (this.environment !== null) {
      validateEnvironmentName(faults, "environment", this.environment);
      validateProtection(faults, this.props);
      return;
    }
    for (const prop of ["reviewers", "preventSelfReview", "branches", "waitTimer"] as const) {
      if (this.props[prop] === undefined) continue;
      faults.add(prop, "protects an environment, and there is none", "name one: environment");
    }
  }

  private claim(): GithubClaims {
    const claims = new GithubClaims(this);
    const repository = this.repository.fullName.toLowerCase();
    const values = (kind: string, names: readonly string[], path: string): void => {
      for (const name of new Set(names))
        claims.add(`the ${kind} ${name.toUpperCase()} of ${repository}`, `${path}/${name}`);
    };
    const { secrets = {}, variables = {}, repositorySecrets = {}, repositoryVariables = {} } = this.props;
    if (this.environment !== null) {
      claims.add(`the environment ${this.environment.toLowerCase()} of ${repository}`, "environment");
    } else {
      values("secret", Object.values(this.secretNames), "secretNames");
      values("secret", Object.keys(secrets), "secrets");
      values("variable", ["SITE_URL", ...Object.keys(variables)], "variables");
    }
    values("secret", Object.keys(repositorySecrets), "repositorySecrets");
    values("variable", Object.keys(repositoryVariables), "repositoryVariables");
    for (const path of this.props.workflows?.paths ?? []) claims.add(`${path} of ${repository}`, "workflows/suffix");
    return claims;
  }
}
