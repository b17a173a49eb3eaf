import { Password } from "@cdktf/provider-random/lib/password";
import type { Construct } from "constructs";
import { HostBucket, type HostBucketProps, KEEP_VERSIONS } from "./host-bucket";
import type { Faults } from "./model/faults";
import { BackupPlan, type BackupRetention } from "./model/host";
import { needRandom } from "./random";

const PASSWORD_LENGTH = 48;

export interface BackupBucketProps extends HostBucketProps {
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
}

/**
 * A private, versioned bucket and a nightly encrypted backup into it. The server reads and writes it with a key that the
 * team gives: on DigitalOcean the variables SPACES_ACCESS_KEY_ID and SPACES_SECRET_ACCESS_KEY (`TF_VAR_SPACES_...`), best
 * a key for this bucket alone; on Hetzner OBJECT_STORAGE_ACCESS_KEY and OBJECT_STORAGE_SECRET_KEY, which reach every
 * bucket of the project. The password of the backups is drawn; keep a copy of it outside Terraform's state.
 */
export class BackupBucket extends HostBucket {
  private readonly accepted: boolean;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: BackupBucketProps,
  ) {
    super(scope, id, props, { idParts: ["backup_bucket"], purpose: "backups", keepVersions: KEEP_VERSIONS });
    const { host } = props;
    this.accepted = host.useBackups({
      plan: BackupPlan.restic({
        repository: `s3:${this.endpoint}/${this.bucketName}/${host.name}`,
        schedule: this.schedule,
        retention: this.retention,
      }),
      environment: this.createEnvironment(),
    });
  }

  private get schedule(): string {
    return this.props.schedule ?? "03:15";
  }

  private get retention(): BackupRetention {
    const { retention } = this.props;
    if (retention === undefined) return { daily: 7, weekly: 4, monthly: 6 };
    return { daily: retention.daily ?? 0, weekly: retention.weekly ?? 0, monthly: retention.monthly ?? 0 };
  }

  /** What restic needs to reach and to read the repository. */
  private createEnvironment(): Record<string, string> {
    const { ids } = this.props.host;
    needRandom(this);
    // Whoever loses it loses every backup.
    const lifecycle = { preventDestroy: this.protection };
    const password = new Password(this, "password", { length: PASSWORD_LENGTH, special: false, lifecycle });
    ids.fix(password, "backup_password");
    return {
      AWS_ACCESS_KEY_ID: this.key.id,
      AWS_SECRET_ACCESS_KEY: this.key.secret,
      RESTIC_PASSWORD: `${ids.address("random_password", "backup_password")}.result`,
    };
  }

  protected override validateUse(faults: Faults): void {
    if (!this.accepted) faults.add("host", "has backups already", "keep one BackupBucket for a host");
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
  }
}
