import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stateCredentials } from "../../constructs/model/remote-state";
import { COMPANIES } from "../companies";
import { runProgram } from "../external-program";
import { isObject, type JsonObject } from "../json-file";
import type { SynthesizedHost } from "../synthesized-host";
import { at } from "../synthesized-stack";
import { type StateResource, Terraform, type TerraformState } from "../terraform";
import type { BackupFacts, Contact, Measured, RunbookFacts } from "./runbook";

const CLOUDS = {
  digitalocean_droplet: {
    ...COMPANIES.digitalocean_droplet,
    credentials: ["DIGITALOCEAN_TOKEN"],
    storage: ["SPACES_ACCESS_KEY_ID", "SPACES_SECRET_ACCESS_KEY"],
    keys: { id: "SPACES_ACCESS_KEY_ID", secret: "SPACES_SECRET_ACCESS_KEY" },
  },
  hcloud_server: {
    ...COMPANIES.hcloud_server,
    credentials: ["HCLOUD_TOKEN"],
    storage: [],
    keys: { id: "TF_VAR_OBJECT_STORAGE_ACCESS_KEY", secret: "TF_VAR_OBJECT_STORAGE_SECRET_KEY" },
  },
} as const;

function cloudOf({ server }: SynthesizedHost) {
  return CLOUDS[server.type as keyof typeof CLOUDS];
}

/** What a runbook needs to know: from the stack, from Terraform's outputs where there is a state, from the server itself. */
export async function gatherFacts(
  host: SynthesizedHost,
  now: Date,
  tell: (line: string) => void,
): Promise<RunbookFacts> {
  tell("terraform init");
  const { outputs, resources } = await deployed(host);
  const [address, knownHosts] = [text(outputs.address), text(outputs.known_hosts)];
  const status = address === null || knownHosts === null ? null : await askServer(address, knownHosts, tell);
  const cloud = cloudOf(host);
  const { stack, settings } = host;
  const runbook = at(stack.json.locals, `${host.prefix}_runbook`);
  const urls = listOf(settings.sites).map((site) => stack.resolve(at(site, "address")) ?? text(outputs.url));
  const withBuckets = stack.resources.some(({ type }) => type === "digitalocean_spaces_bucket");
  const withGithub = stack.resources.some(({ type }) => type.startsWith("github_"));
  return {
    stack: stack.name,
    host: host.name,
    company: cloud.company,
    console: cloud.console,
    deletion: cloud.deletion,
    urls: [...new Set(urls.filter((url) => url !== null))],
    address,
    knownHosts: knownHosts?.split("\n") ?? [],
    services: Object.keys(
      isObject(at(settings, "application", "services")) ? (at(settings, "application", "services") as JsonObject) : {},
    ),
    credentials: [
      ...cloud.credentials,
      ...(withBuckets ? cloud.storage : []),
      ...(withGithub ? ["GITHUB_TOKEN"] : []),
      ...(isObject(at(stack.json, "terraform", "backend", "s3")) ? stateCredentials : []),
      ...variablesOf(stack.json.variable),
    ],
    hasDataVolume: isObject(settings.data_volume),
    backup: backupFacts(host, bucketIn(resources, host), status, now),
    contacts: listOf(at(runbook, "contacts")).map((contact) => contactOf(host, contact)),
    addition: stack.resolve(at(runbook, "text")) ?? "",
    writtenAt: moment(now),
  };
}

function backupFacts(host: SynthesizedHost, bucket: string | null, status: unknown, now: Date): BackupFacts | null {
  const { backup, repository } = host;
  if (backup === null || repository === null) return null;
  const drawn = new Map([[`random_id.${host.prefix}_backup_bucket.hex`, "..."]]);
  const last = text(at(status, "backup", "at"));
  const drilled = [at(status, "drill", "at"), at(status, "drill", "seconds")];
  const source = host.secrets.find(({ group, name }) => group === "backup" && name === "RESTIC_PASSWORD")?.from;
  return {
    bucket: bucket ?? host.stack.resolve(repository.bucket, drawn) ?? "NAME",
    endpoint: repository.endpoint,
    keys: cloudOf(host).keys,
    password: source?.kind === "generated" ? source.address : null,
    schedule: String(backup.schedule),
    drill: text(backup.drill),
    restoreFrom: text(backup.restore_from),
    databases: listOf(backup.postgres).map((database) => String(at(database, "service"))),
    volumes: listOf(backup.volumes).map(String),
    answered: status !== null,
    lastBackup: last === null ? null : { at: last, seconds: (now.getTime() - Date.parse(last)) / 1000 },
    lastDrill: measured(drilled[0], drilled[1]),
  };
}

/** What Terraform knows of the stack; nothing, before the first deploy. */
async function deployed(host: SynthesizedHost): Promise<TerraformState> {
  const terraform = new Terraform(host.stack.folder);
  await terraform.init();
  return terraform.state();
}

function bucketIn(resources: readonly StateResource[], { prefix }: SynthesizedHost): string | null {
  const names = [`digitalocean_spaces_bucket.${prefix}_backup_bucket`, `minio_s3_bucket.${prefix}_backup_bucket`];
  const bucket = resources.find(({ address }) => names.includes(address));
  return text(bucket?.attributes.name ?? bucket?.attributes.bucket);
}

/** What the server says of itself; null: it does not answer to this laptop's keys. */
async function askServer(address: string, knownHosts: string, tell: (line: string) => void): Promise<unknown> {
  tell(`ssh deploy@${address} sudo single-host status --json`);
  const folder = mkdtempSync(join(tmpdir(), "runbook-"));
  try {
    const file = join(folder, "known_hosts");
    writeFileSync(file, `${knownHosts}\n`);
    const options = ["-o", "BatchMode=yes", "-o", "ConnectTimeout=10", "-o", `UserKnownHostsFile=${file}`];
    const argv = ["ssh", ...options, `deploy@${address}`, "sudo single-host status --json"] as const;
    const { out, complaint } = await runProgram([...argv], { install: "install an SSH client" });
    if (out.trim() !== "") return JSON.parse(out);
    for (const line of complaint.split("\n")) tell(line);
    tell("the server did not answer: what it has measured is not in the runbook");
    return null;
  } catch {
    return null;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Variables that somebody has to give. */
function variablesOf(variables: unknown): string[] {
  const entries = Object.entries(isObject(variables) ? variables : {});
  return entries.filter(([, variable]) => at(variable, "default") === undefined).map(([name]) => `TF_VAR_${name}`);
}

function contactOf({ stack }: SynthesizedHost, contact: unknown): Contact {
  const known = (key: string) => stack.resolve(at(contact, key)) ?? "";
  return { name: known("name"), reach: known("reach") };
}

function measured(when: unknown, seconds: unknown): Measured | null {
  return typeof when === "string" && typeof seconds === "number" ? { at: when, seconds } : null;
}

/** `2026-11-21 12:20 UTC` */
function moment(date: Date): string {
  return `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
