import { createServer, type IncomingMessage, request, type Server } from "node:http";
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { Running } from "./running";

interface Seen {
  readonly method?: string;
  readonly url?: string;
  readonly host?: string;
  readonly body: string;
}

/** Stands where MinIO stands, and tells what came to it. What it says to what, a test decides. */
class ObjectStore {
  public readonly seen: Seen[] = [];
  public answer: (incoming: IncomingMessage) => [number, string] = () => [200, "stored"];
  private readonly server: Server = createServer(async (incoming, outgoing) => {
    const { method, url, headers } = incoming;
    this.seen.push({ method, url, host: headers.host, body: await text(incoming) });
    const [status, body] = this.answer(incoming);
    outgoing.writeHead(status, { "x-amz-request-id": "1" });
    outgoing.end(body);
  });

  public async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  public stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

let store: ObjectStore;
let running: Running;
beforeEach(async () => {
  store = new ObjectStore();
  running = new Running(await store.start());
  await running.start();
});
afterEach(async () => {
  await running.clean();
  store.stop();
});

/** Asks through the proxy, as a client with HTTP_PROXY does: the whole address in the request line. */
function ask(method: string, address: string, body = ""): Promise<{ status: number; body: string }> {
  const proxy = new URL(running.addresses.storageProxy);
  return new Promise((resolve, reject) => {
    const { host } = new URL(address);
    const headers = { host, "content-length": Buffer.byteLength(body) };
    const asked = request({ host: proxy.hostname, port: proxy.port, method, path: address, headers }, async (answer) =>
      resolve({ status: answer.statusCode ?? 0, body: await text(answer) }),
    );
    asked.on("error", reject);
    asked.end(body);
  });
}

const BUCKET = "http://backups.nyc3.digitaloceanspaces.com";

it("passes a request on with the host that it was signed for, body and answer untouched", async () => {
  const answer = await ask("PUT", `${BUCKET}/a%20b/c?x-id=PutObject`, "some bytes");
  expect(answer).toEqual({ status: 200, body: "stored" });
  expect(store.seen).toEqual([
    {
      method: "PUT",
      url: "/a%20b/c?x-id=PutObject",
      host: "backups.nyc3.digitaloceanspaces.com",
      body: "some bytes",
    },
  ]);
});

it("passes nothing else that is plain", async () => {
  const said = jest.spyOn(console, "error").mockImplementation();
  for (const address of ["http://example.com/", "http://nyc3.digitaloceanspaces.com.example.com/", `${BUCKET}:8080/`]) {
    expect((await ask("GET", address)).status).toBe(403);
  }
  expect(store.seen).toEqual([]);
  expect((await running.calls()).every((call) => call.unknown)).toBe(true);
  said.mockRestore();
});

describe("a tunnel", () => {
  const question = (target: string): string => `CONNECT ${target} HTTP/1.1\r\nhost: ${target}\r\n\r\n`;
  const through = (): Socket => connect(Number(new URL(running.addresses.storageProxy).port), "127.0.0.1");

  it("leads where it was asked to, untouched and not written down", async () => {
    const registry = createTcpServer((socket) => socket.once("data", (bytes) => socket.end(`${bytes} heard`)));
    await new Promise<void>((resolve) => registry.listen(0, "127.0.0.1", resolve));
    const tunnel = through();
    tunnel.write(`${question(`127.0.0.1:${(registry.address() as AddressInfo).port}`)}hello`);
    expect(await text(tunnel)).toBe("HTTP/1.1 200 Connection Established\r\n\r\nhello heard");
    expect(await running.calls()).toEqual([]);
    registry.close();
  });

  it("goes by the proxy that this machine itself needs, with the name and password for it", async () => {
    let asked = "";
    const company = createTcpServer((socket) => {
      socket.once("data", (bytes) => {
        asked = String(bytes);
        socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
      });
    });
    await new Promise<void>((resolve) => company.listen(0, "127.0.0.1", resolve));
    const { HTTPS_PROXY } = process.env;
    process.env.HTTPS_PROXY = `http://me:se%40cret@127.0.0.1:${(company.address() as AddressInfo).port}`;
    const tunnel = through();
    tunnel.write(question("registry.terraform.io:443"));
    expect(await text(tunnel)).toMatch(/^HTTP\/1.1 407 /);
    expect(asked).toMatch(/^CONNECT registry.terraform.io:443 HTTP\/1.1\r\n/);
    expect(asked).toContain(`proxy-authorization: Basic ${Buffer.from("me:se@cret").toString("base64")}\r\n`);
    if (HTTPS_PROXY === undefined) delete process.env.HTTPS_PROXY;
    else process.env.HTTPS_PROXY = HTTPS_PROXY;
    company.close();
  });

  it("to a name that the rehearsal gave to a server leads to that server, whoever has it in the world", async () => {
    const site = createTcpServer((socket) => socket.end("the rehearsal's"));
    await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
    running.names.setNames({ "example.com": ["127.0.0.1"] });
    const tunnel = through();
    tunnel.write(question(`example.com:${(site.address() as AddressInfo).port}`));
    expect(await text(tunnel)).toMatch(/the rehearsal's$/);
    site.close();
  });

  it("to nobody says so", async () => {
    const tunnel = through();
    tunnel.write(question("127.0.0.1:1"));
    expect(await text(tunnel)).toMatch(/^HTTP\/1.1 502 /);
  });
});

it("knows which buckets there are, for the projects, and in which region", async () => {
  await ask("PUT", `${BUCKET}/`);
  const { resources } = (await running.digitalocean("GET", "/v2/projects/default/resources")).body;
  expect(resources).toEqual([expect.objectContaining({ urn: "do:space:backups" })]);
  const elsewhere = "http://backups.fra1.digitaloceanspaces.com/";
  expect(await ask("GET", elsewhere)).toMatchObject({ status: 404, body: expect.stringContaining("NoSuchBucket") });
  expect((await ask("PUT", elsewhere)).status).toBe(409);
  store.answer = () => [204, ""];
  await ask("DELETE", `${BUCKET}/`);
  expect((await running.digitalocean("GET", "/v2/projects/default/resources")).body.resources).toEqual([]);
});

it("returns a lifecycle as it was put, to those whom the store lets in", async () => {
  const lifecycle = (rule: string) => `<LifecycleConfiguration><Rule><ID>a</ID>${rule}</Rule></LifecycleConfiguration>`;
  const uploads =
    "<AbortIncompleteMultipartUpload><DaysAfterInitiation>2</DaysAfterInitiation></AbortIncompleteMultipartUpload>";
  await ask("PUT", `${BUCKET}/`);
  const put = lifecycle(
    `<NoncurrentVersionExpiration><NoncurrentDays>30</NoncurrentDays></NoncurrentVersionExpiration>${uploads}`,
  );
  expect((await ask("PUT", `${BUCKET}/?lifecycle=`, put)).status).toBe(200);
  store.answer = () => [200, lifecycle("")];
  expect((await ask("GET", `${BUCKET}/?lifecycle=`)).body).toBe(put);
  store.answer = () => [403, "<Error><Code>SignatureDoesNotMatch</Code></Error>"];
  expect(await ask("GET", `${BUCKET}/?lifecycle=`)).toEqual({
    status: 403,
    body: "<Error><Code>SignatureDoesNotMatch</Code></Error>",
  });
  expect((await ask("PUT", `${BUCKET}/?lifecycle=`, lifecycle(uploads))).status).toBe(403);

  // MinIO finds a rule that is about uploads only empty
  store.answer = () => [400, "<Error><Code>InvalidArgument</Code></Error>"];
  expect((await ask("PUT", `${BUCKET}/?lifecycle=`, lifecycle(uploads))).status).toBe(200);
  expect((await ask("PUT", `${BUCKET}/?lifecycle=`, "<not-a-lifecycle/>")).status).toBe(400);
  store.answer = () => [404, "<Error><Code>NoSuchLifecycleConfiguration</Code></Error>"];
  expect((await ask("GET", `${BUCKET}/?lifecycle=`)).body).toBe(lifecycle(uploads));
});

it("keeps the companies' buckets apart", async () => {
  await ask("PUT", `${BUCKET}/`);
  const hetzner = "http://nbg1.your-objectstorage.com/files/";
  await ask("PUT", hetzner);
  const { digitalocean, buckets } = (await running.control("GET", "/state")).body;
  expect([Object.keys(digitalocean.buckets), buckets]).toEqual([
    ["backups"],
    { files: { region: "nbg1", lifecycle: null } },
  ]);
  expect((await ask("GET", "http://files.fsn1.your-objectstorage.com/")).status).toBe(404);
  expect((await ask("GET", "http://files.nyc3.digitaloceanspaces.com/")).status).toBe(404);
  await running.restart();
  expect((await ask("PUT", hetzner.replace("nbg1", "hel1"))).status).toBe(409);
});

it("fails when it is told to", async () => {
  await running.control("POST", "/fail", { api: "spaces", method: "PUT", path: "/backups/*", status: 503 });
  expect((await ask("PUT", `${BUCKET}/key`, "x")).status).toBe(503);
  expect(store.seen).toEqual([]);
  await running.control("POST", "/fail", { api: "spaces", path: "/backups/key", status: "reset" });
  await expect(ask("GET", `${BUCKET}/key`)).rejects.toThrow("socket hang up");

  // the general name is both companies'
  await running.control("POST", "/fail", { api: "object-storage", times: 2, status: 500 });
  expect((await ask("GET", `${BUCKET}/key`)).status).toBe(500);
  expect((await ask("GET", "http://files.nbg1.your-objectstorage.com/key")).status).toBe(500);
  await running.control("POST", "/fail", { api: "spaces", status: 500 });
  expect((await ask("GET", "http://files.nbg1.your-objectstorage.com/key")).status).toBe(200);
});
