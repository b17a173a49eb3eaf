/**
 * The real hcloud provider against the simulated API: applied in spite of failing calls, resized, read again after a restart,
 * destroyed.
 */
import { ProviderSuite } from "./provider-suite";

jest.setTimeout(5 * 60 * 1000);

const token = (length: number) => "rehearsal".padEnd(length, "0");

const suite = new ProviderSuite({
  cloud: "hetzner",
  account: "project",
  variables: {},
  failures: [
    {
      order: { api: "hetzner", method: "POST", path: "/v1/networks/*/add_subnet", status: 500 },
      message: /an error that the rehearsal was told to make \(server_error\)/,
    },
    // a server stands on top of most other things
    {
      order: { api: "hetzner", method: "POST", path: "/v1/servers", nth: 2, status: 422, code: "placement_error" },
      message: /an error that the rehearsal was told to make \(placement_error\)/,
    },
  ],
  hiccups: [
    { api: "hetzner", method: "POST", path: "/v1/servers", status: 429 },
    { api: "hetzner", method: "POST", path: "/v1/volumes/*/actions/attach", status: 423 },
  ],
  sizes: ["cx33", "cx43"],
  regions: ["nbg1", "fsn1"],
  refused: [
    {
      environment: { HCLOUD_TOKEN: token(63) },
      message: /entered token is invalid|unable to authenticate \(unauthorized\)/,
    },
    { environment: { HCLOUD_TOKEN: token(63).concat("-") }, message: /unable to authenticate \(unauthorized\)/ },
  ],
  unprotected: ["-var=protection=false"],
  kinds: [
    ...["servers", "primary_ips", "volumes", "firewalls", "networks"],
    ...["placement_groups", "ssh_keys", "zones"],
  ],
});
const { run } = suite;

suite.isFinishedAfterFailing();
suite.isLeftAlone();

it("a server joins its network, its group and its firewall, and has the addresses that were made before it", async () => {
  const { hetzner } = await run.control("GET", "/state");
  const named = (kind: string, name: string) =>
    // biome-ignore lint/suspicious/noExplicitAny: each kind has fields of its own
    Object.values<any>(hetzner[kind]).find((resource) => resource.name === name);
  const server = named("servers", "deita-prod");
  expect(server.private_net).toEqual([expect.objectContaining({ network: named("networks", "deita-prod").id })]);
  expect(server.placement_group).toBe(named("placement_groups", "deita-prod").id);
  expect(named("firewalls", "deita-prod").servers).toEqual([server.id]);
  expect(named("volumes", "deita-prod-data").server).toBe(server.id);
  for (const type of ["ipv4", "ipv6"]) expect(named("primary_ips", `deita-prod-${type}`).assignee_id).toBe(server.id);
});

suite.isResized();
suite.grows();

it("the way back to the first type is one in place", async () => {
  const variables = ["-var=volume_size=40", "-var=backups=true"];
  const { output } = await suite.apply(...variables);
  expect(output).toContain("Apply complete! Resources: 0 added, 1 changed, 0 destroyed.");
  expect((await run.plan(...variables)).output).toContain("No changes.");
});

it("what cannot be ordered is refused before anything is changed", async () => {
  const retired = await run.terraform(["plan", "-var=size=cx22"], { accept: [0, 1] });
  expect(retired.output).toContain('Server Type "cx22" is unavailable in all locations and can no longer be\nordered');
  const older = await run.terraform(["plan", "-var=size=cx21"], { accept: [1] });
  expect(older.output).toMatch(/not found/);
});

suite.refusesStrangers();

it("what is protected is not destroyed", async () => {
  const target = "-target=hcloud_primary_ip.ipv4";
  const refused = await run.terraform(["destroy", "-auto-approve", "-var=volume_size=40", target], { accept: [1] });
  expect(refused.output).toContain("server is protected from deletion (protected)");
});

suite.leavesNothing();
