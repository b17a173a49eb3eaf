import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createSecureServer, type Http2SecureServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Connection, Load, type LoadProps, type Sample, type VisitedRequest } from "../../rehearsal/load";

jest.setTimeout(60_000); // the visitors are compiled at their start

const connections: readonly Connection[] = ["HTTP/1.1, kept", "HTTP/1.1, fresh", "HTTP/2, kept", "HTTP/2, fresh"];
const folder = mkdtempSync(join(tmpdir(), "load-"));
const posted: string[] = [];
let bad = 0;
let server: Http2SecureServer;
let site: Pick<LoadProps, "url" | "address" | "roots" | "versionHeader">;

/** A real server for both protocols: `/` is well, `/bad` answers 502, `/cut` closes the connection. */
beforeAll(async () => {
  const [key, certificate] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
  const name = ["-subj", "/CN=visited.example", "-addext", "subjectAltName=DNS:visited.example"];
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
  execFileSync("openssl", ["req", "-x509", ...curve, ...name, "-keyout", key, "-out", certificate], {
    stdio: "ignore",
  });
  server = createSecureServer({ key: readFileSync(key), cert: readFileSync(certificate), allowHTTP1: true });
  server.on("request", (request, response) => {
    if (request.url === "/cut") return void request.socket.destroy();
    let body = "";
    request.on("data", (part) => {
      body += part;
    });
    request.on("end", () => {
      if (request.method === "POST") posted.push(body);
      if (request.url === "/bad") bad++;
      response.writeHead(request.url === "/bad" ? 502 : 200, { "x-app-version": "1.1" });
      response.end("well");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const roots = readFileSync(certificate, "utf8");
  site = { url: `https://visited.example:${port}`, address: "127.0.0.1", roots, versionHeader: "x-app-version" };
});

afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

/** Visits until so many requests have ended. */
async function visited(requests: readonly VisitedRequest[], count: number): Promise<readonly Sample[]> {
  const load = Load.start({ ...site, requests, connections, requestsPerSecond: 100 });
  const samples: Sample[] = [];
  while (samples.length < count) samples.push(...(await load.take()).samples);
  return [...samples, ...(await load.end()).samples];
}

test("each connection serves, kept ones again and again; a post brings another word each time", async () => {
  const samples = await visited([{ method: "POST", path: "/", body: "word {id}" }], 40);
  expect(samples.filter(({ failure }) => failure !== undefined)).toEqual([]);
  expect(new Set(samples.map(({ connection }) => connection))).toEqual(new Set(connections));
  expect(new Set(samples.map(({ version }) => version))).toEqual(new Set(["1.1"]));
  expect(posted).toHaveLength(samples.length);
  expect(new Set(posted).size).toBe(samples.length);
});

test("every failure is told by its kind, on each connection", async () => {
  const answered = await visited([{ path: "/bad" }], 8);
  expect(answered.every(({ failure }) => failure === "502")).toBe(true);
  const cut = await visited([{ path: "/cut" }], 8);
  for (const connection of connections) {
    const own = cut.filter((sample) => sample.connection === connection);
    expect(own.length).toBeGreaterThan(0);
    expect(own.every(({ failure }) => failure !== undefined && failure !== "")).toBe(true);
  }
});

test("a report tells failures, versions and times", async () => {
  const load = Load.start({ ...site, paths: ["/", "/bad"], requestsPerSecond: 100 });
  const before = bad;
  while (bad < before + 4) await sleep(10);
  const report = await load.stop();
  expect(await load.stop()).toEqual(report);
  expect(report.failed.length).toBeGreaterThanOrEqual(4);
  expect(report.failed.every((line) => /^[\d.]+ s GET \/bad \(HTTP\/1.1, (kept|fresh)\): 502$/.test(line))).toBe(true);
  expect(report.requests).toBe(report.failed.length + (report.versions.get("1.1") ?? 0));
});
