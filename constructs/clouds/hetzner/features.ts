import { CloudFeature, type CloudFeatures } from "../features";

const { by, byHost, missing } = CloudFeature;

/** What Hetzner does, and by what. */
export const hetznerFeatures: CloudFeatures = {
  server: by(["hcloud_server"]),
  resize: by(["hcloud_server"], "in place, a minute or two switched off; the disk stays as it is"),
  architectures: by(["hcloud_server"], "amd64, and arm64 by the types `cax..`"),
  "user data": by(["hcloud_server"], "at most 32 KiB"),
  "server key": by(["hcloud_ssh_key"]),
  "fixed addresses": by(["hcloud_primary_ip"], "IPv4 and IPv6 outlive the server"),
  firewall: by(["hcloud_firewall"]),
  "private network": by(
    ["hcloud_network", "hcloud_network_subnet", "hcloud_server_network"],
    "`network: Network.create()` or `.existing(id)`; without it none",
  ),
  placement: by(["hcloud_placement_group"], "`placement: PlacementGroup.spread()` or `.existing(id)`"),
  grouping: missing("projects have their tokens; labels `host` and `managed-by` are on everything"),
  "server backups": by(["hcloud_server"], "`backups: true`: daily, the last seven, +20 %"),
  "data volume": by(["hcloud_volume", "hcloud_volume_attachment"]),
  "existing data volume": by(["hcloud_volume_attachment"], "by its id"),
  "DNS zone": by(["hcloud_zone"]),
  "DNS records": by(["hcloud_zone_rrset"]),
  "reverse DNS": by(["hcloud_rdns"], "the first site's name"),
  bucket: by(["minio_s3_bucket"], "in fsn1, nbg1, hel1; Hetzner has no API of its own for it"),
  versions: by(["minio_s3_bucket_versioning"]),
  "expiry of old versions": byHost("nightly: the cloud's own is not to be had through the provider"),
  "bucket keys": missing("made in the console, they reach every bucket of the project; given as variables"),
  "delete protection": by(
    ["terraform_data"],
    "a protection record in Terraform, and `delete_protection` at the API for server, addresses, volume and zone",
  ),
};
