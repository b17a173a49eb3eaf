import { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import type { BucketAccess, ProvisionedBucket } from "./clouds/cloud";
import { givenVariable } from "./given-variable";
import { leaveStanding } from "./leave-standing";
import type { SavedBucket } from "./model/backup";
import type { BackupStore, S3StoreProps } from "./model/backup-store";
import type { BucketKey } from "./model/bucket-key";
import { Duration } from "./model/duration";
import { Faults } from "./model/faults";
import type { ExpiringBucket } from "./model/host";
import { Estimate } from "./model/price";
import type { Secret } from "./model/secret";
import type { SingleHost } from "./single-host";

const SECONDS_A_DAY = Duration.days(1).toSeconds();

/** How long a deleted or overwritten object can be brought back. */
export const KEEP_VERSIONS = Duration.days(30);

export interface HostBucketProps {
  /** The host that uses the bucket. */
  readonly host: SingleHost;
  /**
   * Where the bucket stands.
   * @default - the server's own region or location, or the next one that has object storage
   */
  readonly region?: string;
  /**
   * The bucket's name, shared with all customers of the cloud.
   * @default - the host's name, what it is for, and a drawn part that stays
   */
  readonly bucketName?: string;
  /**
   * Whether Terraform refuses to destroy the bucket with all that is in it.
   * @default - as the host
   */
  readonly protection?: boolean;
}

/** What a bucket is for, and how it is named in Terraform's state. */
export interface BucketPurpose {
  readonly idParts: readonly string[];
  readonly purpose: string;
  readonly keepVersions: Duration;
  /** Where it stands when the team says nothing. Null: where the server is. */
  readonly region: string | null;
  /** One that is there. Null: it is made. */
  readonly store: BackupStore | null;
  /** Null: the key with which Terraform makes buckets, or the store's own. */
  readonly key: BucketKey | null;
  /** Its name in backups, where backups have its objects too; null: they have not. */
  readonly savedAs: string | null;
}

/**
 * A private bucket that a host uses. What all of them have in common. One that is made has versions: a deleted or
 * overwritten object stays for a while, removed by the cloud or, where it does not, by the host each night.
 */
export abstract class HostBucket extends Construct {
  readonly bucketName: string;
  /** `https://nyc3.digitaloceanspaces.com` */
  readonly endpoint: string;
  readonly region: string;
  /** False: another bucket of the host has its name. */
  protected readonly added: boolean;
  /** Terraform's expressions for the key. */
  protected readonly key: BucketAccess;
  /** What backups save of it; null: nothing. */
  readonly saved: SavedBucket | null;

  constructor(
    scope: Construct,
    id: string,
    private readonly settings: HostBucketProps,
    private readonly use: BucketPurpose,
  ) {
    super(scope, id);
    const { host } = settings;
    const bucket = this.locate();
    this.bucketName = bucket.name;
    this.endpoint = bucket.endpoint;
    this.region = bucket.region;
    this.key = this.createKey();
    this.saved = this.savedBucket;
    this.added = host.addBucket({
      name: host.ids.of(...use.idParts),
      givenName: settings.bucketName ?? null,
      resource: bucket.resource,
      resourceName: bucket.resourceName,
      estimate: use.store?.origin.kind === "s3" ? priceElsewhere(bucket) : host.cloud.objectStorage.estimate,
      expiring: bucket.hostPrunes ? this.expiring : null,
      saved: this.saved,
      cloudKey: bucket.hostPrunes || this.saved !== null ? this.cloudKey : null,
    });
    this.node.addValidation({ validate: () => this.validate() });
  }

  protected get protection(): boolean {
    return this.settings.protection ?? this.settings.host.protection;
  }

  /** Reports what is wrong with what only this kind of bucket has. */
  protected abstract validateUse(faults: Faults): void;

  private get savedBucket(): SavedBucket | null {
    const { savedAs } = this.use;
    const { endpoint, region, bucketName: bucket } = this;
    return savedAs === null ? null : { name: savedAs, endpoint, region, bucket };
  }

  private get expiring(): ExpiringBucket {
    return { endpoint: this.endpoint, region: this.region, bucket: this.bucketName, days: this.keepVersionsDays };
  }

  /** A whole number, while validation tells that it is none. */
  private get keepVersionsDays(): number {
    return Math.max(1, Math.ceil(this.use.keepVersions.toSeconds() / SECONDS_A_DAY));
  }

  private locate(): ProvisionedBucket {
    const { store } = this.use;
    if (store === null) return this.createBucket();
    this.leaveMadeBucket();
    const { origin } = store;
    if (origin.kind === "existing") return this.settings.host.cloud.objectStorage.find(this, origin);
    const { bucket: name, endpoint, region } = origin;
    return { resource: null, resourceName: null, hostPrunes: false, name, endpoint, region };
  }

  private createBucket(): ProvisionedBucket {
    const { host, region, bucketName } = this.settings;
    return host.cloud.objectStorage.create(this, {
      ids: host.ids,
      idParts: this.use.idParts,
      hostName: host.name,
      purpose: this.use.purpose,
      keepVersionsDays: this.keepVersionsDays,
      region: region ?? this.use.region,
      name: bucketName ?? null,
      protection: this.protection,
    });
  }

  /** Another store takes the place of a bucket that was made: that one, and all that is in it, stays where it is. */
  private leaveMadeBucket(): void {
    const { host } = this.settings;
    const { idParts } = this.use;
    leaveStanding(this, [
      ...host.cloud.objectStorage.resourceTypes.map((type) => host.ids.address(type, ...idParts)),
      host.ids.address("random_id", ...idParts),
      host.ids.address("terraform_data", ...idParts, "protection"),
    ]);
  }

  private createKey(): BucketAccess {
    const { store } = this.use;
    const origin = this.use.key?.origin;
    if (store?.origin.kind === "s3") return this.storeKey(store.origin);
    if (origin?.kind === "given") return { id: this.given(origin.id), secret: this.given(origin.secret) };
    const { host } = this.settings;
    const { mintKey } = host.cloud.objectStorage;
    if (origin?.kind !== "minted" || mintKey === null) return this.cloudKey;
    return mintKey(this, { ids: host.ids, idParts: this.use.idParts, hostName: host.name, bucket: this.bucketName });
  }

  private storeKey({ accessKeyId, secretAccessKey }: S3StoreProps): BucketAccess {
    return { id: this.given(accessKeyId), secret: this.given(secretAccessKey) };
  }

  /** The key that Terraform makes buckets with, which reaches all of them. */
  private get cloudKey(): BucketAccess {
    const { id, secret } = this.settings.host.cloud.objectStorage.keyVariables;
    const variable = (name: string) => givenVariable(this, name, `${name}, with which the server reaches its buckets.`);
    return { id: variable(id), secret: variable(secret) };
  }

  /** Terraform's expression for a secret that stands by itself; null while validation tells that it has no variable. */
  protected given(secret: Secret): string {
    const { host } = this.settings;
    if (secret.variable === null) return "null";
    return givenVariable(this, secret.variable, `The secret ${secret.variable} of ${host.name}'s ${this.use.purpose}.`);
  }

  private validate(): string[] {
    const { host, bucketName } = this.settings;
    const faults = new Faults();
    if (TerraformStack.of(this) !== TerraformStack.of(host)) {
      faults.add("host", `is in the stack ${TerraformStack.of(host).node.id}`, "put both into one stack");
    }
    this.validateUse(faults);
    const days = this.use.keepVersions.toSeconds() / SECONDS_A_DAY;
    if (!Number.isInteger(days) || days < 1) {
      faults.add("keepVersions", `must be whole days, at least one, got ${this.use.keepVersions}`, "Duration.days(30)");
    }
    if (bucketName !== undefined && host.hasBucketTwice(bucketName)) {
      const problem = `${JSON.stringify(bucketName)} is the name of another bucket of the host`;
      faults.add("bucketName", problem, "give each its own");
    }
    this.validatePlace(faults);
    this.validateKey(faults);
    return faults.toLines();
  }

  private validatePlace(faults: Faults): void {
    const { host, region, bucketName } = this.settings;
    const { objectStorage } = host.cloud;
    const { store } = this.use;
    if (store === null) {
      objectStorage.validate(faults, { region: region ?? null, name: bucketName ?? null });
      host.reportMissing(faults, "credentials", objectStorage.missingCredentials(host, process.env));
      return;
    }
    store.validate(faults, "store");
    if (store.origin.kind === "existing") {
      const found = new Faults();
      objectStorage.validate(found, { region: store.origin.region, name: store.origin.bucket });
      faults.addAll("store", found);
    }
    for (const name of ["region", "bucketName"] as const) {
      if (this.settings[name] !== undefined) faults.add(name, "is the store's to say", "leave it out");
    }
  }

  private validateKey(faults: Faults): void {
    const { key, store } = this.use;
    if (key === null) return;
    key.validate(faults, "key");
    const { cloud, objectStorage } = this.settings.host.cloud;
    if (store?.origin.kind === "s3") {
      faults.add("key", "comes with the store", "leave it out");
    } else if (key.origin.kind === "minted" && objectStorage.mintKey === null) {
      const remedy = `make one in ${cloud}'s console: BucketKey.given({ id, secret }), or leave it out`;
      faults.add("key", `cannot be minted: ${cloud} makes no keys by its API`, remedy);
    }
  }
}

function priceElsewhere({ endpoint }: ProvisionedBucket): Estimate {
  return Estimate.unknown(`backups at ${endpoint}`, "no table has prices of that company");
}
