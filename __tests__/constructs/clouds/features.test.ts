import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Testing } from "cdktf";
import { holds } from "../../../cli/review/data-holders";
import {
  BackupBucket,
  Bucket,
  BucketKey,
  ComposeApp,
  DataVolume,
  Domain,
  SingleHostStack,
  Size,
  SshKey,
} from "../../../constructs";
import type { CloudServer } from "../../../constructs/clouds/cloud";
import { droplet } from "../../../constructs/clouds/digitalocean";
import { features, renderFeatureTable } from "../../../constructs/clouds/features";
import { hetznerServer, Network, PlacementGroup } from "../../../constructs/clouds/hetzner";
import { leastProps, WITH_DATA } from "../fixture";

const servers: readonly CloudServer[] = [
  droplet("s-1vcpu-1gb", { region: "fra1", backups: true }),
  hetznerServer("cx23", {
    location: "nbg1",
    network: Network.create(),
    placement: PlacementGroup.spread(),
    backups: true,
  }),
];
const cases = servers.map((server) => ({ cloud: server.cloud, server }));

interface Resource {
  readonly triggers_replace?: { readonly id?: string };
  readonly lifecycle?: { readonly prevent_destroy?: boolean };
}

/** Resources of a stack that asks for everything, by type and name. */
function fullStack(server: CloudServer): Record<string, Record<string, Resource>> {
  const stack = new SingleHostStack(Testing.app(), "beta", {
    ...leastProps(),
    server,
    admins: [SshKey.existing("ann")],
    app: ComposeApp.fromText(WITH_DATA),
    domains: [Domain.create("site.example")],
    dataVolume: DataVolume.create(Size.gibibytes(20), { volumes: ["data"] }),
  });
  const key = server.objectStorage.mintKey === null ? {} : { key: BucketKey.minted() };
  new BackupBucket(stack, "backups", { host: stack.host, ...key });
  new Bucket(stack, "files", { host: stack.host, variables: {} });
  return JSON.parse(Testing.synth(stack, true)).resource;
}

const ofCloud = (type: string) => /^(digitalocean|hcloud|minio)_/.test(type);

describe.each(cases)("features of $cloud", ({ server }) => {
  const resources = fullStack(server);

  test("are the resources of a stack that asks for everything: each that is claimed, and no other", () => {
    const claimed = features.flatMap((name) => {
      const feature = server.features[name];
      return feature.kind === "resource" ? feature.resources : [];
    });
    expect(Object.keys(resources)).toEqual(expect.arrayContaining(claimed));
    expect(Object.keys(resources).filter(ofCloud).sort()).toEqual([...new Set(claimed.filter(ofCloud))].sort());
  });

  test("leave nothing unprotected that holds data, as a review of a plan sees it", () => {
    const records = Object.values(resources.terraform_data ?? {}).filter(isKept);
    const guarded = new Set(records.map((record) => record.triggers_replace?.id));
    const unprotected = Object.entries(resources)
      .filter(([type]) => holds(type) !== undefined)
      .flatMap(([type, named]) =>
        Object.entries(named).map(([name, resource]) => ({ at: `${type}.${name}`, resource })),
      )
      .filter(({ at, resource }) => !guarded.has(`\${${at}.id}`) && !isKept(resource));
    expect(unprotected.map(({ at }) => at)).toEqual([]);
    expect(guarded.size).toBeGreaterThan(3);
  });
});

test("docs/clouds.md tells of both clouds what the code says", () => {
  const path = join(__dirname, "../../../docs/clouds.md");
  const text = readFileSync(path, "utf8");
  const [begin, end] = ["<!-- features -->\n", "<!-- /features -->"];
  const [before = "", rest = ""] = text.split(begin);
  const after = rest.slice(rest.indexOf(end));
  const wanted = `${before}${begin}${renderFeatureTable(servers)}${after}`;
  if (process.env.UPDATE_GOLDENS === "1") writeFileSync(path, wanted);
  else expect(text).toBe(wanted);
  expect(wanted).toContain("| expiry of versions |");
});

function isKept({ lifecycle }: Resource): boolean {
  return lifecycle?.prevent_destroy === true;
}
