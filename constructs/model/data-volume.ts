import type { ComposeApp } from "./compose";
import { isMapping, mappingOf } from "./compose-fields";
import { type Faults, joinPath } from "./faults";
import { repeated } from "./site";
import type { Size } from "./size";

export interface DataVolumeProps {
  /** Named volumes of the compose file that live on it. */
  readonly volumes: readonly string[];
}

export interface ExistingDataVolumeProps extends DataVolumeProps {
  /**
   * Where it stands, so that one that the server can't reach is told at synth.
   * @default - asked of the cloud when Terraform plans
   */
  readonly location?: string;
}

/** Where a data volume comes from. */
export type DataVolumeOrigin =
  | { readonly kind: "created"; readonly size: Size }
  | { readonly kind: "existing"; readonly id: string; readonly location: string | null };

/**
 * A disk of its own for named volumes of the compose file: it outlives the server, and grows without it. The server
 * formats it when it is blank, and never otherwise; what a volume holds already is moved onto it.
 */
export class DataVolume {
  /** A new one. A larger size later is a change in place; none of these clouds makes one smaller. */
  static create(size: Size, props: DataVolumeProps): DataVolume {
    return new DataVolume({ kind: "created", size }, props.volumes);
  }

  /** One that the account has, by the cloud's id. Its data stays. */
  static existing(id: string, props: ExistingDataVolumeProps): DataVolume {
    return new DataVolume({ kind: "existing", id, location: props.location ?? null }, props.volumes);
  }

  private constructor(
    readonly origin: DataVolumeOrigin,
    readonly volumes: readonly string[],
  ) {}
}

/** A data volume as the server finds it. */
export interface AttachedVolume {
  /** `/dev/disk/by-id/...`; may be late-bound. */
  readonly device: string;
  /** Null where it is the account's already: the server then takes what it finds. */
  readonly size: Size | null;
  /** Keys of the compose file's `volumes`. */
  readonly volumes: readonly string[];
}

/** The application whose volumes they are, and the services that sites send requests to. */
export interface VolumeUse {
  readonly app: ComposeApp;
  readonly upstreams: readonly string[];
}

/** Checks that a compose file's volumes can live on a data volume. */
export function validateDataVolume(
  faults: Faults,
  path: string,
  volumes: readonly string[],
  services: VolumeUse,
): void {
  const { app, upstreams } = services;
  const declared = Object.keys(app.document.volumes);
  const mounted = new Set(app.activeServices(upstreams).flatMap((service) => service.namedVolumes));
  if (volumes.length === 0) {
    faults.add(joinPath(path, "volumes"), "names no volume", `name those that live on it: ${listed(declared)}`);
  }
  for (const twice of repeated(volumes)) {
    faults.add(joinPath(path, "volumes", twice), "is named twice", "name it once");
  }
  for (const key of new Set(volumes)) {
    const problem = volumeProblem(app, key, declared, mounted);
    if (problem !== null) {
      faults.add(joinPath(path, "volumes", key), ...problem);
    }
  }
}

function volumeProblem(
  app: ComposeApp,
  key: string,
  declared: readonly string[],
  mounted: ReadonlySet<string>,
): [string, string] | null {
  if (!declared.includes(key)) {
    return [`${app.composeFile} has no volume of this name`, `it has ${listed(declared)}`];
  }
  const { external, driver, driver_opts: options } = mappingOf(app.document.volumes[key]);
  if (external !== undefined && external !== false && external !== "false") {
    return ["is external: it is somebody else's", "drop external: from it, or leave it out here"];
  }
  if (driver !== undefined && driver !== null && driver !== "local") {
    return [`has the driver ${JSON.stringify(driver)}, which keeps it elsewhere`, "drop driver: from it"];
  }
  if (isMapping(options) && Object.keys(options).length > 0) {
    return ["has driver_opts, which say where it lives", "drop driver_opts: from it"];
  }
  if (!mounted.has(key)) {
    return ["is mounted by no service that starts", "leave it out here, or start its service"];
  }
  // The name of its folder, and of what is made beside it.
  return key.startsWith(".") ? ["begins with a dot", "rename it"] : null;
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? "none" : names.join(", ");
}
