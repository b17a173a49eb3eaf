import { leftovers, serverAccount } from "../../../cli/recover/leftovers";
import { SynthesizedStack } from "../../../cli/synthesized-stack";
import { Running } from "../../rehearsal/simulators/running";

const running = new Running();
const environment = { ...process.env };

beforeAll(async () => {
  await running.start();
  Object.assign(process.env, {
    DIGITALOCEAN_TOKEN: "any",
    DIGITALOCEAN_API_URL: running.addresses.digitalocean,
    HCLOUD_TOKEN: "t".repeat(64),
    HCLOUD_ENDPOINT: `${running.addresses.hetzner}/v1`,
    GITHUB_TOKEN: "any",
    GITHUB_BASE_URL: running.addresses.github,
  });
});
afterAll(async () => {
  process.env = environment;
  await running.clean();
});

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMWH5e/ICYiC1h6SUyBQ2lb272WTPGvVWazAj0V0UcaP";

/** What is found, and that nothing but GETs was asked for it. */
async function found(resource: object, serverType: string, known = new Map<string, string>()) {
  const calls = (await running.calls()).length;
  const stack = new SynthesizedStack("bakery", "/nowhere", { resource, provider: { github: [{ owner: "abhi10" }] } });
  const all = await leftovers(stack, serverAccount(serverType), known);
  const asked = (await running.calls()).slice(calls);
  expect(new Set(asked.map(({ method }) => method))).toEqual(new Set(["GET"]));
  return Object.fromEntries(all.map(({ address, id }) => [address, id]));
}

test("Hetzner's are found by their names, and those that are not there are left out", async () => {
  const make = (path: string, body: object) => running.hetznerDone("POST", path, body);
  const { ssh_key } = await make("/ssh_keys", { name: "deita-deploy", public_key: KEY });
  const { firewall } = await make("/firewalls", { name: "deita" });
  const { primary_ip } = await make("/primary_ips", {
    name: "deita-ipv4",
    type: "ipv4",
    location: "nbg1",
    assignee_type: "server",
  });
  const { volume } = await make("/volumes", { name: "deita-data", size: 10, location: "nbg1" });
  const { zone } = await make("/zones", { name: "deita.example", mode: "primary" });
  await make("/zones/deita.example/rrsets", { name: "@", type: "A", records: [{ value: "198.51.100.7" }] });
  const { network } = await make("/networks", {
    name: "deita",
    ip_range: "10.0.0.0/16",
    subnets: [{ type: "cloud", network_zone: "eu-central", ip_range: "10.0.0.0/16" }],
  });
  const server = await running.server({ name: "deita" });

  const zoneName = "${hcloud_zone.zone.name}";
  const declared = {
    hcloud_server: { host_server: { name: "deita" } },
    hcloud_ssh_key: { deploy: { name: "deita-deploy" } },
    hcloud_firewall: { host: { name: "deita" } },
    hcloud_primary_ip: { ipv4: { name: "deita-ipv4" }, ipv6: { name: "deita-ipv6" } },
    hcloud_volume: { data: { name: "deita-data" } },
    hcloud_zone: { zone: { name: "deita.example" } },
    hcloud_zone_rrset: {
      A: { zone: zoneName, name: "@", type: "A" },
      AAAA: { zone: zoneName, name: "@", type: "AAAA" },
    },
    hcloud_network: { host: { name: "deita" } },
    hcloud_network_subnet: { host: { ip_range: "10.0.0.0/16" } },
    hcloud_rdns: { reverse: { dns_ptr: "deita.example" } },
    minio_s3_bucket: {
      files: { bucket: "deita-files-${random_id.files.hex}" },
      unknown: { bucket: "${random_id.x.hex}" },
    },
  };
  expect(await found(declared, "hcloud_server", new Map([["random_id.files.hex", "00ff00aa"]]))).toEqual({
    "hcloud_ssh_key.deploy": String(ssh_key.id),
    "hcloud_firewall.host": String(firewall.id),
    "hcloud_primary_ip.ipv4": String(primary_ip.id),
    "hcloud_volume.data": String(volume.id),
    "hcloud_zone.zone": String(zone.id),
    "hcloud_zone_rrset.A": "deita.example/@/A",
    "hcloud_network.host": String(network.id),
    "hcloud_network_subnet.host": `${network.id}-10.0.0.0/16`,
    "minio_s3_bucket.files": "deita-files-00ff00aa",
  });

  const account = serverAccount("hcloud_server");
  expect(await account.holds("hcloud_server", String(server.id))).toBe(true);
  expect(await account.holds("hcloud_server", "1")).toBe(false);
  const [standing] = await account.serversNamed("deita");
  expect(standing).toMatchObject({ id: String(server.id), address: server.public_net.ipv4.ip });
});

test("DigitalOcean's are found, a record by its type, a volume in its region; GitHub's variables too", async () => {
  const make = async (path: string, body: object) => (await running.digitalocean("POST", path, body)).body;
  const { ssh_key } = await make("/v2/account/keys", { name: "chitram-deploy", public_key: KEY });
  const { project } = await make("/v2/projects", { name: "chitram", purpose: "Web Application" });
  const { volume } = await make("/v2/volumes", { name: "chitram-data", region: "nyc3", size_gigabytes: 1 });
  await make("/v2/domains", { name: "chitram.example" });
  const record = (type: string, data: string) =>
    make("/v2/domains/chitram.example/records", { type, name: "@", data, ttl: 300 });
  await record("AAAA", "2001:db8::7");
  const { domain_record } = await record("A", "198.51.100.7");
  const beta = "/repos/abhi10/chitram/environments/beta";
  const deployment_branch_policy = { protected_branches: false, custom_branch_policies: true };
  await running.github("PUT", beta, { deployment_branch_policy });
  const policy = async (name: string) =>
    (await running.github("POST", `${beta}/deployment-branch-policies`, { name })).body.id;
  const [main, patterned] = [await policy("main"), await policy("release/*")];
  const variable = { name: "SITE_URL", value: "x" };
  await running.github("POST", `${beta}/variables`, variable);
  await running.github("POST", "/repos/abhi10/chitram/actions/variables", variable);

  const domain = "${digitalocean_domain.zone.name}";
  const declared = {
    digitalocean_ssh_key: { deploy: { name: "chitram-deploy" } },
    digitalocean_firewall: { host: { name: "chitram" } },
    digitalocean_project: { host: { name: "chitram" } },
    digitalocean_volume: {
      here: { name: "chitram-data", region: "nyc3" },
      elsewhere: { name: "chitram-data", region: "fra1" },
    },
    digitalocean_domain: { zone: { name: "chitram.example" }, other: { name: "other.example" } },
    digitalocean_record: { A: { domain, name: "@", type: "A" }, MX: { domain, name: "@", type: "MX" } },
    digitalocean_spaces_bucket: { backups: { name: "chitram-backups-c0ffee00", region: "nyc3" } },
    github_repository_environment: { beta: { repository: "chitram", environment: "beta" } },
    github_actions_environment_variable: {
      url: {
        repository: "chitram",
        environment: "${github_repository_environment.beta.environment}",
        variable_name: "SITE_URL",
      },
      other: { repository: "chitram", environment: "beta", variable_name: "OTHER" },
    },
    github_actions_variable: { url: { repository: "chitram", variable_name: "SITE_URL" } },
    github_repository_environment_deployment_policy: {
      main: {
        repository: "chitram",
        environment: "beta",
        branch_pattern: '${try(jsondecode(data.github_rest_api.host_github_repository.body).default_branch, "main")}',
      },
      release: { repository: "chitram", environment: "beta", branch_pattern: "release/*" },
      other: { repository: "chitram", environment: "beta", branch_pattern: "other" },
    },
  };
  expect(await found(declared, "digitalocean_droplet")).toEqual({
    "digitalocean_ssh_key.deploy": String(ssh_key.id),
    "digitalocean_project.host": project.id,
    "digitalocean_volume.here": volume.id,
    "digitalocean_domain.zone": "chitram.example",
    "digitalocean_record.A": `chitram.example,${domain_record.id}`,
    "digitalocean_spaces_bucket.backups": "nyc3,chitram-backups-c0ffee00",
    "github_actions_environment_variable.url": "chitram:beta:SITE_URL",
    "github_actions_variable.url": "chitram:SITE_URL",
    "github_repository_environment_deployment_policy.main": `chitram:beta:${main}`,
    "github_repository_environment_deployment_policy.release": `chitram:beta:${patterned}`,
  });
});

test("a missing token is said before anything is asked", () => {
  const { HCLOUD_TOKEN } = process.env;
  process.env.HCLOUD_TOKEN = "";
  expect(() => serverAccount("hcloud_server")).toThrow(
    "HCLOUD_TOKEN: is not set; export it: Hetzner is asked what it still has",
  );
  process.env.HCLOUD_TOKEN = HCLOUD_TOKEN;
});
