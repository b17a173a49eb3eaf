import { hetznerCases } from "./hetzner-cases";

/** A plan: what is there, what is wanted. */
export interface PlanCase {
  readonly name: string;
  readonly before: string;
  readonly after: string;
  /** What a cloud would have created for `before`. */
  readonly existing?: readonly { type: string; name: string; attributes: Record<string, unknown>; deposed?: string }[];
  readonly taint?: readonly string[];
  readonly options?: readonly string[];
  /** Whether the cloud is asked, and knows nothing of anything. */
  readonly cloudLostIt?: boolean;
}

export const header = `
terraform {
  required_providers {
    digitalocean = { source = "digitalocean/digitalocean" }
    hcloud       = { source = "hetznercloud/hcloud" }
    minio        = { source = "aminueza/minio" }
    random       = { source = "hashicorp/random" }
    tls          = { source = "hashicorp/tls" }
  }
}
provider "digitalocean" {
  token = "none"
  spaces_access_id = "none"
  spaces_secret_key = "none"
}
provider "hcloud" {
  token = "${"none".padEnd(64, "0")}"
}
provider "minio" {
  minio_server = "nbg1.your-objectstorage.com"
  minio_user = "none"
  minio_password = "none"
  minio_ssl = true
  s3_compat_mode = true
}
`;

function droplet({
  name = "host_server",
  size = "s-2vcpu-2gb",
  region = "nyc3",
  userData = "#cloud-config",
  more = "",
}): string {
  return `
resource "digitalocean_droplet" "${name}" {
  name = "chitram-beta"
  image = "debian-13-x64"
  region = "${region}"
  size = "${size}"
  user_data = ${JSON.stringify(userData)}
  resize_disk = false
  ${more}
}`;
}

const existingDroplet = {
  type: "digitalocean_droplet",
  name: "host_server",
  attributes: {
    id: "100",
    name: "chitram-beta",
    image: "debian-13-x64",
    region: "nyc3",
    size: "s-2vcpu-2gb",
    disk: 60,
    vcpus: 2,
    memory: 2048,
    user_data: "f6c3e6cf066eeeef3eb2dad41a725bffff4ba5a5",
    resize_disk: false,
    backups: false,
    monitoring: false,
    ipv6: false,
    ipv4_address: "203.0.113.7",
    price_hourly: 0.02679,
    price_monthly: 18,
    status: "active",
    locked: false,
    urn: "do:droplet:100",
    graceful_shutdown: false,
    private_networking: false,
    vpc_uuid: "",
    volume_ids: [],
  },
};

const volume = `
resource "digitalocean_volume" "host_data" {
  name = "chitram-data"
  region = "nyc3"
  size = 40
}`;
const existingVolume = {
  type: "digitalocean_volume",
  name: "host_data",
  attributes: {
    id: "v-1",
    name: "chitram-data",
    region: "nyc3",
    size: 40,
    urn: "do:volume:v-1",
    droplet_ids: [],
    tags: [],
  },
};

const bucket = `
resource "digitalocean_spaces_bucket" "host_backups" {
  name = "chitram-beta-backups"
  region = "nyc3"
}`;
const existingBucket = {
  type: "digitalocean_spaces_bucket",
  name: "host_backups",
  attributes: {
    id: "chitram-beta-backups",
    name: "chitram-beta-backups",
    region: "nyc3",
    acl: "private",
    force_destroy: false,
    urn: "do:space:chitram-beta-backups",
  },
};

export function configuration({
  caddyfile = "chitram.example {}",
  secret = "one",
  more = "",
  server = '"100"',
} = {}): string {
  return `
resource "terraform_data" "host_configuration" {
  triggers_replace = {
    server = ${server}
    files = { "Caddyfile" = "${caddyfile}", "host.json" = "{}" ${more} }
    secrets = { POSTGRES_PASSWORD = sha256(sensitive("${secret}")), JWT_SECRET_KEY = sha256(sensitive("same")) }
  }
}
resource "terraform_data" "host_identity" {
  triggers_replace = { server = ${server}, host_key = "ssh-ed25519 AAAA" }
}`;
}

const password = (index = "") => `
resource "random_password" "host_postgres_password" {
  length = 24
  ${index}
}`;
const key = `
resource "tls_private_key" "host_deploy_key" {
  algorithm = "ED25519"
}`;

export const cases: readonly PlanCase[] = [
  {
    name: "nothing-changes",
    before: configuration(),
    after: configuration(),
  },
  {
    name: "first-deploy",
    before: "",
    after: droplet({}) + bucket + password() + key + configuration({ server: "digitalocean_droplet.host_server.id" }),
  },
  {
    name: "configuration-and-size",
    before: droplet({}) + configuration({ more: ', "app/old.conf" = "x"' }),
    existing: [existingDroplet],
    after:
      droplet({ size: "s-2vcpu-4gb" }) +
      configuration({ caddyfile: "chitram.example { encode }", secret: "two", more: ', "app/new.conf" = "y"' }),
  },
  {
    name: "server-replaced-by-user-data",
    before: droplet({}) + configuration(),
    existing: [existingDroplet],
    after:
      droplet({ userData: "#cloud-config\nchanged: true" }) +
      configuration({ server: "digitalocean_droplet.host_server.id" }),
  },
  {
    name: "server-renamed",
    before: droplet({}),
    existing: [existingDroplet],
    after: droplet({ name: "renamed_server" }),
  },
  {
    name: "server-moved-volume-forgotten-secret-imported",
    before: droplet({}) + volume,
    existing: [existingDroplet, existingVolume],
    after: `${droplet({ name: "renamed_server", more: "lifecycle {\n ignore_changes = [user_data]\n }" })}
moved {
  from = digitalocean_droplet.host_server
  to = digitalocean_droplet.renamed_server
}
removed {
  from = digitalocean_volume.host_data
  lifecycle {
    destroy = false
  }
}
import {
  to = random_password.host_postgres_password
  id = "imported-password"
}${password("lifecycle {\n ignore_changes = all\n }")}`,
  },
  {
    name: "secrets-replaced",
    before: password() + key + configuration(),
    after: password() + key + configuration(),
    taint: ["tls_private_key.host_deploy_key", "terraform_data.host_configuration"],
    options: ["-replace=random_password.host_postgres_password"],
  },
  {
    name: "count-lowered",
    before: password("count = 2"),
    after: password("count = 1"),
  },
  {
    name: "bucket-in-another-region-and-volume-gone",
    before: bucket + volume,
    existing: [existingBucket, existingVolume],
    after: bucket.replace("nyc3", "fra1"),
  },
  {
    name: "destroy",
    before: droplet({}) + bucket + configuration(),
    existing: [existingDroplet, existingBucket],
    after: droplet({}) + bucket + configuration(),
    options: ["-destroy"],
  },
  {
    name: "deleted-in-the-console",
    before: droplet({}),
    existing: [existingDroplet],
    after: droplet({}),
    cloudLostIt: true,
  },
  {
    name: "left-behind-by-a-failed-replacement",
    before: volume,
    existing: [{ ...existingVolume, deposed: "5f9c2a1b" }],
    after: "",
  },
  ...hetznerCases,
];
