import { TerraformStack, Testing } from "cdktf";
import { BackupBucket, BackupStore, Bucket, BucketKey, Notice, Secret } from "../../constructs";
import { droplet } from "../../constructs/clouds/digitalocean";
import { dropletRegions, spacesRegions } from "../../constructs/clouds/digitalocean/regions";
import { hetznerServer } from "../../constructs/clouds/hetzner";
import { type HetznerLocation, locations } from "../../constructs/clouds/hetzner/locations";
import type { SingleHostProps } from "../../constructs/single-host-props";
import { clouds, leastStack, refusal, synthesized } from "./fixture";

const given = (variable: string) => Secret.given({ variable });

const elsewhere = BackupStore.s3({
  endpoint: "https://s3.eu-central-003.backblazeb2.com",
  region: "eu-central-003",
  bucket: "our-backups",
  accessKeyId: given("B2_KEY_ID"),
  secretAccessKey: given("B2_KEY"),
});

describe.each(clouds)("BackupBucket on $cloud", ({ server, bucket: { type, name, ...own }, otherRegion, key }) => {
  test("tells the server where its backups go, and how it may write them", () => {
    // WHEN
    const stack = leastStack({ server: server() });
    new BackupBucket(stack, "backups", { host: stack.host });

    // THEN
    const { resource, variable } = synthesized(stack, true);
    expect(resource[type].host_backup_bucket).toMatchObject({
      [name]: "beta-backups-${random_id.host_backup_bucket.hex}",
      acl: "private",
      force_destroy: false,
    });
    expect(resource.terraform_data.host_backup_bucket_protection).toEqual({
      triggers_replace: { id: `\${${type}.host_backup_bucket.id}` },
      lifecycle: { prevent_destroy: true },
    });
    const sensitive = expect.objectContaining({ type: "string", sensitive: true, nullable: false });
    expect(variable).toEqual({ [key.id]: sensitive, [key.secret]: sensitive });
    const { triggers_replace } = resource.terraform_data.host_configuration;
    expect(JSON.parse(triggers_replace.files["host.json"]).backup).toMatchObject({
      repository: `s3:${otherRegion.endpoint}/\${${type}.host_backup_bucket.${name}}/beta`,
      schedule: "03:15",
      keep: { daily: 7, weekly: 4, monthly: 6 },
    });
    expect(triggers_replace.secrets).toMatchObject({
      "backup AWS_ACCESS_KEY_ID": `\${sha256(var.${key.id})}`,
      "backup AWS_SECRET_ACCESS_KEY": `\${sha256(var.${key.secret})}`,
      "backup RESTIC_PASSWORD": "${sha256(random_password.host_backup_password.result)}",
    });
  });

  test("stays in the server's own region when it is told to", () => {
    const stack = leastStack({ server: server() });
    const bucket = new BackupBucket(stack, "backups", { host: stack.host, region: own.region });
    expect(bucket).toMatchObject({ region: own.region, endpoint: own.endpoint });
  });

  test("saves every bucket of the host, those that come after it too, or those that it is told", () => {
    const stack = leastStack({ server: server() });
    const { host } = stack;
    const backups = new BackupBucket(stack, "backups", { host });
    new Bucket(stack, "files", { host, variables: {} });
    new Bucket(stack, "user uploads", { host, variables: {} });
    const saved = (bucket: string) => ({
      ...{ endpoint: own.endpoint, region: own.region },
      bucket: `\${${type}.host_bucket_${bucket}.${name}}`,
    });
    const configuration = () => synthesized(stack, true).resource.terraform_data.host_configuration;
    const { triggers_replace, provisioner } = configuration();
    expect(JSON.parse(triggers_replace.files["host.json"]).backup.buckets).toEqual([
      { name: "files", ...saved("files") },
      { name: "user_uploads", ...saved("user_uploads") },
    ]);
    expect(provisioner[1].file.content).toContain(`"storage" = {"ACCESS_KEY_ID" = var.${key.id}, `);
    expect(backups.saved).toBeNull();
  });

  test("saves no bucket when it is told to, and only those of its host", () => {
    const stack = leastStack({ server: server() });
    new Bucket(stack, "files", { host: stack.host, variables: {} });
    new BackupBucket(stack, "backups", { host: stack.host, buckets: [] });
    expect(stack.host.model.backup).toMatchObject({ buckets: [] });

    const other = leastStack({ server: server() });
    const stranger = new Bucket(leastStack({ server: server() }), "files", { host: leastStack().host, variables: {} });
    new BackupBucket(other, "backups", { host: other.host, buckets: [stranger] });
    expect(refusal(other)).toEqual([
      "buckets/files: is not a bucket of this host; its backups save what its key reaches",
    ]);
  });

  test("is not destroyed by a line that was taken out of the stack", () => {
    const record = (props: Partial<SingleHostProps>) =>
      synthesized(leastStack({ server: server(), ...props })).resource.terraform_data.host_backup_bucket_protection;
    expect(record({})).toEqual({ count: 0, triggers_replace: {}, lifecycle: { prevent_destroy: true } });
    expect(record({ protection: false })).toBeUndefined();
  });

  test("of the team's choice is left as it is, and one that was made before stays behind", () => {
    // WHEN
    const stack = leastStack({ server: server() });
    const store = BackupStore.existing("our-backups", { region: otherRegion.region });
    new BackupBucket(stack, "backups", { host: stack.host, store });

    // THEN
    const { resource, removed, variable } = synthesized(stack, true);
    expect(resource[type]).toBeUndefined();
    expect(resource.terraform_data.host_backup_bucket_protection).toBeUndefined();
    expect(removed.map(({ from }: { from: string }) => from)).toEqual(
      expect.arrayContaining([
        `${type}.host_backup_bucket`,
        "random_id.host_backup_bucket",
        "terraform_data.host_backup_bucket_protection",
      ]),
    );
    const host = JSON.parse(resource.terraform_data.host_configuration.triggers_replace.files["host.json"]);
    expect(host.backup.repository).toBe(`s3:${otherRegion.endpoint}/our-backups/beta`);
    expect(host.expiring_buckets).toEqual([]);
    expect(Object.keys(variable)).toEqual([key.id, key.secret]);
  });

  test("of another company needs that company's key alone", () => {
    // WHEN
    const stack = leastStack({ server: server() });
    new BackupBucket(stack, "backups", { host: stack.host, store: elsewhere });

    // THEN
    const { resource, variable } = synthesized(stack, true);
    expect(Object.keys(variable)).toEqual(["B2_KEY", "B2_KEY_ID"]);
    const { triggers_replace } = resource.terraform_data.host_configuration;
    expect(JSON.parse(triggers_replace.files["host.json"]).backup).toMatchObject({
      repository: "s3:https://s3.eu-central-003.backblazeb2.com/our-backups/beta",
      region: "eu-central-003",
    });
    expect(triggers_replace.secrets).toMatchObject({
      "backup AWS_ACCESS_KEY_ID": "${sha256(var.B2_KEY_ID)}",
      "backup AWS_SECRET_ACCESS_KEY": "${sha256(var.B2_KEY)}",
    });
    expect(stack.host.estimate.unknown).toEqual([
      { what: "backups at https://s3.eu-central-003.backblazeb2.com", reason: "no table has prices of that company" },
    ]);
  });

  test("takes a key and a password of the team's, and keeps the drawn one for what it encrypted", () => {
    const stack = leastStack({ server: server() });
    new BackupBucket(stack, "backups", {
      host: stack.host,
      key: BucketKey.given({ id: given("BACKUP_ID"), secret: given("BACKUP_KEY") }),
      password: given("RESTIC_PASSWORD"),
    });
    const { resource } = synthesized(stack, true);
    expect(resource.random_password.host_backup_password.lifecycle).toEqual({ prevent_destroy: true });
    expect(resource.terraform_data.host_configuration.triggers_replace.secrets).toMatchObject({
      "backup AWS_ACCESS_KEY_ID": "${sha256(var.BACKUP_ID)}",
      "backup AWS_SECRET_ACCESS_KEY": "${sha256(var.BACKUP_KEY)}",
      "backup RESTIC_PASSWORD": "${sha256(var.RESTIC_PASSWORD)}",
    });
  });

  test("notices are told to the server without their secrets", () => {
    const stack = leastStack({ server: server() });
    new BackupBucket(stack, "backups", {
      host: stack.host,
      notices: [Notice.slack(given("SLACK_WEBHOOK")), Notice.heartbeat(given("HEARTBEAT"))],
    });
    const { triggers_replace, provisioner } = synthesized(stack, true).resource.terraform_data.host_configuration;
    expect(JSON.parse(triggers_replace.files["host.json"]).backup.notices).toEqual([
      { kind: "slack", secret: "NOTICE_1", mail: null },
      { kind: "heartbeat", secret: "NOTICE_2", mail: null },
    ]);
    expect(triggers_replace.secrets).toMatchObject({ "notices NOTICE_1": "${sha256(var.SLACK_WEBHOOK)}" });
    expect(provisioner[1].file.content).toContain(
      '"notices" = {"NOTICE_1" = var.SLACK_WEBHOOK, "NOTICE_2" = var.HEARTBEAT}',
    );
  });

  test("names every fault of its choices", () => {
    const stack = leastStack({ server: server() });
    new BackupBucket(stack, "backups", {
      host: stack.host,
      region: own.region,
      bucketName: "our-backups",
      password: Secret.generated(),
      key: BucketKey.given({ id: Secret.given(), secret: given("count") }),
      store: BackupStore.s3({
        endpoint: "s3.example/bucket",
        region: "",
        bucket: "x",
        accessKeyId: Secret.sameAs("A"),
        secretAccessKey: given("KEY"),
      }),
    });
    expect(refusal(stack)).toEqual([
      'password: needs the variable that holds its value, got [secret generated]; Secret.given({ variable: "RESTIC_PASSWORD" })',
      'store/endpoint: must be a scheme and a name, got "s3.example/bucket"; write it as "https://s3.eu-central-003.backblazeb2.com"',
      'store/region: must be a region\'s name, got ""; where there is none, "us-east-1" or "auto"',
      'store/bucket: must be a bucket\'s name, got "x"',
      'store/accessKeyId: needs the variable that holds its value, got [secret sameAs]; Secret.given({ variable: "BACKUP_ACCESS_KEY_ID" })',
      "region: is the store's to say; leave it out",
      "bucketName: is the store's to say; leave it out",
      'key/id: needs the variable that holds its value, got [secret given]; Secret.given({ variable: "BACKUP_ACCESS_KEY_ID" })',
      'key/secret: "count" cannot be the name of a Terraform variable; name another: Secret.given({ variable: ... })',
      "key: comes with the store; leave it out",
    ]);
  });
});

describe("a key that is minted", () => {
  test("reaches this bucket alone, by a provider that makes it anew when somebody deletes it", () => {
    // WHEN
    const stack = leastStack();
    new BackupBucket(stack, "backups", { host: stack.host, key: BucketKey.minted() });

    // THEN
    const { resource, terraform, variable } = synthesized(stack, true);
    expect(resource.digitalocean_spaces_key.host_backup_bucket).toEqual({
      name: "beta-backup-bucket",
      grant: [{ bucket: "${digitalocean_spaces_bucket.host_backup_bucket.name}", permission: "readwrite" }],
    });
    expect(terraform.required_providers.digitalocean.version).toBe(">= 2.17.1, < 3, >= 2.59.0, < 3");
    expect(variable).toBeUndefined();
    expect(resource.terraform_data.host_configuration.triggers_replace.secrets).toMatchObject({
      "backup AWS_ACCESS_KEY_ID": "${sha256(digitalocean_spaces_key.host_backup_bucket.access_key)}",
      "backup AWS_SECRET_ACCESS_KEY": "${sha256(digitalocean_spaces_key.host_backup_bucket.secret_key)}",
    });
  });

  test("for a bucket that stands", () => {
    const stack = leastStack();
    const store = BackupStore.existing("our-backups", { region: "sgp1" });
    new BackupBucket(stack, "backups", { host: stack.host, store, key: BucketKey.minted() });
    const { grant } = synthesized(stack, true).resource.digitalocean_spaces_key.host_backup_bucket;
    expect(grant).toEqual([{ bucket: "our-backups", permission: "readwrite" }]);
  });

  test("is none of Hetzner's", () => {
    const stack = leastStack({ server: hetznerServer("cx23", { location: "nbg1" }) });
    new BackupBucket(stack, "backups", { host: stack.host, key: BucketKey.minted() });
    expect(refusal(stack)).toEqual([
      "key: cannot be minted: Hetzner makes no keys by its API; make one in Hetzner's console: BucketKey.given({ id, secret }), or leave it out",
    ]);
  });
});

describe("BackupBucket", () => {
  test("makes a private, versioned bucket and tells the server about it", () => {
    // WHEN
    const stack = leastStack();
    const bucket = new BackupBucket(stack, "backups", { host: stack.host });

    // THEN
    const { resource, variable } = synthesized(stack);
    expect(resource.digitalocean_spaces_bucket.host_backup_bucket).toEqual({
      name: "beta-backups-${random_id.host_backup_bucket.hex}",
      region: "ams3",
      acl: "private",
      force_destroy: false,
      versioning: { enabled: true },
      lifecycle_rule: [
        {
          id: "keep-what-is-needed",
          enabled: true,
          noncurrent_version_expiration: { days: 30 },
          abort_incomplete_multipart_upload_days: 7,
        },
      ],
    });
    expect(resource.terraform_data.host_backup_bucket_protection).toEqual({
      triggers_replace: { id: "${digitalocean_spaces_bucket.host_backup_bucket.id}" },
      lifecycle: { prevent_destroy: true },
    });
    expect(resource.random_id.host_backup_bucket).toEqual({ byte_length: 4, lifecycle: { prevent_destroy: true } });
    expect(resource.random_password.host_backup_password).toEqual({
      length: 48,
      special: false,
      lifecycle: { prevent_destroy: true },
    });
    expect(variable).toEqual({
      SPACES_ACCESS_KEY_ID: expect.objectContaining({ sensitive: true, nullable: false }),
      SPACES_SECRET_ACCESS_KEY: expect.objectContaining({ sensitive: true, nullable: false }),
    });
    const { triggers_replace, provisioner, depends_on } = resource.terraform_data.host_configuration;
    expect(JSON.parse(triggers_replace.files["host.json"]).backup).toMatchObject({
      repository: "s3:https://ams3.digitaloceanspaces.com/${digitalocean_spaces_bucket.host_backup_bucket.name}/beta",
      schedule: "03:15",
      keep: { daily: 7, weekly: 4, monthly: 6 },
    });
    expect(triggers_replace.secrets).toEqual({
      "backup AWS_ACCESS_KEY_ID": "${sha256(var.SPACES_ACCESS_KEY_ID)}",
      "backup AWS_SECRET_ACCESS_KEY": "${sha256(var.SPACES_SECRET_ACCESS_KEY)}",
      "backup RESTIC_PASSWORD": "${sha256(random_password.host_backup_password.result)}",
    });
    expect(provisioner[1].file.content).toBe(
      '${jsonencode({"application" = {}, "backup" = {"AWS_ACCESS_KEY_ID" = var.SPACES_ACCESS_KEY_ID, ' +
        '"AWS_SECRET_ACCESS_KEY" = var.SPACES_SECRET_ACCESS_KEY, ' +
        '"RESTIC_PASSWORD" = random_password.host_backup_password.result}, "notices" = {}, "registry" = {}, "storage" = {}})}',
    );
    expect(depends_on).toContain("digitalocean_spaces_bucket.host_backup_bucket");
    expect(resource.digitalocean_project_resources.host_project.resources).toContain(
      "${digitalocean_spaces_bucket.host_backup_bucket.urn}",
    );
    expect(bucket.bucketName).toBeDefined();
    expect(refusal(stack)).toEqual([]);
  });

  test("on Hetzner has versions by the MinIO provider, and the host to remove old ones", () => {
    // WHEN
    const stack = leastStack({ server: hetznerServer("cx23", { location: "nbg1" }) });
    new BackupBucket(stack, "backups", { host: stack.host, region: "hel1" });

    // THEN
    const { resource, provider, terraform } = synthesized(stack, true);
    expect(provider.minio).toEqual([
      {
        alias: "hetzner_hel1",
        minio_server: "hel1.your-objectstorage.com",
        minio_ssl: true,
        minio_region: "hel1",
        minio_user: "${var.OBJECT_STORAGE_ACCESS_KEY}",
        minio_password: "${var.OBJECT_STORAGE_SECRET_KEY}",
        s3_compat_mode: true,
      },
    ]);
    expect(terraform.required_providers.minio).toEqual({ source: "aminueza/minio", version: ">= 3.36.0, < 4" });
    expect(resource.minio_s3_bucket.host_backup_bucket).toEqual({
      provider: "minio.hetzner_hel1",
      bucket: "beta-backups-${random_id.host_backup_bucket.hex}",
      acl: "private",
      force_destroy: false,
    });
    expect(resource.minio_s3_bucket_versioning.host_backup_bucket).toEqual({
      provider: "minio.hetzner_hel1",
      bucket: "${minio_s3_bucket.host_backup_bucket.bucket}",
      versioning_configuration: { status: "Enabled" },
    });
    // No lifecycle is claimed, which the provider would drop without a word.
    expect(Object.keys(resource).filter((type) => /lifecycle|ilm/.test(type))).toEqual([]);
    const { triggers_replace, provisioner, depends_on } = resource.terraform_data.host_configuration;
    expect(JSON.parse(triggers_replace.files["host.json"]).expiring_buckets).toEqual([
      {
        endpoint: "https://hel1.your-objectstorage.com",
        region: "hel1",
        bucket: "${minio_s3_bucket.host_backup_bucket.bucket}",
        days: 30,
      },
    ]);
    expect(triggers_replace.secrets).toMatchObject({
      "storage ACCESS_KEY_ID": "${sha256(var.OBJECT_STORAGE_ACCESS_KEY)}",
      "storage SECRET_ACCESS_KEY": "${sha256(var.OBJECT_STORAGE_SECRET_KEY)}",
    });
    expect(provisioner[1].file.content).toContain(
      '"storage" = {"ACCESS_KEY_ID" = var.OBJECT_STORAGE_ACCESS_KEY, "SECRET_ACCESS_KEY" = var.OBJECT_STORAGE_SECRET_KEY}',
    );
    // A backup into a bucket that has no versions yet would not be what it says it is.
    expect(depends_on).toContain("minio_s3_bucket_versioning.host_backup_bucket");
  });

  test.each([
    ["fsn1", "nbg1"],
    ["nbg1", "fsn1"],
    ["hel1", "fsn1"],
    ["ash", "fsn1"],
    ["sin", "fsn1"],
  ] as const)("of a server in %s stands in %s", (location, other) => {
    const stack = leastStack({ server: hetznerServer("ccx13", { location }) });
    new BackupBucket(stack, "backups", { host: stack.host });
    expect(synthesized(stack, true).provider.minio).toMatchObject([
      { minio_server: `${other}.your-objectstorage.com` },
    ]);
  });

  test("never stands where the server is, in whichever region that is", () => {
    for (const region of dropletRegions) {
      const { otherRegion } = droplet("s-1vcpu-1gb", { region }).objectStorage;
      expect(spacesRegions).toContain(otherRegion);
      expect(otherRegion.slice(0, 3)).not.toBe(region.slice(0, 3));
    }
    for (const location of Object.keys(locations) as HetznerLocation[]) {
      expect(hetznerServer("ccx13", { location }).objectStorage.otherRegion).not.toBe(location);
    }
  });

  test("on Hetzner names what no bucket there can be", () => {
    const stack = leastStack({ server: hetznerServer("cx23", { location: "nbg1" }) });
    new BackupBucket(stack, "backups", { host: stack.host, region: "ash", bucketName: "Our_Backups" });
    expect(refusal(stack)).toEqual([
      'region: has no Object Storage, got "ash"; choose one of fsn1, nbg1, hel1',
      'bucketName: must be 3-63 of a-z, 0-9 and "-", got "Our_Backups"',
    ]);
  });

  test("keeps a name of the team's choice, and lets go when protection is off", () => {
    const stack = leastStack();
    new BackupBucket(stack, "backups", {
      host: stack.host,
      bucketName: "our-backups",
      protection: false,
      retention: { daily: 3 },
    });
    const { resource } = synthesized(stack);
    expect(resource.digitalocean_spaces_bucket.host_backup_bucket).toMatchObject({
      name: "our-backups",
      force_destroy: true,
    });
    expect(resource.terraform_data.host_backup_bucket_protection).toBeUndefined();
    expect(resource.random_id).toBeUndefined();
    expect(stack.host.model.backup).toMatchObject({ retention: { daily: 3, weekly: 0, monthly: 0 } });
  });

  test.each([
    ["nyc1", "sfo3", ">= 2.17.1, < 3"],
    ["sfo3", "nyc3", ">= 2.17.1, < 3"],
    ["lon1", "ams3", ">= 2.17.1, < 3"],
    ["sgp1", "blr1", ">= 2.17.1, < 3, >= 2.71.0, < 3"],
  ] as const)("a server in %s keeps its backups in %s", (region, bucketRegion, versions) => {
    const stack = leastStack({ server: droplet("s-1vcpu-1gb", { region }) });
    new BackupBucket(stack, "backups", { host: stack.host });
    const { resource, terraform } = synthesized(stack);
    expect(resource.digitalocean_spaces_bucket.host_backup_bucket.region).toBe(bucketRegion);
    expect(terraform.required_providers.digitalocean.version).toBe(versions);
  });

  test("names every fault", () => {
    const stack = leastStack();
    const { host } = stack;
    new BackupBucket(stack, "backups", {
      host,
      schedule: "3am",
      region: "mars1",
      bucketName: "Our_Backups",
      retention: { daily: -1, weekly: 0.5 },
    });
    new BackupBucket(stack, "again", { host, retention: { daily: 0 } });
    expect(refusal(stack)).toEqual(
      expect.arrayContaining([
        'schedule: must be a time of day, got "3am"; write it as "04:30"',
        "retention/daily: must be a whole number of snapshots up to 10000, got -1",
        "retention/weekly: must be a whole number of snapshots up to 10000, got 0.5",
        'region: has no Spaces, got "mars1"; choose one of ams3, atl1, blr1, fra1, lon1, nyc3, sfo2, sfo3, sgp1, syd1, tor1',
        'bucketName: must be 3-63 of a-z, 0-9 and "-", got "Our_Backups"',
        "host: has backups already; keep one BackupBucket for a host",
        "retention: keeps no snapshot at all; keep some: { daily: 7 }",
      ]),
    );
  });

  test("keeps what a runbook says beside the resources, as it was written", () => {
    const stack = leastStack();
    const contacts = [{ name: "Bo ${HOME}", reach: "+49 30 %{1}" }];
    new BackupBucket(stack, "backups", { host: stack.host, contacts, runbook: "Call the *mill*." });
    expect(JSON.parse(Testing.synth(stack)).locals.host_runbook).toEqual({
      contacts: [{ name: "Bo $${HOME}", reach: "+49 30 %%{1}" }],
      text: "Call the *mill*.",
    });
  });

  test("lives in the host's stack", () => {
    const other = new TerraformStack(Testing.app(), "other");
    new BackupBucket(other, "backups", { host: leastStack().host });
    expect(() => Testing.synth(other, true)).toThrow("host: is in the stack beta; put both into one stack");
  });
});
