import { Password } from "@cdktf/provider-random/lib/password";
import { TerraformLocal } from "cdktf";
import type { Construct } from "constructs";
import type { Bucket } from "./bucket";
import { HostBucket, type HostBucketProps, KEEP_VERSIONS } from "./host-bucket";
import {
  type BackupContact,
  type BackupLimits,
  BackupPlan,
  type BackupRetention,
  noticeSecret,
  type ResticPlan,
  validateBackup,
} from "./model/backup";
import type { BackupStore } from "./model/backup-store";
import type { BucketKey } from "./model/bucket-key";
import type { Drill } from "./model/drill";
import type { Faults } from "./model/faults";
import type { Notice } from "./model/notice";
import { type Secret, validateNamelessSecret } from "./model/secret";
import { needRandom } from "./random";
import { literalText } from "./terraform-text";

const PASSWORD_LENGTH = 48;

export interface BackupBucketProps extends HostBucketProps {
  /**
   * Where the bucket stands.
   * @default - the nearest region or location with object storage that is not the server's own
   */
  readonly region?: string;
  /**
   * A bucket that is there already, of this cloud or another company's: `BackupStore.existing("our-backups", { region })`,
   * `BackupStore.s3({ endpoint, region, bucket, accessKeyId, secretAccessKey })`.
   * @default - a private, versioned bucket is made
   */
  readonly store?: BackupStore;
  /**
   * The key with which the server reaches the bucket: `BucketKey.minted()` makes one for this bucket alone.
   * @default - the key with which Terraform makes the bucket, which reaches every bucket of the account or project
   */
  readonly key?: BucketKey;
  /**
   * The password that encrypts the backups: `Secret.given({ variable: "RESTIC_PASSWORD" })`, for a team that keeps it itself,
   * or brings it back because Terraform's state is lost. Another one than the repository's is refused.
   * @default - drawn, and kept in Terraform's state; keep a copy elsewhere
   */
  readonly password?: Secret;
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
   * What is left out of volumes and paths, as restic's patterns: `["*.tmp", "thumbnails/"]`.
   * @default - nothing
   */
  readonly exclude?: readonly string[];
  /**
   * Folders and files of the server that are saved besides databases and named volumes: `["/srv/letters"]`.
   * @default - none
   */
  readonly paths?: readonly string[];
  /**
   * Buckets of the application whose objects are saved too. Each is stored a second time, in the backups, and what is new in
   * it is read once from it: with many gigabytes look at docs/cost.md first.
   * @default - every `Bucket` of the host
   */
  readonly buckets?: readonly Bucket[];
  /**
   * What a backup may take of the network and the processor.
   * @default - as much upload as there is, half of one core
   */
  readonly limits?: Partial<BackupLimits>;
  /**
   * When the newest backup is restored beside the application and compared with what was saved.
   * @default - Drill.weekly("Sun", "05:00")
   */
  readonly drill?: Drill;
  /**
   * Who is told of failures, and who of success: `[Notice.slack(Secret.given({ variable: "SLACK_WEBHOOK" }))]`.
   * @default - nobody: `single-host status` and the journal say it
   */
  readonly notices?: readonly Notice[];
  /**
   * What a server that has never been deployed begins with: "latest", the name of a run, or "nothing". On a server that
   * serves already it does nothing, and may stay.
   * @default - begins empty, and is refused when the bucket holds backups of this host
   */
  readonly restoreFrom?: "latest" | "nothing" | (string & {});
  /**
   * Whom to call when the server is lost; they stand in the runbook.
   * @default - nobody
   */
  readonly contacts?: readonly BackupContact[];
  /**
   * What a team adds to the runbook, as Markdown.
   * @default - nothing
   */
  readonly runbook?: string;
}

/**
 * A private, versioned bucket in another region than the server's, and a nightly encrypted backup into it. The server reads
 * and writes it with a key that the team gives: on DigitalOcean the variables SPACES_ACCESS_KEY_ID and
 * SPACES_SECRET_ACCESS_KEY (`TF_VAR_SPACES_...`), or one that is minted for it; on Hetzner OBJECT_STORAGE_ACCESS_KEY and
 * OBJECT_STORAGE_SECRET_KEY, which reach every bucket of the project. The password of the backups is drawn; keep a copy of
 * it outside Terraform's state.
 */
export class BackupBucket extends HostBucket {
  private readonly accepted: boolean;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: BackupBucketProps,
  ) {
    super(scope, id, props, {
      idParts: ["backup_bucket"],
      purpose: "backups",
      keepVersions: KEEP_VERSIONS,
      region: props.host.cloud.objectStorage.otherRegion,
      store: props.store ?? null,
      key: props.key ?? null,
      savedAs: null,
    });
    const environment = this.createEnvironment();
    const plan = () => this.plan;
    this.accepted = props.host.useBackups({
      // late: buckets may be added after the backups
      get plan() {
        return plan();
      },
      environment,
      notices: this.createNotices(),
    });
    this.createRunbook();
  }

  private get plan(): ResticPlan {
    const { props } = this;
    const { host, retention, limits } = props;
    return BackupPlan.restic({
      repository: `s3:${this.endpoint}/${this.bucketName}/${host.name}`,
      region: props.store?.origin.kind === "s3" ? this.region : undefined,
      schedule: props.schedule,
      retention: retention && { daily: 0, weekly: 0, monthly: 0, ...retention },
      exclude: props.exclude,
      paths: props.paths,
      buckets: props.buckets?.flatMap(({ saved }) => saved ?? []) ?? host.savedBuckets,
      limits: limits && { upload: limits.upload ?? null, cpuPercent: limits.cpuPercent ?? 50 },
      drill: props.drill,
      restoreFrom: props.restoreFrom,
      notices: props.notices,
      contacts: props.contacts,
      runbook: props.runbook,
    });
  }

  /** What restic needs to reach and to read the repository. */
  private createEnvironment(): Record<string, string> {
    const { password } = this.props;
    const drawn = this.createPassword();
    return {
      AWS_ACCESS_KEY_ID: this.key.id,
      AWS_SECRET_ACCESS_KEY: this.key.secret,
      RESTIC_PASSWORD: password === undefined ? drawn : this.given(password),
    };
  }

  /**
   * Whoever loses it loses every backup. So it stays in the state beside a given one too: what was encrypted with it can
   * then still be read, whatever was given.
   */
  private createPassword(): string {
    const { ids } = this.props.host;
    needRandom(this);
    const lifecycle = { preventDestroy: this.protection };
    const password = new Password(this, "password", { length: PASSWORD_LENGTH, special: false, lifecycle });
    ids.fix(password, "backup_password");
    return `${ids.address("random_password", "backup_password")}.result`;
  }

  private createNotices(): Record<string, string> {
    const { notices = [] } = this.props;
    return Object.fromEntries(notices.map(({ secret }, index) => [noticeSecret(index), this.given(secret)]));
  }

  /** Nothing of Terraform's needs it: `single-host runbook` reads it in the synthesized stack. */
  private createRunbook(): void {
    const { host, contacts = [], runbook = "" } = this.props;
    if (contacts.length === 0 && runbook === "") return;
    const people = contacts.map(({ name, reach }) => ({ name: literalText(name), reach: literalText(reach) }));
    const local = new TerraformLocal(this, "runbook", { contacts: people, text: literalText(runbook) });
    host.ids.fix(local, "runbook");
  }

  protected override validateUse(faults: Faults): void {
    const { host, password, buckets = [] } = this.props;
    if (!this.accepted) faults.add("host", "has backups already", "keep one BackupBucket for a host");
    validateBackup(faults, this.plan);
    if (password !== undefined) validateNamelessSecret("password", password, "RESTIC_PASSWORD", faults);
    for (const bucket of buckets) {
      if (bucket.saved !== null && host.savedBuckets.includes(bucket.saved)) continue;
      faults.add(`buckets/${bucket.node.id}`, "is not a bucket of this host", "its backups save what its key reaches");
    }
  }
}
