import { Checkout } from "../../../rehearsal/checkout";
import { Running } from "./running";

const running = new Running();
let checkout: Checkout;
beforeEach(async () => {
  await running.start();
  checkout = await Checkout.begin(running.addresses.github);
});
afterEach(async () => {
  checkout.remove();
  await running.clean();
});

const CHITRAM = "/repos/abhi10/chitram";
const ask = (method: string, path: string, body?: unknown) => running.github(method, `${CHITRAM}${path}`, body);
const textOf = ({ content }: { content: string }) => Buffer.from(content, "base64").toString();

it("takes a push with the owner's token, and shows it by its API", async () => {
  const sha = await checkout.commit("first\n\nin two parts", { "a b/ü.txt": "grün\n", "main.py": "x\n" });
  await checkout.push();
  expect((await ask("GET", "/branches/main")).body).toMatchObject({ name: "main", commit: { sha } });
  expect((await ask("GET", "/git/ref/heads/main")).body.object.sha).toBe(sha);
  expect((await ask("GET", `/commits/${sha}`)).body).toMatchObject({
    sha,
    commit: { message: "first\n\nin two parts", author: { name: "Abhi" } },
    files: [{ filename: "a b/ü.txt" }, { filename: "main.py" }],
  });
  const file = (await ask("GET", `/contents/${encodeURI("a b/ü.txt")}?ref=main`)).body;
  expect(textOf(file)).toBe("grün\n");
  expect((await ask("GET", "/contents/")).body.map(({ path }: { path: string }) => path)).toEqual(["a b", "main.py"]);
  expect((await ask("GET", "/contents/none")).status).toBe(404);
});

it("refuses a push with a wrong token, and without one", async () => {
  await checkout.commit("first", { a: "1" });
  for (const token of ["wrong", "ghs_ended", ""]) {
    const refused = checkout.git("push", "--quiet", checkout.url("abhi10/chitram", token), "HEAD:main");
    await expect(refused).rejects.toThrow(/Authentication failed|could not read Username/);
  }
  await expect(checkout.git("push", checkout.url("abhi10/other", "rehearsal"), "HEAD:main")).rejects.toThrow(
    /not found/,
  );
  expect((await ask("GET", "/branches/main")).status).toBe(404);
});

it("lets everybody clone, one commit deep too, and any commit be fetched", async () => {
  const first = await checkout.commit("first", { a: "1" });
  await checkout.commit("second", { a: "2" });
  await checkout.push();
  const other = await Checkout.begin(running.addresses.github, "abhi10/chitram", "");
  await other.git("fetch", "--quiet", "--depth=1", "origin", first);
  expect(await other.git("show", "FETCH_HEAD:a")).toBe("1");
  expect((await other.git("rev-list", "FETCH_HEAD")).trim()).toBe(first);
  other.remove();
});

it("writes files as Terraform does: into an empty repository, over one, and away", async () => {
  const content = Buffer.from("name: Deploy\n").toString("base64");
  const path = "/contents/.github/workflows/deploy.yml";
  const made = await ask("PUT", path, { message: "Add it", content });
  expect(made.status).toBe(201);
  const url = new URL(made.body.content.url);
  expect(url.searchParams.get("ref")).toBe("main");
  expect((await ask("PUT", path, { message: "Again", content })).status).toBe(422);
  expect((await ask("PUT", path, { message: "Again", content, sha: "0".repeat(40) })).status).toBe(409);
  const changed = Buffer.from("name: Other\n").toString("base64");
  const { sha } = made.body.content;
  expect((await ask("PUT", path, { message: "Change", content: changed, sha, branch: "main" })).status).toBe(200);
  expect((await ask("PUT", path, { message: "Change", content, branch: "none" })).body.message).toBe(
    "Branch none not found",
  );
  const now = (await ask("GET", path)).body;
  expect(textOf(now)).toBe("name: Other\n");
  expect((await ask("DELETE", path, { message: "Remove", sha: now.sha, branch: "main" })).status).toBe(200);
  expect((await ask("GET", path)).status).toBe(404);
  await checkout.git("fetch", "--quiet", "origin", "main");
  const messages = await checkout.git("log", "--format=%s", "FETCH_HEAD");
  expect(messages.split("\n").slice(0, 3)).toEqual(["Remove", "Change", "Add it"]);
});

it("makes, moves and removes branches", async () => {
  const sha = await checkout.commit("first", { a: "1" });
  await checkout.push();
  const next = await checkout.commit("second", { a: "2" });
  await checkout.push("HEAD:refs/heads/next");
  expect((await ask("POST", "/git/refs", { ref: "refs/heads/host/beta", sha })).status).toBe(201);
  expect((await ask("POST", "/git/refs", { ref: "refs/heads/host/beta", sha })).body.message).toBe(
    "Reference already exists",
  );
  expect((await ask("GET", "/branches/host/beta")).body.commit.sha).toBe(sha);
  expect((await ask("PATCH", "/git/refs/heads/host/beta", { sha: next })).status).toBe(200);
  expect((await ask("PATCH", "/git/refs/heads/host/beta", { sha })).body.message).toBe("Update is not a fast forward");
  expect((await ask("DELETE", "/git/refs/heads/host/beta")).status).toBe(204);
  expect((await ask("GET", "/git/ref/heads/host/beta")).status).toBe(404);
});

it("keeps what was pushed over a restart, and says aloud what it does not know", async () => {
  const sha = await checkout.commit("first", { a: "1" });
  await checkout.push();
  await running.restart();
  expect((await ask("GET", "/commits/main")).body.sha).toBe(sha);
  expect((await ask("GET", "/releases")).status).toBe(501);
});
