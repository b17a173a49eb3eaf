import { createServer, type RequestListener, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { BackupRepository } from "../../cli/recover/repository";
import { command } from "../../rehearsal/command";
import { installPackages, onPath } from "../../rehearsal/engine";
import { docker } from "./server-image";

const NAME = `cdktf-single-host-repository-${process.pid}`;
const KEYS = { accessKeyId: "rehearsal", secretAccessKey: "rehearsal-secret", password: "the password" };
const REGION = "eu-central-003";
const [FIRST, SECOND, THIRD] = ["20261121T031500Z", "20261122T031500Z", "20261123T031500Z"] as const;

let store: Server;
let address: string;

/** A store that takes requests signed for its region alone, and tells nobody which one that is, as some companies' do. */
function strict(port: number): RequestListener {
  return (incoming, answer) => {
    const region = /Credential=[^/]+\/\d+\/([^/]+)\//.exec(incoming.headers.authorization ?? "")?.[1];
    if (region !== REGION) {
      answer.writeHead(403).end("<Error><Code>AccessDenied</Code><Message>Access Denied.</Message></Error>");
      return;
    }
    const { method, url: path, headers } = incoming;
    const passed = request({ port, method, path, headers }, (found) => {
      answer.writeHead(found.statusCode ?? 500, found.headers);
      found.pipe(answer);
    });
    passed.on("error", () => answer.writeHead(503).end()); // it has only just been started
    incoming.pipe(passed);
  };
}

async function restic(words: readonly string[], input = "{}"): Promise<string> {
  const env = {
    ...process.env,
    RESTIC_REPOSITORY: address,
    RESTIC_PASSWORD: KEYS.password,
    AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
    AWS_DEFAULT_REGION: REGION,
  };
  return (await command(["restic", "--quiet", ...words], { env, input })).stdout;
}

async function save(file: string, text: string, ...tags: string[]): Promise<void> {
  const marks = tags.flatMap((tag) => ["--tag", tag]);
  await restic(["backup", "--host", "shop", ...marks, "--stdin", "--stdin-filename", file], text);
}

async function backUp(run: string): Promise<void> {
  await save("/host", "{}", "single-host", `run=${run}`, "part=host");
  await save("/manifest.json", "{}", "single-host", `run=${run}`, "part=manifest", "parts=1");
}

beforeAll(async () => {
  if (!(await onPath("restic"))) await installPackages(["restic"], "restic: not found on PATH; install it");
  const [image = ""] = docker(["image", "ls", "--format", "{{.Repository}}:{{.Tag}}", "cdktf-single-host/minio"]).split(
    "\n",
  );
  if (image === "") throw new Error("no image cdktf-single-host/minio: `npm run rehearse` builds it");
  const keys = [`MINIO_ROOT_USER=${KEYS.accessKeyId}`, `MINIO_ROOT_PASSWORD=${KEYS.secretAccessKey}`];
  const environment = [...keys, `MINIO_REGION=${REGION}`].flatMap((setting) => ["--env", setting]);
  const label = ["--label", "cdktf-single-host=rehearsal"];
  docker([
    "run",
    "--detach",
    "--name",
    NAME,
    ...label,
    "-p",
    "127.0.0.1::9000",
    ...environment,
    image,
    "server",
    "/data",
  ]);
  const port = Number(docker(["port", NAME, "9000/tcp"]).split(":").at(-1));
  store = createServer(strict(port)).listen(0, "127.0.0.1");
  await new Promise((resolve) => store.once("listening", resolve));
  address = `s3:http://127.0.0.1:${(store.address() as AddressInfo).port}/backups/shop`;
  await restic(["init"]);
  for (const run of [FIRST, SECOND, THIRD]) await backUp(run);
});

afterAll(() => {
  store.close();
  docker(["rm", "--force", "--volumes", NAME]);
});

const repository = (region: string | null = REGION) => new BackupRepository(address, "shop", { ...KEYS, region });

test("a store that wants requests signed for its region is read with the region of the stack", async () => {
  expect((await repository().newestRun())?.name).toBe(THIRD);
  await expect(repository(null).newestRun()).rejects.toThrow(/can't be read/);
});

test("a run that a drill or a check has found damaged is passed by, as the newest word of each says", async () => {
  const found = (by: string, said: object) =>
    save("/findings.json", JSON.stringify({ format: 1, proven: {}, ...said }), "single-host-findings", `by=${by}`);
  await found("drill", { at: THIRD, damaged: { [THIRD]: "rows" } });
  expect((await repository().newestRun())?.name).toBe(SECOND);
  await found("check", { at: FIRST, damaged: { [FIRST]: "a pack" } });
  expect((await repository().newestRun())?.name).toBe(THIRD); // none is whole: the newest
  await found("drill", { at: SECOND, damaged: {}, proven: { [SECOND]: "2026-11-24T05:00:00Z" } });
  expect((await repository().newestRun())?.name).toBe(SECOND); // proven after the damage was found, which the third is not
  await found("check", { at: THIRD, damaged: {} });
  expect((await repository().newestRun())?.name).toBe(THIRD);
});
