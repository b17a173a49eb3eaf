import { SynthesizedHost } from "../../cli/synthesized-host";
import { SynthesizedStack } from "../../cli/synthesized-stack";

const stackOf = (resource: object) => new SynthesizedStack("bakery", "/nowhere", { resource });

describe("a text of a stack", () => {
  const stack = stackOf({
    digitalocean_domain: { zone: { name: "bakery.example" } },
    bucket: { b: { name: "bakery-${random_id.drawn.hex}" } },
  });

  test("is resolved through what other resources are declared with", () => {
    expect(stack.resolve("${digitalocean_domain.zone.name}")).toBe("bakery.example");
    expect(stack.resolve("s3:${bucket.b.name}/x", new Map([["random_id.drawn.hex", "c0ffee"]]))).toBe(
      "s3:bakery-c0ffee/x",
    );
  });

  test("is null when only Terraform will know it", () => {
    expect(stack.resolve("${bucket.b.name}")).toBeNull();
    expect(stack.resolve("${trimspace(tls_private_key.k.public_key_openssh)}")).toBeNull();
    expect(stack.resolve("${digitalocean_domain.other.name}")).toBeNull();
    expect(stack.resolve(undefined)).toBeNull();
  });

  test("arrives as a team wrote it, with all that looks like Terraform's", () => {
    expect(stack.resolve('$${HOME} %%{if} "quotes" \n `ticks` ü')).toBe('${HOME} %{if} "quotes" \n `ticks` ü');
  });
});

describe("a host in a stack", () => {
  const configuration = (name: string, secrets: object = {}) => ({
    triggers_replace: { files: { "host.json": JSON.stringify({ name, backup: null }) }, secrets },
  });

  test("tells where each of its secrets comes from", () => {
    const secrets = {
      POSTGRES_PASSWORD: "${sha256(random_password.host_secret_POSTGRES_PASSWORD.result)}",
      OPENAI_API_KEY: "${sha256(var.OPENAI_API_KEY)}",
      DATABASE_URL: "${sha256(local.host_secret_DATABASE_URL)}",
      "backup RESTIC_PASSWORD": "${sha256(random_password.host_backup_password.result)}",
      "registry ghcr.io": '${sha256(jsonencode({username = "bo", password = var.GHCR_TOKEN}))}',
    };
    const host = SynthesizedHost.of(
      stackOf({ terraform_data: { host_configuration: configuration("b", secrets) } }),
      undefined,
    );
    expect(host.secrets).toEqual([
      {
        group: "application",
        name: "POSTGRES_PASSWORD",
        from: { kind: "generated", address: "random_password.host_secret_POSTGRES_PASSWORD" },
      },
      { group: "application", name: "OPENAI_API_KEY", from: { kind: "variable", variable: "OPENAI_API_KEY" } },
      { group: "application", name: "DATABASE_URL", from: { kind: "derived" } },
      {
        group: "backup",
        name: "RESTIC_PASSWORD",
        from: { kind: "generated", address: "random_password.host_backup_password" },
      },
      { group: "registry", name: "ghcr.io", from: { kind: "variable", variable: "GHCR_TOKEN" } },
    ]);
  });

  test("is named where there are several", () => {
    const stack = stackOf({
      terraform_data: { a_configuration: configuration("anna"), b_configuration: configuration("bert") },
    });
    expect(() => SynthesizedHost.of(stack, undefined)).toThrow(
      "bakery: holds the hosts anna, bert; name one of them: --host anna",
    );
    expect(SynthesizedHost.of(stack, "bert").prefix).toBe("b");
    expect(() => SynthesizedHost.of(stack, "carl")).toThrow("bakery: has no host carl; name one of them: --host anna");
    expect(() => SynthesizedHost.of(stackOf({}), undefined)).toThrow("bakery: holds no host");
  });
});
