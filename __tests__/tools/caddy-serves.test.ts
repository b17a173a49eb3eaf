import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createSocket, type Socket } from "node:dgram";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, request, type Server } from "node:http";
import { request as secureRequest } from "node:https";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import { renderCaddyfile } from "../../cloud-init/caddyfile";
import { ComposeApp } from "../../constructs/model/compose";
import { BasicAuth, Site } from "../../constructs/model/site";
import { Size } from "../../constructs/model/size";
import { hostOf } from "../cloud-init/hosts";
import { caddyBinary, caddyFolder } from "./caddy";

/** A policy with all that Caddy could take for its own. */
const POLICY = "default-src 'self'; x \"y\" `z` {$HOME} {http.request.host} \\{a\\} {} é";
const PASSWORD = "correct horse";

let upstream: Server;
let names: Socket;
let caddy: ChildProcess;
let folder: string;
let healthy = true;
const port = { http: 0, https: 0 };

beforeAll(async () => {
  upstream = createServer(answer).listen(0, "127.0.0.1");
  await new Promise((done) => upstream.once("listening", done));
  names = await nameServer();
  [port.http, port.https] = [await freePort(), await freePort()];
  const hash = execFileSync(caddyBinary(), ["hash-password"], { input: `${PASSWORD}\n`, encoding: "utf8" }).trim();
  folder = caddyFolder(caddyfile(), { "basic-auth/site.example-0.caddy": `admin ${hash}\n` });
  const home = { XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder, HOME: folder };
  caddy = spawn(caddyBinary(), ["run", "--config", join(folder, "Caddyfile"), "--adapter", "caddyfile"], {
    env: { PATH: process.env.PATH, ...home },
    stdio: "ignore",
  });
  await until(async () => (await https("site.example", "/")).status === 200);
});

afterAll(async () => {
  caddy?.kill();
  names?.close();
  upstream?.closeAllConnections();
  await new Promise((done) => upstream.close(done));
});

beforeEach(() => {
  healthy = true;
});

test("a site answers over HTTPS, compressed, with the usual headers and the policy byte for byte", async () => {
  const { status, headers, body } = await https("site.example", "/", { "accept-encoding": "gzip" });
  expect(status).toBe(200);
  expect(headers).toMatchObject({
    "strict-transport-security": "max-age=31536000",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY", // the application's own
    "referrer-policy": "strict-origin-when-cross-origin",
    "content-encoding": "gzip",
    "alt-svc": expect.stringContaining("h3="),
  });
  expect(Buffer.from(headers["content-security-policy"] as string, "latin1").toString("utf8")).toBe(POLICY);
  expect(headers).not.toHaveProperty("server");
  expect(headers).not.toHaveProperty("via");
  expect(body.length).toBeGreaterThan(0);
});

test("plain HTTP of a domain goes to HTTPS, and its other name goes to it, path and query kept", async () => {
  const plain = await http("site.example", "/a?b=c");
  expect([plain.status, plain.headers.location]).toEqual([308, "https://site.example/a?b=c"]);
  const other = await https("www.site.example", "/a?b=c");
  expect([other.status, other.headers.location]).toEqual([301, "https://site.example/a?b=c"]);
});

test("the server's address answers plain HTTP whatever name was asked for", async () => {
  for (const name of ["203.0.113.7", "unknown.example", "localhost"]) {
    expect(await http(name, "/where")).toMatchObject({ status: 200, body: expect.stringContaining("GET /where") });
  }
});

test("the longest path that fits a request gets it", async () => {
  expect((await https("site.example", "/v1/a")).body).toContain("GET /v1/a");
  expect((await https("site.example", "/v1/deep/a")).status).toBe(503); // its own service has no container
});

test("a path with basic auth wants the password", async () => {
  const authorization = `Basic ${Buffer.from(`admin:${PASSWORD}`).toString("base64")}`;
  expect((await https("site.example", "/admin/a")).status).toBe(401);
  expect((await https("site.example", "/admin/a", { authorization: "Basic YWRtaW46bm8=" })).status).toBe(401);
  expect((await https("site.example", "/admin/a", { authorization })).status).toBe(200);
  expect((await https("site.example", "/open")).status).toBe(200);
});

test("a request body above the limit is answered 413, one within it arrives whole", async () => {
  expect(await https("site.example", "/upload", {}, Buffer.alloc(900_000))).toMatchObject({ body: "900000 bytes" });
  expect((await https("site.example", "/upload", {}, Buffer.alloc(2_000_000))).status).toBe(413);
});

test("a team's own lines are taken as they are", async () => {
  expect((await https("site.example", "/ping")).body).toBe("pong\n  kept");
});

test("while no upstream is up a page says so, and the site is back by itself", async () => {
  healthy = false;
  await new Promise((done) => setTimeout(done, 500));
  const down = await https("site.example", "/");
  expect(down.status).toBe(503);
  expect(down.headers).toMatchObject({
    "retry-after": "10",
    "cache-control": "no-store",
    "content-type": "text/html;charset=utf-8",
  });
  expect(down.body).toContain("<title>Back in a moment</title>");
  expect(down.body).not.toMatch(/src=|href=/);
  healthy = true;
  await until(async () => (await https("site.example", "/")).status === 200);
});

test("a request is held while its upstream comes back", async () => {
  healthy = false;
  await new Promise((done) => setTimeout(done, 500));
  const held = https("site.example", "/held");
  setTimeout(() => {
    healthy = true;
  }, 1500);
  expect((await held).status).toBe(200);
});

test("a client that never finishes its headers is cut off", async () => {
  const begun = Date.now();
  const socket = connect(port.http, "127.0.0.1");
  socket.write("GET / HTTP/1.1\r\nHost: x\r\n");
  await new Promise((done) =>
    socket
      .once("close", done)
      .on("error", () => {})
      .resume(),
  );
  expect(Date.now() - begun).toBeLessThan(15_000);
});

test("each request is a line of JSON in the access log, without the password", async () => {
  await https("site.example", "/logged", { authorization: "Basic c2VjcmV0OnNlY3JldA==" });
  await until(async () => readFileSync(join(folder, "access.log"), "utf8").includes("/logged"));
  const lines = readFileSync(join(folder, "access.log"), "utf8").trim().split("\n");
  const line = lines.map((text) => JSON.parse(text)).find((entry) => entry.request.uri === "/logged");
  expect(line).toMatchObject({
    status: 200,
    request: { host: "site.example", headers: { Authorization: ["REDACTED"] } },
  });
});

/** The Caddyfile of a host, moved from a server to this machine: other ports, other names, its own authority. */
function caddyfile(): string {
  const app = ComposeApp.fromText("services: { web: { image: a }, gone: { image: a } }");
  const target = { service: "web", port: (upstream.address() as AddressInfo).port };
  const site = Site.at("site.example", {
    ...target,
    redirectFrom: ["www.site.example"],
    contentSecurityPolicy: POLICY,
    maximumRequestBody: Size.mebibytes(1),
    basicAuth: [BasicAuth.user("admin", { password: "P", path: "/admin/*" })],
    paths: [
      { path: "/v1/*", ...target },
      { path: "/v1/deep/*", service: "gone", port: 1 },
    ],
    extraCaddyLines: "handle /ping {\n\trespond `pong\n  kept`\n}",
  });
  const text = renderCaddyfile(hostOf({ app, sites: [site, Site.onAddress(target)] }));
  const here = `http_port ${port.http}\n\thttps_port ${port.https}\n\tlocal_certs\n\tskip_install_trust\n\tadmin off\n\tgrace_period 1s`;
  return text
    .replace("grace_period 30s", here)
    .replace("resolvers 172.31.255.1", `resolvers 127.0.0.1:${names.address().port}`)
    .replace("basic-auth/site", "basic-auth-site");
}

function answer(message: IncomingMessage, response: import("node:http").ServerResponse): void {
  let bytes = 0;
  message.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
  });
  message.on("end", () => {
    response.setHeader("content-type", "text/plain");
    response.setHeader("x-frame-options", "DENY");
    response.setHeader("server", "app/1");
    response.end(message.method === "POST" ? `${bytes} bytes` : `${message.method} ${message.url}\n`.repeat(200));
  });
}

/** Answers for web while it is healthy, and for nothing else: as dnsmasq does on a server. */
function nameServer(): Promise<Socket> {
  const socket = createSocket("udp4");
  socket.on("message", (query, from) => {
    const known = healthy && query.includes("\u0003web") && query.readUInt16BE(query.indexOf(0, 12) + 1) === 1;
    const end = query.indexOf(0, 12) + 5;
    const header = Buffer.from(query.subarray(0, 12));
    header.writeUInt16BE(0x8580 | (healthy || known ? 0 : 3), 2);
    header.writeUInt16BE(known ? 1 : 0, 6);
    header.writeUInt32BE(0, 8);
    const record = Buffer.from([0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 127, 0, 0, 1]);
    const reply = Buffer.concat([header, query.subarray(12, end), ...(known ? [record] : [])]);
    socket.send(reply, from.port, from.address);
  });
  return new Promise((done) => socket.bind(0, "127.0.0.1", () => done(socket)));
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

type Ask = (name: string, path: string, headers?: Record<string, string>, body?: Buffer) => Promise<Answer>;

const http: Ask = (name, path, headers, body) => ask(request, port.http, name, path, headers, body);
const https: Ask = (name, path, headers, body) => ask(secureRequest, port.https, name, path, headers, body);

function ask(
  send: typeof secureRequest,
  to: number,
  name: string,
  path: string,
  headers: Record<string, string> = {},
  body?: Buffer,
): Promise<Answer> {
  const method = body === undefined ? "GET" : "POST";
  const tls = { servername: name, rejectUnauthorized: false };
  return new Promise((done, fail) => {
    const sent = send(
      { host: "127.0.0.1", port: to, path, method, headers: { ...headers, host: name }, agent: false, ...tls },
      (message) => {
        const chunks: Buffer[] = [];
        message.on("data", (chunk: Buffer) => chunks.push(chunk));
        const end = () =>
          done({
            status: message.statusCode ?? 0,
            headers: message.headers,
            body: Buffer.concat(chunks).toString("utf8"),
          });
        message.on("end", end).on("error", end);
      },
    );
    sent.on("error", fail);
    sent.end(body);
  });
}

async function until(check: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await check().catch(() => false))) {
    if (Date.now() > deadline) {
      throw new Error("waited 30 s in vain");
    }
    await new Promise((done) => setTimeout(done, 200));
  }
}

function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port: free } = server.address() as AddressInfo;
      server.close(() => done(free));
    });
  });
}
