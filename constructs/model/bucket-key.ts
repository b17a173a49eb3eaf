import { type Faults, joinPath } from "./faults";
import { type Secret, validateNamelessSecret } from "./secret";

export interface GivenKeyProps {
  /** `Secret.given({ variable: "BACKUP_ACCESS_KEY_ID" })` */
  readonly id: Secret;
  /** `Secret.given({ variable: "BACKUP_SECRET_ACCESS_KEY" })` */
  readonly secret: Secret;
}

/** Where the key comes from with which the server reaches a bucket. */
export type BucketKeyOrigin = { readonly kind: "minted" } | ({ readonly kind: "given" } & GivenKeyProps);

/** The key with which the server reaches a bucket. */
export class BucketKey {
  /**
   * Made by Terraform for this bucket alone. Its secret lies in Terraform's state, as every secret that Terraform draws.
   * DigitalOcean makes such keys, with its provider from 2.59 on; Hetzner's are made in its console.
   */
  static minted(): BucketKey {
    return new BucketKey({ kind: "minted" });
  }

  /** One of the team's, for this bucket alone, beside the key with which Terraform makes buckets. */
  static given(props: GivenKeyProps): BucketKey {
    return new BucketKey({ kind: "given", ...props });
  }

  private constructor(readonly origin: BucketKeyOrigin) {}

  validate(faults: Faults, path: string): void {
    if (this.origin.kind === "minted") return;
    validateNamelessSecret(joinPath(path, "id"), this.origin.id, "BACKUP_ACCESS_KEY_ID", faults);
    validateNamelessSecret(joinPath(path, "secret"), this.origin.secret, "BACKUP_SECRET_ACCESS_KEY", faults);
  }
}
