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

describe("who may do what", () => {
  const REPOSITORY = "/repos/abhi10/chitram";
  const settings = (change: object) => running.control("PATCH", "/github/repository?repository=abhi10/chitram", change);
  const token = async (text: string, may: object): Promise<string> => {
    await running.control("POST", "/github/tokens", { token: text, ...may });
    return text;
  };
  const as = (text: string, method: string, path: string, body?: unknown) => running.github(method, path, body, text);

  it("tells a token's scopes, and shows nothing private to one without repo", async () => {
    const narrow = await token("narrow", { login: "abhi10", scopes: ["gist"] });
    expect((await as(narrow, "GET", REPOSITORY)).headers.get("x-oauth-scopes")).toBe("gist");
    expect((await as(narrow, "PUT", ENVIRONMENT, {})).status).toBe(404);
    await settings({ private: true });
    expect((await as(narrow, "GET", REPOSITORY)).status).toBe(404);
    expect((await running.github("GET", REPOSITORY)).body.private).toBe(true);
  });

  it("knows the role of a collaborator, and shows a private repository to nobody else", async () => {
    await settings({ private: true, plan: "team", collaborators: { ann: "write" } });
    const [ann, eve] = [
      await token("a", { login: "ann", scopes: ["repo"] }),
      await token("e", { login: "eve", scopes: ["repo"] }),
    ];
    expect((await as(ann, "GET", REPOSITORY)).body.permissions).toMatchObject({ admin: false, push: true, pull: true });
    expect((await as(ann, "PUT", ENVIRONMENT, {})).body.message).toBe("Must have admin rights to Repository.");
    expect((await as(ann, "GET", `${REPOSITORY}/actions/secrets/public-key`)).status).toBe(200);
    expect((await as(eve, "GET", REPOSITORY)).status).toBe(404);
    const roles = await Promise.all(
      ["abhi10", "ann", "eve", "nobody"].map((login) =>
        running.github("GET", `${REPOSITORY}/collaborators/${login}/permission`),
      ),
    );
    expect(roles.map(({ status, body }) => body.permission ?? status)).toEqual(["admin", "write", "none", 404]);
  });

  it("grants a fine-grained token what it names", async () => {
    const fine = await token("fine", {
      login: "abhi10",
      permissions: { administration: "write", environments: "read" },
    });
    const made = await as(fine, "PUT", ENVIRONMENT, {});
    expect(made.status).toBe(200);
    expect(made.headers.get("x-oauth-scopes")).toBeNull();
    expect((await as(fine, "GET", `${ENVIRONMENT}/secrets`)).status).toBe(200);
    const refused = await as(fine, "POST", `${ENVIRONMENT}/variables`, { name: "A", value: "b" });
    expect([refused.status, refused.body.message]).toEqual([403, "Resource not accessible by personal access token"]);
    expect((await as(fine, "GET", `${REPOSITORY}/actions/secrets`)).status).toBe(403);
  });

  it("has workflow files written by a token with the scope workflow alone", async () => {
    const repo = await token("repo", { login: "abhi10", scopes: ["repo"] });
    const both = await token("both", { login: "abhi10", scopes: ["repo", "workflow"] });
    const path = `${REPOSITORY}/contents/.github/workflows/deploy.yml`;
    const put = async (text: string, to = path) => (await as(text, "PUT", to, {})).status;
    expect(await put(repo)).toBe(404);
    expect([await put(both), await put(repo, `${REPOSITORY}/contents/readme.md`)]).not.toContain(404);
  });

  it("refuses a revoked token, and changes nothing in an archive", async () => {
    const old = await token("old", { login: "abhi10", scopes: ["repo"], revoked: true });
    expect((await as(old, "GET", REPOSITORY)).body.message).toBe("Bad credentials");
    await settings({ archived: true });
    expect((await running.github("PUT", ENVIRONMENT, {})).body.message).toBe(
      "Repository was archived so is read-only.",
    );
    expect((await running.github("GET", REPOSITORY)).body.archived).toBe(true);
  });

  it("shows teams to who may see the company, plans to who may see its money", async () => {
    await settings({ type: "Organization", plan: "team", teams: { ops: 42 } });
    const [repo, all] = [
      await token("repo", { login: "abhi10", scopes: ["repo"] }),
      await token("all", { login: "abhi10", scopes: ["repo", "admin:org"] }),
    ];
    expect((await as(repo, "GET", "/orgs/abhi10/teams/ops")).status).toBe(404);
    expect((await running.github("GET", "/orgs/abhi10/teams/ops")).body).toMatchObject({ id: 42, slug: "ops" });
    expect((await running.github("GET", "/orgs/abhi10/teams/others")).status).toBe(404);
    expect((await as(repo, "GET", "/orgs/abhi10")).body.plan).toBeUndefined();
    expect((await as(all, "GET", "/orgs/abhi10")).body.plan).toEqual({ name: "team" });
  });
});

describe("what an owner's plan gives to a private repository", () => {
  const policy = { protected_branches: false, custom_branch_policies: true };
  it.each([
    ["free", { deployment_branch_policy: policy }, 404],
    ["team", { deployment_branch_policy: policy }, 200],
    ["team", { deployment_branch_policy: policy, prevent_self_review: false }, 422],
    ["enterprise", { deployment_branch_policy: policy, wait_timer: 10 }, 200],
  ])("%s: %j is answered with %i", async (plan, body, status) => {
    await running.control("PATCH", "/github/repository?repository=abhi10/chitram", { private: true, plan });
    expect((await running.github("PUT", ENVIRONMENT, body)).status).toBe(status);
  });
});

it("takes reviewers who may read the repository, six at most", async () => {
  await running.control("PATCH", "/github/repository?repository=abhi10/chitram", { collaborators: { ann: "read" } });
  const { user } = (await running.github("GET", "/repos/abhi10/chitram/collaborators/ann/permission")).body;
  const reviewers = [{ type: "User", id: user.id }];
  const made = await running.github("PUT", ENVIRONMENT, { reviewers });
  expect(made.body.protection_rules[0].reviewers).toMatchObject([{ type: "User", reviewer: { id: user.id } }]);
  expect((await running.github("PUT", ENVIRONMENT, { reviewers: [{ type: "User", id: 1 }] })).status).toBe(422);
  expect((await running.github("PUT", ENVIRONMENT, { reviewers: Array(7).fill(reviewers[0]) })).status).toBe(422);
});

it("leads from a repository's former name to it: 301 for reading, 307 for the rest", async () => {
  await running.github("PUT", ENVIRONMENT, {});
  await running.control("POST", "/github/rename", { from: "abhi10/chitram", to: "abhi10/gallery" });
  const ask = (method: string) => {
    const headers = { authorization: "Bearer any" };
    return fetch(`${running.addresses.github}/api/v3${ENVIRONMENT}`, { method, headers, redirect: "manual" });
  };
  expect([(await ask("GET")).status, (await ask("PUT")).status]).toEqual([301, 307]);
  expect((await running.github("GET", "/repos/abhi10/chitram")).body.full_name).toBe("abhi10/gallery");
  expect((await running.github("GET", ENVIRONMENT)).body.name).toBe("beta");
});

it("keeps a hundred secrets in one place", async () => {
  const path = "/repos/abhi10/chitram/actions/secrets";
  const box = await seal(path, "x");
  for (let number = 0; number < 100; number++) await running.github("PUT", `${path}/N${number}`, box);
  expect((await running.github("PUT", `${path}/ONE_MORE`, box)).status).toBe(422);
  expect((await running.github("PUT", `${path}/N7`, box)).status).toBe(204);
});
