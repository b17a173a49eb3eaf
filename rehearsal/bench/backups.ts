import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { RunningCloud } from "../cloud";
import { command } from "../command";
import { Load } from "../load";
import { RehearsalNetwork } from "../network";
import { type RehearsedStack, rehearseStack } from "../stack-rehearsal";
import { Steps } from "../steps";
import { rehearsalFolder } from "../workspace";
import { BackupData } from "./backup-data";

const stack = "chitram-beta";

/** One night's backup. */
export interface Night {
  readonly seconds: number;
  /** What left the server, by its network interface. */
  readonly sentBytes: number;
  /** What the bucket holds after it. */
  readonly storedBytes: number;
}

/** What visitors have while something goes on. */
export interface Visits {
  readonly requests: number;
  readonly failed: number;
  readonly p99: number;
}

/** A night of both, after the same change of the same data. */
export interface Pair {
  readonly change: string;
  readonly library: Night;
  readonly scripts: Night;
}

/** What a lost server has cost, as the scenario `lost-server` has measured it. */
export interface Recovery {
  /** From the moment of the loss until the site serves again, with its data. */
  readonly recoveredSeconds: number;
  readonly dataAgeSeconds: number;
  /** Rows that were in the snapshot, and are missing. */
  readonly lost: number;
}

/** The way back of the newest backup, with all of its data. */
export interface Return {
  /** A drill of it: all is restored beside the site and compared. */
  readonly drillSeconds: number;
  /** A restore, after every row and file was lost; the site serves again at its end. */
  readonly restoreSeconds: number;
}

export interface BackupNumbers {
  /** 2026-11-21T16:30:00.000Z */
  readonly at: string;
  readonly databaseBytes: number;
  readonly fileBytes: number;
  readonly nights: readonly Pair[];
  readonly visits: { readonly rest: Visits; readonly library: Visits; readonly scripts: Visits };
  /** @default - it was not measured */
  readonly return?: Return;
}

/** What has changed since the night before, as it is called in the table. */
const changes = {
  "all of it new": async () => {},
  nothing: async () => {},
  "the newest 1 %": (data: BackupData) => data.changeNewest(),
  "1 %, spread over all rows": (data: BackupData) => data.changeSpread(),
} as const;

type Change = keyof typeof changes;

/** Backups of Chitram's host with much data, against its own scripts, for a week. */
export async function measureBackups({
  mebibytes,
  ...listeners
}: { readonly mebibytes: number } & Pick<NightsProps, "say" | "keep">): Promise<void> {
  mkdirSync(rehearsalFolder, { recursive: true });
  try {
    const { rehearsed } = await rehearseStack(stack, new Steps(process.stdout), { logs: "bench-backups" });
    const newest = "the newest 1 %";
    const nights: Change[] = ["all of it new", "nothing", newest, "1 %, spread over all rows", newest, newest, newest];
    await measureNights(rehearsed, { mebibytes, nights, ...listeners });
  } finally {
    await RunningCloud.down();
  }
}

export interface NightsProps {
  /** Of rows and files in equal parts. */
  readonly mebibytes: number;
  /** What each night finds changed. Visitors are counted during the first. */
  readonly nights: readonly Change[];
  readonly say: (line: string) => void;
  /** Gets all that is measured so far, after each night. */
  readonly keep: (numbers: BackupNumbers) => void;
}

/**
 * Fills a host of Chitram's with data, saves it in both ways, night after night in turn, and brings the library's last one back.
 * @throws when what came back is not what was there
 */
export async function measureNights(
  host: RehearsedStack,
  { mebibytes, nights, say, keep }: NightsProps,
): Promise<BackupNumbers> {
  const data = new BackupData(host.login, mebibytes);
  say(`making ${mebibytes} MiB of rows and files`);
  await data.make();
  const ways = new Ways(host);
  await ways.prepare();
  const [rest] = await visited(host, () => sleep(45_000));
  const visits = { rest, library: nobody, scripts: nobody };
  const pairs: Pair[] = [];
  const numbers = { at: new Date().toISOString(), ...(await data.sizes()), nights: pairs, visits };
  for (const [day, change] of nights.entries()) {
    await changes[change](data);
    const night = async (way: "library" | "scripts"): Promise<Night> => {
      if (day > 0) return ways[way](day);
      const [seen, first] = await visited(host, () => ways[way](day));
      visits[way] = seen;
      return first;
    };
    pairs.push({ change, library: await night("library"), scripts: await night("scripts") });
    say(`night ${pairs.length}, changed: ${change}: ${JSON.stringify(pairs.at(-1))}`);
    keep(numbers);
  }
  const back = await measureReturn(host, data);
  say(`brought back: ${JSON.stringify(back)}`);
  keep({ ...numbers, return: back });
  return { ...numbers, return: back };
}

async function measureReturn({ login }: RehearsedStack, data: BackupData): Promise<Return> {
  const { seconds: drillSeconds } = JSON.parse(await login.run("sudo single-host drill --json"));
  const before = await data.digest();
  await data.lose();
  const begun = performance.now();
  await login.run("sudo single-host restore latest --yes");
  const restoreSeconds = (performance.now() - begun) / 1000;
  const after = await data.digest();
  if (after !== before) throw new Error(`restored: ${after}, where ${before} was saved`);
  return { drillSeconds, restoreSeconds };
}

/** The two ways of a backup. */
class Ways {
  private readonly store: string;
  private readonly script = readFileSync(join(__dirname, "chitram-backup.sh"), "utf8");
  private keptBytes = 0;

  constructor(private readonly host: RehearsedStack) {
    const { accessKeyId, secretAccessKey } = host.cloud.embedded.spacesCredentials;
    this.store = `https://${accessKeyId}:${secretAccessKey}@nyc3.digitaloceanspaces.com`;
  }

  /** What the scripts need: their bucket, the image of their client, themselves; and a clock that can be turned. */
  async prepare(): Promise<void> {
    const { login } = this.host;
    await login.run("sudo apt-get install -qy faketime");
    await this.client("mb store/by-hand");
    await login.run("cat > /tmp/chitram-backup.sh", this.script);
  }

  /** The client of the scripts. */
  private async client(line: string): Promise<void> {
    const certificates =
      "--volume /etc/ssl/certs:/etc/ssl/certs:ro --volume /usr/local/share/ca-certificates:/usr/local/share/ca-certificates:ro";
    await this.host.login.run(
      `read -r MC_HOST_store; export MC_HOST_store; sudo --preserve-env=MC_HOST_store docker run --rm --network host --env MC_HOST_store ${certificates} minio/mc ${line}`,
      `${this.store}\n`,
    );
  }

  /** On a day of its own: of one day only the newest run is kept. restic and the store have the right clock. */
  library(day: number): Promise<Night> {
    const clock = `env FAKETIME_DONT_FAKE_MONOTONIC=1 faketime -f +${day}d`;
    return this.night(`sudo ${clock} single-host backup now`, undefined, /^(?!by-hand).*backups/);
  }

  /** A copy that was counted is removed: ten gibibytes of each night need a disk that few have. */
  async scripts(day: number): Promise<Night> {
    const night = await this.night(`sudo bash /tmp/chitram-backup.sh ${day}`, `${this.store}\n`, /^by-hand$/);
    await this.client(`rm --recursive --force store/by-hand/${day}/`);
    this.keptBytes += night.storedBytes;
    return { ...night, storedBytes: this.keptBytes };
  }

  private async night(line: string, input: string | undefined, bucket: RegExp): Promise<Night> {
    const before = await this.sent();
    const begun = performance.now();
    await this.host.login.run(line, input);
    const seconds = (performance.now() - begun) / 1000;
    const sentBytes = (await this.sent()) - before;
    return { seconds, sentBytes, storedBytes: await this.stored(bucket) };
  }

  private async sent(): Promise<number> {
    return Number(await this.host.login.run("cat /sys/class/net/eth0/statistics/tx_bytes"));
  }

  private async stored(bucket: RegExp): Promise<number> {
    const { cloudContainer } = RehearsalNetwork.fromEnvironment();
    const inside = (...argv: string[]) => command(["docker", "exec", cloudContainer, ...argv]);
    const names = (await inside("ls", "/var/lib/minio")).stdout.split("\n").filter((name) => bucket.test(name));
    const sizes = await inside("du", "-sbc", ...names.map((name) => `/var/lib/minio/${name}`));
    return Number(sizes.stdout.trim().split("\n").at(-1)?.split("\t")[0]);
  }
}

const nobody: Visits = { requests: 0, failed: 0, p99: 0 };

/** What visitors have while something goes on, and what comes of that. */
async function visited<Result>(host: RehearsedStack, action: () => Promise<Result>): Promise<[Visits, Result]> {
  const load = Load.of(host, { paths: ["/", "/health"] });
  const result = await action().finally(() => load.stop());
  const { requests, failed, milliseconds } = await load.stop();
  return [{ requests, failed: failed.length, p99: milliseconds.p99 }, result];
}
