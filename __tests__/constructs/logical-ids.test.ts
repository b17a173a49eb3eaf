import { join } from "node:path";
import { TerraformStack, Testing } from "cdktf";
import {
  BackupBucket,
  Bucket,
  BucketKey,
  ComposeApp,
  DataVolume,
  Domain,
  Secret,
  SecretsBundle,
  SingleHost,
  Size,
  SshKey,
} from "../../constructs";
import { hetznerServer, Network, PlacementGroup } from "../../constructs/clouds/hetzner";
import { chitramBeta } from "../../stacks/chitram-beta";
import { deitaProd } from "../../stacks/deita-prod";
import { addresses, leastProps, leastStack, refusal, WITH_DATA } from "./fixture";

describe("names in Terraform's state", () => {
  // Whoever changes a line here has Terraform destroy something, or refuse to deploy at all. Add a `moved` block
  // (resource.moveFromId) and keep the old line in the comment of the new one.
  test("are a contract", () => {
    expect(addresses(chitramBeta(Testing.app()))).toEqual([
      "data.github_rest_api.host_github_environment_secrets",
      "data.github_rest_api.host_github_owner",
      "data.github_rest_api.host_github_repository",
      "digitalocean_domain.host_zone_chitram_example",
      "digitalocean_droplet.host_server",
      "digitalocean_firewall.host_firewall",
      "digitalocean_project.host_project",
      "digitalocean_project_resources.host_project",
      "digitalocean_record.host_record_chitram_example_A",
      "digitalocean_record.host_record_chitram_example_AAAA",
      "digitalocean_spaces_bucket.host_backup_bucket",
      "digitalocean_ssh_key.host_deploy",
      "github_actions_environment_secret.host_github_secret_DROPLET_HOST",
      "github_actions_environment_secret.host_github_secret_DROPLET_KNOWN_HOSTS",
      "github_actions_environment_secret.host_github_secret_DROPLET_SSH_KEY",
      "github_actions_environment_secret.host_github_secret_DROPLET_USER",
      "github_actions_environment_variable.host_github_variable_SITE_URL",
      "github_repository_environment.host_github_environment",
      "github_repository_environment_deployment_policy.host_github_branch_default_branch",
      "local.host_secret_DATABASE_URL",
      "output.address",
      "output.known_hosts",
      "output.ssh",
      "output.url",
      "random_id.host_backup_bucket",
      "random_password.host_backup_password",
      "random_password.host_secret_JWT_SECRET_KEY",
      "random_password.host_secret_MINIO_ROOT_PASSWORD",
      "random_password.host_secret_POSTGRES_PASSWORD",
      "random_password.host_secret_REDIS_PASSWORD",
      "terraform_data.host_backup_bucket_protection",
      "terraform_data.host_configuration",
      "terraform_data.host_identity",
      "terraform_data.host_server_protection",
      "terraform_data.host_zone_chitram_example_protection",
      "tls_private_key.host_bootstrap_host_key",
      "tls_private_key.host_deploy_key",
      "tls_private_key.host_github_release_key",
      "tls_private_key.host_host_key",
      "var.OPENAI_API_KEY",
      "var.SPACES_ACCESS_KEY_ID",
      "var.SPACES_SECRET_ACCESS_KEY",
    ]);
  });

  test("are a contract on Hetzner, too", () => {
    expect(addresses(deitaProd(Testing.app()))).toEqual([
      "data.github_rest_api.host_github_environment_secrets",
      "data.github_rest_api.host_github_owner",
      "data.github_rest_api.host_github_repository",
      "github_actions_environment_secret.host_github_secret_DEPLOY_HOST",
      "github_actions_environment_secret.host_github_secret_DEPLOY_KNOWN_HOSTS",
      "github_actions_environment_secret.host_github_secret_DEPLOY_SSH_KEY",
      "github_actions_environment_secret.host_github_secret_DEPLOY_USER",
      "github_actions_environment_variable.host_github_variable_SITE_URL",
      "github_repository_environment.host_github_environment",
      "github_repository_environment_deployment_policy.host_github_branch_default_branch",
      "hcloud_firewall.host_firewall",
      "hcloud_primary_ip.host_ipv4",
      "hcloud_primary_ip.host_ipv6",
      "hcloud_rdns.host_reverse_ipv4",
      "hcloud_rdns.host_reverse_ipv6",
      "hcloud_server.host_server",
      "hcloud_ssh_key.host_deploy",
      "hcloud_volume.host_data",
      "hcloud_volume_attachment.host_data",
      "hcloud_zone.host_zone_deita_example",
      "hcloud_zone_rrset.host_record_deita_example_A",
      "hcloud_zone_rrset.host_record_deita_example_AAAA",
      "minio_s3_bucket.host_backup_bucket",
      "minio_s3_bucket.host_bucket_files",
      "minio_s3_bucket_versioning.host_backup_bucket",
      "minio_s3_bucket_versioning.host_bucket_files",
      "output.address",
      "output.known_hosts",
      "output.ssh",
      "output.url",
      "random_id.host_backup_bucket",
      "random_id.host_bucket_files",
      "random_password.host_backup_password",
      "random_password.host_secret_POSTGRES_PASSWORD",
      "random_password.host_secret_SECRET_KEY",
      "terraform_data.host_backup_bucket_protection",
      "terraform_data.host_bucket_files_protection",
      "terraform_data.host_configuration",
      "terraform_data.host_data_protection",
      "terraform_data.host_identity",
      "terraform_data.host_ipv4_protection",
      "terraform_data.host_ipv6_protection",
      "terraform_data.host_processor",
      "terraform_data.host_server_protection",
      "terraform_data.host_zone_deita_example_protection",
      "tls_private_key.host_bootstrap_host_key",
      "tls_private_key.host_deploy_key",
      "tls_private_key.host_github_release_key",
      "tls_private_key.host_host_key",
      "var.AI_MODEL_API_KEY",
      "var.OBJECT_STORAGE_ACCESS_KEY",
      "var.OBJECT_STORAGE_SECRET_KEY",
      "var.SMTP_PASSWORD",
    ]);
  });

  test("of what is optional, too", () => {
    const stack = leastStack({
      admins: [
        SshKey.existing("laptop of ann"),
        SshKey.fromFile(join(__dirname, "../../stacks/chitram-beta/keys/admin.pub")),
      ],
      domains: [Domain.existing("site.example")],
      extraCloudInit: [{ content: "#cloud-config\n{}\n" }],
    });
    expect(addresses(stack).filter((address) => /^data|record|zone/.test(address))).toEqual([
      "data.cloudinit_config.host_user_data",
      "data.digitalocean_ssh_key.host_admin_laptop_of_ann",
      "digitalocean_record.host_record_site_example_A",
      "digitalocean_record.host_record_site_example_AAAA",
    ]);
  });

  test("of a network, a placement group, and volumes that exist", () => {
    const server = hetznerServer("cx23", {
      location: "nbg1",
      network: Network.create(),
      placement: PlacementGroup.spread(),
    });
    const dataVolume = DataVolume.existing("1234", { volumes: ["data"] });
    const stack = leastStack({ server, app: ComposeApp.fromText(WITH_DATA), dataVolume });
    expect(addresses(stack).filter((address) => /network|placement|data/.test(address))).toEqual([
      "data.hcloud_volume.host_data",
      "hcloud_network.host_network",
      "hcloud_network_subnet.host_network",
      "hcloud_placement_group.host_placement",
      "hcloud_server_network.host_network",
      "hcloud_volume_attachment.host_data",
      "terraform_data.host_backup_bucket_protection", // of which there is none: it may not go
      "terraform_data.host_configuration",
      "terraform_data.host_identity",
      "terraform_data.host_ipv4_protection",
      "terraform_data.host_ipv6_protection",
      "terraform_data.host_processor",
      "terraform_data.host_server_protection",
    ]);
  });

  test("of a volume and a bucket on DigitalOcean", () => {
    const dataVolume = DataVolume.create(Size.gibibytes(20), { volumes: ["data"] });
    const stack = leastStack({ app: ComposeApp.fromText(WITH_DATA), dataVolume });
    new Bucket(stack, "user files", { host: stack.host, variables: {} });
    expect(addresses(stack).filter((address) => /host_(data|bucket)/.test(address))).toEqual([
      "digitalocean_spaces_bucket.host_bucket_user_files",
      "digitalocean_volume.host_data",
      "digitalocean_volume_attachment.host_data",
      "random_id.host_bucket_user_files",
      "terraform_data.host_bucket_user_files_protection",
      "terraform_data.host_data_protection",
    ]);
  });

  test("of a key that is minted for the backups", () => {
    const stack = leastStack();
    new BackupBucket(stack, "backups", { host: stack.host, key: BucketKey.minted() });
    expect(addresses(stack).filter((address) => /backup/.test(address))).toEqual([
      "digitalocean_spaces_bucket.host_backup_bucket",
      "digitalocean_spaces_key.host_backup_bucket",
      "random_id.host_backup_bucket",
      "random_password.host_backup_password",
      "terraform_data.host_backup_bucket_protection",
    ]);
  });

  test("hang on the host's id alone, so that two hosts live in one stack", () => {
    // GIVEN
    const stack = new TerraformStack(Testing.app(), "two");
    const [one, two] = ["one", "two"].map((id) => new SingleHost(stack, id, leastProps()));

    // WHEN both have a secret of the same name
    for (const host of [one, two] as SingleHost[]) {
      new SecretsBundle(stack, `${host.name}-secrets`, { host, values: { TOKEN: Secret.generated() } });
    }

    // THEN
    const { resource } = JSON.parse(Testing.synth(stack, true));
    expect(Object.keys(resource.digitalocean_droplet)).toEqual(["one_server", "two_server"]);
    expect(Object.keys(resource.random_password)).toEqual(["one_secret_TOKEN", "two_secret_TOKEN"]);
  });

  test("taken twice are a fault", () => {
    const stack = leastStack();
    new SecretsBundle(stack, "group", { host: stack.host, values: { TOKEN: Secret.generated() } });
    const group = stack.node.findChild("group");
    new SingleHost(group, "host", leastProps());
    expect(refusal(stack)).toEqual(['id: "host" is the id of beta/host too; give each host of a stack its own']);
  });
});
