import { Testing } from "cdktf";
import { ComposeApp, DataVolume, Size, SshKey } from "../../constructs";
import { droplet, Project } from "../../constructs/clouds/digitalocean";
import { chitramBeta } from "../../stacks/chitram-beta";
import schema from "./digitalocean-2.17.1.schema.json";
import { leastStack, synthesized, WITH_DATA } from "./fixture";

type Block = { readonly [name: string]: string | Block };

/** Arguments that the provider does not know or does not let one set, by path. */
function unknownArguments(values: Readonly<Record<string, unknown>>, block: Block, path: string): string[] {
  return Object.entries(values).flatMap(([name, value]) => {
    const known = block[name];
    const here = `${path}.${name}`;
    if (["lifecycle", "provider", "depends_on"].includes(name)) return [];
    if (known === undefined || known === "computed") return [here];
    if (typeof known === "string") return [];
    return [value].flat().flatMap((inner) => unknownArguments(inner as Record<string, unknown>, known, here));
  });
}

/** From `terraform providers schema -json` with the DigitalOcean provider 2.17.1, the oldest that will do. */
function unknownToOldest(stack: Parameters<typeof synthesized>[0]): string[] {
  const { resource, data = {} } = synthesized(stack);
  const ofData = Object.entries(data).map(([type, named]) => [`data.${type}`, named] as const);
  return [...Object.entries(resource), ...ofData]
    .filter(([type]) => type.includes("digitalocean_"))
    .flatMap(([type, named]) =>
      Object.entries(named as Record<string, Record<string, unknown>>).flatMap(([name, values]) => {
        const block = (schema as unknown as Record<string, Block>)[type];
        return block === undefined ? [type] : unknownArguments(values, block, `${type}.${name}`);
      }),
    );
}

describe("the oldest DigitalOcean provider", () => {
  test("knows all that Chitram's stack asks for", () => {
    expect(unknownToOldest(chitramBeta(Testing.app()))).toEqual([]);
  });

  test("knows all that is optional", () => {
    const server = droplet("s-1vcpu-1gb", {
      region: "fra1",
      project: Project.existing("p-1"),
      networkId: "n-1",
      backups: true,
    });
    const app = ComposeApp.fromText(WITH_DATA);
    const created = DataVolume.create(Size.gibibytes(20), { volumes: ["data"] });
    const existing = DataVolume.existing("ledger", { volumes: ["data"] });
    for (const dataVolume of [created, existing]) {
      expect(unknownToOldest(leastStack({ server, admins: [SshKey.existing("ann")], app, dataVolume }))).toEqual([]);
    }
  });

  test("would not know a newer argument, and this test would tell", () => {
    const transform = { droplet: (config: object) => ({ ...config, backupPolicy: { plan: "weekly" } }) as never };
    const server = droplet("s-1vcpu-1gb", { region: "fra1", transform });
    expect(unknownToOldest(leastStack({ server }))).toEqual(["digitalocean_droplet.host_server.backup_policy"]);
  });
});
