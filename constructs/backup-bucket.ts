import { Password } from "@cdktf/provider-random/lib/password";
import { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import type { ProvisionedBucket } from "./clouds/cloud";
import { givenVariable } from "./given-variable";
import { Faults } from "./model/faults";
import { BackupPlan, type BackupRetention } from "./model/host";
import { needRandom } from "./random";
import type { SingleHost } from "./single-host";

const PASSWORD_LENGTH = 48;

/** How long a deleted or overwritten object can be brought back. */
const KEEP_VERSIONS_DAYS = 30;

export interface BackupBucketProps {
  /** The host whose databases and volumes are backed up. */
  readonly host: SingleHost;
  /**
   * How many snapshots are kept; what is not named is not kept.
   * @default - 7 daily, 4 weekly and 6 monthly ones
   */
  readonly retention?: Partial<BackupRetention>;
  /**
   * Time of day (UTC) of the nightly run.
   * @default - 03:15
   */
  readonly schedule?: string;
  /**
   * Where the bucket stands.
   * @default - the server's own region, or the next one in its country that has object storage
   */
  readonly region?: string;
  /**
   * The bucket's name, shared with all customers of the cloud.
   * @default - the host's name and a drawn part that stays
   */
  readonly bucketName?: string;
  /**
   * Whether Terraform refuses to destroy the bucket with all backups in it.
   * @default - as the host
   */
  readonly protection?: boolean;
}

/**
 * A private, versioned bucket and a nightly encrypted backup into it. The server reads and writes it with a key that the
 * team gives: on DigitalOcean the variables SPACES_ACCESS_KEY_ID and SPACES_SECRET_ACCESS_KEY (`TF_VAR_SPACES_...`), best
 * a key for this bucket alone. The password of the backups is drawn; keep a copy of it outside Terraform's state.
 */
export class BackupBucket extends Construct {
  /** The bucket's name. */
  readonly bucketName: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: BackupBucketProps,
  ) {
    super(scope, id);
    const { host } = props;
    const bucket = this.createBucket();
    this.bucketName = bucket.name;
    const accepted = host.useBackups({
      plan: BackupPlan.restic({
        repository: `s3:${bucket.endpoint}/${bucket.name}/${host.name}`,
        schedule: this.schedule,
        retention: this.retention,
      }),
      environment: this.createEnvironment(),
      estimate: host.cloud.objectStorage.estimate,
      bucket: bucket.resource,
      resourceName: bucket.resourceName,
    });
    this.node.addValidation({ validate: () => this.validate(accepted) });
  }

  private get protection(): boolean {
    return this.props.protection ?? this.props.host.protection;
  }

  private get schedule(): string {
    return this.props.schedule ?? "03:15";
  }

  private get retention(): BackupRetention {
    const { retention } = this.props;
    if (retention === undefined) return { daily: 7, weekly: 4, monthly: 6 };
    return { daily: retention.daily ?? 0, weekly: retention.weekly ?? 0, monthly: retention.monthly ?? 0 };
  }

  private createBucket(): ProvisionedBucket {
    const { host } = this.props;
    return host.cloud.objectStorage.create(this, {
      ids: host.ids,
      idParts: ["backup_bucket"],
      hostName: host.name,
      purpose: "backups",
      keepVersionsDays: KEEP_VERSIONS_DAYS,
      region: this.props.region ?? null,
      name: this.props.bucketName ?? null,
      protection: this.protection,
    });
  }

  /** What restic needs to reach and to read the repository. */
  private createEnvironment(): Record<string, string> {
    const { ids, cloud } = this.props.host;
    needRandom(this);
    // Whoever loses it loses every backup.
    const lifecycle = { preventDestroy: this.protection };
    const password = new Password(this, "password", { length: PASSWORD_LENGTH, special: false, lifecycle });
    ids.fix(password, "backup_password");
    const variable = (name: string) => givenVariable(this, name, `${name} with which the server reaches its backups.`);
    return {
      AWS_ACCESS_KEY_ID: variable(cloud.objectStorage.keyVariables.id),
      AWS_SECRET_ACCESS_KEY: variable(cloud.objectStorage.keyVariables.secret),
      RESTIC_PASSWORD: `random_password.${ids.of("backup_password")}.result`,
    };
  }

  private validate(accepted: boolean): string[] {
    const { host, region, bucketName } = this.props;
    const faults = new Faults();
    if (TerraformStack.of(this) !== TerraformStack.of(host)) {
      faults.add("host", `is in the stack ${TerraformStack.of(host).node.id}`, "put both into one stack");
    }
    if (!accepted) faults.add("host", "has backups already", "keep one BackupBucket for a host");
    if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(this.schedule)) {
      faults.add("schedule", `must be a time of day, got ${JSON.stringify(this.schedule)}`, 'write it as in "03:15"');
    }
    const kept = Object.entries(this.retention);
    for (const [period, count] of kept) {
      if (Number.isInteger(count) && count >= 0) continue;
      faults.add(`retention/${period}`, `must be a whole number of snapshots, got ${count}`);
    }
    if (kept.every(([, count]) => count === 0)) {
      faults.add("retention", "keeps no snapshot at all", "keep some: { daily: 7 }");
    }
    host.cloud.objectStorage.validate(faults, { region: region ?? null, name: bucketName ?? null });
    host.reportMissing(faults, "credentials", host.cloud.objectStorage.missingCredentials(host, process.env));
    return faults.toLines();
  }
}
