import {
  restoredNames,
  restoredPasswords,
  restoredVariables,
  secretsNotSaved,
} from "../../../cli/recover/restored-values";
import { SynthesizedHost } from "../../../cli/synthesized-host";
import { SynthesizedStack } from "../../../cli/synthesized-stack";

const stack = new SynthesizedStack("bakery", "/nowhere", {
  resource: {
    terraform_data: {
      host_configuration: {
        triggers_replace: {
          files: { "host.json": JSON.stringify({ name: "bakery", backup: null }) },
          secrets: {
            DATABASE_PASSWORD: "${sha256(random_password.host_secret_DATABASE_PASSWORD.result)}",
            SAME_PASSWORD: "${sha256(random_password.host_secret_DATABASE_PASSWORD.result)}",
            ADDED_LATER: "${sha256(random_password.host_secret_ADDED_LATER.result)}",
            MAIL_PASSWORD: "${sha256(var.MAIL)}",
            "backup RESTIC_PASSWORD": "${sha256(random_password.host_backup_password.result)}",
            "registry ghcr.io": '${sha256(jsonencode({username = "bo", password = var.GHCR_TOKEN}))}',
          },
        },
      },
    },
    random_password: {
      host_secret_DATABASE_PASSWORD: { length: 32, special: false },
      host_secret_ADDED_LATER: { length: 32, special: false },
      host_backup_password: { length: 48, special: false },
    },
    random_id: { host_backup_bucket: { byte_length: 4 }, host_bucket_files: { byte_length: 4 } },
    minio_s3_bucket: {
      host_backup_bucket: { bucket: "bakery-backups-${random_id.host_backup_bucket.hex}" },
      host_bucket_files: { bucket: "bakery-files-${random_id.host_bucket_files.hex}" },
    },
  },
});
const host = SynthesizedHost.of(stack, undefined);
const secrets = {
  application: { DATABASE_PASSWORD: "drawn-1", SAME_PASSWORD: "drawn-1", MAIL_PASSWORD: "it's ${given}\n`x`" },
  backup: { RESTIC_PASSWORD: "drawn-2" },
  registry: { "ghcr.io": { username: "bo", password: "token" } },
};

test("a drawn password goes on as it was, and as it is to be drawn", () => {
  const restored = restoredPasswords(host, secrets);
  expect([...restored.keys()]).toEqual([
    "random_password.host_secret_DATABASE_PASSWORD",
    "random_password.host_backup_password",
  ]);
  expect(restored.get("random_password.host_backup_password")).toMatchObject({
    provider: "hashicorp/random",
    attributes: { result: "drawn-2", length: 48, special: false, keepers: null },
  });
  expect(secretsNotSaved(host, secrets)).toEqual(["ADDED_LATER"]);
});

test("given values are those of the variables, a registry's password too", () => {
  expect([...restoredVariables(host, secrets)]).toEqual([
    ["MAIL", "it's ${given}\n`x`"],
    ["GHCR_TOKEN", "token"],
  ]);
});

test("drawn parts of names are read from the names: the one given, and those in the server's settings", () => {
  const bundle = {
    files: {
      "host.json": { text: JSON.stringify({ buckets: [{ bucket: "bakery-files-00ff00aa" }, "bakery-files-1"] }) },
    },
  };
  const restored = restoredNames(stack, "bakery-backups-cc670823", [bundle]);
  expect(restored.get("random_id.host_backup_bucket")?.attributes).toEqual({
    id: "zGcIIw",
    b64_url: "zGcIIw",
    b64_std: "zGcIIw==",
    byte_length: 4,
    dec: "3429304355",
    hex: "cc670823",
    keepers: null,
    prefix: null,
  });
  expect(restored.get("random_id.host_bucket_files")?.attributes.hex).toBe("00ff00aa");
});
