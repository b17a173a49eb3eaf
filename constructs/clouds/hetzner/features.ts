import { CloudFeature, type CloudFeatures } from "../features";
import { locations, objectStorageLocations } from "./locations";

const { by, byHost, missing } = CloudFeature;

const neighbours = Object.entries(locations)
  .map(([location, { otherObjectStorage }]) => `${location} → ${otherObjectStorage}`)
  .join(", ");

/** What Hetzner does, and by what. */
export const hetznerFeatures: CloudFeatures = {
  server: by(["hcloud_server"]),
  "another size": by(["hcloud_server"], "in place, a minute or two switched off; the disk stays as it is"),
  processors: by(["hcloud_server"], "amd64, and arm64 with the types `cax..`"),
  "user data": by(["hcloud_server"], "at most 32 KiB"),
  "first key": by(["hcloud_ssh_key"]),
  "lasting addresses": by(["hcloud_primary_ip"], "IPv4 and IPv6; a new server takes over the old one's"),
  firewall: by(["hcloud_firewall"]),
  "private network": by(
    ["hcloud_network", "hcloud_network_subnet", "hcloud_server_network"],
    "none, unless `network` says so",
  ),
  placement: by(["hcloud_placement_group"], "`placement`: on another machine than its fellows"),
  grouping: missing("a project has its own token; labels `host` and `managed-by` tell what belongs together"),
  "server backups": by(["hcloud_server"], "`backups: true`: daily, the last seven, +20 %"),
  "data volume": by(["hcloud_volume", "hcloud_volume_attachment"], "10 GiB to 10 TiB"),
  "volume that exists": by(["hcloud_volume_attachment"], "found by its id"),
  "DNS zone": by(["hcloud_zone"]),
  "DNS records": by(["hcloud_zone_rrset"], "one set a name and type: what a zone has already is refused"),
  "reverse DNS": by(["hcloud_rdns"], "the first site's name, for both addresses"),
  bucket: by(["minio_s3_bucket"], `in ${objectStorageLocations.join(", ")}; there is no API but S3's`),
  "region of backups": by(["minio_s3_bucket"], `not the server's own: ${neighbours}`),
  versions: by(["minio_s3_bucket_versioning"]),
  "expiry of versions": byHost("each night; the provider drops a bucket's rules without a word"),
  "bucket keys": missing("made in the console, they reach every bucket of the project; given as variables"),
  protection: by(
    ["terraform_data"],
    "the same record; and `delete_protection`, so that the API refuses too: server, addresses, volume, zone",
  ),
};
