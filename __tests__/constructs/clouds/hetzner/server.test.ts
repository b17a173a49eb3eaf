import { randomBytes } from "node:crypto";
import { TerraformStack, Testing, Token } from "cdktf";
import { ComposeApp, DataVolume, Domain, SingleHost, Site, Size, SshKey } from "../../../../constructs";
import { hcloud, hetznerServer, Network, PlacementGroup } from "../../../../constructs/clouds/hetzner";
import type { SingleHostProps } from "../../../../constructs/single-host-props";
import { leastProps, leastStack as leastStackOf, refusal, synthesized, WITH_DATA } from "../../fixture";

const everywhere = ["0.0.0.0/0", "::/0"];
const labels = { "managed-by": "cdktf-single-host", host: "beta" };
const ipv4 = "${hcloud_primary_ip.host_ipv4.ip_address}";
const ipv6 = "${cidrhost(hcloud_primary_ip.host_ipv6.ip_network, 1)}";
const app = ComposeApp.fromText(WITH_DATA);

function leastStack(props: Partial<SingleHostProps> = {}) {
  return leastStackOf({ server: hetznerServer("cx23", { location: "nbg1" }), ...props });
}

function protectionOf(resource: string) {
  return { triggers_replace: { id: `\${${resource}.id}` }, lifecycle: { prevent_destroy: true } };
}

describe("a server at Hetzner", () => {
  test("is replaced by nothing but its removal, which Terraform and the API refuse", () => {
    const { resource } = synthesized(leastStack(), true);
    const { user_data: _, ...server } = resource.hcloud_server.host_server;
    expect(server).toEqual({
      name: "beta",
      server_type: "cx23",
      location: "nbg1",
      image: "debian-13",
      keep_disk: true,
      backups: false,
      ssh_keys: ["${hcloud_ssh_key.host_deploy.id}"],
      public_net: [
        {
          ipv4_enabled: true,
          ipv4: "${hcloud_primary_ip.host_ipv4.id}",
          ipv6_enabled: true,
          ipv6: "${hcloud_primary_ip.host_ipv6.id}",
        },
      ],
      firewall_ids: ["${hcloud_firewall.host_firewall.id}"],
      labels,
      delete_protection: true,
      rebuild_protection: true,
      lifecycle: {
        ignore_changes: ["user_data", "ssh_keys", "image"],
        replace_triggered_by: ["terraform_data.host_processor"],
      },
    });
    expect(resource.terraform_data.host_processor).toEqual({ triggers_replace: { architecture: "amd64" } });
    expect(resource.terraform_data.host_server_protection).toEqual(protectionOf("hcloud_server.host_server"));
    expect(resource.hcloud_ssh_key.host_deploy).toEqual({
      name: "beta-deploy",
      public_key: "${trimspace(tls_private_key.host_deploy_key.public_key_openssh)}",
      labels,
    });
  });

  test("has addresses that outlive it, over IPv4 and IPv6", () => {
    const { resource } = synthesized(leastStack());
    const address = { location: "nbg1", auto_delete: false, delete_protection: true, labels };
    expect(resource.hcloud_primary_ip).toEqual({
      host_ipv4: { ...address, name: "beta-ipv4", type: "ipv4" },
      host_ipv6: { ...address, name: "beta-ipv6", type: "ipv6" },
    });
    expect(resource.terraform_data.host_ipv4_protection).toEqual(protectionOf("hcloud_primary_ip.host_ipv4"));
    expect(resource.terraform_data.host_ipv6_protection).toEqual(protectionOf("hcloud_primary_ip.host_ipv6"));
    // Nothing that has its address waits for a server, or changes with it.
    expect(resource.terraform_data.host_configuration.connection.host).toBe(ipv4);
  });

  test("opens what a web server needs, over IPv4 and IPv6", () => {
    const { resource } = synthesized(leastStack());
    expect(resource.hcloud_firewall.host_firewall).toEqual({
      name: "beta",
      labels,
      rule: [
        { direction: "in", protocol: "tcp", port: "22", source_ips: everywhere },
        { direction: "in", protocol: "tcp", port: "80", source_ips: everywhere },
        { direction: "in", protocol: "tcp", port: "443", source_ips: everywhere },
        { direction: "in", protocol: "udp", port: "443", source_ips: everywhere },
        { direction: "in", protocol: "icmp", source_ips: everywhere },
      ],
    });
  });

  test("names of sites get records in the zones that hold them, and the addresses answer with the first", () => {
    const { resource } = synthesized(
      leastStack({
        domains: [Domain.create("site.example"), Domain.existing("other.example")],
        sites: [
          Site.at("site.example", { service: "web", port: 8080, redirectFrom: ["www.site.example", "elsewhere.org"] }),
          Site.at("api.other.example", { service: "web", port: 8080 }),
        ],
      }),
      true,
    );
    const created = "${hcloud_zone.host_zone_site_example.name}";
    const a = { type: "A", ttl: 300, records: [{ value: ipv4 }], labels };
    const aaaa = { type: "AAAA", ttl: 300, records: [{ value: ipv6 }], labels };
    expect(resource.hcloud_zone).toEqual({
      host_zone_site_example: { name: "site.example", mode: "primary", delete_protection: true, labels },
    });
    expect(resource.terraform_data.host_zone_site_example_protection).toEqual(
      protectionOf("hcloud_zone.host_zone_site_example"),
    );
    expect(resource.hcloud_zone_rrset).toEqual({
      host_record_api_other_example_A: { zone: "other.example", name: "api", ...a },
      host_record_api_other_example_AAAA: { zone: "other.example", name: "api", ...aaaa },
      host_record_site_example_A: { zone: created, name: "@", ...a },
      host_record_site_example_AAAA: { zone: created, name: "@", ...aaaa },
      host_record_www_site_example_A: { zone: created, name: "www", ...a },
      host_record_www_site_example_AAAA: { zone: created, name: "www", ...aaaa },
    });
    expect(resource.hcloud_rdns).toEqual({
      host_reverse_ipv4: {
        primary_ip_id: "${hcloud_primary_ip.host_ipv4.id}",
        ip_address: ipv4,
        dns_ptr: "site.example",
        depends_on: ["hcloud_server.host_server"],
      },
      host_reverse_ipv6: {
        primary_ip_id: "${hcloud_primary_ip.host_ipv6.id}",
        ip_address: ipv6,
        dns_ptr: "site.example",
        depends_on: ["hcloud_server.host_server"],
      },
    });
    expect(resource.terraform_data.host_configuration.depends_on).toContain(
      "hcloud_zone_rrset.host_record_site_example_A",
    );
  });

  test("names are kept in lower case, as Hetzner keeps them", () => {
    const { resource } = synthesized(
      leastStack({
        domains: [Domain.create("Site.Example"), Domain.existing("Other.Example")],
        sites: [
          Site.at("Site.Example", { service: "web", port: 8080 }),
          Site.at("API.other.example", { service: "web", port: 8080 }),
        ],
      }),
    );
    expect(resource.hcloud_zone.host_zone_Site_Example.name).toBe("site.example");
    expect(resource.hcloud_zone_rrset.host_record_API_other_example_A).toMatchObject({
      zone: "other.example",
      name: "api",
    });
    expect(resource.hcloud_rdns.host_reverse_ipv4.dns_ptr).toBe("site.example");
  });

  test("without a name its addresses keep the name that Hetzner gives them", () => {
    const { resource } = synthesized(leastStack({ sites: [Site.onAddress({ service: "web", port: 8080 })] }));
    expect(resource.hcloud_rdns).toBeUndefined();
  });

  test("joins a network of its own, a placement group and backups when it says so", () => {
    const server = hetznerServer("cax11", {
      location: "hel1",
      network: Network.create("10.7.0.0/16"),
      placement: PlacementGroup.spread(),
      backups: true,
      image: "ubuntu-24.04",
    });
    const stack = leastStack({ server, app: ComposeApp.fromText(WITH_DATA, { architectures: ["arm64"] }) });
    const { resource } = synthesized(stack, true);
    expect(resource.hcloud_network.host_network).toEqual({ name: "beta", ip_range: "10.7.0.0/16", labels });
    expect(resource.hcloud_network_subnet.host_network).toEqual({
      network_id: "${hcloud_network.host_network.id}",
      type: "cloud",
      network_zone: "eu-central",
      ip_range: "10.7.0.0/16",
    });
    expect(resource.hcloud_server_network.host_network).toEqual({
      server_id: "${hcloud_server.host_server.id}",
      subnet_id: "${hcloud_network_subnet.host_network.id}",
      alias_ips: [],
    });
    expect(resource.hcloud_placement_group.host_placement).toEqual({ name: "beta", type: "spread", labels });
    expect(resource.hcloud_server.host_server).toMatchObject({
      server_type: "cax11",
      image: "ubuntu-24.04",
      backups: true,
      placement_group_id: "${hcloud_placement_group.host_placement.id}",
    });
    expect(server.architecture).toBe("arm64");
    expect(server.estimate.lines.map(({ what }) => what)).toEqual(["server cax11", "backups of cax11", "IPv4 address"]);
    expect(server.estimate.totals).toEqual([{ amount: 7.69, currency: "EUR" }]);
  });

  test.each([
    ["1234", { network_id: 1234 }],
    ["1234-10.0.1.0/24", { subnet_id: "1234-10.0.1.0/24" }],
  ])("joins what exists: a key, a placement group, network %s", (id, place) => {
    const server = hetznerServer("cx23", {
      location: "nbg1",
      network: Network.existing(id),
      placement: PlacementGroup.existing("77"),
    });
    const { data, resource } = synthesized(leastStack({ server, admins: [SshKey.existing("ann")] }), true);
    expect(data.hcloud_ssh_key).toEqual({ host_admin_ann: { name: "ann" } });
    expect(resource.hcloud_server.host_server.user_data).toContain(
      "${trimspace(data.hcloud_ssh_key.host_admin_ann.public_key)}",
    );
    expect(resource.hcloud_server.host_server.placement_group_id).toBe(77);
    expect(resource.hcloud_server_network.host_network).toMatchObject(place);
    expect(resource.hcloud_network).toBeUndefined();
  });

  test("joins a network that the same stack makes, or a subnet of it: Terraform sees which", () => {
    const joined = (idOf: (stack: TerraformStack) => string) => {
      const stack = new TerraformStack(Testing.app(), "office");
      const server = hetznerServer("cx23", { location: "nbg1", network: Network.existing(idOf(stack)) });
      new SingleHost(stack, "host", { ...leastProps(), server });
      return JSON.parse(Testing.synth(stack)).resource.hcloud_server_network.host_network;
    };
    const id = "hcloud_network.office.id";
    expect(
      joined((stack) => new hcloud.network.Network(stack, "office", { name: "office", ipRange: "10.9.0.0/16" }).id),
    ).toMatchObject({
      subnet_id: `\${strcontains(${id}, "-") ? ${id} : null}`,
      network_id: `\${strcontains(${id}, "-") ? null : ${id}}`,
    });
  });

  test("a team has the last word on the resources", () => {
    const server = hetznerServer("cx23", {
      location: "nbg1",
      transform: {
        server: (config) => ({ ...config, labels: { ...config.labels, team: "ours" } }),
        firewall: (config) => ({ ...config, name: "narrow" }),
      },
    });
    const { resource } = synthesized(leastStack({ server }));
    expect(resource.hcloud_server.host_server.labels).toEqual({ ...labels, team: "ours" });
    expect(resource.hcloud_firewall.host_firewall.name).toBe("narrow");
  });

  test("has its data volume unformatted, by an attachment of its own", () => {
    const dataVolume = DataVolume.create(Size.gibibytes(20), { volumes: ["data"] });
    const stack = leastStack({ dataVolume, app });
    const { resource } = synthesized(stack, true);
    expect(resource.hcloud_volume.host_data).toEqual({
      name: "beta-data",
      size: 20,
      location: "nbg1",
      delete_protection: true,
      labels,
    });
    expect(resource.hcloud_volume_attachment.host_data).toEqual({
      server_id: "${hcloud_server.host_server.id}",
      volume_id: "${hcloud_volume.host_data.id}",
      automount: false,
    });
    expect(stack.host.estimate.lines.map(({ what }) => what)).toEqual(["server cx23", "IPv4 address", "volume 20 GB"]);
    const hostJson = JSON.parse(resource.terraform_data.host_configuration.triggers_replace.files["host.json"]);
    expect(hostJson.data_volume.device).toBe("${hcloud_volume.host_data.linux_device}");
  });

  test("takes over a volume that the project has, unless a plan finds it in another location", () => {
    const { data, resource } = synthesized(
      leastStack({ dataVolume: DataVolume.existing("1234", { volumes: ["data"] }), app }),
      true,
    );
    expect(data.hcloud_volume.host_data).toEqual({ id: 1234 });
    expect(resource.hcloud_volume).toBeUndefined();
    expect(resource.hcloud_volume_attachment.host_data).toMatchObject({
      volume_id: "${data.hcloud_volume.host_data.id}",
      lifecycle: {
        precondition: [
          {
            condition: '${data.hcloud_volume.host_data.location == "nbg1"}',
            error_message: expect.stringMatching(/^dataVolume: .* the server in nbg1; /),
          },
        ],
      },
    });
    expect(resource.terraform_data.host_data_protection).toBeUndefined();
  });

  test("a volume's name fits, whatever the host is called", () => {
    const name = `beta-${"x".repeat(53)}.xxx1`;
    const dataVolume = DataVolume.create(Size.gibibytes(20), { volumes: ["data"] });
    const named = leastStack({ name, dataVolume, app: ComposeApp.fromText(WITH_DATA, { name: "beta" }) });
    expect(synthesized(named, true).resource.hcloud_volume.host_data.name).toBe(`beta-${"x".repeat(53)}-data`);
  });

  test("labels hold what Hetzner takes, whatever the host is called", () => {
    const name = `beta-${"x".repeat(57)}.1`;
    const { resource } = synthesized(leastStack({ name, app: ComposeApp.fromText(WITH_DATA, { name: "beta" }) }));
    expect(resource.hcloud_server.host_server.labels.host).toMatch(/^[a-zA-Z0-9]([a-zA-Z0-9._-]{0,61}[a-zA-Z0-9])?$/);
  });
});

describe("what Hetzner would refuse", () => {
  const refused = (props: Partial<SingleHostProps>) => refusal(leastStack(props));

  test("is told in one message, with what it would take", () => {
    const server = hetznerServer("cx22" as never, {
      location: "mars1" as never,
      image: "windows-95" as never,
      network: Network.existing("mine"),
      placement: PlacementGroup.existing("ours"),
    });
    const dataVolume = DataVolume.create(Size.gibibytes(5), { volumes: ["data"] });
    expect(
      refused({ server, name: "beta_one", dataVolume, app: ComposeApp.fromText(WITH_DATA, { name: "beta" }) }),
    ).toEqual([
      "server/type: cx22 is not offered any more since 2025-12; choose cx23 or cx33 or cpx22",
      'server/location: is unknown, got "mars1"; choose one of fsn1, nbg1, hel1, ash, hil, sin',
      'server/image: is unknown, got "windows-95"; choose one of debian-13, ubuntu-24.04',
      "server/network: is no id, got \"mine\"; give a network's id, or a subnet's: 1234-10.0.1.0/24",
      'server/placement: is no id of a placement group, got "ours"',
      'name: is no name of a server, got "beta_one"; Hetzner takes 1-63 of a-z, A-Z, 0-9 and -, in parts joined by dots, with a letter or digit at both ends',
      "dataVolume/size: must be a whole number of GiB in reach, got 5 GiB; Hetzner makes volumes of 10 to 10240 GiB: Size.gibibytes(20)",
    ]);
  });

  test.each([
    ["cx21", /^server\/type: cx21 is not offered any more since 2024-09; choose cx23 or cx33 or cpx22$/],
    ["cax11", /^server\/type: cax11 is not offered in ash; choose one of cpx11, .*; or one of fsn1, nbg1, hel1$/],
    ["cx99", /^server\/type: is unknown, got "cx99"; choose one of cx23, cx33, /],
    [
      "s-2vcpu-2gb",
      /^server\/type: is a size of DigitalOcean, got "s-2vcpu-2gb"; write droplet\("s-2vcpu-2gb", \.\.\.\) from cdktf-single-host\/digitalocean, or choose one of cx23, /,
    ],
  ])("as the type of a server in America: %s", (type, line) => {
    const server = hetznerServer(type as never, { location: "ash" });
    const app = ComposeApp.fromText(WITH_DATA, { architectures: ["amd64", "arm64"] });
    expect(refused({ server, app })).toEqual([expect.stringMatching(line)]);
  });

  test.each(["-beta", "beta-", "be..ta", "x".repeat(64)])("as a name: %s", (name) => {
    expect(refused({ name, app: ComposeApp.fromText(WITH_DATA, { name: "beta" }) })).toEqual([
      expect.stringMatching(/^name: is no name of a server, got /),
    ]);
  });

  test.each(["8.8.8.0/24", "10.0.0.0/30", "172.32.0.0/16", "everything"])("as a range: %s", (range) => {
    const server = hetznerServer("cx23", { location: "nbg1", network: Network.create(range) });
    expect(refused({ server })).toEqual([expect.stringMatching(/^server\/network: is no private range, got /)]);
  });

  test.each(["", "${var.group}", "two\nlines"])("as a placement group's name: %j", (name) => {
    const server = hetznerServer("cx23", { location: "nbg1", placement: PlacementGroup.spread(name) });
    expect(refused({ server })).toEqual([
      expect.stringMatching(/^server\/placement: is no name of a placement group, /),
    ]);
  });

  test("includes a volume that stands elsewhere, and one that has no id", () => {
    const at = (id: string, location?: string) => {
      const dataVolume = DataVolume.existing(
        id,
        location === undefined ? { volumes: ["data"] } : { volumes: ["data"], location },
      );
      return refused({ dataVolume, app });
    };
    expect(at("1234", "fsn1")).toEqual([
      "dataVolume/location: is fsn1, and the server stands in nbg1; a server reaches volumes of its own location only; put it there, or copy the data to a new volume",
    ]);
    expect(at("1234", "nbg1")).toEqual([]);
    expect(at("1234", Token.asString({ resolve: () => "${var.place}" }))).toEqual([]);
    expect(at("ledger")).toEqual([
      'dataVolume/id: is no id of a volume, got "ledger"; give its id, a number, which hcloud volume list shows',
    ]);
  });

  test("includes images for another processor", () => {
    const server = hetznerServer("cax11", { location: "nbg1" });
    const amd64 = ComposeApp.fromText(WITH_DATA, { images: { web: "ghcr.io/example/web:1" } });
    expect(refused({ server, app: amd64 })).toEqual([
      expect.stringContaining("is built for amd64 alone, and the server is arm64"),
    ]);
  });

  test("does not include the user data of two people with keys of RSA", () => {
    const rsa = (name: string) => {
      const fields = [
        Buffer.from("ssh-rsa"),
        Buffer.from([1, 0, 1]),
        Buffer.concat([Buffer.from([0, 200]), randomBytes(511)]),
      ];
      const blob = Buffer.concat(
        fields.flatMap((field) => [Buffer.from([0, 0, field.length >> 8, field.length & 255]), field]),
      );
      return SshKey.fromText(`ssh-rsa ${blob.toString("base64")} ${name}`);
    };
    expect(refused({ admins: [rsa("ann"), rsa("bob")] })).toEqual([]);
  });

  test("includes user data of more than 32 KiB, of which DigitalOcean takes 64", () => {
    const content = `#cloud-config\n# ${"x".repeat(8 * 1024)}\n`;
    expect(refused({ extraCloudInit: [{ content }] })).toEqual([
      expect.stringMatching(/^user data: must be at most 32768 bytes, got \d+; /),
    ]);
  });
});
