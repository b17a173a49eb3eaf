import { runProgram } from "../external-program";
import { InputFault } from "../fault";
import { isObject, type JsonObject } from "../json-file";
import { at } from "../synthesized-stack";

const INSTALL = "install restic 0.14 or newer: apt install restic, brew install restic, or https://restic.net";
const PART = "part=host";

/** How the backups are opened. */
export interface RepositoryKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly password: string;
  /** What the store signs requests with; null: it is asked. */
  readonly region: string | null;
}

/** One complete backup run, as far as a recovery asks for it. */
export interface SavedRun {
  /** `20261121T031500Z` */
  readonly name: string;
  readonly at: Date;
  /** The snapshot with the host's settings and secrets; null in backups of older versions. */
  readonly hostSnapshot: string | null;
}

interface Snapshot {
  readonly id: string;
  readonly time: string;
  readonly tags?: readonly string[];
}

const FINDINGS = "single-host-findings";

/** Says what to install where it is missing. */
export async function seekRestic(): Promise<void> {
  await runProgram(["restic", "version"], { install: INSTALL });
}

/** The backups of a host, read from a laptop with restic. Nothing here writes. */
export class BackupRepository {
  constructor(
    readonly address: string,
    private readonly host: string,
    private readonly keys: RepositoryKeys,
  ) {}

  /**
   * The newest run that is complete, not known to be damaged, and no copy made before a restore; null: there is none. Are
   * all known to be damaged, it is the newest of them: its settings may still be read.
   */
  async newestRun(): Promise<SavedRun | null> {
    const runs = new Map<string, Map<string, Snapshot>>();
    for (const snapshot of await this.snapshots("single-host")) {
      const [name, part] = [marked(snapshot, "run"), marked(snapshot, "part")];
      if (name === undefined || part === undefined) continue;
      runs.set(name, (runs.get(name) ?? new Map()).set(part, snapshot));
    }
    // The manifest is a run's last snapshot and counts the others: a run without it is not a backup.
    const complete = [...runs].filter(([, parts]) => {
      const expected = parts.get("manifest")?.tags?.find((tag) => tag.startsWith("parts="));
      return expected === `parts=${parts.size - 1}`;
    });
    const newestFirst = complete.sort(([left], [right]) => right.localeCompare(left));
    const damaged = await this.damaged();
    const newest = newestFirst.find(([name]) => !damaged(name)) ?? newestFirst[0];
    if (newest === undefined) return null;
    const [name, parts] = newest;
    return { name, at: timeOf(name), hostSnapshot: parts.get("host")?.id ?? null };
  }

  /** A file of the host's own settings, as the server had it in force. */
  async hostFile(run: SavedRun, file: "bundle.json" | "secrets.json"): Promise<JsonObject> {
    if (run.hostSnapshot === null) {
      const remedy = "it was made by a version that did not save them: give the secrets as you have them, and deploy";
      throw new InputFault(`backup ${run.name}`, `holds no settings of the host (${PART})`, remedy);
    }
    const listed = await this.restic(["ls", "--json", "--no-lock", run.hostSnapshot]);
    const paths = listed
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => String(JSON.parse(line).path ?? ""))
      .filter((path) => path.endsWith(`/${file}`));
    // "accepted" is the last configuration that the server took, "good" the last with which all was well.
    const path = paths.find((found) => found.includes("/good/")) ?? paths[0];
    if (path === undefined) {
      throw new InputFault(`backup ${run.name}`, `holds no ${file}`, "choose another backup: `restic snapshots`");
    }
    const content: unknown = JSON.parse(await this.restic(["dump", "--no-lock", run.hostSnapshot, path]));
    return isObject(content) ? content : {};
  }

  /** Which runs drills and checks have found damaged: the newest word of each counts. See damage.py of the host. */
  private async damaged(): Promise<(run: string) => boolean> {
    const latest = new Map<string, Snapshot>();
    for (const snapshot of await this.snapshots(FINDINGS)) {
      const by = marked(snapshot, "by") ?? "";
      if (snapshot.time > (latest.get(by)?.time ?? "")) latest.set(by, snapshot);
    }
    const known = [...latest].map(async ([by, { id }]) => {
      const said: unknown = JSON.parse(await this.restic(["dump", "--no-lock", id, "/findings.json"]));
      const names = (key: string) => Object.keys(at(said, key) ?? {});
      const since = by === "check" ? String(at(said, "at")) : null;
      return { damaged: names("damaged"), proven: names("proven"), since };
    });
    const found = await Promise.all(known);
    const proven = found.flatMap((finding) => finding.proven);
    const doubtful = (run: string, since: string | null) => since !== null && run > since && !proven.includes(run);
    return (run) =>
      found.some(({ damaged, since }) => damaged.includes(run) || (damaged.length > 0 && doubtful(run, since)));
  }

  private async snapshots(tag: string): Promise<Snapshot[]> {
    const out = await this.restic(["snapshots", "--json", "--no-lock", "--tag", tag, "--host", this.host]);
    return (JSON.parse(out) as Snapshot[] | null) ?? [];
  }

  private async restic(words: readonly string[]): Promise<string> {
    const { accessKeyId, secretAccessKey, password, region } = this.keys;
    const environment = {
      RESTIC_REPOSITORY: this.address,
      RESTIC_PASSWORD: password,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      ...(region === null ? {} : { AWS_DEFAULT_REGION: region }),
    };
    const { code, out, complaint } = await runProgram(["restic", ...words], { environment, install: INSTALL });
    if (code === 0) return out;
    throw new InputFault(this.address, `can't be read:\n${complaint}\n`, remedyFor(complaint));
  }
}

/** What a tag says: `run=20261121T031500Z`. */
function marked({ tags = [] }: Snapshot, key: string): string | undefined {
  return tags.find((tag) => tag.startsWith(`${key}=`))?.slice(key.length + 1);
}

function remedyFor(complaint: string): string {
  if (/wrong password/.test(complaint)) return "give the password of the backups, as you kept it outside of the state";
  if (/unable to open config file|does not exist|repository.*not.*found/i.test(complaint)) {
    return "is the bucket's name right? The console of the cloud shows it";
  }
  return "are the bucket's name and the keys right?";
}

/** `20261121T031500Z` as a moment. */
function timeOf(run: string): Date {
  return new Date(run.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
}
