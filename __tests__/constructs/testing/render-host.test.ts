import { TerraformStack, Testing } from "cdktf";
import { ComposeApp, GithubDeployWiring, Secret, SecretsBundle, SingleHost } from "../../../constructs";
import { renderHost } from "../../../constructs/testing";
import { COMPOSE, leastProps, leastStack } from "../fixture";

describe("renderHost", () => {
  test("gives a team's own tests the texts of its server", () => {
    // WHEN
    const rendered = renderHost(leastStack({ app: ComposeApp.fromText(`${COMPOSE}# "\${x}" %{y}\n`) }));

    // THEN the team's text is as it was written, and late values are readable
    expect(rendered.compose).toBe(`${COMPOSE}# "\${x}" %{y}\n`);
    expect(rendered.caddyfile).toContain("site.example {");
    expect(rendered.overlay).toContain("services:");
    expect(rendered.edge).toContain("caddy:");
    expect(JSON.parse(rendered.hostJson)).toMatchObject({
      name: "beta",
      ipv4: "${digitalocean_droplet.host_server.ipv4_address}",
    });
    expect(rendered.userData).toMatch(/^#cloud-config\n/);
    expect(rendered.userData).toContain("tls_private_key.host_bootstrap_host_key");
    expect(rendered.warnings).toEqual([]);
  });

  test("has all that is attached, in whatever order it was", () => {
    // GIVEN a stack that was rendered before it was whole
    const stack = leastStack();
    expect(JSON.parse(renderHost(stack).hostJson)).toMatchObject({ release_keys: [], application: { secrets: [] } });

    // WHEN
    new GithubDeployWiring(stack, "github", { host: stack.host, repository: "ann/site" });
    new SecretsBundle(stack, "secrets", { host: stack.host, values: { TOKEN: Secret.generated() } });

    // THEN
    expect(JSON.parse(renderHost(stack).hostJson)).toMatchObject({
      release_keys: ["${trimspace(tls_private_key.host_github_release_key.public_key_openssh)}"],
      application: { secrets: ["TOKEN"] },
    });
  });

  test("tells the faults of a stack", () => {
    expect(() => renderHost(leastStack({ admins: [] }))).toThrow("admins: must name at least one key, got none");
  });

  test("asks which host is meant when there are several", () => {
    const stack = new TerraformStack(Testing.app(), "two");
    const [one] = ["one", "two"].map((id) => new SingleHost(stack, id, leastProps()));
    expect(() => renderHost(stack)).toThrow("two: must hold one SingleHost, got 2; give renderHost the host itself");
    expect(JSON.parse(renderHost(one as SingleHost).hostJson).name).toBe("one");
  });
});
