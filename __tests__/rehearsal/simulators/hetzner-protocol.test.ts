import { matchesSelector } from "../../../rehearsal/simulators/hetzner/labels";
import { Running } from "./running";

const running = new Running();
beforeEach(() => running.start());
afterEach(() => running.clean());

describe("Hetzner's API", () => {
  it("lets in tokens of 64 letters and digits", async () => {
    const { status, body } = await running.hetzner("GET", "/servers", undefined, "short");
    expect([status, body.error.code]).toEqual([401, "unauthorized"]);
    expect((await running.hetzner("GET", "/servers", undefined, "-".repeat(64))).status).toBe(401);
    expect((await running.hetzner("GET", "/servers")).status).toBe(200);
  });

  it("says how many calls are left, and which error it is", async () => {
    const { headers } = await running.hetzner("GET", "/servers");
    expect(headers.get("ratelimit-limit")).toBe("3600");
    expect(Number(headers.get("ratelimit-remaining"))).toBeLessThan(3600);
    expect(Number(headers.get("ratelimit-reset"))).toBeGreaterThan(Date.now() / 1000);
    const missing = await running.hetzner("GET", "/servers/1");
    expect(missing.status).toBe(404);
    expect(missing.body.error).toEqual({ code: "not_found", message: "server with ID '1' not found", details: null });
    const wrong = await running.hetzner("POST", "/ssh_keys", { name: "ada", public_key: "no key" });
    expect([wrong.status, wrong.body.error.code]).toEqual([422, "invalid_input"]);
    expect(wrong.body.error.details.fields).toEqual([{ name: "public_key", messages: [expect.any(String)] }]);
  });

  it("fails as it is ordered to, in Hetzner's words", async () => {
    const ordered = async (order: object) => {
      await running.control("POST", "/fail", { api: "hetzner", path: "/v1/servers", ...order });
      const { status, body } = await running.hetzner("GET", "/servers");
      return [status, body.error.code];
    };
    expect(await ordered({ status: 429 })).toEqual([429, "rate_limit_exceeded"]);
    expect(await ordered({ status: 423 })).toEqual([423, "locked"]);
    expect(await ordered({ status: 412 })).toEqual([412, "resource_unavailable"]);
    expect(await ordered({ status: 403, code: "resource_limit_exceeded" })).toEqual([403, "resource_limit_exceeded"]);
    const [call] = await running.calls();
    expect(call).toMatchObject({ api: "hetzner", injected: true, message: "rate limit exceeded" });
  });

  it("refuses aloud what the rehearsal does not know", async () => {
    const said = jest.spyOn(console, "error").mockImplementation();
    expect((await running.hetzner("POST", "/load_balancers", {})).status).toBe(501);
    const { id } = await running.server();
    const rebuild = await running.hetzner("POST", `/servers/${id}/actions/rebuild`, {});
    expect([rebuild.status, rebuild.body.error.code]).toEqual([501, "not_implemented"]);
    expect((await running.calls()).filter((call) => call.unknown).map(({ path }) => path)).toEqual([
      "/v1/load_balancers",
      `/v1/servers/${id}/actions/rebuild`,
    ]);
    said.mockRestore();
  });

  it("gives lists in pages, sorted as asked", async () => {
    const first = await running.hetzner("GET", "/server_types?per_page=4&sort=name:desc");
    const all = first.body.meta.pagination.total_entries;
    expect(first.body.server_types.map(({ name }: { name: string }) => name)).toEqual(["cx53", "cx52", "cx43", "cx42"]);
    expect(first.body.meta.pagination).toEqual({
      page: 1,
      per_page: 4,
      previous_page: null,
      next_page: 2,
      last_page: Math.ceil(all / 4),
      total_entries: all,
    });
    expect(first.headers.get("link")).toContain('page=2>; rel="next"');
    const most = await running.hetzner("GET", "/server_types?per_page=500");
    expect(most.body.meta.pagination.per_page).toBe(50);
  });

  it("finds what it has by name: places, types, images of a processor", async () => {
    const names = async (path: string) => {
      const { body } = await running.hetzner("GET", path);
      return Object.entries(body).flatMap(([kind, all]) => (kind === "meta" ? [] : (all as { name: string }[])));
    };
    expect(await names("/locations?name=hel1")).toEqual([expect.objectContaining({ network_zone: "eu-central" })]);
    expect(await names("/server_types?name=cax11")).toEqual([
      expect.objectContaining({ architecture: "arm", cores: 2 }),
    ]);
    expect(await names("/server_types?name=cx21")).toEqual([]);
    const [retired] = await names("/server_types?name=cx22");
    expect(retired).toMatchObject({
      locations: [
        { name: "fsn1", available: false, deprecation: { unavailable_after: "2025-12-31T23:59:59Z" } },
        { name: "nbg1" },
        { name: "hel1" },
      ],
    });
    expect(await names("/images?name=debian-13&architecture=x86")).toEqual([
      expect.objectContaining({ name: "debian-13", architecture: "x86", deprecated: null }),
    ]);
    expect(await names("/images?type=snapshot")).toEqual([]);
  });

  it("lists actions by their ids alone", async () => {
    const made = await running.hetzner("POST", "/servers", { name: "a", server_type: "cx23", image: "debian-13" });
    const ids = [made.body.action, ...made.body.next_actions].map(({ id }) => id);
    const listed = await running.hetzner(
      "GET",
      `/actions?${ids.map((id) => `id=${id}`).join("&")}&sort=status&sort=id`,
    );
    expect(listed.body.actions.map(({ command }: { command: string }) => command)).toEqual([
      "create_server",
      "start_server",
    ]);
    const own = await running.hetzner("GET", `/servers/${made.body.server.id}/actions?status=success`);
    expect(own.body.actions).toEqual(
      ids.map((id) => expect.objectContaining({ id, status: "success", progress: 100, error: null })),
    );
    expect((await running.hetzner("GET", `/servers/1/actions/${ids[0]}`)).status).toBe(404);
  });

  it("has lost what Hetzner took away: data centers since October 2026, all of a project's actions", async () => {
    for (const path of ["/datacenters", "/datacenters/3", "/actions"]) {
      const { status, body } = await running.hetzner("GET", path);
      expect([status, body.error.code]).toEqual([410, "deprecated_api_endpoint"]);
      expect(body.error.details.announcement).toMatch(/^https:\/\/docs.hetzner.cloud\/changelog#20/);
    }
  });

  it("takes a key once, under one name", async () => {
    const key = (blob: string) => `ssh-ed25519 ${Buffer.from(`\0\0\0\x0bssh-ed25519${blob}`).toString("base64")} ada\n`;
    const made = await running.hetzner("POST", "/ssh_keys", { name: "ada", public_key: key("one") });
    expect(made.status).toBe(201);
    // as it was sent, byte for byte: the provider compares
    expect(made.body.ssh_key.public_key).toBe(key("one"));
    const again = await running.hetzner("POST", "/ssh_keys", { name: "bob", public_key: key("one") });
    expect([again.status, again.body.error]).toMatchObject([409, { code: "uniqueness_error" }]);
    expect(again.body.error.details).toEqual({ fields: [{ name: "public_key" }] });
    const named = await running.hetzner("POST", "/ssh_keys", { name: "ada", public_key: key("two") });
    expect(named.body.error.details).toEqual({ fields: [{ name: "name" }] });
    const { fingerprint, id } = made.body.ssh_key;
    const found = await running.hetzner("GET", `/ssh_keys?fingerprint=${fingerprint}`);
    expect(found.body.ssh_keys.map((listed: { id: number }) => listed.id)).toEqual([id]);
    expect((await running.hetzner("DELETE", `/ssh_keys/${id}`)).status).toBe(204);
  });
});

describe("labels", () => {
  it("are chosen by a selector", () => {
    const labels = { env: "production", tier: "web", "example.com/own": "" };
    const chosen = (selector: string) => matchesSelector(selector, labels);
    expect(
      ["env", "env=production", "env==production,tier in (web,api)", "example.com/own", "!old"].map(chosen),
    ).toEqual(Array(5).fill(true));
    expect(["old", "env!=production", "tier notin (web, api)", "env=production,!tier"].map(chosen)).toEqual(
      Array(4).fill(false),
    );
    expect(() => chosen("a b c")).toThrow("invalid label selector");
  });

  it("of other signs than Hetzner's are refused", async () => {
    const codes = await Promise.all(
      [{ "no space": "x" }, { "hetzner.cloud/own": "x" }, { env: "no space" }, { env: 1 }].map(async (labels) => {
        const { body } = await running.hetzner("POST", "/networks", { name: "n", ip_range: "10.0.0.0/16", labels });
        return body.error.code;
      }),
    );
    expect(codes).toEqual(Array(4).fill("invalid_input"));
  });
});
