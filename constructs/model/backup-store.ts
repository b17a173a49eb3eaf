import { type Faults, joinPath } from "./faults";
import { type Secret, validateNamelessSecret } from "./secret";
import { isLateBound } from "./token";

export interface ExistingStoreProps {
  /** Where it stands: `sfo3`, `fsn1`. */
  readonly region: string;
}

export interface S3StoreProps {
  /** `https://s3.eu-central-003.backblazeb2.com`, `https://ACCOUNT.r2.cloudflarestorage.com`, `https://s3.eu-west-1.amazonaws.com` */
  readonly endpoint: string;
  /** As requests are signed for it: `eu-central-003`; Cloudflare calls it `auto`. */
  readonly region: string;
  /** A bucket that is there. Its versions, and what becomes of old ones, are set at the company that has it. */
  readonly bucket: string;
  /** A key that reads, writes and lists this bucket, and deletes in it: `Secret.given({ variable: "B2_KEY_ID" })`. */
  readonly accessKeyId: Secret;
  /** Its secret: `Secret.given({ variable: "B2_APPLICATION_KEY" })`. */
  readonly secretAccessKey: Secret;
}

/** A bucket for backups that is there already. */
export type BackupStoreOrigin =
  | { readonly kind: "existing"; readonly bucket: string; readonly region: string }
  | ({ readonly kind: "s3" } & S3StoreProps);

/** Where backups go, when it is not into a bucket that the construct makes. */
export class BackupStore {
  /**
   * A bucket of the server's cloud that stands. It is not made, not changed and never destroyed; its versions are whatever
   * was set. So begins a stack whose Terraform state is lost.
   */
  static existing(bucket: string, props: ExistingStoreProps): BackupStore {
    return new BackupStore({ kind: "existing", bucket, region: props.region });
  }

  /** A bucket of another company, or of your own, that speaks S3: Backblaze B2, Cloudflare R2, AWS, MinIO. */
  static s3(props: S3StoreProps): BackupStore {
    return new BackupStore({ kind: "s3", ...props });
  }

  private constructor(readonly origin: BackupStoreOrigin) {}

  /** Checks what the cloud of the server has no say in. */
  validate(faults: Faults, path: string): void {
    const { origin } = this;
    if (origin.kind === "existing") return;
    const { endpoint, region, bucket, accessKeyId, secretAccessKey } = origin;
    if (!isLateBound(endpoint) && !/^https?:\/\/[^\s/]+$/.test(endpoint)) {
      const problem = `must be a scheme and a name, got ${JSON.stringify(endpoint)}`;
      faults.add(joinPath(path, "endpoint"), problem, 'write it as "https://s3.eu-central-003.backblazeb2.com"');
    }
    if (!isLateBound(region) && !/^[A-Za-z0-9-]+$/.test(region)) {
      const problem = `must be a region's name, got ${JSON.stringify(region)}`;
      faults.add(joinPath(path, "region"), problem, 'where there is none, "us-east-1" or "auto"');
    }
    if (!isLateBound(bucket) && !/^[a-zA-Z0-9][a-zA-Z0-9._-]{1,61}[a-zA-Z0-9]$/.test(bucket)) {
      faults.add(joinPath(path, "bucket"), `must be a bucket's name, got ${JSON.stringify(bucket)}`);
    }
    validateNamelessSecret(joinPath(path, "accessKeyId"), accessKeyId, "BACKUP_ACCESS_KEY_ID", faults);
    validateNamelessSecret(joinPath(path, "secretAccessKey"), secretAccessKey, "BACKUP_SECRET_ACCESS_KEY", faults);
  }
}
