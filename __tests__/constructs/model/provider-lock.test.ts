import { lockedProviders, lockFileFor } from "../../../constructs/model/provider-lock";

test("each engine's file is its own", () => {
  expect(lockFileFor("beta", "Terraform")).toBe("provider-locks/beta.terraform.lock.hcl");
  expect(lockFileFor("beta", "OpenTofu")).toBe("provider-locks/beta.tofu.lock.hcl");
});

test("a lock file says which provider it holds at which version, whatever its registry", () => {
  const text = `# This file is maintained automatically by "terraform init".

provider "registry.terraform.io/hashicorp/random" {
  version     = "3.9.0"
  constraints = ">= 3.1.0, < 4.0.0"
  hashes = [
    "h1:1234",
  ]
}

provider "registry.opentofu.org/hetznercloud/hcloud" {
  version = "1.68.0"
}
`;
  expect(lockedProviders(text)).toEqual([
    { source: "hashicorp/random", version: "3.9.0" },
    { source: "hetznercloud/hcloud", version: "1.68.0" },
  ]);
  expect(lockedProviders("")).toEqual([]);
});
