import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { CloudAccount } from "../digitalocean/cloud-account";
import { redactQuery } from "../redaction";
import type { Surroundings } from "../simulated-api";
import { Exchange } from "./exchange";
import { answerLifecycle } from "./lifecycle";
import { type SpacesTarget, targetOf } from "./target";

/**
 * The proxy that HTTP_PROXY names. It stands between the provider's S3 client and MinIO and passes on what is
 * meant for `*.digitaloceanspaces.com`, host header and all, because that is what the signature covers.
 * Anything else is refused: a rehearsal reaches nothing outside.
 */
export function spacesProxy(surroundings: Surroundings, account: CloudAccount, s3: string): Server {
  const server = createServer((incoming, outgoing) => {
    handle(surroundings, account, new URL(s3), incoming, outgoing).catch((error: unknown) => {
      console.error(`spaces: ${incoming.method} ${incoming.url}:`, error);
      if (!outgoing.headersSent) outgoing.writeHead(502);
      outgoing.end();
    });
  });
  server.on("connect", (incoming: IncomingMessage, socket) => {
    const path = incoming.url ?? "";
    const time = new Date().toISOString();
    surroundings.log.add({
      time,
      api: "spaces",
      method: "CONNECT",
      path,
      status: 403,
      milliseconds: 0,
      unknown: true,
    });
    socket.end("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
  });
  return server;
}

async function handle(
  { log, faults }: Surroundings,
  account: CloudAccount,
  s3: URL,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const started = Date.now();
  const target = targetOf(incoming);
  const method = incoming.method ?? "GET";
  const path = target === undefined ? (incoming.url ?? "") : `/${target.bucket}${target.key}`;
  const orders = target === undefined ? [] : faults.takeFor("spaces", method, path);
  const fault = orders.find((order) => order.status !== undefined);
  const write = (status: number | "connection reset"): void =>
    log.add({
      time: new Date(started).toISOString(),
      api: "spaces",
      method,
      path,
      ...(target?.query ? { query: redactQuery(target.query) } : {}),
      status,
      milliseconds: Date.now() - started,
      ...(fault === undefined ? {} : { injected: true }),
      ...(target === undefined ? { unknown: true } : {}),
    });
  await sleep(orders.reduce((sum, order) => sum + (order.delayMilliseconds ?? 0), 0));
  const exchange = new Exchange(incoming, outgoing);
  outgoing.on("finish", () => write(outgoing.statusCode));
  if (fault?.status === "reset") {
    write("connection reset");
    incoming.socket.destroy();
  } else if (fault?.status !== undefined) {
    const wait = fault.retryAfterSeconds ?? (fault.status === 429 ? 30 : undefined);
    if (wait !== undefined) outgoing.setHeader("retry-after", wait);
    exchange.refuse(
      fault.status,
      fault.status === 500 ? "InternalError" : "SlowDown",
      "the rehearsal was told to fail",
    );
  } else if (target === undefined) {
    exchange.refuse(403, "AccessDenied", "the rehearsal's proxy passes *.digitaloceanspaces.com and nothing else");
  } else {
    await pass(account, s3, exchange, target);
  }
}

async function pass(account: CloudAccount, s3: URL, exchange: Exchange, target: SpacesTarget): Promise<void> {
  const { buckets } = account.value;
  const known = buckets[target.bucket];
  const isBucket = target.key === "/" && target.bucket !== "";
  const method = exchange.incoming.method;
  if (known !== undefined && known.region !== target.region) {
    // MinIO has no regions: a bucket would be found in all of them
    if (isBucket && method === "PUT") exchange.refuse(409, "BucketAlreadyExists", "the bucket name is taken");
    else exchange.refuse(404, "NoSuchBucket", "the bucket is not in this region");
    return;
  }
  const upstream = request({
    host: s3.hostname,
    port: s3.port,
    method,
    path: target.path,
    headers: exchange.forwardedHeaders(),
  });
  if (isBucket && target.parameters.has("lifecycle")) {
    await answerLifecycle(account, exchange, upstream, target.bucket);
    return;
  }
  const status = await exchange.pipe(upstream);
  if (!isBucket || target.query !== "") return;
  const urn = `do:space:${target.bucket}`;
  if (method === "PUT" && status === 200 && known === undefined) {
    buckets[target.bucket] = { region: target.region, lifecycle: null };
    account.adopt(urn);
    account.settle();
  }
  if (method === "DELETE" && status === 204) {
    delete buckets[target.bucket];
    account.forget(urn);
    account.settle();
  }
}
