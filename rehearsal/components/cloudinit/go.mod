module cdktf-single-host/components/cloudinit

go 1.24.0

require github.com/hashicorp/terraform-provider-cloudinit v1.0.1-0.20240910114655-9216daa4c24b
