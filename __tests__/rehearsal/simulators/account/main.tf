# Every kind of resource that the constructs make, as the providers' users would write it by hand.
terraform {
  required_providers {
    digitalocean = { source = "digitalocean/digitalocean" }
    github       = { source = "integrations/github" }
    tls          = { source = "hashicorp/tls" }
  }
}
variable "size" { default = "s-2vcpu-2gb" }
variable "region" { default = "nyc3" }
variable "volume_size" { default = 20 }
variable "backups" { default = false }
variable "odd" {}
provider "digitalocean" {}
provider "github" { owner = "abhi10" }
resource "tls_private_key" "deploy" { algorithm = "ED25519" }
resource "digitalocean_ssh_key" "deploy" {
  name       = "chitram-beta deploy"
  public_key = tls_private_key.deploy.public_key_openssh
}
resource "digitalocean_vpc" "inner" {
  name   = "chitram-beta"
  region = var.region
}
resource "digitalocean_tag" "beta" {
  name = "beta"
}
data "digitalocean_account" "own" {}
data "digitalocean_ssh_key" "deploy" {
  name = digitalocean_ssh_key.deploy.name
}
data "digitalocean_image" "debian" {
  slug = "debian-13-x64"
}
data "digitalocean_sizes" "all" {}
data "digitalocean_project" "default" {
  depends_on = [digitalocean_project.project]
}
resource "digitalocean_droplet" "server" {
  name        = "chitram-beta"
  image       = "debian-13-x64"
  region      = var.region
  size        = var.size
  resize_disk = false
  monitoring  = true
  ipv6        = true
  backups     = var.backups
  tags        = ["chitram-beta", digitalocean_tag.beta.id]
  vpc_uuid    = digitalocean_vpc.inner.id
  ssh_keys    = [digitalocean_ssh_key.deploy.id]
  user_data   = "#cloud-config\nwrite_files: []\n"
  lifecycle { ignore_changes = [user_data, ssh_keys, image] }
}
resource "digitalocean_volume" "data" {
  name   = "chitram-beta-data"
  region = var.region
  size   = var.volume_size
  tags   = [digitalocean_tag.beta.id]
}
resource "digitalocean_volume_attachment" "data" {
  droplet_id = digitalocean_droplet.server.id
  volume_id  = digitalocean_volume.data.id
}
resource "digitalocean_firewall" "server" {
  name        = "chitram-beta"
  droplet_ids = [digitalocean_droplet.server.id]
  dynamic "inbound_rule" {
    for_each = { "22" = "tcp", "80" = "tcp", "443" = "tcp" }
    content {
      protocol         = inbound_rule.value
      port_range       = inbound_rule.key
      source_addresses = ["0.0.0.0/0", "::/0"]
    }
  }
  inbound_rule {
    protocol         = "udp"
    port_range       = "443"
    source_addresses = ["0.0.0.0/0", "::/0"]
  }
  inbound_rule {
    protocol         = "icmp"
    source_addresses = ["0.0.0.0/0", "::/0"]
  }
  outbound_rule {
    protocol              = "tcp"
    port_range            = "all"
    destination_addresses = ["0.0.0.0/0", "::/0"]
  }
  outbound_rule {
    protocol              = "udp"
    port_range            = "1-65535"
    destination_addresses = ["0.0.0.0/0", "::/0"]
  }
  outbound_rule {
    protocol              = "icmp"
    destination_addresses = ["0.0.0.0/0", "::/0"]
  }
}
resource "digitalocean_domain" "zone" { name = "chitram.example" }
resource "digitalocean_record" "apex" {
  domain = digitalocean_domain.zone.id
  type   = "A"
  name   = "@"
  ttl    = 300
  value  = digitalocean_droplet.server.ipv4_address
}
resource "digitalocean_record" "www" {
  domain = digitalocean_domain.zone.id
  type   = "CNAME"
  name   = "www"
  ttl    = 300
  value  = "chitram.example."
}
resource "digitalocean_record" "six" {
  domain = digitalocean_domain.zone.id
  type   = "AAAA"
  name   = "@"
  value  = digitalocean_droplet.server.ipv6_address
}
resource "digitalocean_spaces_bucket" "backups" {
  name   = "chitram-beta-backups"
  region = "nyc3"
  acl    = "private"
  versioning { enabled = true }
  lifecycle_rule {
    id      = "old versions"
    enabled = true
    noncurrent_version_expiration { days = 30 }
    abort_incomplete_multipart_upload_days = 2
  }
}
resource "digitalocean_project" "project" {
  name        = "chitram-beta"
  description = "Chitram"
  purpose     = "Photos of a family"
  environment = "Staging"
  resources   = [digitalocean_droplet.server.urn, digitalocean_spaces_bucket.backups.urn]
}
resource "digitalocean_project_resources" "elsewhere" {
  project   = data.digitalocean_project.default.id
  resources = [digitalocean_domain.zone.urn]
}
resource "github_repository_environment" "beta" {
  repository  = "chitram"
  environment = "beta"
  deployment_branch_policy {
    protected_branches     = false
    custom_branch_policies = true
  }
}
resource "github_repository_environment_deployment_policy" "main" {
  repository     = "chitram"
  environment    = github_repository_environment.beta.environment
  branch_pattern = "main"
}
resource "github_repository_deploy_key" "ci" {
  repository = "chitram"
  title      = "ci"
  key        = tls_private_key.deploy.public_key_openssh
  read_only  = true
}
resource "github_actions_environment_secret" "key" {
  repository      = "chitram"
  environment     = github_repository_environment.beta.environment
  secret_name     = "DROPLET_SSH_KEY"
  plaintext_value = tls_private_key.deploy.private_key_openssh
}
resource "github_actions_environment_secret" "odd" {
  repository      = "chitram"
  environment     = github_repository_environment.beta.environment
  secret_name     = "ODD"
  plaintext_value = var.odd
}
resource "github_actions_environment_variable" "domain" {
  repository    = "chitram"
  environment   = github_repository_environment.beta.environment
  variable_name = "DOMAIN"
  value         = "chitram.example"
}
resource "github_actions_secret" "repo" {
  repository      = "chitram"
  secret_name     = "WHOLE"
  plaintext_value = "x"
}
resource "github_actions_variable" "repo" {
  repository    = "chitram"
  variable_name = "WHOLE"
  value         = "y"
}
