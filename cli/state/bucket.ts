import { randomBytes } from "node:crypto";
import { InputFault } from "../fault";
import type { StateStore } from "./store";

/**
 * What a store does with a file that is to be written only where there is none. Terraform's lock is one.
 * `kept`: one writer of several has it; `shared`: more than one believes so; a text: it refuses to say.
 */
export type Locks = "kept" | "shared" | { readonly refusal: string };

export interface PreparedBucket {
  readonly made: boolean;
  readonly locks: Locks;
}

const VERSIONED =
  '<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>Enabled</Status></VersioningConfiguration>';

/** At once, as many runs as no team has. */
const WRITERS = 8;

/** Sees to a bucket that is private, keeps versions, and is the caller's own. Run again, it changes nothing. */
export async function prepareBucket(store: StateStore): Promise<PreparedBucket> {
  const made = await makeBucket(store);
  await keepVersions(store);
  await refusePublic(store);
  return { made, locks: await tryLocks(store) };
}

async function makeBucket(store: StateStore): Promise<boolean> {
  const { status } = await store.ask("HEAD");
  if (status === 200) return false;
  if (status === 404) {
    const answer = await store.ask("PUT", { body: placeOf(store) });
    if (answer.status < 300) return true;
    if (answer.code === "BucketAlreadyOwnedByYou") return false;
    if (answer.code === "BucketAlreadyExists") throw foreign(store);
    throw store.refused(answer, "may this key make buckets?");
  }
  // HEAD has no text that tells why
  const answer = await store.ask("GET", { query: { "max-keys": "1" } });
  if (answer.code === "AccessDenied") throw foreign(store);
  throw store.refused(answer, "is the region right, and the key one of this store?");
}

function foreign({ bucket, endpoint }: StateStore): InputFault {
  const problem = `is somebody else's at ${endpoint}, or this key may not reach it`;
  return new InputFault(bucket, problem, "names are shared by all customers: choose another, or the key that made it");
}

/** Amazon wants to be told, where it is not in Virginia; the others have one place an endpoint. */
function placeOf({ endpoint, region }: StateStore): string {
  if (!endpoint.endsWith(".amazonaws.com") || region === "us-east-1") return "";
  return `<CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><LocationConstraint>${region}</LocationConstraint></CreateBucketConfiguration>`;
}

async function keepVersions(store: StateStore): Promise<void> {
  const query = { versioning: "" };
  const keeps = async () => /<Status>Enabled</.test((await store.must("GET", { query })).text);
  if (await keeps()) return;
  await store.must("PUT", { query, body: VERSIONED });
  if (await keeps()) return;
  const remedy = "choose a store that does: without them a broken state can not be brought back";
  throw new InputFault(`${store.endpoint}/${store.bucket}`, "keeps no versions", remedy);
}

/** Asked as anybody could: a policy may open what the access list does not. */
async function refusePublic(store: StateStore): Promise<void> {
  const object = probeName();
  await store.must("PUT", { object, body: "whether anybody can read this" });
  const [list, read] = await Promise.all([
    store.ask("GET", { query: { "max-keys": "1" }, signed: false }),
    store.ask("GET", { object, signed: false }),
  ]);
  await store.must("DELETE", { object });
  if (list.status !== 200 && read.status !== 200) return;
  const remedy = "a state holds every secret: make it private, or choose another";
  throw new InputFault(`${store.endpoint}/${store.bucket}`, "can be read by everybody", remedy);
}

/** Twice, since a state is locked again after it was unlocked, and versions leave something behind. */
async function tryLocks(store: StateStore): Promise<Locks> {
  const object = probeName();
  const lock = () =>
    store.ask("PUT", { object, body: "whether a second writer is refused", headers: { "if-none-match": "*" } });
  for (let round = 0; round < 2; round++) {
    const answers = await Promise.all(Array.from({ length: WRITERS }, lock));
    const refusal = answers.find(({ status }) => status >= 300 && status !== 412 && status !== 409);
    const holders = answers.filter(({ status }) => status < 300).length;
    if (holders > 0) await store.must("DELETE", { object });
    if (refusal !== undefined) return { refusal: `${refusal.status} ${refusal.code ?? ""}`.trim() };
    if (holders === 0) return { refusal: "nobody may write it" };
    if (holders > 1) return "shared";
  }
  return "kept";
}

function probeName(): string {
  return `single-host-probe-${randomBytes(6).toString("hex")}`;
}
