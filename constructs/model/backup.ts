import { Drill } from "./drill";
import { type Faults, joinPath } from "./faults";
import type { Notice } from "./notice";
import { repeated } from "./site";
import type { Size } from "./size";
import { checkTime } from "./time-of-day";

/** How many backups are kept: the newest one of each day, week and month that has one, so many times. */
export interface BackupRetention {
  /** Days. */
  readonly daily: number;
  /** Weeks, which begin on Mondays. */
  readonly weekly: number;
  /** Months. */
  readonly monthly: number;
}

/** What a backup may take, so that the site does not notice it. */
export interface BackupLimits {
  /**
   * How much is sent a second: `Size.mebibytes(5)`. Null: as fast as it goes.
   * @default - as fast as it goes
   */
  readonly upload: Size | null;
  /**
   * Percent of one core; 200 are two.
   * @default - half of one core
   */
  readonly cpuPercent: number;
}

/** A bucket of the application whose objects are saved too. */
export interface SavedBucket {
  /** Its name in backups: `files`. */
  readonly name: string;
  /** `https://nbg1.your-objectstorage.com` */
  readonly endpoint: string;
  readonly region: string;
  /** Its name in the cloud; may be late-bound. */
  readonly bucket: string;
}

/** Somebody to call when the server is lost. */
export interface BackupContact {
  /** Who it is, as the runbook says it. */
  readonly name: string;
  /** A telephone number, an address: whatever reaches them. */
  readonly reach: string;
}

/** What restic saves, where, when, and what becomes of it. */
export interface ResticPlan {
  readonly kind: "restic";
  /** `s3:https://nyc3.digitaloceanspaces.com/BUCKET/NAME`; may be late-bound. */
  readonly repository: string;
  /** As requests are signed for it, where the address does not tell; null: restic finds it out. */
  readonly region: string | null;
  /** Time of day, UTC: `03:15`. */
  readonly schedule: string;
  readonly retention: BackupRetention;
  /** restic's patterns, for volumes and paths. */
  readonly exclude: readonly string[];
  /** Folders and files of the server besides the application's volumes. */
  readonly paths: readonly string[];
  readonly buckets: readonly SavedBucket[];
  readonly limits: BackupLimits;
  readonly drill: Drill;
  /** What a new server begins with: `latest`, `nothing`, a run's name. Null: refuse to begin empty beside a backup. */
  readonly restoreFrom: string | null;
  readonly notices: readonly Notice[];
  readonly contacts: readonly BackupContact[];
  /** What a team adds to its runbook, as Markdown. */
  readonly runbook: string;
}

/** What is backed up where and when. */
export type BackupPlan = { readonly kind: "none" } | ResticPlan;

type PartialPlan = { readonly [Part in keyof Omit<ResticPlan, "kind" | "repository">]?: ResticPlan[Part] | undefined };

const DEFAULTS: Omit<ResticPlan, "repository"> = {
  kind: "restic",
  region: null,
  schedule: "03:15",
  retention: { daily: 7, weekly: 4, monthly: 6 },
  exclude: [],
  paths: [],
  buckets: [],
  limits: { upload: null, cpuPercent: 50 },
  drill: Drill.weekly("Sun", "05:00"),
  restoreFrom: null,
  notices: [],
  contacts: [],
  runbook: "",
};

export const BackupPlan = {
  none: (): BackupPlan => ({ kind: "none" }),
  /** What is left out, or undefined, is as a careful engineer would have it. */
  restic: (plan: { readonly repository: string } & PartialPlan): ResticPlan => {
    const given = Object.fromEntries(Object.entries(plan).filter(([, value]) => value !== undefined));
    return { ...DEFAULTS, ...given, repository: plan.repository };
  },
};

/** The name in secrets.json under which a notice's address, or password, is found. */
export function noticeSecret(index: number): string {
  return `NOTICE_${index + 1}`;
}

/** The name of a backup run: when it began, in UTC. */
const RUN = /^\d{8}T\d{6}Z$/;

/** Checks a plan; paths begin with the names of props. */
export function validateBackup(faults: Faults, plan: ResticPlan): void {
  checkTime(faults, "schedule", plan.schedule);
  validateRetention(faults, plan.retention);
  for (const [index, pattern] of plan.exclude.entries()) {
    if (!isLine(pattern))
      faults.add(`exclude/${index}`, `must be a pattern in one line, got ${JSON.stringify(pattern)}`);
  }
  for (const path of plan.paths) validatePath(faults, path);
  for (const twice of repeated(plan.paths))
    faults.add("paths", `${JSON.stringify(twice)} stands twice`, "name it once");
  validateLimits(faults, plan.limits);
  plan.drill.validate(faults, "drill");
  if (plan.restoreFrom !== null && !["latest", "nothing"].includes(plan.restoreFrom) && !RUN.test(plan.restoreFrom)) {
    const remedy =
      'write "latest", "nothing", or the name of a run as `single-host backup list` shows it: "20261121T031500Z"';
    faults.add("restoreFrom", `is no backup, got ${JSON.stringify(plan.restoreFrom)}`, remedy);
  }
  for (const [index, notice] of plan.notices.entries()) notice.validate(faults, `notices/${index}`);
  for (const [index, contact] of plan.contacts.entries()) {
    for (const [name, text] of Object.entries({ name: contact.name, reach: contact.reach })) {
      if (!isLine(text)) {
        faults.add(joinPath("contacts", `${index}`, name), `must be text in one line, got ${JSON.stringify(text)}`);
      }
    }
  }
}

function validateRetention(faults: Faults, retention: BackupRetention): void {
  const kept = Object.entries(retention);
  for (const [period, count] of kept) {
    if (Number.isInteger(count) && count >= 0 && count <= 10_000) continue;
    faults.add(`retention/${period}`, `must be a whole number of snapshots up to 10000, got ${count}`);
  }
  if (kept.every(([, count]) => count === 0)) {
    faults.add("retention", "keeps no snapshot at all", "keep some: { daily: 7 }");
  }
}

function validatePath(faults: Faults, path: string): void {
  const where = `paths/${path}`;
  if (!isLine(path) || !/^\/(?!.*\/\/)(?!.*(?:^|\/)\.\.?(?:\/|$))./.test(path) || path.endsWith("/")) {
    const problem = `must be a whole path on the server, got ${JSON.stringify(path)}`;
    faults.add(where, problem, 'write it as "/srv/letters": without "..", and without "/" at its end');
  }
}

function validateLimits(faults: Faults, { upload, cpuPercent }: BackupLimits): void {
  if (upload !== null && !(upload.toBytes() >= 1024)) {
    faults.add("limits/upload", `must be 1 KiB a second at least, got ${upload}`, "Size.mebibytes(5), or leave it out");
  }
  if (!Number.isInteger(cpuPercent) || cpuPercent < 1 || cpuPercent > 10_000) {
    faults.add("limits/cpuPercent", `must be a whole number from 1 to 10000, got ${cpuPercent}`, "100 are one core");
  }
}

function isLine(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what a line has not
  return text.trim() !== "" && !/[\u0000-\u001f]/.test(text);
}
