import { Running } from "./running";

let running: Running;
beforeEach(async () => {
  running = new Running();
  await running.start();
});
afterEach(() => running.clean());

const ask = (method: string, path: string, body?: unknown) => running.hetznerDone(method, path, body);
const zone = async (name = "deita.example") => (await ask("POST", "/zones", { name, mode: "primary" })).zone;
const set = (name: string, type: string, values: string[], rest: object = {}) =>
  ask("POST", "/zones/deita.example/rrsets", { name, type, records: values.map((value) => ({ value })), ...rest });
const look = async (id: string) => (await running.hetzner("GET", `/zones/deita.example/rrsets/${id}`)).body.rrset;

describe("zones", () => {
  it("are found by number and by name, with Hetzner's own records", async () => {
    const { id, authoritative_nameservers: servers, record_count } = await zone();
    expect([record_count, servers.assigned]).toEqual([4, expect.arrayContaining(["hydrogen.ns.hetzner.com."])]);
    expect((await running.hetzner("GET", "/zones/deita.example")).body.zone.id).toBe(id);
    expect((await running.hetzner("GET", `/zones/${id}/rrsets`)).body.rrsets).toEqual([
      expect.objectContaining({ id: "@/SOA", zone: id }),
      expect.objectContaining({ id: "@/NS" }),
    ]);
    await expect(zone()).rejects.toThrow("uniqueness_error: zone 'deita.example' already exists");
  });

  it("are domains right below a public suffix", async () => {
    await expect(zone("www.deita.example")).rejects.toThrow("invalid_input");
    await expect(zone("Deita.example")).rejects.toThrow("invalid_input");
    await expect(zone("example")).rejects.toThrow("invalid_input");
    expect((await zone("deita.co.uk")).name).toBe("deita.co.uk");
  });

  it("are protected, and gone with all their records", async () => {
    await zone();
    await set("www", "A", ["198.51.100.7"]);
    await ask("POST", "/zones/deita.example/actions/change_protection", { delete: true });
    await expect(ask("DELETE", "/zones/deita.example")).rejects.toThrow("protected: ");
    await ask("POST", "/zones/deita.example/actions/change_protection", { delete: false });
    const { action } = await ask("DELETE", "/zones/deita.example");
    expect(action).toMatchObject({ command: "delete_zone" });
    expect((await running.hetzner("GET", "/zones/deita.example")).status).toBe(404);
    expect(running.names.names).toEqual({});
  });
});

describe("sets of records", () => {
  beforeEach(async () => {
    await zone();
  });

  it("belong to one who makes them", async () => {
    const { rrset, action } = await set("www", "A", ["198.51.100.7"], { ttl: 300, labels: { host: "deita" } });
    expect(rrset).toMatchObject({ id: "www/A", ttl: 300, records: [{ value: "198.51.100.7", comment: "" }] });
    expect(action).toMatchObject({ command: "create_rrset" });
    await expect(set("www", "A", ["198.51.100.8"])).rejects.toThrow("uniqueness_error: RRSet 'www/A' already exists");
    await ask("DELETE", "/zones/deita.example/rrsets/www/A");
    expect((await running.hetzner("GET", "/zones/deita.example/rrsets/www/A")).status).toBe(404);
  });

  it("are refused where a name server would", async () => {
    const refused = async (name: string, type: string, values: string[], rest: object = {}) => {
      const records = values.map((value) => ({ value }));
      const { body } = await running.hetzner("POST", "/zones/deita.example/rrsets", { name, type, records, ...rest });
      return body.error?.details.fields[0].name;
    };
    expect(await refused("WWW", "A", ["198.51.100.7"])).toBe("name");
    expect(await refused("www.deita.example", "A", ["198.51.100.7"])).toBe("name");
    expect(await refused("www", "A", ["deita.example"])).toBe("records");
    expect(await refused("www", "AAAA", ["198.51.100.7"])).toBe("records");
    expect(await refused("www", "A", [])).toBe("records");
    expect(await refused("www", "A", ["198.51.100.7", "198.51.100.7"])).toBe("records");
    expect(await refused("@", "TXT", ["v=spf1 -all"])).toBe("records");
    expect(await refused("www", "A", ["198.51.100.7"], { ttl: 30 })).toBe("ttl");
    expect(await refused("www", "WKS", ["x"])).toBe("type");
    expect(await refused("@", "CNAME", ["elsewhere.example."])).toBe("type");
    expect(await refused("@", "TXT", ['"v=spf1 -all"'])).toBeUndefined();
  });

  it("are changed record by record", async () => {
    const act = (command: string, body: object) =>
      ask("POST", `/zones/deita.example/rrsets/www/A/actions/${command}`, body);
    const values = async () => (await look("www/A")).records.map(({ value }: { value: string }) => value);
    await act("add_records", { records: [{ value: "198.51.100.7" }], ttl: 600 });
    await act("add_records", { records: [{ value: "198.51.100.8", comment: "the other" }] });
    expect(await values()).toEqual(["198.51.100.7", "198.51.100.8"]);
    await expect(act("add_records", { records: [{ value: "198.51.100.8" }] })).rejects.toThrow("uniqueness_error");
    await act("update_records", { records: [{ value: "198.51.100.8", comment: "changed" }] });
    expect((await look("www/A")).records[1].comment).toBe("changed");
    await act("change_ttl", { ttl: null });
    expect((await look("www/A")).ttl).toBeNull();
    await act("set_records", { records: [{ value: "198.51.100.9" }] });
    await act("change_protection", { change: true });
    await expect(act("set_records", { records: [{ value: "198.51.100.10" }] })).rejects.toThrow("protected: ");
    await act("change_protection", { change: false });
    await act("remove_records", { records: [{ value: "198.51.100.9" }] });
    expect(await look("www/A")).toBeUndefined();
  });
});

describe("names", () => {
  it("of both clouds are served together, and each cloud's go by themselves", async () => {
    await running.digitalocean("POST", "/v2/domains", { name: "chitram.example", ip_address: "198.51.100.3" });
    await zone();
    await set("@", "A", ["198.51.100.7"]);
    await set("www", "CNAME", ["@"]);
    await set("files", "CNAME", ["www.deita.example."]);
    await set("six", "AAAA", ["2001:db8::1"]);
    await set("*.x", "A", ["198.51.100.9"]);
    const deita = {
      "deita.example": ["198.51.100.7"],
      "files.deita.example": ["198.51.100.7"],
      "www.deita.example": ["198.51.100.7"],
    };
    expect(running.names.names).toEqual({ "chitram.example": ["198.51.100.3"], ...deita });
    await running.restart();
    expect(running.names.names).toEqual({ "chitram.example": ["198.51.100.3"], ...deita });
    await running.digitalocean("DELETE", "/v2/domains/chitram.example");
    expect(running.names.names).toEqual(deita);
  });

  it("that move from one cloud to the other lead to the new server as soon as the old zone is gone", async () => {
    await running.digitalocean("POST", "/v2/domains", { name: "deita.example", ip_address: "198.51.100.3" });
    await zone();
    await set("@", "A", ["198.51.100.7"]);
    expect(running.names.names).toEqual({ "deita.example": ["198.51.100.3", "198.51.100.7"] });
    await running.digitalocean("DELETE", "/v2/domains/deita.example");
    expect(running.names.names).toEqual({ "deita.example": ["198.51.100.7"] });
  });
});
