import type { Accepted } from "../../cli/review/dangers";
import { firewallChanges } from "../../cli/review/firewalls";
import { reviewPlan } from "../../cli/review/review";
import { appliedConfiguration, settings } from "./review-cases";

const EVERYBODY = ["0.0.0.0/0", "::/0"];

describe("a firewall", () => {
  const rules = (...ports: [string, string[]][]) => ({
    inbound_rule: ports.map(([port_range, source_addresses]) => ({ protocol: "tcp", port_range, source_addresses })),
  });
  const changes = (before: object | null, after: object | null, actions = ["update"], unknown = {}) => {
    const change = { actions, before, after, after_unknown: unknown };
    const resource = {
      address: "digitalocean_firewall.it",
      type: "digitalocean_firewall",
      name: "it",
      mode: "managed" as const,
    };
    return (firewallChanges({ ...resource, change }) ?? []).map(
      ({ effect, what, subject }) => `${effect}: ${what}: ${subject}`,
    );
  };

  test.each([
    [
      "opens a port to everybody",
      rules(["22", EVERYBODY]),
      rules(["22", EVERYBODY], ["5432", EVERYBODY]),
      ["opens: opened to everybody: tcp 5432"],
    ],
    [
      "is widened from a network to everybody",
      rules(["22", ["203.0.113.0/24"]]),
      rules(["22", EVERYBODY]),
      ["opens: opened to everybody: tcp 22", "closes: closed to 203.0.113.0/24: tcp 22"],
    ],
    [
      "closes a port",
      rules(["22", EVERYBODY], ["80", EVERYBODY]),
      rules(["22", EVERYBODY]),
      ["closes: closed to everybody: tcp 80"],
    ],
    [
      "changes the order of its rules",
      rules(["22", EVERYBODY], ["80", EVERYBODY]),
      rules(["80", EVERYBODY], ["22", EVERYBODY]),
      [],
    ],
    [
      "is taken from its server",
      { ...rules(), droplet_ids: [1] },
      { ...rules(), droplet_ids: [] },
      ["opens: the firewall is taken from: droplet_ids [1]"],
    ],
  ])("%s", (_, before, after, said) => {
    expect(changes(before, after)).toEqual(said);
  });

  test("that comes with its server opens nothing that was closed", () => {
    expect(changes(null, rules(["22", EVERYBODY]), ["create"])).toEqual(["begins: open to everybody: tcp 22"]);
  });

  test("that goes, or whose rules nobody knows yet, is told", () => {
    expect(changes(rules(["22", EVERYBODY]), null, ["delete"])).toEqual([
      "opens: the firewall goes: nothing is held off any more: digitalocean_firewall.it",
    ]);
    expect(changes(rules(), {}, ["update"], { inbound_rule: true })).toEqual([
      "look: rules that are known only after apply: digitalocean_firewall.it",
    ]);
  });

  test("of Hetzner's counts what comes in alone", () => {
    const rule = (direction: string) => ({ rule: [{ direction, protocol: "tcp", port: "25", source_ips: EVERYBODY }] });
    const change = { actions: ["update"], before: { rule: [] }, after: rule("out") };
    const resource = { address: "hcloud_firewall.it", type: "hcloud_firewall", name: "it", mode: "managed" as const };
    expect(firewallChanges({ ...resource, change })).toEqual([]);
    expect(firewallChanges({ ...resource, change: { ...change, after: rule("in") } })).toHaveLength(1);
  });
});

describe("a switch", () => {
  test.each<[string, object, object, string]>([
    [
      "hcloud_server",
      { delete_protection: true },
      { delete_protection: false },
      "opens: the cloud's delete protection is switched off",
    ],
    [
      "digitalocean_spaces_bucket",
      { acl: "private" },
      { acl: "public-read" },
      "opens: the bucket is opened to everybody",
    ],
    [
      "digitalocean_spaces_bucket",
      { force_destroy: true },
      { force_destroy: false },
      "closes: protection is switched on",
    ],
    [
      "github_repository_environment",
      { reviewers: [{ users: [1] }] },
      { reviewers: [] },
      "opens: deployments need nobody's approval any more",
    ],
    [
      "github_repository_environment",
      { can_admins_bypass: false },
      { can_admins_bypass: true },
      "opens: administrators may deploy without an approval",
    ],
    [
      "github_repository_environment",
      { prevent_self_review: true },
      { prevent_self_review: null },
      "opens: who starts a deployment may approve it",
    ],
    [
      "github_repository_environment",
      { wait_timer: 10 },
      { wait_timer: 0 },
      "opens: deployments wait for nothing any more",
    ],
    [
      "github_repository_environment",
      { reviewers: [{ users: [1], teams: [] }] },
      { reviewers: [{ users: [1, 2], teams: [] }] },
      "opens: somebody else may agree to a job: user 2",
    ],
    [
      "github_repository_environment",
      { reviewers: [{ users: [1], teams: [3] }] },
      { reviewers: [{ users: [1], teams: null }] },
      "closes: somebody may no longer agree to a job: team 3",
    ],
    [
      "github_repository",
      { visibility: "private" },
      { visibility: "public" },
      "opens: the repository is opened to everybody",
    ],
    [
      "aws_db_instance",
      { deletion_protection: true },
      { deletion_protection: false },
      "opens: the cloud's deletion protection is switched off",
    ],
    ["aws_security_group_rule", { from_port: 1 }, { from_port: 2 }, "look: changes, and its name sounds like access"],
    ["aws_iam_role", {}, { name: "x" }, "look: changes, and its name sounds like access"],
  ])("%s %j to %j", (type, before, after, said) => {
    const [found, ...others] = security({
      address: `${type}.it`,
      type,
      name: "it",
      mode: "managed",
      change: { actions: ["update"], before, after },
    });
    expect(`${found?.effect}: ${found?.what}: ${found?.subject}`).toContain(said);
    expect(others).toEqual([]);
  });
});

describe("a branch that may use a GitHub environment", () => {
  const policy = (before: object | null, after: object | null, ...environments: [object | null, object | null][]) => {
    const change = (type: string, before: object | null, after: object | null) => ({
      ...{ address: `${type}.it`, type, name: "it", mode: "managed" },
      change: { actions: [before === null ? "create" : after === null ? "delete" : "update"], before, after },
    });
    const resource_changes = [
      change("github_repository_environment_deployment_policy", before, after),
      ...environments.map((each) => change("github_repository_environment", ...each)),
    ];
    return security(...resource_changes).map(({ effect, what, subject }) => `${effect}: ${what}: ${subject}`);
  };
  const opens = "opens: jobs of further branches may read an environment's secrets:";
  const closes = "closes: jobs of a branch may no longer read an environment's secrets:";
  const main = { environment: "production", branch_pattern: "main" };
  const all = { environment: "production", branch_pattern: "*" };

  test("is told when it comes, changes or goes", () => {
    expect(policy(null, all)).toEqual([`${opens} * in production`]);
    expect(policy(main, all)).toEqual([`${opens} * in production`, `${closes} main in production`]);
    expect(policy(main, null)).toEqual([`${closes} main in production`]);
    expect(policy(main, { ...main, id: "7" })).toEqual([]);
  });

  test("is nothing to look at where it comes or goes with its environment", () => {
    expect(policy(null, main, [null, { environment: "production" }])).toEqual([]);
    expect(policy(main, null, [{ environment: "production" }, null])).toEqual([]);
    expect(policy(null, main, [null, { environment: "other" }])).toEqual([`${opens} main in production`]);
  });
});

describe("what arrives over SSH", () => {
  const base = {
    deploy_keys: ["ssh-ed25519 AAAAC3Nza-first one"],
    release_keys: [],
    sites: [
      {
        address: "https://a.example",
        names: ["a.example"],
        tls: true,
        upstreams: [{ service: "app", port: 80, path: "/*" }],
      },
    ],
    basic_auth: [{ file: "basic-auth/a.example-0.caddy", user: "admin", secret: "ADMIN" }],
  };
  const said = (after: object, compose?: string) =>
    security(appliedConfiguration(settings(base), settings({ ...base, ...after }), { after: compose })).map(
      ({ effect, what, subject }) => `${effect}: ${what}: ${subject}`,
    );

  test.each<[string, object, string[]]>([
    [
      "a key that may do anything",
      { deploy_keys: [...base.deploy_keys, "ssh-ed25519 AAAAC3Nza-second two"] },
      ["opens: a key is added, which logs in and may do anything (sudo): ssh-ed25519 ...a-second two"],
    ],
    [
      "a key of CI's",
      { release_keys: ["ssh-ed25519 AAAAthird-key"] },
      ["opens: a key is added, which may release, and nothing else: ssh-ed25519 ...hird-key"],
    ],
    [
      "a key that goes",
      { deploy_keys: [] },
      ["closes: a key goes, which logs in and may do anything (sudo): ssh-ed25519 ...za-first one"],
    ],
    [
      "no HTTPS any more",
      { sites: [{ ...base.sites[0], tls: false }] },
      ["opens: a site is served without HTTPS: a.example"],
    ],
    [
      "no password any more",
      { basic_auth: [] },
      ["opens: a password before a site goes: admin (basic-auth/a.example-0.caddy)"],
    ],
    [
      "another service reached",
      {
        sites: [
          {
            ...base.sites[0],
            upstreams: [...(base.sites[0]?.upstreams ?? []), { service: "db", port: 5432, path: "/db" }],
          },
        ],
      },
      ["opens: a service is reached from outside: https://a.example/db to db:5432"],
    ],
  ])("%s", (_, after, lines) => {
    expect(said(after)).toEqual(lines);
  });

  test("a container as strong as root", () => {
    const compose = 'services: { app: { image: "a:1", volumes: ["/var/run/docker.sock:/var/run/docker.sock"] } }';
    expect(said({}, compose)).toEqual([
      "opens: a service becomes as strong as root: app: volumes: /var/run/docker.sock",
    ]);
  });
});

function security(...resources: object[]) {
  const none: Accepted = [];
  const rest = {
    errored: false,
    complete: true,
    resource_drift: [],
    deferred_changes: [],
    planned_values: {},
    prior_state: {},
    configuration: {},
  };
  return reviewPlan({ ...rest, resource_changes: resources as never }, none).security;
}
