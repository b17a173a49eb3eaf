import { CloudFeature, type CloudFeatures } from "../features";
import { dropletRegions, otherSpacesRegion, spacesRegions } from "./regions";

const { by, missing } = CloudFeature;

const neighbours = dropletRegions.map((region) => `${region} → ${otherSpacesRegion(region)}`).join(", ");

/** What DigitalOcean does, and by what. */
export const dropletFeatures: CloudFeatures = {
  server: by(["digitalocean_droplet"]),
  "another size": by(["digitalocean_droplet"], "in place, a minute or two switched off; the disk stays as it is"),
  processors: by(["digitalocean_droplet"], "amd64"),
  "user data": by(["digitalocean_droplet"], "at most 64 KiB"),
  "first key": by(["digitalocean_ssh_key"]),
  "lasting addresses": missing("a new droplet has new ones; the records follow within 5 minutes"),
  firewall: by(["digitalocean_firewall"]),
  "private network": by(["digitalocean_droplet"], "the region's own, or `networkId`"),
  placement: missing("DigitalOcean places droplets itself"),
  grouping: by(["digitalocean_project", "digitalocean_project_resources"], "`project`"),
  "server backups": by(["digitalocean_droplet"], "`backups: true`: daily, kept for a week, +30 %"),
  "data volume": by(["digitalocean_volume", "digitalocean_volume_attachment"], "1 GiB to 16 TiB"),
  "volume that exists": by(["digitalocean_volume_attachment"], "found by its name"),
  "DNS zone": by(["digitalocean_domain"]),
  "DNS records": by(["digitalocean_record"]),
  "reverse DNS": by(["digitalocean_droplet"], "the host's name, when it is a domain"),
  bucket: by(["digitalocean_spaces_bucket"], `in ${spacesRegions.length} regions`),
  "region of backups": by(["digitalocean_spaces_bucket"], `not the server's own: ${neighbours}`),
  versions: by(["digitalocean_spaces_bucket"]),
  "expiry of versions": by(["digitalocean_spaces_bucket"], "by a rule of the bucket"),
  "bucket keys": by(
    ["digitalocean_spaces_key"],
    "`BucketKey.minted()`, for the backups' bucket alone, with a provider from 2.59 on; else made in the console, given as variables",
  ),
  protection: by(["terraform_data"], "a record that Terraform may not destroy, beside all that holds data"),
};
