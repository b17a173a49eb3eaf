/**
 * What is lost with a resource. Whoever destroys or replaces one of these must have meant it.
 *
 * Types that are not listed are judged by their name, so that a plan with resources of any
 * provider is read on the safe side.
 */
const HOLDERS: Readonly<Record<string, string>> = {
  digitalocean_droplet: "the server's disk with every Docker volume on it, and its address",
  digitalocean_volume: "everything on the volume",
  digitalocean_volume_snapshot: "the snapshot",
  digitalocean_droplet_snapshot: "the snapshot",
  digitalocean_custom_image: "the image",
  digitalocean_spaces_bucket: "every object in the bucket, backups and their versions included",
  digitalocean_spaces_bucket_object: "the object",
  digitalocean_database_cluster: "every database of the cluster",
  digitalocean_database_db: "the database with its rows",
  digitalocean_database_user: "the user's password, which applications hold",
  digitalocean_database_replica: "the replica",
  digitalocean_reserved_ip: "the address: it goes back to the pool, and names that point to it lead elsewhere",
  digitalocean_reserved_ipv6: "the address: it goes back to the pool, and names that point to it lead elsewhere",
  digitalocean_floating_ip: "the address: it goes back to the pool, and names that point to it lead elsewhere",
  digitalocean_loadbalancer: "its address: names that point to it lead elsewhere",
  digitalocean_domain: "every record of the domain, those for mail and those made by hand included",
  digitalocean_container_registry: "every image in the registry",
  hcloud_server:
    "the server's disk with every Docker volume on it, Hetzner's backups of it, and its address unless that is a hcloud_primary_ip",
  hcloud_volume: "everything on the volume",
  hcloud_snapshot: "the snapshot",
  hcloud_primary_ip: "the address: it goes back to the pool, and names that point to it lead elsewhere",
  hcloud_floating_ip: "the address: it goes back to the pool, and names that point to it lead elsewhere",
  hcloud_load_balancer: "its address: names that point to it lead elsewhere",
  hcloud_zone: "every record of the zone, those for mail and those made by hand included",
  hcloud_storage_box: "everything in the storage box, its snapshots included",
  hcloud_storage_box_snapshot: "the snapshot",
  minio_s3_bucket: "every object in the bucket, backups and their versions included",
  minio_s3_object: "the object",
  random_password: "a generated secret: what was set up with the old one (a database, a backup) keeps asking for it",
  random_bytes: "a generated secret: what was set up with the old one (a database, a backup) keeps asking for it",
  random_string: "a generated text: what was set up with the old one keeps asking for it",
  tls_private_key: "a private key: what trusts its public half (a server, GitHub, known_hosts) refuses the new one",
  github_repository: "the repository with its issues and pull requests",
};

/** Ways of access and wiring that only sound like holders of data. */
const NOT_HOLDERS =
  /_(attachment|association|assignment|policy|firewall|grant|permission|lifecycle\w*|versioning|acl|alert|notification|metric|parameter_group|subnet_group|security_group|public_access_block|cors\w*|website\w*|logging)$/;

const SOUNDS_LIKE_DATA =
  /(bucket|volume|disk|database|_db|rds|instance|server|cluster|table|file_?system|efs|snapshot|storage|registry|repository|zone|eip|floating_ip|reserved_ip|kms_key|secret)/;

/** What would be lost with a resource of this type; `undefined`: nothing but itself. */
export function holds(type: string): string | undefined {
  if (Object.hasOwn(HOLDERS, type)) return HOLDERS[type];
  const provider = type.slice(0, type.indexOf("_"));
  if (OWN_PROVIDERS.has(provider) || NOT_HOLDERS.test(type)) return undefined;
  return SOUNDS_LIKE_DATA.test(type) ? `judged by its name ${type}: probably data` : undefined;
}

/** Providers whose resources are all known here: what is not in the table holds nothing. */
const OWN_PROVIDERS = new Set(["digitalocean", "hcloud", "minio", "random", "tls", "github", "terraform", "cloudinit"]);
