import { DigitaloceanProvider } from "@cdktf/provider-digitalocean/lib/provider";
import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { findProvider, needProvider } from "../../providers";
import { PROVIDER_VERSIONS } from "./regions";

/** Has the stack get the provider; its token comes from the environment. */
export function needDigitalOcean(scope: Construct, versions = PROVIDER_VERSIONS): void {
  needProvider(scope, {
    name: "digitalocean",
    versions,
    create: (parent) => new DigitaloceanProvider(parent, "digitalocean"),
  });
}

/** The provider of the stack, with whatever its author has set. */
export function ownProvider(scope: Construct): DigitaloceanProvider | undefined {
  return findProvider(TerraformStack.of(scope), "digitalocean") as DigitaloceanProvider | undefined;
}
