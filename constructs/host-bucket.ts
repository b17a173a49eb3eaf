import { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import type { ProvisionedBucket } from "./clouds/cloud";
import { givenVariable } from "./given-variable";
import { Duration } from "./model/duration";
import { Faults } from "./model/faults";
import type { ExpiringBucket } from "./model/host";
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
}

/**
 * A private, versioned bucket that a host uses with a key which the team gives. What all of them have in common; a
 * deleted or overwritten object stays for a while, removed by the cloud or, where it does not, by the host each night.
 */
export abstract class HostBucket extends Construct {
  readonly bucketName: string;
  /** `https://nyc3.digitaloceanspaces.com` */
  readonly endpoint: string;
  readonly region: string;
  /** False: another bucket of the host has its name. */
  protected readonly added: boolean;
  /** Terraform's expressions for the key. */
  protected readonly key: { readonly id: string; readonly secret: string };

  constructor(
    scope: Construct,
    id: string,
    private readonly settings: HostBucketProps,
    private readonly use: BucketPurpose,
  ) {
    super(scope, id);
    const { host } = settings;
    const bucket = this.createBucket();
    this.bucketName = bucket.name;
    this.endpoint = bucket.endpoint;
    this.region = bucket.region;
    this.key = this.createKey();
    this.added = host.addBucket({
      name: host.ids.of(...use.idParts),
      givenName: settings.bucketName ?? null,
      resource: bucket.resource,
      resourceName: bucket.resourceName,
      estimate: host.cloud.objectStorage.estimate,
      expiring: bucket.hostPrunes ? this.expiring : null,
      key: this.key,
    });
    this.node.addValidation({ validate: () => this.validate() });
  }

  protected get protection(): boolean {
    return this.settings.protection ?? this.settings.host.protection;
  }

  /** Reports what is wrong with what only this kind of bucket has. */
  protected abstract validateUse(faults: Faults): void;

  private get expiring(): ExpiringBucket {
    return { endpoint: this.endpoint, region: this.region, bucket: this.bucketName, days: this.keepVersionsDays };
  }

  /** A whole number, while validation tells that it is none. */
  private get keepVersionsDays(): number {
    return Math.max(1, Math.ceil(this.use.keepVersions.toSeconds() / SECONDS_A_DAY));
  }

  private createBucket(): ProvisionedBucket {
    const { host, region, bucketName } = this.settings;
    return host.cloud.objectStorage.create(this, {
      ids: host.ids,
      idParts: this.use.idParts,
      hostName: host.name,
      purpose: this.use.purpose,
      keepVersionsDays: this.keepVersionsDays,
      region: region ?? null,
      name: bucketName ?? null,
      protection: this.protection,
    });
  }

  private createKey(): { id: string; secret: string } {
    const { id, secret } = this.settings.host.cloud.objectStorage.keyVariables;
    const variable = (name: string) => givenVariable(this, name, `${name}, with which the server reaches its buckets.`);
    return { id: variable(id), secret: variable(secret) };
  }

  private validate(): string[] {
    const { host, region, bucketName } = this.settings;
    const { objectStorage } = host.cloud;
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
    objectStorage.validate(faults, { region: region ?? null, name: bucketName ?? null });
    host.reportMissing(faults, "credentials", objectStorage.missingCredentials(host, process.env));
    return faults.toLines();
  }
}
