import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InputFault } from "../fault";
import { isObject } from "../json-file";
import { placeOfFile } from "../place-of-file";
import type { SynthesizedHost } from "../synthesized-host";
import { at } from "../synthesized-stack";
import type { NewResource, StateResource, Terraform } from "../terraform";
import { isGone, type Leftover, leftovers, serverAccount } from "./leftovers";
import { BackupRepository, type RepositoryKeys, type SavedRun, seekRestic } from "./repository";
import { restoredNames, restoredPasswords, restoredVariables, secretsNotSaved } from "./restored-values";

export interface LostStateOptions {
  /** The bucket with the backups; undefined: as the stack names it. */
  readonly bucket: string | undefined;
  readonly password: () => Promise<string>;
  /** Where the variables that were given are written; undefined: a file of its own. */
  readonly variables: string | undefined;
  readonly dryRun: boolean;
  /** Told what is done, as it is done. */
  readonly tell: (line: string) => void;
}

export interface LostState {
  readonly lost: "state";
  readonly stack: string;
  readonly host: string;
  readonly repository: string;
  readonly run: string;
  /** Seconds between the backup and now: what was written since is lost. */
  readonly age: number;
  /** Secrets and drawn names that go on as they were, by their address in Terraform's state. */
  readonly restored: readonly string[];
  /** What stands in the accounts and was taken over. */
  readonly imported: readonly Leftover[];
  /** What a backup named and is not there any more. */
  readonly gone: readonly string[];
  /** Generated secrets that the backup does not know: a deploy draws them. */
  readonly drawnAnew: readonly string[];
  readonly variables: readonly string[];
  /** Exports the variables that were given, and removes itself; null: there are none, or it was a dry run. */
  readonly variablesFile: string | null;
  readonly restoreFrom: string | null;
}

/** Terraform's state is gone: fills the empty one from the backup and from what the accounts still hold. */
export async function recoverState(
  host: SynthesizedHost,
  terraform: Terraform,
  state: readonly StateResource[],
  options: LostStateOptions,
): Promise<LostState> {
  const { dryRun, tell } = options;
  const bucket = bucketOf(host, options.bucket);
  const servers = serverAccount(host.server.type);
  const [standing] = await servers.serversNamed(host.name);
  if (standing !== undefined) {
    const { address, id } = standing;
    const remedy =
      "if Terraform's state lies on another laptop, type the same there. If it is lost, so is Terraform's key to the server, and " +
      `yours is not: \`ssh deploy@${address} sudo single-host backup now\`, ${servers.deletion}, and run this again`;
    throw new InputFault(host.name, `its server ${id} still stands at ${servers.company}, as ${address}`, remedy);
  }

  // What can be said without the password is said before it is asked for.
  const keys = bucketKeys(host);
  const variablesFile = options.variables === undefined ? null : placeOfFile("--variables", options.variables);
  await seekRestic();
  const repository = openRepository(host, bucket, { ...keys, password: await options.password() });
  tell(`${repository.address}: looking for the newest complete backup`);
  const run = await repository.newestRun();
  if (run === null) {
    throw new InputFault(repository.address, "holds no complete backup", "is it the bucket of this host?");
  }
  tell(`${run.name}: reading the host's settings and secrets`);
  const secrets = await repository.hostFile(run, "secrets.json");
  const bundle = await repository.hostFile(run, "bundle.json");

  const names = restoredNames(host.stack, bucket, [bundle, secrets]);
  const random = new Map([...restoredPasswords(host, secrets), ...names]);
  refuseForeign(state, random);
  const drawn = new Map([...names].map(([address, { attributes }]) => [`${address}.hex`, String(attributes.hex)]));
  tell(`${servers.company}: looking for what still stands`);
  const found = await leftovers(host.stack, servers, drawn);
  const variables = restoredVariables(host, secrets);
  const filling = terraform.withVariables(variablesToImport(host, variables));
  const { imported, gone } = dryRun
    ? { imported: found, gone: [] }
    : await fill(filling, state, [...random.values()], found, tell);
  const { backup } = host;
  return {
    lost: "state",
    stack: host.stack.name,
    host: host.name,
    repository: repository.address,
    run: run.name,
    age: ageOf(run),
    restored: [...random.keys()].sort(),
    imported,
    gone,
    drawnAnew: secretsNotSaved(host, secrets),
    variables: [...variables.keys()].sort(),
    variablesFile: dryRun || variables.size === 0 ? null : writeVariables(variables, variablesFile),
    restoreFrom: typeof backup?.restore_from === "string" ? backup.restore_from : null,
  };
}

/** Terraform wants a value for each variable, whatever it is asked. What the shell has is newer than what the backup knows. */
function variablesToImport(host: SynthesizedHost, restored: ReadonlyMap<string, string>): Record<string, string> {
  const declared = Object.entries(isObject(host.stack.json.variable) ? host.stack.json.variable : {})
    .filter(([, variable]) => at(variable, "default") === undefined)
    .map(([name]) => name);
  const missing = declared.filter((name) => process.env[`TF_VAR_${name}`] === undefined);
  return Object.fromEntries(missing.map((name) => [name, restored.get(name) ?? "unknown"]));
}

/** The secrets come first and all at once: from then on none can be drawn in their place. */
async function fill(
  terraform: Terraform,
  state: readonly StateResource[],
  random: readonly NewResource[],
  found: readonly Leftover[],
  tell: (line: string) => void,
): Promise<{ imported: Leftover[]; gone: string[] }> {
  if (state.length === 0) {
    tell(`Terraform's state: ${random.length} secrets and names`);
    await terraform.fill(random);
  }
  const imported: Leftover[] = [];
  const gone: string[] = [];
  const present = new Set(state.map(({ address }) => address));
  for (const leftover of found) {
    if (!present.has(leftover.address)) {
      tell(`Terraform's state: ${leftover.address}`);
      try {
        await terraform.import(leftover.address, leftover.id);
      } catch (error) {
        if (!isGone(error)) throw error;
        gone.push(`${leftover.address} (${leftover.id})`);
        continue;
      }
    }
    imported.push(leftover);
  }
  return { imported, gone };
}

/** A state is filled only when it is empty, or holds what an interrupted recovery has put there. */
function refuseForeign(state: readonly StateResource[], random: ReadonlyMap<string, NewResource>): void {
  if (state.length === 0) return;
  const differs = [...random].some(([address, { attributes }]) => {
    const present = state.find((resource) => resource.address === address);
    return (
      present === undefined ||
      present.attributes.result !== attributes.result ||
      present.attributes.hex !== attributes.hex
    );
  });
  if (!differs) return;
  const remedy = "keep a copy of it, empty it, and run this again; or deploy with the state that is there";
  throw new InputFault("Terraform's state", "is not empty, and has other secrets than the backup", remedy);
}

function bucketOf(host: SynthesizedHost, given: string | undefined): string {
  if (host.repository === null) {
    throw new InputFault(host.name, "has no backups", "without a BackupBucket there is nothing to recover from");
  }
  if (given !== undefined) return given;
  const named = (drawn: readonly [string, string][]) => host.stack.resolve(host.repository?.bucket, new Map(drawn));
  const certain = named([]);
  if (certain !== null) return certain;
  const pattern = named([[`random_id.${host.prefix}_backup_bucket.hex`, "..."]]) ?? "NAME";
  const remedy =
    "if it lies on another laptop, type the same there; if it is lost, name the bucket with the backups, as the cloud's console " +
    `shows it: --bucket ${pattern}`;
  throw new InputFault("Terraform's state", "is empty here", remedy);
}

function openRepository(host: SynthesizedHost, bucket: string, keys: RepositoryKeys): BackupRepository {
  const { endpoint, folder } = host.repository as { endpoint: string; folder: string };
  return new BackupRepository(`s3:${endpoint}/${bucket}/${folder}`, host.name, keys);
}

function bucketKeys(host: SynthesizedHost): Omit<RepositoryKeys, "password"> {
  const key = (name: string, general: string) => {
    const source = host.secrets.find((secret) => secret.group === "backup" && secret.name === name)?.from;
    // A key that Terraform has minted is lost with its state: any other that reads the bucket will do.
    const variable = source?.kind === "variable" ? source.variable : general;
    const value = process.env[`TF_VAR_${variable}`] ?? process.env[variable];
    if (value) return value;
    throw new InputFault(`TF_VAR_${variable}`, "is not set", "export it: with it the bucket is read");
  };
  const region = host.backup?.region;
  return {
    region: typeof region === "string" ? region : null,
    accessKeyId: key("AWS_ACCESS_KEY_ID", "SPACES_ACCESS_KEY_ID"),
    secretAccessKey: key("AWS_SECRET_ACCESS_KEY", "SPACES_SECRET_ACCESS_KEY"),
  };
}

/** What the shell has already is newer than what the backup knows: it stays. The file is gone once it was read. */
function writeVariables(variables: ReadonlyMap<string, string>, place: string | null): string {
  const file = place ?? join(mkdtempSync(join(tmpdir(), "recovered-")), "variables");
  const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
  const lines = [...variables].map(([name, value]) => {
    return `[ -n "\${TF_VAR_${name}+set}" ] || export TF_VAR_${name}=${quoted(value)}`;
  });
  rmSync(file, { force: true });
  writeFileSync(file, `${[...lines, `rm -f -- ${quoted(file)}`].join("\n")}\n`, { mode: 0o600, flag: "wx" });
  return file;
}

function ageOf(run: SavedRun): number {
  return Math.max(0, Math.round((Date.now() - run.at.getTime()) / 1000));
}
