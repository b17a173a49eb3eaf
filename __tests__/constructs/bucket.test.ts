import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TerraformStack, Testing, Token } from "cdktf";
import { Construct } from "constructs";
import { BackupBucket, Bucket, ComposeApp, Duration, Secret, SecretsBundle } from "../../constructs";
import { hetznerServer } from "../../constructs/clouds/hetzner";
import { MinioProvider } from "../../constructs/clouds/hetzner/bindings/minio/provider";
import { clouds, leastStack, refusal, synthesized } from "./fixture";

const variables = {
  endpoint: "S3_ENDPOINT",
  region: "S3_REGION",
  bucket: "S3_BUCKET_NAME",
  accessKeyId: "S3_ACCESS_KEY",
  secretAccessKey: "S3_SECRET_KEY",
};

const app = ComposeApp.fromText(`services:
  web:
    image: ghcr.io/example/web:1
    environment:
${Object.values(variables)
  .map((name) => `      ${name}: \${${name}}`)
  .join("\n")}
`);

describe.each(clouds)("Bucket on $cloud", ({ cloud, server, bucket: { type, name, endpoint, region }, key }) => {
  test("is private, protected, and told to the application as secrets of the host", () => {
    // WHEN
    const stack = leastStack({ server: server(), app });
    new Bucket(stack, "files", { host: stack.host, variables });

    // THEN
    const { resource } = synthesized(stack, true);
    expect(resource[type].host_bucket_files).toMatchObject({
      [name]: "beta-files-${random_id.host_bucket_files.hex}",
      acl: "private",
      force_destroy: false,
    });
    expect(resource.terraform_data.host_bucket_files_protection).toEqual({
      triggers_replace: { id: `\${${type}.host_bucket_files.id}` },
      lifecycle: { prevent_destroy: true },
    });
    const { provisioner, depends_on } = resource.terraform_data.host_configuration;
    expect(provisioner[1].file.content).toContain(
      `{"application" = {"S3_ENDPOINT" = "${endpoint}", "S3_REGION" = "${region}", ` +
        `"S3_BUCKET_NAME" = ${type}.host_bucket_files.${name}, ` +
        `"S3_ACCESS_KEY" = var.${key.id}, "S3_SECRET_KEY" = var.${key.secret}}, "backup" = {}`,
    );
    expect(depends_on).toEqual(expect.arrayContaining([expect.stringMatching(/^[a-z0-9_]+\.host_bucket_files$/)]));
  });

  test("keeps old versions for as long as it is told, by the cloud or by the host", () => {
    const stack = leastStack({ server: server(), app });
    new Bucket(stack, "files", { host: stack.host, variables, keepVersions: Duration.days(90) });
    const { resource } = synthesized(stack, true);
    const rules = resource[type].host_bucket_files.lifecycle_rule ?? [];
    const { expiring_buckets } = JSON.parse(
      resource.terraform_data.host_configuration.triggers_replace.files["host.json"],
    );
    if (cloud === "DigitalOcean") {
      expect(rules).toMatchObject([{ enabled: true, noncurrent_version_expiration: { days: 90 } }]);
      expect(expiring_buckets).toEqual([]);
    } else {
      expect(rules).toEqual([]);
      expect(expiring_buckets).toEqual([
        { endpoint, region, bucket: `\${${type}.host_bucket_files.${name}}`, days: 90 },
      ]);
    }
  });

  test("costs nothing besides the backups' bucket, and shares their key", () => {
    const stack = leastStack({ server: server(), app });
    new Bucket(stack, "files", { host: stack.host, variables });
    const one = stack.host.estimate;
    new BackupBucket(stack, "backups", { host: stack.host });
    expect(stack.host.estimate.totals).toEqual(one.totals);
    expect(Object.keys(synthesized(stack, true).variable)).toEqual([key.id, key.secret]);
  });

  test("its values stand in templates of other secrets, and Terraform knows them so", () => {
    // GIVEN a secret that is made of the bucket's name, and a stack of no more than these
    const templated = ComposeApp.fromText(
      "services: {web: {image: 'w:1', environment: {A: '${S3_BUCKET_NAME}', B: '${FILES}'}}}",
    );
    const stack = leastStack({ server: server(), app: templated });
    const { host } = stack;
    new SecretsBundle(stack, "secrets", {
      host,
      values: { FILES: Secret.template("s3://{S3_BUCKET_NAME:urlencode}/x") },
    });
    new Bucket(stack, "files", { host, bucketName: "our-files", variables: { bucket: "S3_BUCKET_NAME" } });
    const { resource, locals, variable } = synthesized(stack, true);
    const stand = (text: string) => text.replaceAll(`${type}.host_bucket_files.${name}`, "local.stand_in");
    const content = stand(resource.terraform_data.host_configuration.provisioner[1].file.content);
    const folder = mkdtempSync(join(tmpdir(), "bucket-"));
    writeFileSync(
      join(folder, "main.tf.json"),
      JSON.stringify({
        variable,
        locals: { stand_in: "our-files", host_secret_FILES: stand(locals.host_secret_FILES) },
        output: { document: { value: content, sensitive: true } },
      }),
    );

    // WHEN Terraform evaluates it
    const env = { ...process.env, [`TF_VAR_${key.id}`]: "id", [`TF_VAR_${key.secret}`]: "secret" };
    execFileSync("terraform", [`-chdir=${folder}`, "apply", "-auto-approve"], { env, stdio: "pipe" });

    // THEN
    const state = JSON.parse(readFileSync(join(folder, "terraform.tfstate"), "utf8"));
    expect(JSON.parse(state.outputs.document.value).application).toEqual({
      S3_BUCKET_NAME: "our-files",
      FILES: "s3://our-files/x",
    });
  });

  test("names every fault", () => {
    const stack = leastStack({ server: server(), app });
    const { host } = stack;
    const secrets = Object.fromEntries(Object.values(variables).map((name) => [name, Secret.generated()]));
    new SecretsBundle(stack, "secrets", { host, values: secrets });
    new Bucket(stack, "files", {
      host,
      variables: { bucket: "S3_BUCKET_NAME", endpoint: "NOT-A-NAME" },
      region: "mars1",
      bucketName: "Our_Files",
      keepVersions: Duration.hours(36),
    });
    expect(refusal(stack)).toEqual([
      "variables/S3_BUCKET_NAME: the host has a secret of this name already; give one of them another name",
      'variables/NOT-A-NAME: must be the name of an environment variable, got "NOT-A-NAME"',
      "keepVersions: must be whole days, at least one, got 129600 s; Duration.days(30)",
      expect.stringMatching(/^region: has no (Spaces|Object Storage), got "mars1"; choose one of .*(nyc3|nbg1)/),
      'bucketName: must be 3-63 of a-z, 0-9 and "-", got "Our_Files"',
    ]);
  });
});

test("buckets of one host have an id each, wherever they stand in the stack", () => {
  const stack = leastStack();
  const group = new Construct(stack, "group");
  new Bucket(stack, "files", { host: stack.host, variables: {} });
  new Bucket(group, "files", { host: stack.host, variables: {} });
  expect(refusal(stack)).toEqual([
    'id: "files" is the id of another bucket of the host; give each bucket of a host its own',
  ]);
});

test.each(clouds)("two buckets of a host on $cloud have no name in common", ({ server }) => {
  const stack = leastStack({ server: server(), app });
  const { host } = stack;
  new Bucket(stack, "files", { host, variables, bucketName: "our-files" });
  new BackupBucket(stack, "backups", { host, bucketName: "our-files" });
  expect(refusal(stack)).toContain(
    'bucketName: "our-files" is the name of another bucket of the host; give each its own',
  );
});

test.each(clouds)("a bucket on $cloud may have a name that Terraform knows, and no such region", ({ server }) => {
  const late = Token.asString({ resolve: () => "${var.later}" });
  const [named, placed] = [leastStack({ server: server(), app }), leastStack({ server: server(), app })];
  new Bucket(named, "files", { host: named.host, variables, bucketName: late });
  expect(refusal(named)).toEqual([]);
  new Bucket(placed, "files", { host: placed.host, variables, region: late });
  expect(refusal(placed)).toEqual([
    expect.stringMatching(/^region: must be known when the stack is synthesized; choose one of .*(nyc3|nbg1)/),
  ]);
});

describe("buckets at Hetzner", () => {
  test("of two locations have a provider each, and a team's own is left alone", () => {
    const stack = leastStack({ server: hetznerServer("cx23", { location: "nbg1" }), app });
    const { host } = stack;
    new Bucket(stack, "files", { host, variables });
    new BackupBucket(stack, "backups", { host, region: "hel1" });
    new MinioProvider(stack, "own", { minioServer: "minio.example:9000" });
    const { provider, resource } = synthesized(stack, true);
    expect(provider.minio).toEqual(
      expect.arrayContaining([
        { minio_server: "minio.example:9000" },
        expect.objectContaining({ alias: "hetzner_nbg1" }),
        expect.objectContaining({ alias: "hetzner_hel1" }),
      ]),
    );
    expect(resource.minio_s3_bucket.host_bucket_files.provider).toBe("minio.hetzner_nbg1");
    expect(resource.minio_s3_bucket.host_backup_bucket.provider).toBe("minio.hetzner_hel1");
  });

  test("live in the host's stack", () => {
    const other = new TerraformStack(Testing.app(), "other");
    new Bucket(other, "files", { host: leastStack({ app }).host, variables });
    expect(() => Testing.synth(other, true)).toThrow("host: is in the stack beta; put both into one stack");
  });
});
