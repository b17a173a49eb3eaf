import { Construct } from "constructs";
import type { GithubCdktfEnvironment, GithubInfrastructureProps } from "../github-deploy-wiring-props";
import { Faults } from "../model/faults";
import { validateEnvironmentName } from "../model/github-names";
import { validateProtection } from "../model/github-protection";
import type { SingleHost } from "../single-host";
import type { GithubAccess } from "./github-access";
import type { GithubClaims } from "./github-claims";
import { GithubEnvironment } from "./github-environment";
import { GithubVault } from "./github-vault";

/** Pull requests, as GitHub names what their jobs run on. */
const PULL_REQUESTS = "refs/pull/*/merge";

/** One environment of the two. */
interface Part {
  /** Where its props stand. */
  readonly path: string;
  readonly environment: string;
  readonly props: GithubCdktfEnvironment;
  /** Whether its jobs plan, which pull requests start. */
  readonly plans: boolean;
}

/** Environments of the jobs that run cdktf: the one that deploys, and where it is asked for another one that plans. */
export class GithubInfrastructure extends Construct {
  readonly environment: string;
  readonly planEnvironment: string;
  private readonly parts: readonly Part[];
  private readonly vaults: readonly GithubVault[];

  constructor(
    scope: Construct,
    id: string,
    private readonly access: GithubAccess,
    host: SingleHost,
    props: GithubInfrastructureProps,
  ) {
    super(scope, id);
    const { plan } = props;
    this.environment = props.environment ?? "infrastructure";
    this.planEnvironment = plan === undefined ? this.environment : (plan.environment ?? `${this.environment}-plan`);
    this.parts = [
      { path: "infrastructure/", environment: this.environment, props, plans: plan === undefined },
      ...(plan === undefined
        ? []
        : [{ path: "infrastructure/plan/", environment: this.planEnvironment, props: plan, plans: true }]),
    ];
    this.vaults = this.parts.map((part) => this.createVault(host, part));
  }

  claim(claims: GithubClaims, repository: string): void {
    for (const { environment, path } of this.parts) {
      claims.add(`the environment ${environment.toLowerCase()} of ${repository}`, `${path}environment`);
    }
  }

  validate(faults: Faults): void {
    for (const [index, { path, environment, props }] of this.parts.entries()) {
      const found = new Faults();
      validateEnvironmentName(found, "environment", environment);
      validateProtection(found, props);
      faults.addAll(path.slice(0, -1), found);
      this.vaults[index]?.validate(faults, { secrets: [], variables: [] });
    }
  }

  private createVault(host: SingleHost, { path, environment, props, plans }: Part): GithubVault {
    const { access } = this;
    const { secrets = {}, variables = {}, reviewers, preventSelfReview, branches, waitTimer } = props;
    const name = [access.name, ...path.slice(0, -1).split("/")];
    // Whoever may push a branch may open a pull request whose job reads the tokens: only where somebody agrees to it first.
    const refs = plans && branches === undefined && (reviewers ?? []).length > 0 ? [PULL_REQUESTS] : [];
    const place = new GithubEnvironment(this, `${path.replace("/", " ")}environment`, {
      access,
      environment,
      name: { own: name, parts: name },
      path,
      withoutPlan: "make it public, take another plan, or leave infrastructure out",
      ...{ reviewers, preventSelfReview, branches, waitTimer, refs },
    });
    const paths = { secrets: `${path}secrets`, variables: `${path}variables` };
    return new GithubVault(this, `${path.replace("/", " ")}vault`, {
      access,
      host,
      environment: place,
      name,
      paths,
      secrets,
      variables,
    });
  }
}
