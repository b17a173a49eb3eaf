import { CloudFeature, type CloudFeatures } from "../features";

const { by, missing } = CloudFeature;

/** What DigitalOcean does, and by what. */
export const dropletFeatures: CloudFeatures = {
  server: by(["digitalocean_droplet"]),
  resize: by(["digitalocean_droplet"], "in place, a minute switched off; the disk stays as it is"),
  architectures: by(["digitalocean_droplet"], "amd64"),
  "user data": by(["digitalocean_droplet"], "at most 64 KiB"),
  "server key": by(["digitalocean_ssh_key"]),
  "fixed addresses": missing("a droplet's addresses go with it; records with 5 minutes to live follow a new one"),
  firewall: by(["digitalocean_firewall"]),
  "private network": by(["digitalocean_droplet"], "the region's default network, or `networkId`"),
  placement: missing("DigitalOcean places droplets itself"),
  grouping: by(["digitalocean_project", "digitalocean_project_resources"]),
  "server backups": by(["digitalocean_droplet"], "`backups`, weekly ones"),
  "data volume": by(["digitalocean_volume", "digitalocean_volume_attachment"]),
  "existing data volume": by(["digitalocean_volume_attachment"], "by its name"),
  "DNS zone": by(["digitalocean_domain"]),
  "DNS records": by(["digitalocean_record"]),
  "reverse DNS": by(["digitalocean_droplet"], "the droplet's name, when that is a domain"),
  bucket: by(["digitalocean_spaces_bucket"]),
  versions: by(["digitalocean_spaces_bucket"]),
  "expiry of old versions": by(["digitalocean_spaces_bucket"], "by its lifecycle"),
  "bucket keys": missing("a team makes them in the console and gives them as variables"),
  "delete protection": by(["terraform_data"], "a protection record in Terraform; the API has none for droplets"),
};
