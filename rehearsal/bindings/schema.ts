import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type * as Terraform from "@cdktf/commons";
import { inWorkFolder } from "../cache";
import { command } from "../command";
import { buildComponents } from "../components";
import type { Progress } from "../preparation";
import { findTerraform } from "../toolchain";
import { projectFolder } from "../workspace";
import { type BoundProvider, boundProviders } from "./selection";

/** What Terraform's `providers schema -json` says of a provider, and which version of the provider said it. */
export type ProviderSchema = Required<Terraform.ProviderSchema>;

const schemaFolder = join(projectFolder, "constructs", "clouds", "hetzner", "schema");

function schemaFile(provider: BoundProvider): string {
  return join(schemaFolder, `${provider.name}.json`);
}

export function committedSchema(provider: BoundProvider): ProviderSchema {
  return JSON.parse(readFileSync(schemaFile(provider), "utf8"));
}

export function writeSchema(provider: BoundProvider, schema: ProviderSchema): void {
  writeFileSync(schemaFile(provider), `${JSON.stringify(schema, null, 2)}\n`);
}

/** Asks the real providers, which the embedded cloud builds, and keeps of the answer what is selected. */
export async function readSchemas(progress: Progress): Promise<ReadonlyMap<BoundProvider, ProviderSchema>> {
  const terraform = await findTerraform();
  const { terraformConfiguration } = await buildComponents(progress);
  return inWorkFolder("schema", async (folder) => {
    const required = Object.fromEntries(boundProviders.map(({ name, source }) => [name, { source }]));
    writeFileSync(join(folder, "main.tf.json"), JSON.stringify({ terraform: { required_providers: required } }));
    const options = {
      cwd: folder,
      env: { ...process.env, TF_CLI_CONFIG_FILE: terraformConfiguration, CHECKPOINT_DISABLE: "1" },
    };
    await command([terraform, "init", "-no-color"], options);
    const versions = JSON.parse((await command([terraform, "version", "-json"], options)).stdout).provider_selections;
    const { stdout } = await command([terraform, "providers", "schema", "-json"], options);
    const all: ProviderSchema = { ...JSON.parse(stdout), provider_versions: versions };
    return new Map(boundProviders.map((provider) => [provider, trimSchema(all, provider)]));
  });
}

/** The part of a schema that is selected. Fails when the provider has no such resource any more. */
export function trimSchema(schema: ProviderSchema, { source, resources, dataSources }: BoundProvider): ProviderSchema {
  const address = `registry.terraform.io/${source}`;
  const of = schema.provider_schemas[address];
  const version = schema.provider_versions[address];
  if (of === undefined || version === undefined) throw new Error(`${source}: the provider was not asked`);
  return {
    format_version: schema.format_version,
    provider_versions: { [address]: version },
    provider_schemas: {
      [address]: {
        provider: of.provider,
        resource_schemas: pick(of.resource_schemas, resources, `${source} ${version}: resources`),
        data_source_schemas: pick(of.data_source_schemas, dataSources, `${source} ${version}: data sources`),
      },
    },
  };
}

function pick<T>(all: Readonly<Record<string, T>>, names: readonly string[], path: string): Record<string, T> {
  const missing = names.filter((name) => !Object.hasOwn(all, name));
  if (missing.length > 0) {
    throw new Error(`${path}: has no ${missing.join(", ")}; take them out of ${basename(__dirname)}/selection.ts`);
  }
  return Object.fromEntries(names.map((name) => [name, all[name] as T]));
}
