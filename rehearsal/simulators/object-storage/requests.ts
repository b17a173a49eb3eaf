import { type IncomingMessage, request, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { FaultOrder } from "../faults";
import { redactQuery } from "../redaction";
import type { Surroundings } from "../simulated-api";
import type { Buckets } from "./buckets";
import { Exchange } from "./exchange";
import { answerLifecycle } from "./lifecycle";
import { type Company, type StorageTarget, targetOf } from "./target";

/** What stands behind the clouds' object storage. */
export interface ObjectStorage extends Surroundings {
  /** The MinIO that keeps the objects of both. */
  readonly s3: string;
  readonly buckets: Readonly<Record<Company, Buckets>>;
}

/** The name under which the control API knows each company's calls. */
const API: Readonly<Record<Company, string>> = { DigitalOcean: "spaces", Hetzner: "object-storage" };

/** Answers one request: as the control API ordered, or as MinIO does. */
export async function handleRequest(
  storage: ObjectStorage,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  inTunnel: boolean,
): Promise<void> {
  const started = Date.now();
  const target = targetOf(incoming, inTunnel);
  const api = target === undefined ? "object-storage" : API[target.company];
  const method = incoming.method ?? "GET";
  const path = target === undefined ? (incoming.url ?? "") : `/${target.bucket}${target.key}`;
  const orders = target === undefined ? [] : storage.faults.takeFor(api, method, path);
  const fault = orders.find((order) => order.status !== undefined);
  const write = (status: number | "connection reset"): void =>
    storage.log.add({
      time: new Date(started).toISOString(),
      api,
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
    fail(exchange, fault, fault.status);
  } else if (target === undefined) {
    exchange.refuse(403, "AccessDenied", "the rehearsal's proxy passes object storage and nothing else");
  } else {
    await pass(storage, exchange, target);
  }
}

function fail(exchange: Exchange, fault: FaultOrder, status: number): void {
  const wait = fault.retryAfterSeconds ?? (status === 429 ? 30 : undefined);
  if (wait !== undefined) exchange.outgoing.setHeader("retry-after", wait);
  // a client tries again by the code, whatever the status is
  const code = { 403: "AccessDenied", 500: "InternalError" }[status] ?? "SlowDown";
  exchange.refuse(status, code, "the rehearsal was told to fail");
}

async function pass({ buckets, s3 }: ObjectStorage, exchange: Exchange, target: StorageTarget): Promise<void> {
  const own = buckets[target.company];
  const others = target.company === "Hetzner" ? buckets.DigitalOcean : buckets.Hetzner;
  const known = own.find(target.bucket);
  const isBucket = target.key === "/" && target.bucket !== "";
  const method = exchange.incoming.method;
  // MinIO has neither regions nor companies: a bucket would be found in all of them
  const isElsewhere = known === undefined ? others.find(target.bucket) !== undefined : known.region !== target.region;
  if (isElsewhere) {
    if (isBucket && method === "PUT") exchange.refuse(409, "BucketAlreadyExists", "the bucket name is taken");
    else exchange.refuse(404, "NoSuchBucket", "the bucket is not in this region");
    return;
  }
  const { hostname, port } = new URL(s3);
  const headers = exchange.forwardedHeaders();
  const upstream = request({ host: hostname, port, method, path: target.path, headers });
  if (isBucket && target.parameters.has("lifecycle")) {
    await answerLifecycle(own, exchange, upstream, target.bucket);
    return;
  }
  const status = await exchange.pipe(upstream);
  if (!isBucket || target.query !== "") return;
  if (method === "PUT" && status === 200 && known === undefined) own.add(target.bucket, target.region);
  if (method === "DELETE" && status === 204) own.remove(target.bucket);
}
