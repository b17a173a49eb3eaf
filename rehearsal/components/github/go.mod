module cdktf-single-host/components/github

go 1.26

require github.com/integrations/terraform-provider-github/v6 v6.13.0
