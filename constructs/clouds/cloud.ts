import type { ITerraformDependable, TerraformResource } from "cdktf";
import type { Construct } from "constructs";
import type { LogicalIds } from "../logical-ids";
import type { Architecture } from "../model/architecture";
import type { Capacity } from "../model/capacity";
import type { DataVolume } from "../model/data-volume";
import type { Domain } from "../model/domain";
import type { Faults } from "../model/faults";
import type { Estimate } from "../model/price";
import type { Size } from "../model/size";
import type { SshKey } from "../model/ssh-key";
import type { CloudFeatures } from "./features";

/**
 * A server on one cloud, as a value: `droplet("s-2vcpu-2gb", { region: "nyc3" })`. `SingleHost` knows no cloud but
 * through this.
 */
export interface CloudServer {
  /** The cloud's own name: `DigitalOcean`. */
  readonly cloud: string;
  /** Bytes of user data that the cloud takes. */
  readonly userDataLimit: number;
  /** What the server's processor runs. */
  readonly architecture: Architecture;
  /** How much it has; null where the table of sizes does not know. */
  readonly capacity: Capacity | null;
  /** What the server costs a month, with its addresses and its backups. */
  readonly estimate: Estimate;
  /** What a new data volume costs a month. */
  dataVolumeEstimate(size: Size): Estimate;
  /** What this cloud does of all that hosts can ask for, and by what. */
  readonly features: CloudFeatures;
  /** Checks its settings, and what the cloud refuses of a host. Paths begin with `server`, or are the host's props. */
  validate(faults: Faults, host: HostSettings): void;
  /** Credentials that the environment should hold and does not, once the stack is whole. */
  missingCredentials(host: Construct, environment: NodeJS.ProcessEnv): MissingCredential[];
  /** Public keys that the account holds already, by their names there. */
  existingKeys(scope: Construct, ids: LogicalIds, keys: readonly SshKey[]): readonly string[];
  /** Makes the server and what belongs to it. */
  createServer(scope: Construct, request: ServerRequest): ProvisionedServer;
  /** Where buckets stand. */
  readonly objectStorage: ObjectStorage;
}

/** A credential that is looked for in an environment variable, and not there as it should be. */
export interface MissingCredential {
  readonly variable: string;
  /** `is not set` */
  readonly problem: string;
  /** What it is for, and where one gets it. */
  readonly remedy: string;
}

/** What a cloud may have something against. */
export interface HostSettings {
  readonly name: string;
  readonly domains: readonly Domain[];
  /** Names that must point to the server. */
  readonly hostNames: readonly string[];
  /** Null: named volumes live on the server's own disk. */
  readonly dataVolume: DataVolume | null;
}

/** What a host asks of a cloud. */
export interface ServerRequest extends HostSettings {
  readonly ids: LogicalIds;
  /** May be late-bound, as all texts here. */
  readonly userData: string;
  /** The key with which the first connection is made; it must be in the user data too. */
  readonly deployPublicKey: string;
  /** Whether Terraform refuses to destroy it. */
  readonly protection: boolean;
}

/** A server as it will stand. */
export interface ProvisionedServer {
  /** The raw resource, for whatever these constructs do not offer. */
  readonly resource: TerraformResource;
  readonly id: string;
  readonly ipv4: string;
  readonly ipv6: string;
  /** Where the server finds its data volume: `/dev/disk/by-id/...`. Null: it has none. */
  readonly dataVolume: { readonly device: string } | null;
  /** What must stand before the server is configured: the firewall, the DNS records, the attached volume. */
  readonly ready: readonly ITerraformDependable[];
  /** Puts a further resource where the server is grouped, such as a project. */
  adopt(resourceName: string): void;
}

/** Object storage of a cloud. */
export interface ObjectStorage {
  /** Terraform variables with the key by which the server reaches its buckets. */
  readonly keyVariables: { readonly id: string; readonly secret: string };
  /** What the first bucket costs a month. */
  readonly estimate: Estimate;
  /** The nearest region that is not the server's own: what happens to one does not happen to the other. */
  readonly otherRegion: string;
  /** Terraform's types of what a bucket is made of. */
  readonly resourceTypes: readonly string[];
  validate(faults: Faults, settings: BucketSettings): void;
  missingCredentials(host: Construct, environment: NodeJS.ProcessEnv): MissingCredential[];
  /** Makes a private, versioned bucket. */
  create(scope: Construct, request: BucketRequest): ProvisionedBucket;
  /** A bucket that stands, and is left as it is. */
  find(scope: Construct, bucket: StandingBucket): ProvisionedBucket;
  /** Makes a key for one bucket alone. Null: the cloud's keys are made by hand. */
  readonly mintKey: ((scope: Construct, request: KeyRequest) => BucketAccess) | null;
}

export interface StandingBucket {
  /** Its name. */
  readonly bucket: string;
  readonly region: string;
}

export interface KeyRequest {
  readonly ids: LogicalIds;
  /** The bucket's name in Terraform's state, after the host's. */
  readonly idParts: readonly string[];
  readonly hostName: string;
  /** The bucket's name; may be late-bound. */
  readonly bucket: string;
}

/** Terraform's expressions for a key to object storage. */
export interface BucketAccess {
  readonly id: string;
  readonly secret: string;
}

export interface BucketSettings {
  /** Null: the adapter chooses. */
  readonly region: string | null;
  /** A name of the team's choice; null: one is made. */
  readonly name: string | null;
}

export interface BucketRequest extends BucketSettings {
  readonly ids: LogicalIds;
  /** Its name in Terraform's state, after the host's: `["backup_bucket"]`. */
  readonly idParts: readonly string[];
  readonly hostName: string;
  /** A part of the name that is made: `backups`. */
  readonly purpose: string;
  /** How long a version is kept after a newer one, or a deletion, has taken its place. */
  readonly keepVersionsDays: number;
  readonly protection: boolean;
}

export interface ProvisionedBucket {
  /** What stands last of it. Null: the bucket is there already. */
  readonly resource: TerraformResource | null;
  readonly name: string;
  /** `https://nyc3.digitaloceanspaces.com` */
  readonly endpoint: string;
  /** As S3 clients sign for it: `nyc3`. */
  readonly region: string;
  /** Whether the host itself must remove old versions, because the cloud does not. */
  readonly hostPrunes: boolean;
  /** How the cloud names the bucket where resources are grouped; null: it groups nothing. */
  readonly resourceName: string | null;
}
