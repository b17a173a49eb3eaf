import type { GithubSecretValue } from "./github/github-vault";
import type { GithubProtection } from "./model/github-protection";
import type { SealedSecret } from "./model/sealed-secret";
import type { SshKey } from "./model/ssh-key";
import type { SingleHost } from "./single-host";
import type { Workflows } from "./workflows/workflows";

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

/** A key that the team has made, so that its private half is in no Terraform state. */
export interface GithubReleaseKey {
  /** `SshKey.fromFile("keys/release.pub")` */
  readonly publicKey: SshKey;
  /** The private half, without passphrase, sealed for GitHub. */
  readonly privateKey: SealedSecret;
}

/** An environment of jobs that run `cdktf` itself. It is as strong as root on every server of the stack. */
export interface GithubCdktfEnvironment extends GithubProtection {
  /** @default - `infrastructure`; of `plan`, that name and `-plan` */
  readonly environment?: string;
  /**
   * What such a job needs: the cloud's token, the keys of the state's bucket, given secrets as `TF_VAR_...`.
   * @default - none: the team fills them in by hand
   */
  readonly secrets?: Readonly<Record<string, GithubSecretValue>>;
  /** @default - none */
  readonly variables?: Readonly<Record<string, string>>;
}

export interface GithubInfrastructureProps extends GithubCdktfEnvironment {
  /**
   * An environment of its own for the jobs that only plan: pull requests, and the look for drift. A plan reads the state, so
   * that it is as strong.
   * @default - they use the same one
   */
  readonly plan?: GithubCdktfEnvironment;
}

export interface GithubDeployWiringProps extends GithubProtection {
  /** The host that the repository releases to. */
  readonly host: SingleHost;
  /** `owner/name` */
  readonly repository: string;
  /**
   * The environment whose jobs may read the secrets. `false`: none, and the secrets are the repository's own, which every
   * job of every branch may read. It is what private repositories on GitHub Free have.
   * @default - the host's name
   */
  readonly environment?: string | false;
  /**
   * Other names for the secrets.
   * @default - DEPLOY_HOST, DEPLOY_USER, DEPLOY_SSH_KEY, DEPLOY_KNOWN_HOSTS
   */
  readonly secretNames?: GithubSecretNames;
  /**
   * The key with which jobs ask for releases.
   * @default - Terraform draws one, and keeps it in its state
   */
  readonly releaseKey?: GithubReleaseKey;
  /**
   * Secrets of the environment besides those of `secretNames`.
   * @default - those alone
   */
  readonly secrets?: Readonly<Record<string, GithubSecretValue>>;
  /**
   * Variables of the environment besides SITE_URL.
   * @default - SITE_URL alone
   */
  readonly variables?: Readonly<Record<string, string>>;
  /**
   * Secrets of the whole repository. Where several constructs wire one repository, one of them has these.
   * @default - none
   */
  readonly repositorySecrets?: Readonly<Record<string, GithubSecretValue>>;
  /**
   * Variables of the whole repository.
   * @default - none
   */
  readonly repositoryVariables?: Readonly<Record<string, string>>;
  /**
   * An environment for the jobs that run `cdktf diff` and `cdktf deploy`. Where several constructs wire one repository, one
   * of them has it.
   * @default - none: people deploy
   */
  readonly infrastructure?: GithubInfrastructureProps;
  /**
   * The workflows that test, build and release, and how they come into the repository.
   * @default - none are written
   */
  readonly workflows?: Workflows;
}
