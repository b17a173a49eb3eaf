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

const ODD = 'a "title" with $(touch x), ${{ github.token }}, `ticks`,\nü';
const ask = (method: string, path: string, body?: unknown) =>
  running.github(method, `/repos/abhi10/chitram${path}`, body);

async function twoBranches(): Promise<{ base: string; head: string }> {
  const base = await checkout.commit("first", { "size.txt": "2gb", "other.txt": "a" });
  await checkout.push();
  await checkout.git("checkout", "--quiet", "-b", "larger");
  const head = await checkout.commit("larger", { "size.txt": "4gb" });
  await checkout.push("HEAD:larger");
  return { base, head };
}

it("opens, comments and closes an issue, its text as it is", async () => {
  const made = await ask("POST", "/issues", { title: ODD, body: ODD, labels: ["drift"] });
  expect(made.body).toMatchObject({ number: 1, title: ODD, body: ODD, state: "open", labels: [{ name: "drift" }] });
  const comment = (await ask("POST", "/issues/1/comments", { body: ODD })).body;
  expect((await ask("PATCH", `/issues/comments/${comment.id}`, { body: "again" })).body.body).toBe("again");
  expect((await ask("GET", "/issues/1/comments")).body).toMatchObject([{ id: comment.id, body: "again" }]);
  expect((await ask("POST", "/issues/1/comments", { body: "" })).status).toBe(422);
  expect((await ask("POST", "/issues/1/comments", { body: "x".repeat(65_537) })).status).toBe(422);
  expect((await ask("GET", "/issues?labels=drift&state=open")).body).toHaveLength(1);
  expect((await ask("PATCH", "/issues/1", { state: "closed" })).body.closed_at).not.toBeNull();
  expect((await ask("GET", "/issues?labels=drift")).body).toHaveLength(0);
  expect((await ask("POST", "/issues", { title: " " })).status).toBe(422);
  expect((await ask("GET", "/issues/2")).status).toBe(404);
});

it("opens a pull request with the commit that a merge would make, and merges it", async () => {
  const { base, head } = await twoBranches();
  const made = await ask("POST", "/pulls", { title: ODD, head: "larger", base: "main", body: "why" });
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({
    ...{ number: 1, title: ODD, state: "open", mergeable: true, merged: false },
    head: { ref: "larger", sha: head },
    base: { ref: "main", sha: base },
  });
  await checkout.git("fetch", "--quiet", "origin", "refs/pull/1/merge");
  expect((await checkout.git("rev-parse", "FETCH_HEAD")).trim()).toBe(made.body.merge_commit_sha);
  expect((await checkout.git("show", "FETCH_HEAD:size.txt")).trim()).toBe("4gb");
  expect((await ask("GET", "/pulls/1/files")).body).toEqual([{ filename: "size.txt" }]);
  expect((await ask("POST", "/pulls", { title: "b", head: "larger", base: "main" })).body.errors[0].message).toMatch(
    /already exists/,
  );
  expect((await ask("POST", "/pulls", { title: "b", head: "none", base: "main" })).status).toBe(422);
  const merged = (await ask("PUT", "/pulls/1/merge")).body;
  expect((await ask("GET", "/branches/main")).body.commit.sha).toBe(merged.sha);
  expect((await ask("GET", "/pulls/1")).body).toMatchObject({ state: "closed", merged: true });
  expect((await ask("PUT", "/pulls/1/merge")).status).toBe(405);
});

it("says that branches contradict each other", async () => {
  await twoBranches();
  await ask("POST", "/pulls", { title: "larger", head: "larger", base: "main" });
  await checkout.git("checkout", "--quiet", "main");
  await checkout.commit("smaller", { "size.txt": "1gb" });
  await checkout.push();
  expect((await ask("GET", "/pulls/1")).body).toMatchObject({ mergeable: false, mergeable_state: "dirty" });
  expect((await ask("PUT", "/pulls/1/merge")).status).toBe(405);
});

it("labels a pull request, and keeps labels", async () => {
  await twoBranches();
  await ask("POST", "/pulls", { title: "larger", head: "larger", base: "main" });
  const label = { name: "accept-loss", color: "b60205", description: "what it destroys may go" };
  expect((await ask("POST", "/labels", label)).status).toBe(201);
  expect((await ask("POST", "/labels", label)).status).toBe(422);
  await ask("POST", "/issues/1/labels", { labels: ["accept-loss"] });
  expect((await ask("GET", "/pulls/1")).body.labels).toMatchObject([label]);
  expect((await ask("DELETE", "/issues/1/labels/accept-loss")).status).toBe(200);
  expect((await ask("GET", "/issues/1/labels")).body).toEqual([]);
});

it("keeps verdicts on commits", async () => {
  const { head } = await twoBranches();
  const check = { name: "review", head_sha: head, status: "in_progress" };
  const made = (await ask("POST", "/check-runs", check)).body;
  const verdict = { conclusion: "failure", output: { title: "a loss", summary: "the server" } };
  expect((await ask("PATCH", `/check-runs/${made.id}`, verdict)).body).toMatchObject({ status: "completed" });
  expect((await ask("GET", "/commits/larger/check-runs")).body.check_runs).toMatchObject([
    { name: "review", conclusion: "failure", output: { title: "a loss" } },
  ]);
  await ask("POST", `/statuses/${head}`, { state: "pending", context: "plan" });
  expect((await ask("GET", `/commits/${head}/status`)).body.state).toBe("pending");
  await ask("POST", `/statuses/${head}`, { state: "success", context: "plan" });
  expect((await ask("GET", `/commits/${head}/status`)).body).toMatchObject({ state: "success", total_count: 1 });
});
