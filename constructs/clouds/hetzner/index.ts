/** What the providers themselves offer, for a team's further resources. A resource loads when it is first used. */
export * as hcloud from "./bindings/hcloud";
export * as minio from "./bindings/minio";
export type { HetznerLocation, ObjectStorageLocation } from "./locations";
export { Network } from "./network";
export { PlacementGroup } from "./placement";
export { HetznerServer, type HetznerServerProps, hetznerServer } from "./server";
export type { ServerTypeSlug } from "./server-types";
export type { HetznerImage } from "./server-validation";
