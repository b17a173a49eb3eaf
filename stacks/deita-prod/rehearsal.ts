import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Check, RehearsalDefinition } from "../../rehearsal/definition";
import { formWithFile } from "../../rehearsal/form-file";
import type { Visitor } from "../../rehearsal/visitor";

const SALES = Buffer.from("city,amount\nNürnberg,10.5\nFalkenstein,2\nNürnberg,4\n");
const TOTALS = [
  ["Falkenstein", 2],
  ["Nürnberg", 14.5],
];

/** What somebody has given Deita to keep: an account, a workspace in it, a file in that. */
export interface Dataset {
  readonly token: string;
  /** Path of the workspace. */
  readonly workspace: string;
  readonly file: string;
  /** How the object store calls the uploaded file. */
  readonly object: string;
}

/** Registers somebody, makes a workspace and uploads a file to it. */
export async function storeDataset(visitor: Visitor): Promise<Dataset> {
  const post = (path: string, value: unknown, token?: string) =>
    visitor.json(path, { method: "POST", headers: jsonHeaders(token), body: JSON.stringify(value), expect: 201 });
  const id = randomUUID();
  const { token } = await post("/v1/users", { email: `${id}@deita.example`, password: randomUUID() });
  const workspace = await post("/v1/workspaces", { name: "Numbers" }, token);
  const form = formWithFile({ filename: "Sales.csv", contentType: "text/csv", content: SALES });
  const path = `/v1/workspaces/${workspace.id}`;
  const headers = { ...form.headers, authorization: `Bearer ${token}` };
  const file = await visitor.json(`${path}/files`, { method: "POST", headers, body: form.body, expect: 201 });
  return { token, workspace: path, file: file.id, object: `workspaces/${workspace.id}/${file.id}.csv` };
}

/** Throws unless a dataset is there as it was stored: the account, DuckDB's rows, and the bytes in the object store. */
export async function expectDataset(visitor: Visitor, { token, workspace, file }: Dataset): Promise<void> {
  const { rows } = await visitor.json(`${workspace}/query`, {
    method: "POST",
    headers: jsonHeaders(token),
    body: JSON.stringify({ sql: "SELECT city, sum(amount) FROM sales GROUP BY city ORDER BY city" }),
  });
  if (JSON.stringify(rows) !== JSON.stringify(TOTALS)) throw new Error(`DuckDB answers ${JSON.stringify(rows)}`);
  const content = await visitor.visit(`${workspace}/files/${file}/content`, { headers: jsonHeaders(token) });
  if (content.status !== 200 || !content.body.equals(SALES)) {
    throw new Error(`the file came back changed: ${content.status}, ${content.body.length} bytes`);
  }
}

const page: Check = {
  name: "the frontend's page comes with its assets and its security headers",
  async run(visitor) {
    const { status, headers, body } = await visitor.visit("/");
    expectText("the page", `${status} ${headers["content-type"]}`, "200 text/html");
    const policy = "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline';";
    expectText("Content-Security-Policy", headers["content-security-policy"], policy);
    expectText("X-Frame-Options", headers["x-frame-options"], "SAMEORIGIN");
    expectText("X-Content-Type-Options", headers["x-content-type-options"], "nosniff");
    expectText("Referrer-Policy", headers["referrer-policy"], "strict-origin-when-cross-origin");
    expectText("Strict-Transport-Security", headers["strict-transport-security"], "max-age=31536000");
    const html = body.toString("utf8");
    const assets = [...html.matchAll(/"(\/assets\/[^"]+)"/g)].map(([, path]) => path as string);
    if (assets.length === 0) throw new Error(`the page refers to no assets: ${html.slice(0, 300)}`);
    for (const path of assets) {
      const asset = await visitor.visit(path);
      if (asset.status !== 200 || asset.body.length === 0) throw new Error(`${path} answers ${asset.status}`);
    }
    const view = await visitor.visit("/workspaces/7");
    if (!view.body.equals(body)) throw new Error("a view of the page is not the page");
    expectText("a missing asset", String((await visitor.visit("/assets/gone.js")).status), "404");
    return `version ${headers["x-app-version"]}, ${assets.join(", ")}`;
  },
};

const health: Check = {
  name: "/v1 is the backend, and all its stores are connected",
  async run(visitor) {
    const answer = await visitor.json("/v1/health");
    const stores = [answer.status, answer.postgres, answer.duckdb, answer.storage].join(" ");
    expectText("/v1/health", stores, "ok connected connected connected");
    expectText("ENVIRONMENT", answer.environment, "production");
    expectText("an unknown path of /v1", String((await visitor.visit("/v1/nothing")).status), "404");
    return JSON.stringify(answer);
  },
};

const upload: Check = {
  name: "an upload becomes rows in PostgreSQL and DuckDB and an object in the bucket, and comes back",
  async run(visitor) {
    const dataset = await storeDataset(visitor);
    await expectDataset(visitor, dataset);
    const query = `select filename, rows from files where id = '${dataset.file}'`;
    expectText(
      "PostgreSQL",
      await inService(visitor, "postgres", `psql -U deita -d deita -Atc "${query}"`),
      "Sales.csv|3",
    );
    const object = JSON.parse(await inService(visitor, "backend", "python -", bucketReport(dataset.object)));
    expectText("the object's size", String(object.size), String(SALES.length));
    expectText("versioning", object.versioning, "Enabled");
    return `${object.bucket}/${dataset.object}`;
  },
};

const dataVolume: Check = {
  name: "DuckDB's file lies on the data volume",
  async run(visitor) {
    const file = "/srv/volume/volumes/duckdb_data/deita.duckdb";
    const onServer = await visitor.onServer(`sudo stat --format '%i on %d' ${file}`);
    const inContainer = await inService(visitor, "backend", "stat --format '%i on %d' /app/data/deita.duckdb");
    expectText("the file that the backend writes", inContainer, onServer.trim());
    const device = (path: string) => visitor.onServer(`sudo findmnt --noheadings --output SOURCE --target ${path}`);
    const [volume, root] = [(await device(file.replace(/\/deita.*/, ""))).trim(), (await device("/srv")).trim()];
    if (volume === root) throw new Error(`${file} lies on ${root}, the server's own disk`);
    return `${file} on ${volume}`;
  },
};

const containers: Check = {
  name: "no process of a container is root's, limits are set, passwords come as files",
  async run(visitor) {
    const services = ["backend", "frontend", "postgres"];
    for (const service of services) {
      const processes = await visitor.onServer(`sudo docker top ${containerOf(service)} -eo pid,uid,comm | tail -n +2`);
      const roots = processes.split("\n").filter((line) => line.trim().split(/\s+/)[1] === "0");
      if (processes.trim() === "" || roots.length > 0) throw new Error(`${service} runs as root: ${processes}`);
    }
    const inspect = async (service: string) =>
      JSON.parse(await visitor.onServer(`sudo docker inspect ${containerOf(service)}`))[0];
    const { HostConfig: limits } = await inspect("backend");
    expectText("the backend's limits", `${limits.NanoCpus} ${limits.Memory}`, `${2e9} ${2 * 1024 ** 3}`);
    expectText("log rotation", JSON.stringify(limits.LogConfig.Config), '{"max-file":"3","max-size":"10m"}');
    for (const service of services) {
      const { Config } = await inspect(service);
      const open = (Config.Env as string[]).filter((line) => /^(POSTGRES_PASSWORD|SECRET_KEY)=/.test(line));
      if (open.length > 0) throw new Error(`${service} has a password in its environment`);
    }
    const key = await inService(visitor, "backend", "wc -c < /run/secrets/secret_key");
    expectText("characters of SECRET_KEY", key, "64");
    return "2 CPUs, 2 GiB, 3 files of 10 MB of log each";
  },
};

const reboot: Check = {
  name: "a reboot brings the site back by itself, with its rows and files",
  async run(visitor) {
    const dataset = await storeDataset(visitor);
    const boot = () => visitor.onServer("ps --no-headers -o lstart -p 1");
    const before = await boot();
    await visitor.onServer("sudo systemd-run --quiet --on-active=1 systemctl reboot");
    const begin = Date.now();
    // It still answers for a moment, then nobody is there.
    while ((await boot().catch(() => before)) === before) {
      if (Date.now() - begin > 120_000) throw new Error("the server does not come back");
      await sleep(1000);
    }
    await visitor.untilWell("/v1/health", 180, 200);
    await expectDataset(visitor, dataset);
    return `back after ${Math.round((Date.now() - begin) / 1000)} s`;
  },
};

/** What the backend's own keys show of an object: a program for its container. */
function bucketReport(object: string): string {
  return `
import json, os
from urllib.parse import urlsplit
import urllib3
from minio import Minio
endpoint, bucket = urlsplit(os.environ["S3_ENDPOINT"]), os.environ["S3_BUCKET_NAME"]
client = Minio(endpoint.netloc, os.environ["S3_ACCESS_KEY"], os.environ["S3_SECRET_KEY"],
  region=os.environ["S3_REGION"], secure=endpoint.scheme == "https", http_client=urllib3.PoolManager())
size = client.stat_object(bucket_name=bucket, object_name=${JSON.stringify(object)}).size
versioning = client.get_bucket_versioning(bucket_name=bucket).status
print(json.dumps({"bucket": bucket, "size": size, "versioning": versioning}))
`;
}

function containerOf(service: string): string {
  return `"$(sudo docker ps -qf label=com.docker.compose.project=deita-prod -f label=com.docker.compose.service=${service})"`;
}

/** Runs a command in the container of a service; what it prints. */
async function inService(visitor: Visitor, service: string, line: string, input?: string): Promise<string> {
  const command = `sudo docker exec -i ${containerOf(service)} sh -c '${line.replaceAll("'", "'\\''")}'`;
  return (await visitor.onServer(command, input)).trim();
}

function jsonHeaders(token?: string): Record<string, string> {
  return { "content-type": "application/json", ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
}

function expectText(what: string, got: unknown, wanted: string): void {
  if (got !== wanted) throw new Error(`${what}: expected ${wanted}, got ${got}`);
}

export const rehearsal: RehearsalDefinition = {
  images: {
    "ghcr.io/kasappeal/deita/backend:1.0.0": "examples/queries/backend",
    "ghcr.io/kasappeal/deita/frontend:1.0.0": "examples/queries/frontend",
  },
  checks: [page, health, upload, dataVolume, containers, reboot],
};
