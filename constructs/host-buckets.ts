import type { ITerraformDependable } from "cdktf";
import type { ExpiringBucket } from "./model/host";
import { Estimate } from "./model/price";

/** A bucket of a host, as `BackupBucket` and `Bucket` make it. */
export interface AttachedBucket {
  /** Its name in Terraform's state. */
  readonly name: string;
  /** The name that a team gave it; null: it has a drawn part of its own. */
  readonly givenName: string | null;
  /** What stands last of it: with this the bucket can be used. */
  readonly resource: ITerraformDependable;
  /** How the cloud names the bucket where resources are grouped; null: it groups nothing. */
  readonly resourceName: string | null;
  readonly estimate: Estimate;
  /** What the host itself must remove there; null: the cloud does. */
  readonly expiring: ExpiringBucket | null;
  /** Terraform's expressions for the key by which the server reaches it. */
  readonly key: { readonly id: string; readonly secret: string };
}

/** The buckets of a host, and what the program on the server must know of them. */
export class HostBuckets {
  private readonly attached: AttachedBucket[] = [];

  /** False: another bucket of the host has this name. */
  add(bucket: AttachedBucket): boolean {
    if (this.attached.some(({ name }) => name === bucket.name)) return false;
    this.attached.push(bucket);
    return true;
  }

  /** Whether two were given this name: each would take the other's content for its own, and for what it may destroy. */
  isTwice(givenName: string): boolean {
    return this.attached.filter((bucket) => bucket.givenName === givenName).length > 1;
  }

  get expiring(): readonly ExpiringBucket[] {
    return this.attached.flatMap(({ expiring }) => (expiring === null ? [] : [expiring]));
  }

  get estimate(): Estimate {
    return Estimate.sum(this.attached.map((bucket) => bucket.estimate));
  }

  /** What the host removes old versions with; empty when it has not to. Keys of one cloud reach all of its buckets. */
  get environment(): Readonly<Record<string, string>> {
    const first = this.attached.find(({ expiring }) => expiring !== null);
    return first === undefined ? {} : { ACCESS_KEY_ID: first.key.id, SECRET_ACCESS_KEY: first.key.secret };
  }
}
