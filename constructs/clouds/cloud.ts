import type { ITerraformDependable, TerraformResource } from "cdktf";
import type { Construct } from "constructs";
import type { LogicalIds } from "../logical-ids";
import type { Domain } from "../model/domain";
import type { Faults } from "../model/faults";
import type { Estimate } from "../model/price";
import type { SshKey } from "../model/ssh-key";

/**
 * A server on one cloud, as a value: `droplet("s-2vcpu-2gb", { region: "nyc3" })`. `SingleHost` knows no cloud but
 * through this.
 */
export interface CloudServer {
  /** The cloud's own name: `DigitalOcean`. */
  readonly cloud: string;
  /** Bytes of user data that the cloud takes. */
  readonly userDataLimit: number;
  /** What the server costs a month. */
  readonly estimate: Estimate;
  /** Checks its settings, and what the cloud refuses about a host's name. Paths begin with `server` or `name`. */
  validate(faults: Faults, hostName: string): void;
  /** Credentials that the environment should hold and does not, once the stack is whole. */
  missingCredentials(host: Construct, environment: NodeJS.ProcessEnv): MissingCredential[];
  /** Public keys that the account holds already, by their names there. */
  existingKeys(scope: Construct, ids: LogicalIds, keys: readonly SshKey[]): readonly string[];
  /** Makes the server and what belongs to it. */
  createServer(scope: Construct, request: ServerRequest): ProvisionedServer;
  /** What backups need of the cloud. */
  readonly backups: BackupStorage;
}

/** Credentials that are looked for in environment variables. */
export interface MissingCredential {
  readonly variable: string;
  /** What it is for, and where one gets it. */
  readonly remedy: string;
}

/** What a host asks of a cloud. */
export interface ServerRequest {
  readonly name: string;
  readonly ids: LogicalIds;
  /** May be late-bound, as all texts here. */
  readonly userData: string;
  /** The key with which the first connection is made; it must be in the user data too. */
  readonly deployPublicKey: string;
  readonly domains: readonly Domain[];
  /** Names that must point to the server. */
  readonly hostNames: readonly string[];
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
  /** What must stand before the server is configured: the firewall, the DNS records. */
  readonly ready: readonly ITerraformDependable[];
  /** Puts a further resource where the server is grouped, such as a project. */
  adopt(resourceName: string): void;
}

/** Object storage of a cloud. */
export interface BackupStorage {
  /** Terraform variables with the key by which the server reaches its bucket. */
  readonly keyVariables: { readonly id: string; readonly secret: string };
  validate(faults: Faults, request: BucketSettings): void;
  missingCredentials(host: Construct, environment: NodeJS.ProcessEnv): MissingCredential[];
  readonly estimate: Estimate;
  create(scope: Construct, request: BucketRequest): ProvisionedBucket;
}

export interface BucketSettings {
  /** Null: the adapter chooses. */
  readonly region: string | null;
  /** A name of the team's choice; null: one is made. */
  readonly name: string | null;
}

export interface BucketRequest extends BucketSettings {
  readonly ids: LogicalIds;
  readonly hostName: string;
  readonly protection: boolean;
}

export interface ProvisionedBucket {
  readonly resource: TerraformResource;
  readonly name: string;
  /** `https://nyc3.digitaloceanspaces.com` */
  readonly endpoint: string;
  /** How the cloud names the bucket where resources are grouped. */
  readonly resourceName: string;
}
