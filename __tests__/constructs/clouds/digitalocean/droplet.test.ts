import { ComposeApp, DataVolume, Domain, Site, Size, SshKey } from "../../../../constructs";
import { droplet, Project } from "../../../../constructs/clouds/digitalocean";
import { leastStack, refusal, synthesized, WITH_DATA } from "../../fixture";

const everywhere = ["0.0.0.0/0", "::/0"];
const ipv4 = "${digitalocean_droplet.host_server.ipv4_address}";
const app = ComposeApp.fromText(WITH_DATA);

describe("a droplet", () => {
  test("makes a droplet that nothing but its removal replaces", () => {
    const { resource } = synthesized(leastStack());
    const { user_data: _, ...droplet } = resource.digitalocean_droplet.host_server;
    expect(droplet).toEqual({
      name: "beta",
      size: "s-1vcpu-1gb",
      region: "fra1",
      image: "debian-13-x64",
      ipv6: true,
      monitoring: true,
      resize_disk: false,
      ssh_keys: ["${digitalocean_ssh_key.host_deploy.id}"],
      tags: ["cdktf-single-host", "beta"],
      lifecycle: { ignore_changes: ["user_data", "ssh_keys", "image"] },
    });
    expect(resource.terraform_data.host_server_protection).toEqual({
      triggers_replace: { id: "${digitalocean_droplet.host_server.id}" },
      lifecycle: { prevent_destroy: true },
    });
  });

  test("opens what a web server needs, over IPv4 and IPv6", () => {
    const { resource } = synthesized(leastStack());
    expect(resource.digitalocean_firewall.host_firewall).toEqual({
      name: "beta",
      droplet_ids: ["${digitalocean_droplet.host_server.id}"],
      inbound_rule: [
        { protocol: "tcp", port_range: "22", source_addresses: everywhere },
        { protocol: "tcp", port_range: "80", source_addresses: everywhere },
        { protocol: "tcp", port_range: "443", source_addresses: everywhere },
        { protocol: "udp", port_range: "443", source_addresses: everywhere },
        { protocol: "icmp", source_addresses: everywhere },
      ],
      outbound_rule: [
        { protocol: "tcp", port_range: "1-65535", destination_addresses: everywhere },
        { protocol: "udp", port_range: "1-65535", destination_addresses: everywhere },
        { protocol: "icmp", destination_addresses: everywhere },
      ],
    });
  });

  test("shows its resources in a project of its own", () => {
    const { resource } = synthesized(leastStack({ domains: [Domain.create("site.example")] }));
    expect(resource.digitalocean_project.host_project).toEqual({
      name: "beta",
      purpose: "Web Application",
      environment: "Production",
    });
    expect(resource.digitalocean_project_resources.host_project).toEqual({
      project: "${digitalocean_project.host_project.id}",
      resources: ["${digitalocean_droplet.host_server.urn}", "${digitalocean_domain.host_zone_site_example.urn}"],
    });
  });

  test("names of sites get records in the zones that hold them", () => {
    const { resource } = synthesized(
      leastStack({
        domains: [Domain.create("site.example"), Domain.existing("other.example")],
        sites: [
          Site.at("site.example", { service: "web", port: 8080, redirectFrom: ["www.site.example", "elsewhere.org"] }),
          Site.at("api.other.example", { service: "web", port: 8080 }),
        ],
      }),
    );
    const created = "${digitalocean_domain.host_zone_site_example.name}";
    const ipv6 = "${digitalocean_droplet.host_server.ipv6_address}";
    expect(resource.digitalocean_domain).toEqual({ host_zone_site_example: { name: "site.example" } });
    expect(resource.terraform_data.host_zone_site_example_protection).toEqual({
      triggers_replace: { id: "${digitalocean_domain.host_zone_site_example.id}" },
      lifecycle: { prevent_destroy: true },
    });
    expect(resource.digitalocean_record).toEqual({
      host_record_api_other_example_A: { domain: "other.example", name: "api", ttl: 300, type: "A", value: ipv4 },
      host_record_api_other_example_AAAA: { domain: "other.example", name: "api", ttl: 300, type: "AAAA", value: ipv6 },
      host_record_site_example_A: { domain: created, name: "@", ttl: 300, type: "A", value: ipv4 },
      host_record_site_example_AAAA: { domain: created, name: "@", ttl: 300, type: "AAAA", value: ipv6 },
      host_record_www_site_example_A: { domain: created, name: "www", ttl: 300, type: "A", value: ipv4 },
      host_record_www_site_example_AAAA: { domain: created, name: "www", ttl: 300, type: "AAAA", value: ipv6 },
    });
    expect(resource.terraform_data.host_configuration.depends_on).toContain(
      "digitalocean_record.host_record_site_example_A",
    );
  });

  test("joins what exists: a key, a project, a network", () => {
    const { data, resource } = synthesized(
      leastStack({
        admins: [SshKey.existing("ann")],
        server: droplet("s-1vcpu-1gb", { region: "fra1", project: Project.existing("p-1"), networkId: "n-1" }),
      }),
    );
    expect(data.digitalocean_ssh_key).toEqual({ host_admin_ann: { name: "ann" } });
    expect(resource.digitalocean_droplet.host_server.vpc_uuid).toBe("n-1");
    expect(resource.digitalocean_droplet.host_server.user_data).toContain(
      "${trimspace(data.digitalocean_ssh_key.host_admin_ann.public_key)}",
    );
    expect(resource.digitalocean_project_resources.host_project).toEqual({
      project: "p-1",
      resources: ["${digitalocean_droplet.host_server.urn}"],
    });
  });

  test("a team has the last word on the resources", () => {
    const { resource } = synthesized(
      leastStack({
        server: droplet("s-1vcpu-1gb", {
          region: "fra1",
          project: Project.none(),
          image: "ubuntu-24-04-x64",
          transform: {
            droplet: (config) => ({ ...config, backups: true, tags: [...(config.tags ?? []), "mine"] }),
            firewall: (config) => ({ ...config, name: "narrow" }),
          },
        }),
      }),
    );
    expect(resource.digitalocean_droplet.host_server).toMatchObject({
      backups: true,
      image: "ubuntu-24-04-x64",
      tags: ["cdktf-single-host", "beta", "mine"],
    });
    expect(resource.digitalocean_firewall.host_firewall.name).toBe("narrow");
    expect(resource.digitalocean_project).toBeUndefined();
  });

  test("is backed up each day when it says so, and the price says so too", () => {
    const server = droplet("s-1vcpu-1gb", { region: "fra1", backups: true });
    const { resource } = synthesized(leastStack({ server }));
    expect(resource.digitalocean_droplet.host_server.backups).toBe(true);
    expect(server.estimate.lines.map(({ what }) => what)).toEqual([
      "droplet s-1vcpu-1gb",
      "daily backups of s-1vcpu-1gb",
    ]);
    expect(server.estimate.totalIn("USD")).toBe(7.8);
  });

  test("has its data volume by an attachment of its own, and finds it by its name", () => {
    // WHEN
    const dataVolume = DataVolume.create(Size.gibibytes(20), { volumes: ["data"] });
    const stack = leastStack({ name: "Beta.1", dataVolume, app: ComposeApp.fromText(WITH_DATA, { name: "beta" }) });
    const { resource } = synthesized(stack, true);

    // THEN
    expect(resource.digitalocean_volume.host_data).toEqual({
      name: "beta-1-data",
      region: "fra1",
      size: 20,
      description: "Data of Beta.1",
      lifecycle: { ignore_changes: ["name", "description"] },
    });
    expect(resource.digitalocean_volume_attachment.host_data).toEqual({
      droplet_id: "${digitalocean_droplet.host_server.id}",
      volume_id: "${digitalocean_volume.host_data.id}",
    });
    expect(resource.digitalocean_droplet.host_server.volume_ids).toBeUndefined();
    expect(resource.digitalocean_project_resources.host_project.resources).toContain(
      "${digitalocean_volume.host_data.urn}",
    );
    expect(stack.host.estimate.totalIn("USD")).toBe(8);
    const hostJson = JSON.parse(resource.terraform_data.host_configuration.triggers_replace.files["host.json"]);
    expect(hostJson.data_volume.device).toBe("/dev/disk/by-id/scsi-0DO_Volume_${digitalocean_volume.host_data.name}");
  });

  test("takes over a volume that the account has, unless a plan finds it in another region", () => {
    const dataVolume = DataVolume.existing("ledger", { volumes: ["data"] });
    const stack = leastStack({ dataVolume, app });
    const { data, resource } = synthesized(stack, true);
    expect(data.digitalocean_volume.host_data).toEqual({ name: "ledger" });
    expect(resource.digitalocean_volume).toBeUndefined();
    expect(resource.digitalocean_volume_attachment.host_data).toMatchObject({
      volume_id: "${data.digitalocean_volume.host_data.id}",
      lifecycle: {
        precondition: [
          {
            condition: '${data.digitalocean_volume.host_data.region == "fra1"}',
            error_message: expect.stringMatching(/^dataVolume: .* the server in fra1; /),
          },
        ],
      },
    });
    expect(stack.host.estimate.totalIn("USD")).toBe(6);
  });

  test.each([
    [
      DataVolume.create(Size.mebibytes(1000), { volumes: ["data"] }),
      "dataVolume/size: must be a whole number of GiB in reach, got 1000 MiB; DigitalOcean makes volumes of 1 to 16384 GiB: Size.gibibytes(20)",
    ],
    [
      DataVolume.existing("ledger", { volumes: ["data"], location: "nyc3" }),
      "dataVolume/location: is nyc3, and the server stands in fra1; a server reaches volumes of its own location only; put it there, or copy the data to a new volume",
    ],
    [
      DataVolume.existing("506f78a4-e098-11e5-ad9f-000f53306ae1", { volumes: ["data"] }),
      'dataVolume/id: is an id, got "506f78a4-e098-11e5-ad9f-000f53306ae1"; give its name, which doctl compute volume list shows: DigitalOcean\'s volumes are found by name',
    ],
    [DataVolume.existing("My Volume", { volumes: ["data"] }), 'dataVolume/id: is no name of a volume, got "My Volume"'],
  ])("refuses a volume that it could not have (%#)", (dataVolume, line) => {
    expect(refusal(leastStack({ dataVolume, app }))).toEqual([line]);
  });
});
