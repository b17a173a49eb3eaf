import { Password } from "@cdktf/provider-random/lib/password";
import type { Construct } from "constructs";
import { HostBucket, type HostBucketProps, KEEP_VERSIONS } from "./host-bucket";
import { BackupPlan, type BackupRetention, type ResticPlan, validateBackup } from "./model/backup";
import type { Faults } from "./model/faults";

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
  private readonly plan: ResticPlan;
  private readonly accepted: boolean;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: BackupBucketProps,
  ) {
    super(scope, id, props, { idParts: ["backup_bucket"], purpose: "backups", keepVersions: KEEP_VERSIONS });
    this.plan = this.createPlan();
    this.accepted = props.host.useBackups({ plan: this.plan, environment: this.createEnvironment(), notices: {} });
  }

  private createPlan(): ResticPlan {
    const { host, schedule, retention } = this.props;
    return BackupPlan.restic({
      repository: `s3:${this.endpoint}/${this.bucketName}/${host.name}`,
      schedule,
      retention: retention && { daily: 0, weekly: 0, monthly: 0, ...retention },
    });
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
    validateBackup(faults, this.plan);
  }
}
