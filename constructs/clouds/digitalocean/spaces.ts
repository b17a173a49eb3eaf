import { SpacesBucket } from "@cdktf/provider-digitalocean/lib/spaces-bucket";
import { SpacesKey } from "@cdktf/provider-digitalocean/lib/spaces-key";
import type { Construct } from "constructs";
import type { Faults } from "../../model/faults";
import { Estimate } from "../../model/price";
import { isLateBound } from "../../model/token";
import { protect } from "../../protection";
import { uniqueBucketName } from "../bucket-name";
import type {
  BucketAccess,
  BucketRequest,
  BucketSettings,
  KeyRequest,
  MissingCredential,
  ObjectStorage,
  ProvisionedBucket,
  StandingBucket,
} from "../cloud";
import { digitaloceanPrice } from "./prices";
import { needDigitalOcean, ownProvider } from "./provider";
import { otherSpacesRegion, providerVersionsFor, spacesRegionFor, spacesRegions } from "./regions";

const INCOMPLETE_UPLOAD_DAYS = 7;

/** The provider has keys since 2.50.0; since 2.59.0 it makes one anew that somebody deleted. */
const MINTED_KEYS = ">= 2.59.0, < 3";

/** DigitalOcean Spaces. */
export class Spaces implements ObjectStorage {
  readonly keyVariables = { id: "SPACES_ACCESS_KEY_ID", secret: "SPACES_SECRET_ACCESS_KEY" };
  readonly estimate =
    digitaloceanPrice({ address: "bucket", type: "digitalocean_spaces_bucket", values: {} }) ?? Estimate.free;

  readonly resourceTypes = ["digitalocean_spaces_bucket"];
  readonly otherRegion: string;

  constructor(private readonly serverRegion: string) {
    this.otherRegion = otherSpacesRegion(serverRegion);
  }

  validate(faults: Faults, { region, name }: BucketSettings): void {
    const regions: readonly string[] = spacesRegions;
    if (region !== null && isLateBound(region)) {
      faults.add("region", "must be known when the stack is synthesized", `choose one of ${regions.join(", ")}`);
    } else if (region !== null && !regions.includes(region)) {
      faults.add("region", `has no Spaces, got ${JSON.stringify(region)}`, `choose one of ${regions.join(", ")}`);
    }
    if (name !== null && !isLateBound(name) && !/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(name)) {
      faults.add("bucketName", `must be 3-63 of a-z, 0-9 and "-", got ${JSON.stringify(name)}`);
    }
  }

  missingCredentials(host: Construct, environment: NodeJS.ProcessEnv): MissingCredential[] {
    const provider = ownProvider(host);
    if (provider?.spacesAccessIdInput !== undefined && provider.spacesSecretKeyInput !== undefined) return [];
    // The provider reads them from the environment under the same names.
    return Object.values(this.keyVariables)
      .filter((variable) => !environment[variable])
      .map((variable) => ({
        variable,
        problem: "is not set",
        remedy: "export it: Spaces keys are made at https://cloud.digitalocean.com/spaces/access_keys",
      }));
  }

  create(scope: Construct, request: BucketRequest): ProvisionedBucket {
    const { ids, idParts, protection } = request;
    const region = request.region ?? spacesRegionFor(this.serverRegion);
    needDigitalOcean(scope, providerVersionsFor(region));
    const bucket = new SpacesBucket(scope, "bucket", {
      name: request.name ?? uniqueBucketName(scope, request),
      region,
      acl: "private",
      versioning: { enabled: true },
      lifecycleRule: [
        {
          id: "keep-what-is-needed",
          enabled: true,
          noncurrentVersionExpiration: { days: request.keepVersionsDays },
          abortIncompleteMultipartUploadDays: INCOMPLETE_UPLOAD_DAYS,
        },
      ],
      // Terraform reads this from its state: it must be applied before a destroy, as `protection: false` is.
      forceDestroy: !protection,
    });
    ids.fix(bucket, ...idParts);
    // Let go of, it has no record: then its line may be taken out of the stack.
    if (protection) protect(scope, ids, bucket, idParts, protection);
    return {
      resource: bucket,
      name: bucket.name,
      endpoint: endpointOf(region),
      region,
      hostPrunes: false,
      resourceName: bucket.urn,
    };
  }

  find(_scope: Construct, { bucket, region }: StandingBucket): ProvisionedBucket {
    return {
      resource: null,
      name: bucket,
      endpoint: endpointOf(region),
      region,
      hostPrunes: false,
      resourceName: null,
    };
  }

  /** It reads, writes and deletes objects of this bucket, and can neither see nor make another. */
  readonly mintKey = (scope: Construct, { ids, idParts, hostName, bucket }: KeyRequest): BucketAccess => {
    needDigitalOcean(scope, MINTED_KEYS);
    const key = new SpacesKey(scope, "key", {
      name: `${hostName}-${idParts.join("-")}`.replaceAll("_", "-"),
      grant: [{ bucket, permission: "readwrite" }],
    });
    ids.fix(key, ...idParts);
    const address = ids.address("digitalocean_spaces_key", ...idParts);
    return { id: `${address}.access_key`, secret: `${address}.secret_key` };
  };
}

function endpointOf(region: string): string {
  return `https://${region}.digitaloceanspaces.com`;
}
