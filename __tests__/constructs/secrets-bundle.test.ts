import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TerraformOutput, TerraformStack, Testing } from "cdktf";
import { ComposeApp, Secret, SecretsBundle } from "../../constructs";
import { leastStack, refusal, synthesized } from "./fixture";

const AWKWARD = "a'b\"c`d` $HOME ${HOME} %{if} {x} \\n\n漢字 🎉 <&>\t end$";

describe("SecretsBundle", () => {
  test("values have one source and many names, and reach the server by one sensitive expression", () => {
    // GIVEN
    const stack = leastStack();
    const { host } = stack;

    // WHEN
    new SecretsBundle(stack, "secrets", {
      host,
      values: {
        PASSWORD: Secret.generated({ length: 40 }),
        TOKEN: Secret.given(),
        ALIAS: Secret.sameAs("PASSWORD"),
        URL: Secret.template("db://u:{ALIAS:urlencode}@h/$%{{TOKEN}}{TOKEN}"),
      },
    });

    // THEN
    const { resource, variable, locals } = synthesized(stack);
    expect(resource.random_password).toEqual({
      host_secret_PASSWORD: { length: 40, special: false, lifecycle: { prevent_destroy: true } },
    });
    expect(variable).toEqual({
      TOKEN: { type: "string", sensitive: true, nullable: false, description: "The secret TOKEN of beta." },
    });
    const password = "random_password.host_secret_PASSWORD.result";
    expect(locals).toEqual({
      host_secret_URL: `db://u:\${urlencode(${password})}@h/$%{TOKEN}\${var.TOKEN}`.replace("%{", "%%{"),
    });
    const { triggers_replace, provisioner } = resource.terraform_data.host_configuration;
    expect(triggers_replace.secrets).toEqual({
      PASSWORD: `\${sha256(${password})}`,
      TOKEN: "${sha256(var.TOKEN)}",
      ALIAS: `\${sha256(${password})}`,
      URL: "${sha256(local.host_secret_URL)}",
    });
    expect(provisioner[1].file.content).toBe(
      `\${jsonencode({"application" = {"PASSWORD" = ${password}, "TOKEN" = var.TOKEN, "ALIAS" = ${password}, ` +
        '"URL" = local.host_secret_URL}, "backup" = {}, "notices" = {}, "registry" = {}, "storage" = {}})}',
    );
  });

  test("any text of a team arrives byte for byte", () => {
    // GIVEN a stack whose only resource is what the secrets file would hold
    const stack = leastStack();
    new SecretsBundle(stack, "secrets", {
      host: stack.host,
      values: {
        TOKEN: Secret.given(),
        TEXT: Secret.template(`${AWKWARD.replaceAll("{", "{{").replaceAll("}", "}}")}{TOKEN}$\{TOKEN:urlencode}`),
      },
    });
    const { resource, variable, locals } = synthesized(stack);
    const content = resource.terraform_data.host_configuration.provisioner[1].file.content;
    const folder = mkdtempSync(join(tmpdir(), "secrets-"));
    const text = { variable, locals, output: { document: { value: content, sensitive: true } } };
    writeFileSync(join(folder, "main.tf.json"), JSON.stringify(text));

    // WHEN Terraform evaluates it
    const env = { ...process.env, TF_VAR_TOKEN: AWKWARD };
    const stdout = execFileSync("terraform", [`-chdir=${folder}`, "apply", "-auto-approve"], { env, encoding: "utf8" });

    // THEN
    const state = JSON.parse(readFileSync(join(folder, "terraform.tfstate"), "utf8"));
    expect(JSON.parse(state.outputs.document.value).application).toEqual({
      TOKEN: AWKWARD,
      TEXT: `${AWKWARD}${AWKWARD}$${encodeURIComponent(AWKWARD).replaceAll("%20", "+").replaceAll("'", "%27")}`,
    });
    expect(stdout).not.toContain("HOME");
  });

  test("services get what is exposed to them", () => {
    const stack = leastStack();
    new SecretsBundle(stack, "secrets", {
      host: stack.host,
      values: { EXTRA: Secret.generated().exposedTo("web"), TOKEN: Secret.generated() },
    });
    expect(stack.host.model.secrets).toEqual([
      { name: "EXTRA", services: ["web"] },
      { name: "TOKEN", services: [] },
    ]);
  });

  test("several bundles belong to one host, and refer to each other in any order", () => {
    const stack = leastStack();
    const { host } = stack;
    const first = new SecretsBundle(stack, "first", { host, values: { TOKEN: Secret.sameAs("LATER") } });
    new SecretsBundle(stack, "second", { host, values: { LATER: Secret.generated().exposedTo("web") } });
    new TerraformOutput(stack, "token", { value: first.value("TOKEN"), sensitive: true }).overrideLogicalId("token");
    expect(refusal(stack)).toEqual([]);
    expect(synthesized(stack).output.token.value).toBe("${random_password.host_secret_LATER.result}");
  });

  test("one variable serves all who name it", () => {
    const stack = leastStack();
    new SecretsBundle(stack, "secrets", {
      host: stack.host,
      values: { TOKEN: Secret.given({ variable: "shared" }), OTHER: Secret.given({ variable: "shared" }) },
    });
    expect(Object.keys(synthesized(stack).variable)).toEqual(["shared"]);
  });

  test("names every fault of its values", () => {
    // GIVEN an application that uses them all
    const stack = leastStack({
      app: ComposeApp.fromText(
        "services: {web: {image: 'w:1', environment: {A: '${A}', B: '${B}', C: '${C}', D: '${D}'}}}",
      ),
    });
    const { host } = stack;
    new SecretsBundle(stack, "secrets", {
      host,
      values: { A: Secret.sameAs("B"), B: Secret.template("{A}"), C: Secret.sameAs("NOBODY"), D: Secret.generated() },
    });
    new SecretsBundle(stack, "again", { host, values: { D: Secret.given() } });
    new SecretsBundle(new TerraformStack(Testing.app(), "other"), "secrets", { host, values: {} });

    // THEN
    expect(refusal(stack)).toEqual([
      "values/A: refers to itself: A -> B -> A; make one of them generated or given",
      "values/C: refers to NOBODY, which is no secret of this host; known are A, B, D",
      "values/D: another bundle of the host has this name; keep one of them",
    ]);
  });
});
