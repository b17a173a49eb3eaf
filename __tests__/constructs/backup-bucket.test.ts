import { TerraformStack, Testing } from "cdktf";
import { BackupBucket } from "../../constructs";
import { droplet } from "../../constructs/clouds/digitalocean";
import { hetznerServer } from "../../constructs/clouds/hetzner";
import { clouds, leastStack, refusal, synthesized } from "./fixture";

describe.each(clouds)("BackupBucket on $cloud", ({ server, bucket: { type, name, endpoint }, key }) => {
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
      repository: `s3:${endpoint}/\${${type}.host_backup_bucket.${name}}/beta`,
      schedule: "03:15",
      keep: { daily: 7, weekly: 4, monthly: 6 },
    });
    expect(triggers_replace.secrets).toMatchObject({
      "backup AWS_ACCESS_KEY_ID": `\${sha256(var.${key.id})}`,
      "backup AWS_SECRET_ACCESS_KEY": `\${sha256(var.${key.secret})}`,
      "backup RESTIC_PASSWORD": "${sha256(random_password.host_backup_password.result)}",
    });
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
      region: "fra1",
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
      repository: "s3:https://fra1.digitaloceanspaces.com/${digitalocean_spaces_bucket.host_backup_bucket.name}/beta",
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
    const stack = leastStack({ server: hetznerServer("cx23", { location: "hel1" }) });
    new BackupBucket(stack, "backups", { host: stack.host });

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

  test.each(["ash", "sin"] as const)("of a server in %s stands in Falkenstein", (location) => {
    const stack = leastStack({ server: hetznerServer("ccx13", { location }) });
    new BackupBucket(stack, "backups", { host: stack.host });
    expect(synthesized(stack, true).provider.minio).toMatchObject([{ minio_server: "fsn1.your-objectstorage.com" }]);
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
    expect(resource.terraform_data.host_backup_bucket_protection.lifecycle).toEqual({ prevent_destroy: false });
    expect(resource.random_id).toBeUndefined();
    expect(stack.host.model.backup).toMatchObject({ retention: { daily: 3, weekly: 0, monthly: 0 } });
  });

  test.each([
    ["nyc1", "nyc3", ">= 2.17.1, < 3"],
    ["sfo3", "sfo3", ">= 2.17.1, < 3"],
    ["lon1", "lon1", ">= 2.17.1, < 3, >= 2.71.0, < 3"],
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

  test("lives in the host's stack", () => {
    const other = new TerraformStack(Testing.app(), "other");
    new BackupBucket(other, "backups", { host: leastStack().host });
    expect(() => Testing.synth(other, true)).toThrow("host: is in the stack beta; put both into one stack");
  });
});
