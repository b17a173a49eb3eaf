/** A place where Hetzner's servers stand. */
export interface Location {
  /** Networks span the locations of one zone. */
  readonly networkZone: string;
  /** Where buckets of a server in this place stand by default. */
  readonly objectStorage: ObjectStorageLocation;
  /** The nearest place with Object Storage that is another one: what happens to this place does not happen there. */
  readonly otherObjectStorage: ObjectStorageLocation;
}

/**
 * Locations with Object Storage: https://docs.hetzner.com/storage/object-storage/overview (2026-11). There is none outside
 * Europe; Falkenstein is the one that is best connected to the rest of the world.
 */
export const objectStorageLocations = ["fsn1", "nbg1", "hel1"] as const;

/** A location that has Object Storage. */
export type ObjectStorageLocation = (typeof objectStorageLocations)[number];

/** Locations of Hetzner Cloud. https://docs.hetzner.com/cloud/general/locations/ (2026-11) */
export const locations = {
  fsn1: { networkZone: "eu-central", objectStorage: "fsn1", otherObjectStorage: "nbg1" },
  nbg1: { networkZone: "eu-central", objectStorage: "nbg1", otherObjectStorage: "fsn1" },
  hel1: { networkZone: "eu-central", objectStorage: "hel1", otherObjectStorage: "fsn1" },
  ash: { networkZone: "us-east", objectStorage: "fsn1", otherObjectStorage: "fsn1" },
  hil: { networkZone: "us-west", objectStorage: "fsn1", otherObjectStorage: "fsn1" },
  sin: { networkZone: "ap-southeast", objectStorage: "fsn1", otherObjectStorage: "fsn1" },
} as const satisfies Readonly<Record<string, Location>>;

/** A location as Hetzner's API spells it. */
export type HetznerLocation = keyof typeof locations;

/** What is known of a location; of one that a team misspelt, Falkenstein, until validation tells. */
export function findLocation(name: string): Location {
  return Object.hasOwn(locations, name) ? locations[name as HetznerLocation] : locations.fsn1;
}
