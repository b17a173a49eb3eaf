import { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { givenVariable } from "../../given-variable";
import type { Faults } from "../../model/faults";
import { Estimate } from "../../model/price";
import { isLateBound } from "../../model/token";
import { protect } from "../../protection";
import { needProvider } from "../../providers";
import { uniqueBucketName } from "../bucket-name";
import type {
  BucketRequest,
  BucketSettings,
  MissingCredential,
  ObjectStorage,
  ProvisionedBucket,
  StandingBucket,
} from "../cloud";
import { MinioProvider } from "./bindings/minio/provider";
import { S3Bucket } from "./bindings/minio/s3-bucket";
import { S3BucketVersioning } from "./bindings/minio/s3-bucket-versioning";
import { findLocation, objectStorageLocations } from "./locations";
import { hetznerPrice } from "./prices";

/** `s3_compat_mode`, without which every bucket of another than MinIO fails at its tags, is there since this version. */
const PROVIDER_VERSIONS = ">= 3.36.0, < 4";

/**
 * Hetzner's Object Storage, which has no API but S3's: Hetzner names the MinIO provider for it. Keys are made in the
 * console and reach every bucket of the project. Buckets have versions; old ones are removed by nobody but the host.
 */
export class HetznerObjectStorage implements ObjectStorage {
  readonly keyVariables = { id: "OBJECT_STORAGE_ACCESS_KEY", secret: "OBJECT_STORAGE_SECRET_KEY" };
  readonly estimate = hetznerPrice({ address: "bucket", type: "minio_s3_bucket", values: {} }) ?? Estimate.free;

  readonly resourceTypes = ["minio_s3_bucket", "minio_s3_bucket_versioning"];
  readonly otherRegion: string;
  /** Keys are made in the console. */
  readonly mintKey = null;

  constructor(private readonly serverLocation: string) {
    this.otherRegion = findLocation(serverLocation).otherObjectStorage;
  }

  validate(faults: Faults, { region, name }: BucketSettings): void {
    const regions: readonly string[] = objectStorageLocations;
    if (region !== null && isLateBound(region)) {
      faults.add("region", "must be known when the stack is synthesized", `choose one of ${regions.join(", ")}`);
    } else if (region !== null && !regions.includes(region)) {
      const remedy = `choose one of ${regions.join(", ")}`;
      faults.add("region", `has no Object Storage, got ${JSON.stringify(region)}`, remedy);
    }
    if (name !== null && !isLateBound(name) && !/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(name)) {
      faults.add("bucketName", `must be 3-63 of a-z, 0-9 and "-", got ${JSON.stringify(name)}`);
    }
  }

  /** They are variables without a default: Terraform asks for them, wherever a team keeps them. */
  missingCredentials(): MissingCredential[] {
    return [];
  }

  create(scope: Construct, request: BucketRequest): ProvisionedBucket {
    const { ids, idParts, protection } = request;
    const region = this.regionOf(request);
    const provider = this.provideFor(scope, region);
    const bucket = new S3Bucket(scope, "bucket", {
      provider,
      bucket: request.name ?? uniqueBucketName(scope, request),
      acl: "private",
      // Terraform reads this from its state: it must be applied before a destroy, as `protection: false` is.
      forceDestroy: !protection,
    });
    ids.fix(bucket, ...idParts);
    // Let go of, it has no record: then its line may be taken out of the stack.
    if (protection) protect(scope, ids, bucket, idParts, protection);
    const versioning = new S3BucketVersioning(scope, "versioning", {
      provider,
      bucket: bucket.bucket,
      versioningConfiguration: { status: "Enabled" },
    });
    ids.fix(versioning, ...idParts);
    return {
      resource: versioning,
      name: bucket.bucket,
      endpoint: `https://${endpointOf(region)}`,
      region,
      hostPrunes: true,
      resourceName: null,
    };
  }

  /**
   * With the providers of all places where the constructs make buckets of this server by themselves: without them Terraform
   * could not forget one whose place this bucket takes.
   */
  find(scope: Construct, { bucket, region }: StandingBucket): ProvisionedBucket {
    const known = this.regionOf({ region });
    const { objectStorage, otherObjectStorage } = findLocation(this.serverLocation);
    for (const place of new Set([known, objectStorage, otherObjectStorage])) this.provideFor(scope, place);
    return {
      resource: null,
      name: bucket,
      endpoint: `https://${endpointOf(known)}`,
      region: known,
      hostPrunes: false,
      resourceName: null,
    };
  }

  /** A provider's alias has to be known now; of a region that is not, the default, until validation tells. */
  private regionOf({ region }: { readonly region: string | null }): string {
    return region === null || isLateBound(region) ? findLocation(this.serverLocation).objectStorage : region;
  }

  /** A provider speaks with one location; each has an alias, so that none is in the way of a team's own. */
  private provideFor(scope: Construct, region: string): MinioProvider {
    const stack = TerraformStack.of(scope);
    const alias = `hetzner_${region}`;
    const known = providers.get(stack) ?? new Map<string, MinioProvider>();
    providers.set(stack, known);
    const variable = (name: string) =>
      `\${${givenVariable(scope, name, `${name}, with which buckets are made and the server reaches them.`)}}`;
    const provider =
      known.get(alias) ??
      new MinioProvider(new Construct(stack, `object storage of single hosts: ${region}`), alias, {
        alias,
        minioServer: endpointOf(region),
        minioSsl: true,
        minioRegion: region,
        minioUser: variable(this.keyVariables.id),
        minioPassword: variable(this.keyVariables.secret),
        s3CompatMode: true,
      });
    known.set(alias, provider);
    needProvider(scope, { name: "minio", versions: PROVIDER_VERSIONS, create: null });
    return provider;
  }
}

const providers = new WeakMap<TerraformStack, Map<string, MinioProvider>>();

function endpointOf(region: string): string {
  return `${region}.your-objectstorage.com`;
}
