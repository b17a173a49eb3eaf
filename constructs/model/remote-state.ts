import { type SpacesRegion, spacesRegions } from "../clouds/digitalocean/regions";
import { type ObjectStorageLocation, objectStorageLocations } from "../clouds/hetzner/locations";
import { type Faults, joinPath } from "./faults";

/**
 * The variables from which Terraform's S3 backend takes its key, whichever company's store it is. They never stand in a
 * stack: `cdktf synth` writes into files what does.
 */
export const stateCredentials = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] as const;

export interface StateProps {
  /** A bucket for states alone: `chitram-state`. `npx single-host state create STACK` makes it. */
  readonly bucket: string;
  /**
   * The folder in it, where several projects share it: `chitram`.
   * @default - none: the state of the stack `beta` is `beta.tfstate`
   */
  readonly folder?: string;
  /**
   * Whether a run waits for none other on the same state. Terraform and OpenTofu can since 1.10; the store has to honour it,
   * and `npx single-host state create STACK` tries that.
   * @default - true, where the engine can
   */
  readonly locking?: boolean;
}

export interface SpacesStateProps extends StateProps {
  /** `fra1` */
  readonly region: SpacesRegion;
}

export interface HetznerStateProps extends StateProps {
  /** `fsn1` */
  readonly location: ObjectStorageLocation;
}

export interface S3StateProps extends StateProps {
  /** `eu-central-1`; where there is none, `us-east-1` or `auto`. */
  readonly region: string;
  /**
   * `https://s3.eu-central-003.backblazeb2.com`, `https://ACCOUNT.r2.cloudflarestorage.com`
   * @default - Amazon's
   */
  readonly endpoint?: string;
  /**
   * Whether the bucket's name stands in the path, not before the endpoint's name.
   * @default - true with an endpoint of your own, false at Amazon
   */
  readonly pathStyle?: boolean;
}

type Origin =
  | ({ readonly kind: "spaces" } & SpacesStateProps)
  | ({ readonly kind: "hetzner" } & HetznerStateProps)
  | ({ readonly kind: "s3" } & S3StateProps);

/** Terraform's S3 backend, in cdktf's words. https://developer.hashicorp.com/terraform/language/backend/s3 */
export interface BackendSettings {
  readonly bucket: string;
  readonly key: string;
  readonly region: string;
  readonly endpoints?: { readonly s3: string };
  readonly usePathStyle?: boolean;
  /** cdktf's types do not know it; it passes it on. */
  readonly useLockfile?: true;
  readonly skipCredentialsValidation?: true;
  readonly skipMetadataApiCheck?: true;
  readonly skipRegionValidation?: true;
  readonly skipRequestingAccountId?: true;
  readonly skipS3Checksum?: true;
}

/** What Terraform would ask of Amazon and of nobody else. */
const notAmazon = {
  skipCredentialsValidation: true,
  skipMetadataApiCheck: true,
  skipRegionValidation: true,
  skipRequestingAccountId: true,
  skipS3Checksum: true,
} as const;

const FOLDER = /^(?!(.*\/)?\.{1,2}(\/|$))[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/;

/** Where Terraform keeps what it knows of a stack, so that laptops and CI know the same. */
export class RemoteState {
  /** DigitalOcean Spaces: `RemoteState.spaces({ bucket: "chitram-state", region: "fra1" })`. */
  static spaces(props: SpacesStateProps): RemoteState {
    return new RemoteState({ kind: "spaces", ...props });
  }

  /** Hetzner's Object Storage: `RemoteState.hetzner({ bucket: "deita-state", location: "fsn1" })`. */
  static hetzner(props: HetznerStateProps): RemoteState {
    return new RemoteState({ kind: "hetzner", ...props });
  }

  /** Amazon S3, or whatever speaks as it does: `RemoteState.s3({ bucket: "our-state", region: "eu-central-1" })`. */
  static s3(props: S3StateProps): RemoteState {
    return new RemoteState({ kind: "s3", ...props });
  }

  private constructor(private readonly origin: Origin) {}

  get locking(): boolean {
    return this.origin.locking ?? true;
  }

  /** @param locks whether the engine can lock it */
  settings(stack: string, locks: boolean): BackendSettings {
    const { bucket, folder } = this.origin;
    return {
      bucket,
      key: joinPath(folder ?? "", `${stack}.tfstate`),
      ...storeOf(this.origin),
      ...(this.locking && locks ? { useLockfile: true } : {}),
    };
  }

  validate(faults: Faults, path: string): void {
    const { origin } = this;
    if (!/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(origin.bucket)) {
      faults.add(joinPath(path, "bucket"), `must be 3-63 of a-z, 0-9 and "-", got ${JSON.stringify(origin.bucket)}`);
    }
    if (origin.folder !== undefined && !FOLDER.test(origin.folder)) {
      const problem = `must be names of A-Z, a-z, 0-9, ".", "_" and "-", and no "..", got ${JSON.stringify(origin.folder)}`;
      faults.add(joinPath(path, "folder"), problem, 'write it as "chitram" or "teams/chitram"');
    }
    if (origin.kind === "spaces") {
      validatePlace(faults, joinPath(path, "region"), origin.region, spacesRegions, "Spaces");
    } else if (origin.kind === "hetzner") {
      const { location } = origin;
      validatePlace(faults, joinPath(path, "location"), location, objectStorageLocations, "Object Storage");
    } else {
      validateS3(faults, path, origin);
    }
  }

  /** What the environment lacks for Terraform to reach it. */
  validateCredentials(faults: Faults, path: string, environment: NodeJS.ProcessEnv): void {
    const { kind } = this.origin;
    if (environment.AWS_PROFILE || (kind === "s3" && hasOtherCredentials(environment))) return;
    for (const [index, variable] of stateCredentials.entries()) {
      if (!environment[variable]) faults.add(path, `${variable} is not set`, this.remedyFor(variable, index));
    }
  }

  private remedyFor(variable: string, index: number): string {
    switch (this.origin.kind) {
      case "spaces": {
        const own = ["SPACES_ACCESS_KEY_ID", "SPACES_SECRET_ACCESS_KEY"][index];
        return `Terraform takes the key to Spaces from there: export ${variable}="$${own}"`;
      }
      case "hetzner": {
        const own = ["TF_VAR_OBJECT_STORAGE_ACCESS_KEY", "TF_VAR_OBJECT_STORAGE_SECRET_KEY"][index];
        const other = "or, better, one of another project, which the server does not have";
        return `Terraform takes the key to Object Storage from there: export ${variable}="$${own}", ${other}`;
      }
      case "s3":
        return "export it, or name a profile in AWS_PROFILE";
    }
  }
}

/** Which store it is, and how it is spoken to. */
function storeOf(origin: Origin): Omit<BackendSettings, "bucket" | "key" | "useLockfile"> {
  switch (origin.kind) {
    // https://docs.digitalocean.com/products/spaces/reference/terraform-backend/ (2026-06)
    case "spaces":
      return {
        ...notAmazon,
        region: "us-east-1",
        endpoints: { s3: `https://${origin.region}.digitaloceanspaces.com` },
      };
    case "hetzner": {
      const { location: region } = origin;
      const endpoints = { s3: `https://${region}.your-objectstorage.com` };
      return { ...notAmazon, region, endpoints, usePathStyle: true };
    }
    case "s3": {
      const { region, endpoint, pathStyle } = origin;
      const usePathStyle = pathStyle ?? endpoint !== undefined;
      const elsewhere = endpoint === undefined ? {} : { ...notAmazon, endpoints: { s3: endpoint } };
      return { region, ...elsewhere, ...(usePathStyle ? { usePathStyle } : {}) };
    }
  }
}

function validatePlace(faults: Faults, path: string, place: string, places: readonly string[], store: string): void {
  if (places.includes(place)) return;
  faults.add(path, `has no ${store}, got ${JSON.stringify(place)}`, `choose one of ${places.join(", ")}`);
}

function validateS3(faults: Faults, path: string, { endpoint, region }: S3StateProps): void {
  if (endpoint !== undefined && !/^https?:\/\/[^\s/]+$/.test(endpoint)) {
    const problem = `must be a scheme and a name, got ${JSON.stringify(endpoint)}`;
    faults.add(joinPath(path, "endpoint"), problem, 'write it as "https://s3.eu-central-003.backblazeb2.com"');
  }
  if (!/^[A-Za-z0-9-]+$/.test(region)) {
    const problem = `must be a region's name, got ${JSON.stringify(region)}`;
    faults.add(joinPath(path, "region"), problem, 'where there is none, "us-east-1" or "auto"');
  }
}

/** Terraform finds keys in other places too; which of them will do is known to it alone. */
function hasOtherCredentials(environment: NodeJS.ProcessEnv): boolean {
  const others = [
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
  ];
  return others.some((variable) => environment[variable]);
}
