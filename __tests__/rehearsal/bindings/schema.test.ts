import { type ProviderSchema, trimSchema } from "../../../rehearsal/bindings/schema";

const selection = {
  name: "cloud",
  source: "acme/cloud",
  versions: "~> 1.2",
  resources: ["cloud_server"],
  dataSources: ["cloud_key"],
};
const thing = { version: 0, block: { attributes: {}, block_types: {} } };
const address = "registry.terraform.io/acme/cloud";

function said(resources: readonly string[]): ProviderSchema {
  return {
    format_version: "0.2",
    provider_versions: { [address]: "1.2.3", "registry.terraform.io/acme/other": "4.5.6" },
    provider_schemas: {
      [address]: {
        provider: thing,
        resource_schemas: Object.fromEntries(resources.map((name) => [name, thing])),
        data_source_schemas: { cloud_key: thing, cloud_keys: thing },
      },
      "registry.terraform.io/acme/other": { provider: thing, resource_schemas: {}, data_source_schemas: {} },
    },
  };
}

test("of what Terraform says the selected resources of one provider are kept, and its version", () => {
  expect(trimSchema(said(["cloud_server", "cloud_dishwasher"]), selection)).toEqual({
    format_version: "0.2",
    provider_versions: { [address]: "1.2.3" },
    provider_schemas: {
      [address]: {
        provider: thing,
        resource_schemas: { cloud_server: thing },
        data_source_schemas: { cloud_key: thing },
      },
    },
  });
});

test("a resource that a newer provider has dropped is named", () => {
  expect(() => trimSchema(said(["cloud_dishwasher"]), selection)).toThrow(
    "acme/cloud 1.2.3: resources: has no cloud_server; take them out of bindings/selection.ts",
  );
});
