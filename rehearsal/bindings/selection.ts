/** A provider that has no bindings on npm: ours are generated from what the provider itself says of its resources. */
export interface BoundProvider {
  /** Its local name in a stack, and its folder. */
  readonly name: string;
  /** Its address in Terraform's registry. */
  readonly source: string;
  /** Versions that the bindings alone ask for; constructs ask for less. */
  readonly versions: string;
  /** What the constructs use, and what a team would reach for next to it. */
  readonly resources: readonly string[];
  readonly dataSources: readonly string[];
}

/** Left out of hcloud: storage boxes (another API), lists, and hcloud_certificate (an older name of uploaded ones). */
const hcloud: BoundProvider = {
  name: "hcloud",
  source: "hetznercloud/hcloud",
  versions: "~> 1.68",
  resources: [
    "hcloud_firewall",
    "hcloud_firewall_attachment",
    "hcloud_floating_ip",
    "hcloud_floating_ip_assignment",
    "hcloud_load_balancer",
    "hcloud_load_balancer_network",
    "hcloud_load_balancer_service",
    "hcloud_load_balancer_target",
    "hcloud_managed_certificate",
    "hcloud_network",
    "hcloud_network_route",
    "hcloud_network_subnet",
    "hcloud_placement_group",
    "hcloud_primary_ip",
    "hcloud_rdns",
    "hcloud_server",
    "hcloud_server_network",
    "hcloud_snapshot",
    "hcloud_ssh_key",
    "hcloud_uploaded_certificate",
    "hcloud_volume",
    "hcloud_volume_attachment",
    "hcloud_zone",
    "hcloud_zone_record",
    "hcloud_zone_rrset",
  ],
  dataSources: [
    "hcloud_firewall",
    "hcloud_floating_ip",
    "hcloud_image",
    "hcloud_load_balancer",
    "hcloud_location",
    "hcloud_network",
    "hcloud_placement_group",
    "hcloud_primary_ip",
    "hcloud_server",
    "hcloud_server_type",
    "hcloud_ssh_key",
    "hcloud_volume",
    "hcloud_zone",
  ],
};

/** Left out of minio: users, keys and settings of a MinIO server, which an object storage for rent has not got. */
const minio: BoundProvider = {
  name: "minio",
  source: "aminueza/minio",
  versions: "~> 3.36",
  resources: [
    "minio_ilm_policy",
    "minio_s3_bucket",
    "minio_s3_bucket_anonymous_access",
    "minio_s3_bucket_cors",
    "minio_s3_bucket_lifecycle",
    "minio_s3_bucket_object_lock_configuration",
    "minio_s3_bucket_policy",
    "minio_s3_bucket_versioning",
    "minio_s3_object",
  ],
  dataSources: ["minio_iam_policy_document", "minio_s3_bucket", "minio_s3_object"],
};

export const boundProviders: readonly BoundProvider[] = [hcloud, minio];
