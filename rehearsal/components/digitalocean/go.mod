module cdktf-single-host/components/digitalocean

go 1.24.0

require github.com/digitalocean/terraform-provider-digitalocean v1.23.1-0.20220128164423-885dabcc14b0
