import type { ITerraformDependable } from "cdktf";
import type { BucketAccess } from "./clouds/cloud";
import type { SavedBucket } from "./model/backup";
import type { ExpiringBucket } from "./model/host";
import { Estimate } from "./model/price";

/** A bucket of a host, as `BackupBucket` and `Bucket` make it. */
export interface AttachedBucket {
  /** Its name in Terraform's state. */
  readonly name: string;
  /** The name that a team gave it; null: it has a drawn part of its own. */
  readonly givenName: string | null;
  /** What stands last of it: with this the bucket can be used. Null: it is there already. */
  readonly resource: ITerraformDependable | null;
  /** How the cloud names the bucket where resources are grouped; null: it groups nothing. */
  readonly resourceName: string | null;
  readonly estimate: Estimate;
  /** What the host itself must remove there; null: the cloud does. */
  readonly expiring: ExpiringBucket | null;
  /** What backups save of it; null: nothing. */
  readonly saved: SavedBucket | null;
  /** The cloud's key, where the host itself looks after the bucket or saves it; null: it does not. */
  readonly cloudKey: BucketAccess | null;
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

  /** What backups save by default: each bucket of the application. */
  get saved(): SavedBucket[] {
    return this.attached.flatMap(({ saved }) => saved ?? []);
  }

  /**
   * What the host removes old versions with, and reads what it saves; empty when it has neither to do. The cloud's key
   * reaches all buckets there.
   */
  environment(saves: boolean): Readonly<Record<string, string>> {
    const needed = this.attached.filter(({ expiring, saved }) => expiring !== null || (saves && saved !== null));
    const key = needed.find(({ cloudKey }) => cloudKey !== null)?.cloudKey ?? null;
    return key === null ? {} : { ACCESS_KEY_ID: key.id, SECRET_ACCESS_KEY: key.secret };
  }
}
