module cdktf-single-host/components/minio_provider

go 1.25.10

require github.com/aminueza/terraform-provider-minio/v3 v3.36.0
