import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { certificateAuthority, trustBundle } from "../../../rehearsal/authority";
import { type CommandResult, command } from "../../../rehearsal/command";
import { buildComponents } from "../../../rehearsal/components";
import type { Call } from "../../../rehearsal/simulators/call-log";
import type { Addresses } from "../../../rehearsal/simulators/simulators";
import { findTerraform } from "../../../rehearsal/toolchain";

const MAIN = join(__dirname, "..", "..", "..", "rehearsal", "simulators", "main.ts");
/** Whose buckets are asked for by name: those of the places in the configurations, and where their backups go. */
const DOMAINS = [
  ...["nyc3", "sfo3"].map((region) => `${region}.digitaloceanspaces.com`),
  ...["nbg1", "fsn1", "hel1"].map((location) => `${location}.your-objectstorage.com`),
];
const CREDENTIALS = { accessKey: "REHEARSAL", secretKey: "rehearsal-secret" };

/**
 * Real Terraform with real providers against the simulators' own process, MinIO behind it. Set
 * PROVIDERS_CONFIGURATION to another Terraform CLI configuration to try other versions of the providers.
 */
export class ProviderRun {
  private readonly folder = mkdtempSync(join(tmpdir(), "providers-"));
  private readonly children: ChildProcess[] = [];
  private terraformBinary = "";
  private configuration = "";
  private authority = "";
  private minioPort = 0;
  private addresses: Addresses | undefined;

  /**
   * @param variables of the configuration
   * @param account the folder beside this file with the configuration, or that of a configuration of one's own
   */
  public constructor(
    private readonly variables: Readonly<Record<string, string>>,
    private readonly account = "account",
  ) {}

  public async start(): Promise<void> {
    const components = await buildComponents(() => {});
    this.terraformBinary = await findTerraform();
    this.authority = await certificateAuthority();
    this.configuration = process.env.PROVIDERS_CONFIGURATION || components.terraformConfiguration;
    await this.startMinio(components.binaries.minio);
    await this.startSimulators();
    cpSync(resolve(__dirname, this.account), this.place, { recursive: true });
    await this.terraform(["init"]);
  }

  public async stop(): Promise<void> {
    for (const child of this.children) await end(child);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Ends the simulators as their user does and starts them anew, over the same state. */
  public async restart(): Promise<void> {
    const simulators = this.children.pop() as ChildProcess;
    await end(simulators);
    if (simulators.exitCode !== 0) throw new Error(`the simulators ended with ${simulators.exitCode}`);
    await this.startSimulators();
  }

  /** Where Terraform runs: its configuration, and its state. */
  public get place(): string {
    return join(this.folder, basename(this.account));
  }

  public get ready(): Addresses {
    if (this.addresses === undefined) throw new Error("not started");
    return this.addresses;
  }

  public terraform(
    argv: readonly string[],
    { environment = {}, accept = [0] }: { environment?: NodeJS.ProcessEnv; accept?: number[] } = {},
  ): Promise<CommandResult> {
    const env = {
      PATH: process.env.PATH,
      HOME: this.folder,
      DIGITALOCEAN_TOKEN: "rehearsal",
      DIGITALOCEAN_API_URL: this.ready.digitalocean,
      SPACES_ACCESS_KEY_ID: CREDENTIALS.accessKey,
      SPACES_SECRET_ACCESS_KEY: CREDENTIALS.secretKey,
      SPACES_ENDPOINT_URL: "http://{{.Region}}.digitaloceanspaces.com",
      HTTP_PROXY: this.ready.storageProxy,
      HTTPS_PROXY: this.ready.storageProxy,
      SSL_CERT_FILE: trustBundle(join(this.authority, "certificate.pem")),
      TF_VAR_OBJECT_STORAGE_ACCESS_KEY: CREDENTIALS.accessKey,
      TF_VAR_OBJECT_STORAGE_SECRET_KEY: CREDENTIALS.secretKey,
      HCLOUD_TOKEN: "rehearsal".padEnd(64, "0"),
      HCLOUD_ENDPOINT: `${this.ready.hetzner}/v1`,
      GITHUB_TOKEN: "rehearsal",
      GITHUB_BASE_URL: `${this.ready.github}/`,
      TF_CLI_CONFIG_FILE: this.configuration,
      CHECKPOINT_DISABLE: "1",
      TF_IN_AUTOMATION: "1",
      ...Object.fromEntries(Object.entries(this.variables).map(([name, value]) => [`TF_VAR_${name}`, value])),
      ...environment,
    };
    const [verb = "", ...rest] = argv;
    const options = { cwd: this.place, env, accept };
    const asks = verb === "show" ? [] : ["-input=false"];
    return command([this.terraformBinary, verb, "-no-color", ...asks, ...rest], options);
  }

  /** A saved plan as JSON. */
  public show(plan: string): Promise<CommandResult> {
    return this.terraform(["show", "-json", plan]);
  }

  /** What Terraform would do now: nothing is 0, changes are 2. */
  public plan(...argv: string[]): Promise<CommandResult> {
    return this.terraform(["plan", "-detailed-exitcode", ...argv], { accept: [0, 2] });
  }

  // biome-ignore lint/suspicious/noExplicitAny: each control call has an answer of its own
  public async control(method: string, path: string, body?: unknown): Promise<any> {
    const response = await fetch(`${this.ready.control}/control${path}`, { method, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }

  public async calls(): Promise<Call[]> {
    return (await this.control("GET", "/calls")).calls;
  }

  /** All that was written down about the calls. */
  public get log(): string {
    return readFileSync(join(this.folder, "state", "calls.jsonl"), "utf8");
  }

  private async startMinio(minio: string): Promise<void> {
    this.minioPort = await freePort();
    mkdirSync(join(this.folder, "minio"));
    const argv = ["server", "--quiet", "--address", `127.0.0.1:${this.minioPort}`, "--console-address", "127.0.0.1:0"];
    const env = {
      HOME: this.folder,
      MINIO_ROOT_USER: CREDENTIALS.accessKey,
      MINIO_ROOT_PASSWORD: CREDENTIALS.secretKey,
      MINIO_DOMAIN: DOMAINS.join(","),
    };
    this.children.push(spawn(minio, [...argv, join(this.folder, "minio")], { env, stdio: "ignore" }));
    const live = `http://127.0.0.1:${this.minioPort}/minio/health/live`;
    await until("MinIO answers", async () => (await fetch(live)).ok);
  }

  private async startSimulators(): Promise<void> {
    const ready = join(this.folder, "ready.json");
    const state = ["--state", join(this.folder, "state"), "--ready", ready];
    const outside = ["--s3", `http://127.0.0.1:${this.minioPort}`, "--repository", "abhi10/chitram"];
    const argv = [
      require.resolve("tsx/cli"),
      MAIN,
      ...state,
      ...outside,
      "--machines",
      "memory",
      "--authority",
      this.authority,
    ];
    this.children.push(spawn(process.execPath, argv, { stdio: ["ignore", "ignore", "inherit"] }));
    await until("the simulators answer", async () => existsSync(ready));
    this.addresses = JSON.parse(readFileSync(ready, "utf8")) as Addresses;
  }
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 150; attempt++) {
    if (await isSo().catch(() => false)) return;
    await sleep(200);
  }
  throw new Error(`${what}: not within 30 s`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await ended;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
