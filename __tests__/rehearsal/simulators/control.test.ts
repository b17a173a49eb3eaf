import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { Faults, matches } from "../../../rehearsal/simulators/faults";
import { redact, redactQuery } from "../../../rehearsal/simulators/redaction";
import { DROPLET, Running } from "./running";

describe("orders to fail", () => {
  it("are about the nth matching call, and as many after it as wanted", () => {
    const faults = new Faults();
    faults.add({ api: "digitalocean", method: "write", path: "/v2/droplets*", nth: 2, times: 2, status: 500 });
    const due = (method: string, path: string) => faults.takeFor("digitalocean", method, path).length;
    expect(due("GET", "/v2/droplets")).toBe(0);
    expect(due("POST", "/v2/tags")).toBe(0);
    expect([1, 2, 3, 4].map(() => due("POST", "/v2/droplets/7/actions"))).toEqual([0, 1, 1, 0]);
    expect(faults.list()).toEqual([expect.objectContaining({ seen: 4, applied: 2 })]);
  });

  it("take a path literally but for its stars", () => {
    expect(matches({ path: "/v2/domains/*.example" }, "digitalocean", "GET", "/v2/domains/a.example")).toBe(true);
    expect(matches({ path: "/v2/domains/a.example" }, "digitalocean", "GET", "/v2/domains/aXexample")).toBe(false);
    expect(matches({ method: "post,put" }, "digitalocean", "PUT", "/")).toBe(true);
  });
});

describe("the log", () => {
  it("holds no secret", () => {
    const key = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk\n-----END OPENSSH PRIVATE KEY-----\n";
    expect(
      redact({
        name: "app",
        user_data: `#cloud-config\nssh_keys:\n  ed25519_private: ${JSON.stringify(key)}\n`,
        encrypted_value: "c2VhbGVk",
        nested: [{ password: "hunter2", note: key }],
      }),
    ).toEqual({
      name: "app",
      user_data: expect.stringMatching(/^\[user data, \d+ bytes, sha1 [0-9a-f]{40}\]$/),
      encrypted_value: "[redacted, 8 bytes]",
      nested: [{ password: "[redacted, 7 bytes]", note: `[redacted, ${key.length} bytes]` }],
    });
    expect(redactQuery("?X-Amz-Credential=AKIA&X-Amz-Signature=abc&list-type=2")).toBe(
      "?X-Amz-Credential=[redacted]&X-Amz-Signature=[redacted]&list-type=2",
    );
  });
});

describe("the control API", () => {
  const running = new Running();
  beforeEach(() => running.start());
  afterEach(() => running.clean());

  it("fails a call without doing it, or after it was done", async () => {
    await running.control("POST", "/fail", { api: "digitalocean", path: "/v2/tags" });
    const failed = await running.digitalocean("POST", "/v2/tags", { name: "one" });
    expect(failed).toMatchObject({ status: 500, body: { id: "server_error" } });
    expect((await running.digitalocean("GET", "/v2/tags")).body.tags).toEqual([]);

    await running.control("POST", "/fail", { method: "POST", path: "/v2/tags", status: 503, afterwards: true });
    expect((await running.digitalocean("POST", "/v2/tags", { name: "two" })).status).toBe(503);
    expect((await running.digitalocean("GET", "/v2/tags")).body.tags).toEqual([
      expect.objectContaining({ name: "two" }),
    ]);
    const injected = (await running.calls()).filter((call) => call.injected);
    expect(injected.map(({ method, path, status }) => [method, path, status])).toEqual([
      ["POST", "/v2/tags", 500],
      ["POST", "/v2/tags", 503],
    ]);
  });

  it("says when to come back, cuts the connection, and waits", async () => {
    await running.control("POST", "/fail", { path: "/v2/account", status: 429, retryAfterSeconds: 2 });
    const limited = await running.digitalocean("GET", "/v2/account");
    expect([limited.status, limited.headers.get("retry-after")]).toEqual([429, "2"]);
    await running.control("POST", "/fail", { path: "/v2/account", status: "reset" });
    await expect(running.digitalocean("GET", "/v2/account")).rejects.toThrow("fetch failed");
    await running.control("POST", "/delay", { path: "/v2/account", delayMilliseconds: 150 });
    const started = Date.now();
    expect((await running.digitalocean("GET", "/v2/account")).status).toBe(200);
    expect(Date.now() - started).toBeGreaterThanOrEqual(140);
    expect((await running.calls()).map(({ status }) => status)).toEqual([429, "connection reset", 200]);
  });

  it("refuses an order that it does not understand", async () => {
    expect((await running.control("POST", "/fail", { status: 200 })).body.message).toMatch(/status: must be/);
    expect((await running.control("POST", "/fail", { nht: 2 })).body.message).toMatch(/no such field: nht/);
    expect((await running.control("POST", "/fail", { api: "aws" })).body.message).toMatch(/api: must be/);
    expect((await running.control("GET", "/faults")).body).toEqual([]);
  });

  it("shows calls that no simulator knows, which are refused aloud", async () => {
    const said = jest.spyOn(console, "error").mockImplementation();
    expect((await running.digitalocean("GET", "/v2/kubernetes/clusters")).status).toBe(501);
    expect((await running.github("GET", "/gists")).status).toBe(501);
    expect((await running.calls()).filter((call) => call.unknown).map(({ path }) => path)).toEqual([
      "/v2/kubernetes/clusters",
      "/api/v3/gists",
    ]);
    expect(said).toHaveBeenCalledWith("unknown route: digitalocean GET /v2/kubernetes/clusters");
    said.mockRestore();
  });

  it("shows the state; the files that hold it are their owner's alone", async () => {
    await running.digitalocean("POST", "/v2/droplets", { ...DROPLET, user_data: "#cloud-config\n# do not log me\n" });
    const { digitalocean } = (await running.control("GET", "/state")).body;
    expect(Object.values(digitalocean.droplets)).toEqual([expect.objectContaining({ name: "chitram-beta" })]);
    expect(statSync(join(running.folder, "digitalocean.json")).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(running.folder, "calls.jsonl"), "utf8")).not.toContain("do not log me");
  });
});
