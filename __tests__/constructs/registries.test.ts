import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Registry } from "../../constructs";
import { leastStack, refusal, synthesized } from "./fixture";

/** What Terraform makes of an expression, with the tokens that a team would give. */
function evaluated(expression: string): string {
  const folder = mkdtempSync(join(tmpdir(), "registries-"));
  const tokens = { GHCR_TOKEN: "to\"k${e}n'", REGISTRY_TOKEN: "second" };
  const variable = Object.fromEntries(Object.entries(tokens).map(([name, value]) => [name, { default: value }]));
  writeFileSync(
    join(folder, "main.tf.json"),
    JSON.stringify({ variable: escaped(variable), output: { it: { value: expression } } }),
  );
  const { stderr } = spawnSync("terraform", [`-chdir=${folder}`, "apply", "-auto-approve"], { encoding: "utf8" });
  const { stdout } = spawnSync("terraform", [`-chdir=${folder}`, "output", "-raw", "it"], { encoding: "utf8" });
  return stdout === "" ? stderr : stdout;
}

function escaped<T>(value: T): T {
  return JSON.parse(JSON.stringify(value).replaceAll("${", "$${")) as T;
}

describe("registries", () => {
  const registries = [
    Registry.ghcr({ username: "octo${cat}" }),
    Registry.at("registry.example:5000", { username: "robot$pull" }),
  ];

  test("reach the server with user and token, byte for byte", () => {
    const { resource } = synthesized(leastStack({ registries }));
    const { content } = resource.terraform_data.host_configuration.provisioner
      .map(({ file }: { file?: { content: string; destination: string } }) => file)
      .find((file?: { destination: string }) => file?.destination.endsWith("/secrets.json"));
    expect(JSON.parse(evaluated(content)).registry).toEqual({
      "ghcr.io": { username: "octo${cat}", password: "to\"k${e}n'" },
      "registry.example:5000": { username: "robot$pull", password: "second" },
    });
  });

  test("have tokens that stand in no plan, and whose change is noticed", () => {
    const { resource, variable } = synthesized(leastStack({ registries }));
    expect(variable.GHCR_TOKEN).toMatchObject({ sensitive: true });
    const { secrets } = resource.terraform_data.host_configuration.triggers_replace;
    expect(evaluated(secrets["registry ghcr.io"])).toMatch(/^[0-9a-f]{64}$/);
  });

  test("are refused with all that is wrong", () => {
    const wrong = [
      Registry.at("https://ghcr.io/owner", { username: "a:b", tokenVariable: "TOKEN-1" }),
      Registry.ghcr({ username: "octocat" }),
      Registry.ghcr({ username: "hubot" }),
    ];
    const lines = refusal(leastStack({ registries: wrong })).join("\n");
    expect(lines).toContain('registries/0/name: is no registry, got "https://ghcr.io/owner"');
    expect(lines).toContain('registries/0/username: is no user of a registry, got "a:b"');
    expect(lines).toContain('registries/0/tokenVariable: is no name of a variable, got "TOKEN-1"');
    expect(lines).toContain("registries: ghcr.io stands twice");
  });
});
