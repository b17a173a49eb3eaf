import { RandomProvider } from "@cdktf/provider-random/lib/provider";
import { TerraformStack, Testing } from "cdktf";
import { BackupBucket, ComposeApp, DataVolume, Domain, SingleHost, Site, Size } from "../../constructs";
import { clouds, leastProps, leastStack as leastStackOf, synthesized, WITH_DATA } from "./fixture";

const lastingKey = "${trimspace(tls_private_key.host_host_key.public_key_openssh)}";

const providers: Readonly<Record<string, object>> = {
  digitalocean: { source: "digitalocean/digitalocean", version: ">= 2.17.1, < 3" },
  hcloud: { source: "hetznercloud/hcloud", version: ">= 1.68.0, < 2" },
};

describe.each(clouds)("SingleHost on $cloud", ({ server, address, ipv4, provider: providerName }) => {
  const leastStack: typeof leastStackOf = (props) => leastStackOf({ server: server(), ...props });
  const [type = "", name = ""] = address.split(".");
  const firewall = `${providerName}_firewall.host_firewall`;

  test("first contact pins the bootstrap host key or the lasting one, and installs the lasting one", () => {
    const { resource } = synthesized(leastStack());
    expect(resource.terraform_data.host_identity).toEqual({
      triggers_replace: { server: `\${${address}.id}`, host_key: lastingKey },
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
      depends_on: [firewall],
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
      content: '${jsonencode({"application" = {}, "backup" = {}, "notices" = {}, "registry" = {}, "storage" = {}})}',
    });
    // Nothing sensitive: Terraform would hide all that it prints.
    expect(apply).toEqual({ "remote-exec": { inline: ["sudo single-host apply"] } });
    expect(rest).toEqual({ depends_on: ["terraform_data.host_identity", firewall] });
  });

  test("user data holds one secret, the bootstrap host key", () => {
    const { resource } = synthesized(leastStack());
    const userData: string = resource[type][name].user_data;
    expect(userData.match(/\$\{[^}]*\}/g)).toEqual([
      "${trimspace(tls_private_key.host_deploy_key.public_key_openssh)}",
      "${jsonencode(tls_private_key.host_bootstrap_host_key.private_key_openssh)}",
      "${jsonencode(trimspace(tls_private_key.host_bootstrap_host_key.public_key_openssh))}",
      "${trimspace(tls_private_key.host_deploy_key.public_key_openssh)}",
    ]);
    expect(Buffer.byteLength(userData)).toBeLessThan(32 * 1024);
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
      `https://\${replace(${ipv4.slice(2, -1)}, ".", "-")}.sslip.io`,
    ],
  ])("without a domain it answers on %s", (_, site, url) => {
    expect(synthesized(leastStack({ sites: [site] })).output.url.value).toBe(url);
  });

  test("can be destroyed when it says so", () => {
    const stack = leastStack({
      protection: false,
      domains: [Domain.create("site.example")],
      app: ComposeApp.fromText(WITH_DATA),
      dataVolume: DataVolume.create(Size.gibibytes(20), { volumes: ["data"] }),
    });
    new BackupBucket(stack, "backups", { host: stack.host });
    const text = Testing.synth(stack);
    expect(text).toContain('"prevent_destroy": false');
    expect(text).not.toMatch(/"(prevent_destroy|delete_protection|rebuild_protection)": true/);
    expect(text).not.toContain('"force_destroy": false');
  });

  test("keeps named volumes on a data volume, and applies nothing before it is attached", () => {
    const dataVolume = DataVolume.create(Size.gibibytes(20), { volumes: ["data"] });
    const { resource } = synthesized(leastStack({ dataVolume, app: ComposeApp.fromText(WITH_DATA) }), true);
    const { triggers_replace, depends_on } = resource.terraform_data.host_configuration;
    expect(JSON.parse(triggers_replace.files["host.json"]).data_volume).toMatchObject({
      device: expect.stringMatching(new RegExp(`\\$\\{${providerName}_volume\\.host_data\\.`)),
      volumes: [{ name: "beta_data", folder: "data" }],
    });
    expect(depends_on).toContain(`${providerName}_volume_attachment.host_data`);
    expect(resource.terraform_data.host_data_protection).toEqual({
      triggers_replace: { id: `\${${providerName}_volume.host_data.id}` },
      lifecycle: { prevent_destroy: true },
    });
  });

  test("a larger data volume changes its size alone, and has the server grow its file system", () => {
    const of = (gibibytes: number) => {
      const dataVolume = DataVolume.create(Size.gibibytes(gibibytes), { volumes: ["data"] });
      const { resource } = synthesized(leastStack({ dataVolume, app: ComposeApp.fromText(WITH_DATA) }));
      const { size, ...volume } = resource[`${providerName}_volume`].host_data;
      return { size, volume, files: resource.terraform_data.host_configuration.triggers_replace.files };
    };
    const [small, large] = [of(20), of(40)];
    expect([small.size, large.size]).toEqual([20, 40]);
    expect(large.volume).toEqual(small.volume);
    expect(large.files["host.json"]).not.toBe(small.files["host.json"]);
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
    expect(resource[type][name].user_data).toBe("${data.cloudinit_config.host_user_data.rendered}");
    expect(terraform.required_providers.cloudinit.version).toBe(">= 2.2, < 3");
  });

  test("brings its providers, with room for their next versions", () => {
    const { provider, terraform } = synthesized(leastStack());
    expect(provider).toEqual({ [providerName]: [{}], tls: [{}] });
    expect(terraform.required_providers).toEqual({
      [providerName]: providers[providerName],
      tls: { source: "hashicorp/tls", version: ">= 4.0, < 5" },
    });
  });

  test("works in any stack, with the providers that its author adds, even later", () => {
    // GIVEN
    const stack = new TerraformStack(Testing.app(), "mine");
    const host = new SingleHost(stack, "web", { ...leastProps(), server: server() });
    new RandomProvider(stack, "random");
    stack.addOverride("terraform.required_providers.tls.version", "~> 4.2");

    // WHEN
    const { provider, resource, terraform, output } = JSON.parse(Testing.synth(stack, true));

    // THEN
    expect(provider).toEqual({ [providerName]: [{}], random: [{}], tls: [{}] });
    expect(terraform.required_providers.tls.version).toBe("~> 4.2");
    expect(Object.keys(resource[type])).toEqual(["web_server"]);
    expect(resource[type].web_server.name).toBe("web");
    expect(output).toBeUndefined();
    expect(host.server.friendlyUniqueId).toBe("web_server");
  });
});
