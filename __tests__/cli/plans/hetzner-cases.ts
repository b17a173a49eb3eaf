import type { PlanCase } from "./cases";

interface ServerOptions {
  readonly type?: string;
  readonly location?: string;
  readonly image?: string;
  readonly backups?: boolean;
  readonly ipv4?: string;
  readonly more?: string;
}

function server({
  type = "cx33",
  location = "nbg1",
  image = "debian-13",
  backups = true,
  ipv4 = "201",
  more = "",
}: ServerOptions = {}): string {
  return `
resource "hcloud_server" "host_server" {
  name = "deita-prod"
  server_type = "${type}"
  location = "${location}"
  image = "${image}"
  keep_disk = true
  backups = ${backups}
  public_net {
    ipv4_enabled = true
    ipv4 = ${ipv4}
    ipv6_enabled = false
  }
  delete_protection = true
  rebuild_protection = true
  ${more}
}`;
}

const existingServer = {
  type: "hcloud_server",
  name: "host_server",
  attributes: {
    id: "200",
    name: "deita-prod",
    server_type: "cx33",
    location: "nbg1",
    datacenter: "nbg1-dc3",
    image: "debian-13",
    keep_disk: true,
    backups: true,
    backup_window: "22-02",
    ipv4_address: "203.0.113.9",
    primary_disk_size: 80,
    public_net: [{ ipv4_enabled: true, ipv4: 201, ipv6_enabled: false, ipv6: 0 }],
    firewall_ids: [],
    delete_protection: true,
    rebuild_protection: true,
    shutdown_before_deletion: false,
    ignore_remote_firewall_ids: false,
    status: "running",
  },
};

const address = (location = "nbg1", name = "deita-prod-ipv4") => `
resource "hcloud_primary_ip" "host_ipv4" {
  name = "${name}"
  type = "ipv4"
  location = "${location}"
  auto_delete = false
  delete_protection = true
}`;
const existingAddress = {
  type: "hcloud_primary_ip",
  name: "host_ipv4",
  attributes: {
    id: 201,
    name: "deita-prod-ipv4",
    type: "ipv4",
    location: "nbg1",
    ip_address: "203.0.113.9",
    auto_delete: false,
    delete_protection: true,
    assignee_id: 200,
    assignee_type: "server",
    labels: {},
  },
};

const volume = (size = 20, location = "nbg1") => `
resource "hcloud_volume" "host_data" {
  name = "deita-prod-data"
  size = ${size}
  location = "${location}"
  delete_protection = true
}`;
const existingVolume = {
  type: "hcloud_volume",
  name: "host_data",
  attributes: {
    id: "202",
    name: "deita-prod-data",
    size: 20,
    location: "nbg1",
    linux_device: "/dev/disk/by-id/scsi-0HC_Volume_202",
    server_id: 200,
    delete_protection: true,
  },
};

const attachment = `
resource "hcloud_volume_attachment" "host_data" {
  server_id = hcloud_server.host_server.id
  volume_id = hcloud_volume.host_data.id
  automount = false
}`;
const existingAttachment = {
  type: "hcloud_volume_attachment",
  name: "host_data",
  attributes: { id: "202", server_id: 200, volume_id: 202, automount: false },
};

const bucket = (name = "deita-prod-files") => `
resource "minio_s3_bucket" "host_files" {
  bucket = "${name}"
  acl = "private"
}
resource "minio_s3_bucket_versioning" "host_files" {
  bucket = minio_s3_bucket.host_files.bucket
  versioning_configuration {
    status = "Enabled"
  }
}`;
const existingBucket = [
  {
    type: "minio_s3_bucket",
    name: "host_files",
    attributes: {
      id: "deita-prod-files",
      bucket: "deita-prod-files",
      acl: "private",
      force_destroy: false,
      object_locking: false,
      arn: "arn:aws:s3:::deita-prod-files",
      bucket_domain_name: "https://nbg1.your-objectstorage.com/minio/deita-prod-files",
    },
  },
  {
    type: "minio_s3_bucket_versioning",
    name: "host_files",
    attributes: {
      id: "deita-prod-files",
      bucket: "deita-prod-files",
      versioning_configuration: [{ status: "Enabled", exclude_folders: false, excluded_prefixes: [] }],
    },
  },
];

const zone = `
resource "hcloud_zone" "host_deita_example" {
  name = "deita.example"
  mode = "primary"
}`;
const existingZone = {
  type: "hcloud_zone",
  name: "host_deita_example",
  attributes: { id: 203, name: "deita.example", mode: "primary", ttl: 3600, labels: {}, delete_protection: false },
};

/** On Hetzner's real provider, as the others are on DigitalOcean's. */
export const hetznerCases: readonly PlanCase[] = [
  {
    name: "hetzner/first-deploy",
    before: "",
    after: server({ ipv4: "hcloud_primary_ip.host_ipv4.id" }) + address() + volume() + attachment + bucket(),
  },
  {
    name: "hetzner/type-and-volume-size",
    before: server() + address() + volume(),
    existing: [existingServer, existingAddress, existingVolume],
    after: server({ type: "cx43" }) + address("nbg1", "deita-ipv4") + volume(40),
  },
  {
    name: "hetzner/another-processor",
    before: server(),
    existing: [existingServer],
    after: server({ type: "cax21" }),
  },
  {
    name: "hetzner/backups-off",
    before: server(),
    existing: [existingServer],
    after: server({ backups: false, type: "cx23" }),
  },
  {
    name: "hetzner/all-in-another-location",
    before: server() + address() + volume() + attachment,
    existing: [existingServer, existingAddress, existingVolume, existingAttachment],
    after: server({ location: "hel1" }) + address("hel1") + volume(20, "hel1") + attachment,
  },
  {
    name: "hetzner/image-changed-bucket-renamed-zone-gone",
    before: server() + bucket() + zone,
    existing: [existingServer, ...existingBucket, existingZone],
    after: server({ image: "ubuntu-24.04" }) + bucket("deita-files"),
  },
];
