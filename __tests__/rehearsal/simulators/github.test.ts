import sodium from "libsodium-wrappers";
import { Running } from "./running";

const running = new Running();
beforeEach(() => running.start());
afterEach(() => running.clean());

const ENVIRONMENT = "/repos/abhi10/chitram/environments/beta";

/** Seals a text as GitHub's clients do. */
async function seal(path: string, value: string): Promise<{ key_id: string; encrypted_value: string }> {
  await sodium.ready;
  const { key, key_id } = (await running.github("GET", `${path}/public-key`)).body;
  const sealed = sodium.crypto_box_seal(value, Buffer.from(key, "base64"));
  return { key_id, encrypted_value: Buffer.from(sealed).toString("base64") };
}

it("has the repositories that it was told of, and no others", async () => {
  expect((await running.github("GET", "/repos/abhi10/chitram")).body).toMatchObject({ full_name: "abhi10/chitram" });
  expect((await running.github("GET", "/repos/abhi10/other")).body.message).toBe("Not Found");
  expect((await running.github("PUT", "/repos/abhi10/other/environments/beta", {})).status).toBe(404);
  await running.control("POST", "/github/repositories", { repository: "abhi10/other" });
  expect((await running.github("GET", "/repos/abhi10/other")).status).toBe(200);
  expect((await running.control("POST", "/github/repositories", { repository: "no owner" })).status).toBe(422);
});

it("refuses a call without credentials", async () => {
  const refused = await fetch(`${running.addresses.github}/api/v3/user`);
  expect(refused.status).toBe(401);
  expect(await refused.json()).toMatchObject({ message: "Bad credentials" });
  expect((await running.github("GET", "/user")).body.login).toBe("abhi10");
});

it("opens sealed secrets, under both kinds of path, and shows them to nobody but the control API", async () => {
  expect((await running.github("PUT", ENVIRONMENT, {})).status).toBe(200);
  const { id } = (await running.github("GET", "/repos/abhi10/chitram")).body;
  const byNumber = `/repositories/${id}/environments/beta/secrets`;
  const byName = `${ENVIRONMENT}/secrets`;
  const odd = 'a "quote", a\nnewline, $$, %{, `tick`, ü';
  expect((await running.github("PUT", `${byNumber}/ODD`, await seal(byNumber, odd))).status).toBe(201);
  expect((await running.github("PUT", `${byName}/odd`, await seal(byName, odd))).status).toBe(204);
  const shown = await running.github("GET", `${byName}/ODD`);
  expect(shown.body).toEqual({ name: "ODD", created_at: expect.any(String), updated_at: expect.any(String) });
  expect((await running.control("GET", "/github/secrets?repository=abhi10/chitram")).body).toEqual({
    beta: { ODD: odd },
  });
  const put = (await running.calls()).filter((call) => call.method === "PUT" && call.path.endsWith("/ODD"));
  expect(put[0]?.request).toMatchObject({ encrypted_value: expect.stringMatching(/^\[redacted/) });
});

it("refuses a box that was sealed to another key, and a bad name", async () => {
  await running.github("PUT", ENVIRONMENT, {});
  const path = `${ENVIRONMENT}/secrets`;
  const box = await seal("/repos/abhi10/chitram/actions/secrets", "x");
  expect((await running.github("PUT", `${path}/ONE`, box)).body.message).toBe("Bad key ID");
  const { key_id } = await seal(path, "x");
  expect((await running.github("PUT", `${path}/ONE`, { ...box, key_id })).body.message).toBe(
    "Improperly encrypted secret",
  );
  expect((await running.github("PUT", `${path}/GITHUB_ONE`, await seal(path, "x"))).status).toBe(422);
  expect((await running.github("PUT", `${path}/1ONE`, await seal(path, "x"))).status).toBe(422);
});

it("keeps its keys and secrets over a restart", async () => {
  const path = "/repos/abhi10/chitram/actions/secrets";
  const box = await seal(path, "kept");
  await running.restart();
  expect((await running.github("PUT", `${path}/ONE`, box)).status).toBe(201);
  const { secrets } = (await running.control("GET", "/github/repository?repository=abhi10/chitram")).body;
  expect(secrets).toEqual({ ONE: "kept" });
});

it("has variables of environments and of repositories", async () => {
  await running.github("PUT", ENVIRONMENT, {});
  for (const base of [`${ENVIRONMENT}/variables`, "/repos/abhi10/chitram/actions/variables"]) {
    expect((await running.github("POST", base, { name: "domain", value: "a" })).status).toBe(201);
    expect((await running.github("POST", base, { name: "DOMAIN", value: "b" })).status).toBe(409);
    expect((await running.github("PATCH", `${base}/DOMAIN`, { value: "c" })).status).toBe(204);
    expect((await running.github("GET", `${base}/domain`)).body).toMatchObject({ name: "DOMAIN", value: "c" });
    expect((await running.github("DELETE", `${base}/DOMAIN`)).status).toBe(204);
    expect((await running.github("GET", `${base}/DOMAIN`)).status).toBe(404);
  }
});

it("lets chosen branches deploy, only where the environment has custom policies", async () => {
  await running.github("PUT", ENVIRONMENT, {});
  const path = `${ENVIRONMENT}/deployment-branch-policies`;
  expect((await running.github("POST", path, { name: "main" })).status).toBe(404);
  const same = { protected_branches: true, custom_branch_policies: true };
  expect((await running.github("PUT", ENVIRONMENT, { deployment_branch_policy: same })).status).toBe(422);
  const custom = { protected_branches: false, custom_branch_policies: true };
  await running.github("PUT", ENVIRONMENT, { deployment_branch_policy: custom });
  const made = (await running.github("POST", path, { name: "main" })).body;
  expect(made).toMatchObject({ name: "main", type: "branch" });
  expect((await running.github("GET", path)).body).toMatchObject({ total_count: 1 });
  expect((await running.github("DELETE", `${path}/${made.id}`)).status).toBe(204);
});

it("takes a deploy key once", async () => {
  const path = "/repos/abhi10/chitram/keys";
  const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBwKBX8D8tq/4Y8bzxrwd3wvyH0oHv/AKaq9auH1Fzck a comment";
  const made = await running.github("POST", path, { title: "ci", key, read_only: true });
  expect(made.body).toMatchObject({ title: "ci", read_only: true, key: key.split(" ").slice(0, 2).join(" ") });
  const again = await running.github("POST", path, { title: "other", key });
  expect(again.body.errors).toEqual([expect.objectContaining({ message: "key is already in use" })]);
  expect((await running.github("DELETE", `${path}/${made.body.id}`)).status).toBe(204);
});
