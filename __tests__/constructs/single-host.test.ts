import { RandomProvider } from "@cdktf/provider-random/lib/provider";
import { TerraformStack, Testing } from "cdktf";
import { Domain, SingleHost, Site, SshKey } from "../../constructs";
import { droplet, Project } from "../../constructs/clouds/digitalocean";
import { leastProps, leastStack, synthesized } from "./fixture";

const everywhere = ["0.0.0.0/0", "::/0"];
const ipv4 = "${digitalocean_droplet.host_server.ipv4_address}";
const lastingKey = "${trimspace(tls_private_key.host_host_key.public_key_openssh)}";

describe("SingleHost", () => {
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

  test("first contact pins the bootstrap host key or the lasting one, and installs the lasting one", () => {
    const { resource } = synthesized(leastStack());
    expect(resource.terraform_data.host_identity).toEqual({
      triggers_replace: { server: "${digitalocean_droplet.host_server.id}", host_key: lastingKey },
      connection: {
        type: "ssh",
        host: ipv4,
        user: "deploy",
        private_key: "${tls_private_key.host_deploy_key.private_key_openssh}",
        host_key: `\${trimspace(tls_private_key.host_bootstrap_host_key.public_key_openssh)}\n${ipv4} ${lastingKey}`,
        timeout: "10m",
        agent: "false",
      },
      provisioner: [
        {
          "remote-exec": { inline: [expect.stringContaining("cloud-init status --wait > /dev/null || [ $? -eq 2 ]")] },
        },
        {
          file: {
            destination: "/run/single-host/incoming/host_key",
            content: "${tls_private_key.host_host_key.private_key_openssh}",
          },
        },
        { "remote-exec": { inline: ["sudo single-host identity"] } },
      ],
      depends_on: ["digitalocean_firewall.host_firewall"],
    });
    // One key a type: with two of the same type Terraform would take the first alone.
    expect(resource.tls_private_key.host_bootstrap_host_key).toMatchObject({ algorithm: "ECDSA", ecdsa_curve: "P256" });
    expect(resource.tls_private_key.host_host_key).toMatchObject({ algorithm: "ED25519" });
  });

  test("configuration is applied anew when a file, a secret or the server changes, over the lasting key", () => {
    const { resource } = synthesized(leastStack());
    const { triggers_replace, connection, provisioner, ...rest } = resource.terraform_data.host_configuration;
    expect(Object.keys(triggers_replace)).toEqual(["files", "secrets", "server"]);
    expect(Object.keys(triggers_replace.files)).toEqual(
      expect.arrayContaining(["Caddyfile", "app/compose.yaml", "edge.yaml", "host.json", "overlay.yaml", "program"]),
    );
    expect(connection.host_key).toBe(lastingKey);
    const [bundle, secrets, apply] = provisioner;
    expect(bundle.file.destination).toBe("/run/single-host/incoming/bundle.json");
    expect(JSON.parse(bundle.file.content)).toMatchObject({ format: 1 });
    expect(secrets.file).toEqual({
      destination: "/run/single-host/incoming/secrets.json",
      content: '${jsonencode({"application" = {}, "backup" = {}, "registry" = {}, "storage" = {}})}',
    });
    // Nothing sensitive: Terraform would hide all that it prints.
    expect(apply).toEqual({ "remote-exec": { inline: ["sudo single-host apply"] } });
    expect(rest).toEqual({ depends_on: ["terraform_data.host_identity", "digitalocean_firewall.host_firewall"] });
  });

  test("user data holds one secret, the bootstrap host key", () => {
    const { resource } = synthesized(leastStack());
    const userData: string = resource.digitalocean_droplet.host_server.user_data;
    expect(userData.match(/\$\{[^}]*\}/g)).toEqual([
      "${trimspace(tls_private_key.host_deploy_key.public_key_openssh)}",
      "${jsonencode(tls_private_key.host_bootstrap_host_key.private_key_openssh)}",
      "${jsonencode(trimspace(tls_private_key.host_bootstrap_host_key.public_key_openssh))}",
      "${trimspace(tls_private_key.host_deploy_key.public_key_openssh)}",
    ]);
    expect(Buffer.byteLength(userData)).toBeLessThan(32 * 1024);
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

  test("tells where it is and how to get in", () => {
    expect(synthesized(leastStack()).output).toEqual({
      address: { description: expect.any(String), value: ipv4 },
      known_hosts: { description: expect.any(String), value: `${ipv4} ${lastingKey}\nsite.example ${lastingKey}` },
      ssh: { description: expect.any(String), value: `ssh deploy@${ipv4}` },
      url: { description: expect.any(String), value: "https://site.example" },
    });
  });

  test.each([
    ["its address", Site.onAddress({ service: "web", port: 8080 }), `http://${ipv4}`],
    [
      "sslip.io",
      Site.onSslip({ service: "web", port: 8080 }),
      'https://${replace(digitalocean_droplet.host_server.ipv4_address, ".", "-")}.sslip.io',
    ],
  ])("without a domain it answers on %s", (_, site, url) => {
    expect(synthesized(leastStack({ sites: [site] })).output.url.value).toBe(url);
  });

  test("can be destroyed when it says so", () => {
    const text = Testing.synth(leastStack({ protection: false, domains: [Domain.create("site.example")] }));
    expect(text).toContain('"prevent_destroy": false');
    expect(text).not.toContain('"prevent_destroy": true');
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

  test("further cloud-init parts join the first boot as plain MIME, their text untouched", () => {
    const content = "#cloud-config\nruncmd: ['echo ${HOME} %{x}']\n";
    const { data, resource, terraform } = synthesized(leastStack({ extraCloudInit: [{ content }] }));
    expect(data.cloudinit_config.host_user_data).toMatchObject({
      gzip: false,
      base64_encode: false,
      part: [
        { content_type: "text/cloud-config", filename: "single-host.yaml" },
        {
          content: "#cloud-config\nruncmd: ['echo $${HOME} %%{x}']\n",
          content_type: "text/cloud-config",
          filename: "extra-0",
          merge_type: "list(append)+dict(no_replace,recurse_list)+str()",
        },
      ],
    });
    expect(resource.digitalocean_droplet.host_server.user_data).toBe(
      "${data.cloudinit_config.host_user_data.rendered}",
    );
    expect(terraform.required_providers.cloudinit.version).toBe(">= 2.2, < 3");
  });

  test("brings its providers, with room for their next versions", () => {
    const { provider, terraform } = synthesized(leastStack());
    expect(provider).toEqual({ digitalocean: [{}], tls: [{}] });
    expect(terraform.required_providers).toEqual({
      digitalocean: { source: "digitalocean/digitalocean", version: ">= 2.17.1, < 3" },
      tls: { source: "hashicorp/tls", version: ">= 4.0, < 5" },
    });
  });

  test("works in any stack, with the providers that its author adds, even later", () => {
    // GIVEN
    const stack = new TerraformStack(Testing.app(), "mine");
    const host = new SingleHost(stack, "web", leastProps());
    new RandomProvider(stack, "random");
    stack.addOverride("terraform.required_providers.tls.version", "~> 4.2");

    // WHEN
    const { provider, resource, terraform, output } = JSON.parse(Testing.synth(stack, true));

    // THEN
    expect(provider).toEqual({ digitalocean: [{}], random: [{}], tls: [{}] });
    expect(terraform.required_providers.tls.version).toBe("~> 4.2");
    expect(Object.keys(resource.digitalocean_droplet)).toEqual(["web_server"]);
    expect(resource.digitalocean_droplet.web_server.name).toBe("web");
    expect(output).toBeUndefined();
    expect(host.server.friendlyUniqueId).toBe("web_server");
  });
});
