import { createServer, type IncomingMessage, request, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
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
  const proxy = new URL(running.addresses.spacesProxy);
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

it("passes nothing else, neither plain nor through a tunnel", async () => {
  const said = jest.spyOn(console, "error").mockImplementation();
  for (const address of ["http://example.com/", "http://nyc3.digitaloceanspaces.com.example.com/", `${BUCKET}:8080/`]) {
    expect((await ask("GET", address)).status).toBe(403);
  }
  const proxy = new URL(running.addresses.spacesProxy);
  const tunnel = connect(Number(proxy.port), proxy.hostname);
  tunnel.write("CONNECT registry.terraform.io:443 HTTP/1.1\r\nhost: registry.terraform.io:443\r\n\r\n");
  expect(await text(tunnel)).toMatch(/^HTTP\/1.1 403 /);
  expect(store.seen).toEqual([]);
  expect((await running.calls()).every((call) => call.unknown)).toBe(true);
  said.mockRestore();
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

it("fails when it is told to", async () => {
  await running.control("POST", "/fail", { api: "spaces", method: "PUT", path: "/backups/*", status: 503 });
  expect((await ask("PUT", `${BUCKET}/key`, "x")).status).toBe(503);
  expect(store.seen).toEqual([]);
  await running.control("POST", "/fail", { api: "spaces", path: "/backups/key", status: "reset" });
  await expect(ask("GET", `${BUCKET}/key`)).rejects.toThrow("socket hang up");
});
