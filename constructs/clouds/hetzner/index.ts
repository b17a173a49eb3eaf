/** What the providers themselves offer, for a team's further resources. A resource loads when it is first used. */
export * as hcloud from "./bindings/hcloud";
export * as minio from "./bindings/minio";
