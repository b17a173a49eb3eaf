# Every kind of Hetzner's resources that the constructs make, as the provider's users would write it by hand.
terraform {
  required_providers {
    hcloud = { source = "hetznercloud/hcloud" }
    tls    = { source = "hashicorp/tls" }
  }
}
variable "size" { default = "cx33" }
variable "region" { default = "nbg1" }
variable "volume_size" { default = 20 }
variable "backups" { default = false }
variable "protection" { default = true }
variable "hosts" { default = ["@", "www"] }
provider "hcloud" {
  # what is asked for is done within milliseconds
  poll_interval = "20ms"
  poll_function = "constant"
}
locals {
  labels = { host = "deita-prod", "managed-by" = "cdktf-single-host" }
}
resource "tls_private_key" "deploy" { algorithm = "ED25519" }
resource "hcloud_ssh_key" "deploy" {
  name       = "deita-prod-deploy"
  public_key = tls_private_key.deploy.public_key_openssh
  labels     = local.labels
}
resource "tls_private_key" "person" { algorithm = "ED25519" }
resource "hcloud_ssh_key" "person" {
  name       = "ada"
  public_key = tls_private_key.person.public_key_openssh
}
data "hcloud_ssh_key" "person" {
  name       = "ada"
  depends_on = [hcloud_ssh_key.person]
}
data "hcloud_location" "own" { name = var.region }
data "hcloud_locations" "all" {}
data "hcloud_server_type" "own" { name = var.size }
data "hcloud_image" "debian" {
  name              = "debian-13"
  with_architecture = "x86"
}
resource "hcloud_firewall" "server" {
  name   = "deita-prod"
  labels = local.labels
  dynamic "rule" {
    for_each = { "22" = "tcp", "80" = "tcp", "443" = "tcp", "8443" = "udp" }
    content {
      direction  = "in"
      protocol   = rule.value
      port       = rule.key
      source_ips = ["0.0.0.0/0", "::/0"]
    }
  }
  rule {
    direction  = "in"
    protocol   = "icmp"
    source_ips = ["0.0.0.0/0", "::/0"]
  }
  rule {
    direction       = "out"
    protocol        = "tcp"
    port            = "any"
    description     = "everything goes out"
    destination_ips = ["0.0.0.0/0", "::/0"]
  }
}
resource "hcloud_primary_ip" "ipv4" {
  name              = "deita-prod-ipv4"
  type              = "ipv4"
  location          = var.region
  auto_delete       = false
  delete_protection = var.protection
  labels            = local.labels
}
resource "hcloud_primary_ip" "ipv6" {
  name              = "deita-prod-ipv6"
  type              = "ipv6"
  location          = var.region
  auto_delete       = false
  delete_protection = var.protection
  labels            = local.labels
}
resource "hcloud_placement_group" "apart" {
  name   = "deita-prod"
  type   = "spread"
  labels = local.labels
}
resource "hcloud_server" "server" {
  name               = "deita-prod"
  server_type        = var.size
  location           = var.region
  image              = "debian-13"
  keep_disk          = true
  backups            = var.backups
  ssh_keys           = [hcloud_ssh_key.deploy.id]
  user_data          = "#cloud-config\nwrite_files: []\n"
  firewall_ids       = [hcloud_firewall.server.id]
  placement_group_id = hcloud_placement_group.apart.id
  labels             = local.labels
  delete_protection  = var.protection
  rebuild_protection = var.protection
  public_net {
    ipv4 = hcloud_primary_ip.ipv4.id
    ipv6 = hcloud_primary_ip.ipv6.id
  }
  lifecycle { ignore_changes = [user_data, ssh_keys, image] }
}
# as it is ordered by who thinks of nothing: addresses of its own, and a volume that is made for it
resource "hcloud_server" "plain" {
  name        = "plain"
  server_type = "cx23"
  location    = var.region
  image       = "debian-13"
}
resource "hcloud_volume" "plain" {
  name      = "plain"
  size      = 10
  format    = "ext4"
  server_id = hcloud_server.plain.id
}
resource "hcloud_network" "inner" {
  name     = "deita-prod"
  ip_range = "10.0.0.0/16"
  labels   = local.labels
}
resource "hcloud_network_subnet" "inner" {
  network_id   = hcloud_network.inner.id
  type         = "cloud"
  network_zone = "eu-central"
  ip_range     = "10.0.0.0/17"
}
resource "hcloud_network_route" "out" {
  network_id  = hcloud_network.inner.id
  destination = "10.100.0.0/16"
  gateway     = "10.0.0.2"
}
resource "hcloud_server_network" "inner" {
  server_id = hcloud_server.server.id
  subnet_id = hcloud_network_subnet.inner.id
  alias_ips = []
}
resource "hcloud_volume" "data" {
  name              = "deita-prod-data"
  size              = var.volume_size
  location          = var.region
  delete_protection = var.protection
  labels            = local.labels
}
resource "hcloud_volume_attachment" "data" {
  server_id = hcloud_server.server.id
  volume_id = hcloud_volume.data.id
  automount = false
}
data "hcloud_volume" "data" {
  id = hcloud_volume_attachment.data.volume_id
}
resource "hcloud_rdns" "ipv4" {
  primary_ip_id = hcloud_primary_ip.ipv4.id
  ip_address    = hcloud_primary_ip.ipv4.ip_address
  dns_ptr       = "deita.example"
  depends_on    = [hcloud_server.server]
}
resource "hcloud_rdns" "ipv6" {
  primary_ip_id = hcloud_primary_ip.ipv6.id
  ip_address    = cidrhost(hcloud_primary_ip.ipv6.ip_network, 1)
  dns_ptr       = "deita.example"
  depends_on    = [hcloud_server.server]
}
resource "hcloud_rdns" "plain" {
  server_id  = hcloud_server.plain.id
  ip_address = hcloud_server.plain.ipv4_address
  dns_ptr    = "plain.deita.example"
}
resource "hcloud_zone" "zone" {
  name              = "deita.example"
  mode              = "primary"
  delete_protection = var.protection
  labels            = local.labels
}
resource "hcloud_zone_rrset" "ipv4" {
  for_each = toset(var.hosts)
  zone     = hcloud_zone.zone.name
  name     = each.key
  type     = "A"
  ttl      = 300
  records  = [{ value = hcloud_primary_ip.ipv4.ip_address }]
  labels   = local.labels
}
resource "hcloud_zone_rrset" "ipv6" {
  zone    = hcloud_zone.zone.name
  name    = "@"
  type    = "AAAA"
  ttl     = 300
  records = [{ value = cidrhost(hcloud_primary_ip.ipv6.ip_network, 1) }]
}
resource "hcloud_zone_rrset" "text" {
  zone              = hcloud_zone.zone.name
  name              = "@"
  type              = "TXT"
  change_protection = var.protection
  records           = [{ value = provider::hcloud::txt_record("v=spf1 -all") }]
}
resource "hcloud_zone_record" "alias" {
  zone  = hcloud_zone.zone.name
  name  = "files"
  type  = "CNAME"
  value = "www"
}
