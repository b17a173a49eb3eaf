# A bucket as the constructs make it at Hetzner.
terraform {
  required_providers {
    minio = { source = "aminueza/minio" }
  }
}
variable "OBJECT_STORAGE_ACCESS_KEY" {}
variable "OBJECT_STORAGE_SECRET_KEY" {}
provider "minio" {
  minio_server   = "nbg1.your-objectstorage.com"
  minio_ssl      = true
  minio_region   = "nbg1"
  minio_user     = var.OBJECT_STORAGE_ACCESS_KEY
  minio_password = var.OBJECT_STORAGE_SECRET_KEY
  s3_compat_mode = true
}
resource "minio_s3_bucket" "files" {
  bucket        = "deita-files"
  acl           = "private"
  force_destroy = true
}
resource "minio_s3_bucket_versioning" "files" {
  bucket = minio_s3_bucket.files.bucket
  versioning_configuration {
    status = "Enabled"
  }
}
