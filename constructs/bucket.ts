import type { Construct } from "constructs";
import { HostBucket, type HostBucketProps, KEEP_VERSIONS } from "./host-bucket";
import type { Duration } from "./model/duration";
import { Faults } from "./model/faults";
import { Secret, validateSecrets } from "./model/secret";
import { isLateBound } from "./model/token";
import { literalText } from "./terraform-text";

/** Names under which the application gets what it needs to reach the bucket; its compose file refers to them. */
export interface BucketVariables {
  /**
   * For `https://nyc3.digitaloceanspaces.com`.
   * @default - not given to the application
   */
  readonly endpoint?: string;
  /**
   * For the region that S3 clients sign for: `nyc3`.
   * @default - not given to the application
   */
  readonly region?: string;
  /**
   * For the bucket's name.
   * @default - not given to the application
   */
  readonly bucket?: string;
  /**
   * For the id of the key.
   * @default - not given to the application
   */
  readonly accessKeyId?: string;
  /**
   * For the key's secret.
   * @default - not given to the application
   */
  readonly secretAccessKey?: string;
}

export interface ApplicationBucketProps extends HostBucketProps {
  /** Secrets of the host that say where the bucket is, so that `${S3_BUCKET_NAME}` of the compose file resolves. */
  readonly variables: BucketVariables;
  /**
   * How long a deleted or overwritten object can be brought back. DigitalOcean removes it afterwards; on Hetzner the host
   * does, each night.
   * @default - 30 days
   */
  readonly keepVersions?: Duration;
}

/**
 * The application's own bucket: private and versioned. It reaches it with the key that the team gives, as the host reaches
 * its backups (`BackupBucket`), and the host's configuration waits until it stands.
 */
export class Bucket extends HostBucket {
  /** Names that the host had already. */
  private readonly repeated: readonly string[];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ApplicationBucketProps,
  ) {
    super(scope, id, props, {
      idParts: ["bucket", id],
      purpose: id,
      keepVersions: props.keepVersions ?? KEEP_VERSIONS,
      region: null,
      store: null,
      key: null,
      savedAs: id.replace(/[^A-Za-z0-9_-]/g, "_").replace(/^(?=[^A-Za-z0-9])/, "bucket"),
    });
    this.repeated = this.addSecrets();
  }

  private addSecrets(): string[] {
    const { host, variables } = this.props;
    const expressions: readonly (readonly [string | undefined, string])[] = [
      [variables.endpoint, textExpression(this.endpoint)],
      [variables.region, textExpression(this.region)],
      [variables.bucket, textExpression(this.bucketName)],
      [variables.accessKeyId, this.key.id],
      [variables.secretAccessKey, this.key.secret],
    ];
    const repeated = expressions.flatMap(([name, expression]) =>
      name === undefined || host.secrets.add(name, Secret.given(), expression) ? [] : [name],
    );
    host.changed();
    return repeated;
  }

  protected override validateUse(faults: Faults): void {
    if (!this.added) {
      const problem = `${JSON.stringify(this.node.id)} is the id of another bucket of the host`;
      faults.add("id", problem, "give each bucket of a host its own");
    }
    for (const name of this.repeated) {
      faults.add(`variables/${name}`, "the host has a secret of this name already", "give one of them another name");
    }
    const names = Object.values(this.props.variables).filter((name) => name !== undefined);
    const found = new Faults();
    validateSecrets(
      Object.fromEntries(names.map((name) => [name, Secret.given({ variable: "unused" })])),
      this.props.host.secrets.all,
      found,
    );
    faults.addAll("variables", found);
  }
}

/** A text as Terraform's expression. What Terraform knows later is one by itself, and quotes would hide it. */
function textExpression(text: string): string {
  return isLateBound(text) ? text : JSON.stringify(literalText(text));
}
