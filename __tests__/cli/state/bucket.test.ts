import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { prepareBucket } from "../../../cli/state/bucket";
import { StateStore } from "../../../cli/state/store";
import { SynthesizedStack } from "../../../cli/synthesized-stack";

/** What stores of the world do with what is asked of them; the rehearsal's own does all of it right. */
interface Manners {
  readonly exists?: boolean;
  readonly conditions?: "honoured" | "ignored" | "not implemented";
  readonly foreign?: boolean;
  readonly takenName?: boolean;
  readonly public?: boolean;
  readonly versions?: boolean;
}

const before = { ...process.env };
let server: Server | undefined;
let asked: string[];

async function store(manners: Manners): Promise<StateStore> {
  const { exists = false, conditions = "honoured", versions = true } = manners;
  const objects = new Set<string>();
  let made = exists;
  let versioned = false;
  asked = [];
  server = createServer((request, response) => {
    const url = new URL(request.url ?? "", "http://store");
    const [, , object = ""] = url.pathname.split("/");
    const signed = request.headers.authorization !== undefined;
    const answer = (status: number, code = "") =>
      response.writeHead(status).end(code && `<Error><Code>${code}</Code></Error>`);
    asked.push(`${request.method} ${object === "" ? url.search : "object"}`.trim());
    request.resume().on("end", () => {
      if (!signed) return manners.public ? answer(200) : answer(403, "AccessDenied");
      if (manners.foreign) return answer(403, "AccessDenied");
      if (request.method === "HEAD") return answer(made ? 200 : 404);
      if (url.searchParams.has("versioning")) {
        if (request.method === "PUT") versioned = versions;
        return response.end(versioned ? "<Status>Enabled</Status>" : "<VersioningConfiguration/>");
      }
      if (object === "") {
        if (manners.takenName) return answer(409, "BucketAlreadyExists");
        made = true;
        return answer(200);
      }
      if (request.method === "DELETE") return objects.delete(object) && answer(204);
      if (request.headers["if-none-match"] === "*" && conditions !== "ignored") {
        if (conditions === "not implemented") return answer(501, "NotImplemented");
        if (objects.has(object)) return answer(412, "PreconditionFailed");
      }
      objects.add(object);
      return answer(200);
    });
  });
  await new Promise<void>((listening) => server?.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  process.env.AWS_ENDPOINT_URL_S3 = `http://127.0.0.1:${port}`;
  const backend = { s3: { bucket: "our-state", key: "beta.tfstate", region: "us-east-1", use_lockfile: true } };
  return StateStore.of(new SynthesizedStack("beta", "/nowhere", { terraform: { backend } }));
}

beforeEach(() => {
  process.env.AWS_ACCESS_KEY_ID = "id";
  process.env.AWS_SECRET_ACCESS_KEY = "secret";
});

afterEach(async () => {
  process.env = { ...before };
  await new Promise((closed) => (server === undefined ? closed(null) : server.close(closed)));
  server = undefined;
});

test("one that is not there is made, with versions", async () => {
  expect(await prepareBucket(await store({}))).toEqual({ made: true, locks: "kept" });
  expect(asked.slice(0, 5)).toEqual(["HEAD", "PUT", "GET ?versioning=", "PUT ?versioning=", "GET ?versioning="]);
});

test("one that is there, and ours, is taken", async () => {
  expect(await prepareBucket(await store({ exists: true }))).toEqual({ made: false, locks: "kept" });
});

test("a store that ignores conditions is found out", async () => {
  expect(await prepareBucket(await store({ conditions: "ignored" }))).toEqual({ made: true, locks: "shared" });
});

test("a store that refuses conditions is found out", async () => {
  const { locks } = await prepareBucket(await store({ conditions: "not implemented" }));
  expect(locks).toEqual({ refusal: "501 NotImplemented" });
});

test("somebody else's is refused, whether it is seen or not", async () => {
  const refused = /^our-state: is somebody else's at http:\S+, or this key may not reach it; .* choose another/;
  await expect(prepareBucket(await store({ foreign: true }))).rejects.toThrow(refused);
  await new Promise((closed) => server?.close(closed));
  await expect(prepareBucket(await store({ takenName: true }))).rejects.toThrow(refused);
});

test("one that everybody can read is refused", async () => {
  await expect(prepareBucket(await store({ exists: true, public: true }))).rejects.toThrow(/can be read by everybody/);
});

test("a store without versions is refused", async () => {
  await expect(prepareBucket(await store({ versions: false }))).rejects.toThrow(/keeps no versions/);
});

test("a key is needed, and a bucket", () => {
  const stack = (terraform: object) => new SynthesizedStack("beta", "/nowhere", { terraform });
  expect(() => StateStore.of(stack({ backend: { local: {} } }))).toThrow(
    /^beta: keeps its state in no bucket; give it/,
  );
  delete process.env.AWS_ACCESS_KEY_ID;
  expect(() => StateStore.of(stack({ backend: { s3: { bucket: "our-state", key: "beta" } } }))).toThrow(
    /^AWS_ACCESS_KEY_ID: is not set; export it/,
  );
});
