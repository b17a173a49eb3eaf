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

const stack = "chitram-beta";
const ROW_BYTES = 512;
const FILE_MEBIBYTES = 5;
const PERCENT = 0.01;

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

export interface BackupNumbers {
  /** 2026-11-21T16:30:00.000Z */
  readonly at: string;
  readonly databaseBytes: number;
  readonly fileBytes: number;
  readonly nights: readonly Pair[];
  readonly visits: { readonly rest: Visits; readonly library: Visits; readonly scripts: Visits };
}

/** What has changed since the night before, by what it is called in the table. */
const days: readonly (readonly [string, (host: Data) => Promise<void>])[] = [
  ["all of it new", async () => {}],
  ["nothing", async () => {}],
  ["the newest 1 %", (data) => data.changeNewest()],
  ["1 %, spread over all rows", (data) => data.changeSpread()],
  ["the newest 1 %", (data) => data.changeNewest()],
  ["the newest 1 %", (data) => data.changeNewest()],
  ["the newest 1 %", (data) => data.changeNewest()],
];

/** Backups of Chitram's host with much data, against its own scripts, night after night in turn on one server. */
export async function measureBackups({
  mebibytes,
  say,
  keep,
}: {
  readonly mebibytes: number;
  readonly say: (line: string) => void;
  /** Gets all that is measured so far, after each night. */
  readonly keep: (numbers: BackupNumbers) => void;
}): Promise<void> {
  mkdirSync(rehearsalFolder, { recursive: true });
  try {
    const { rehearsed } = await rehearseStack(stack, new Steps(process.stdout), { logs: "bench-backups" });
    const data = new Data(rehearsed, mebibytes);
    say(`making ${mebibytes} MiB of rows and files`);
    await data.make();
    const ways = new Ways(rehearsed);
    await ways.prepare();
    const { databaseBytes, fileBytes } = await data.sizes();
    const visits: Partial<Record<"rest" | "library" | "scripts", Visits>> = {};
    const nights: Pair[] = [];
    for (const [change, make] of days) {
      await make(data);
      const first = nights.length === 0;
      if (first) visits.rest = await visited(rehearsed, () => sleep(45_000));
      let library: Night | undefined;
      const byLibrary = async () => {
        library = await ways.library(nights.length);
      };
      if (first) visits.library = await visited(rehearsed, byLibrary);
      else await byLibrary();
      let scripts: Night | undefined;
      const byScripts = async () => {
        scripts = await ways.scripts(nights.length);
      };
      if (first) visits.scripts = await visited(rehearsed, byScripts);
      else await byScripts();
      nights.push({ change, library: library as Night, scripts: scripts as Night });
      say(`night ${nights.length}, changed: ${change}: ${JSON.stringify(nights.at(-1))}`);
      keep({
        at: new Date().toISOString(),
        databaseBytes,
        fileBytes,
        nights: [...nights],
        visits: visits as BackupNumbers["visits"],
      });
    }
  } finally {
    await RunningCloud.down();
  }
}

/** Rows of a table of Chitram's database, and files in the volume of its MinIO. */
class Data {
  private readonly rows: number;
  private readonly files: number;
  private day = 0;

  constructor(
    private readonly host: RehearsedStack,
    mebibytes: number,
  ) {
    this.rows = Math.round((mebibytes * 1024 ** 2) / 2 / ROW_BYTES);
    this.files = Math.max(1, Math.round(mebibytes / 2 / FILE_MEBIBYTES));
  }

  async make(): Promise<void> {
    // half of a row compresses, as text does
    await this.sql(
      `CREATE TABLE bench (id integer PRIMARY KEY, changed integer NOT NULL DEFAULT 0, content text NOT NULL);
       INSERT INTO bench (id, content) SELECT id, ${this.content} FROM generate_series(1, ${this.rows}) AS id;`,
    );
    await this.write(1, this.files);
  }

  /** What a day brings to an application whose users look at what is new. */
  async changeNewest(): Promise<void> {
    const since = Math.ceil(this.rows * (1 - PERCENT));
    await this.sql(`UPDATE bench SET changed = ${++this.day}, content = ${this.content} WHERE id > ${since};`);
    await this.write(this.files - this.changedFiles + 1, this.files);
  }

  /** The worst for deduplication: every hundredth row, so that no long stretch stays as it was. */
  async changeSpread(): Promise<void> {
    const every = Math.round(1 / PERCENT);
    await this.sql(`UPDATE bench SET changed = ${++this.day}, content = ${this.content} WHERE id % ${every} = 0;`);
    await this.write(1, this.changedFiles);
  }

  async sizes(): Promise<{ databaseBytes: number; fileBytes: number }> {
    const databaseBytes = Number(await this.sql("SELECT pg_database_size('chitram');"));
    const fileBytes = Number(await this.host.login.run(`sudo du -sb ${await this.folder()} | cut -f1`));
    return { databaseBytes, fileBytes };
  }

  private get changedFiles(): number {
    return Math.max(1, Math.round(this.files * PERCENT));
  }

  private get content(): string {
    return "(SELECT string_agg(md5(random()::text || id || part), '') FROM generate_series(1, 14) AS part)";
  }

  private async write(first: number, last: number): Promise<void> {
    const folder = await this.folder();
    await this.host.login.run(
      `sudo sh -c 'mkdir -p "$1" && for n in $(seq $2 $3); do head -c ${FILE_MEBIBYTES}M /dev/urandom > "$1/$n"; done' sh ${folder} ${first} ${last}`,
    );
  }

  private async folder(): Promise<string> {
    const named = "$(sudo docker volume ls -qf label=com.docker.compose.volume=minio-data)";
    const volume = await this.host.login.run(`sudo docker volume inspect -f '{{.Mountpoint}}' "${named}"`);
    return `${volume.trim()}/bench`;
  }

  private async sql(text: string): Promise<string> {
    return this.host.login.run(
      `sudo docker exec -i "$(sudo docker ps -qf label=com.docker.compose.service=postgres)" psql -qXAt -v ON_ERROR_STOP=1 -U chitram chitram`,
      text,
    );
  }
}

/** The two ways of a backup. */
class Ways {
  private readonly store: string;
  private readonly script = readFileSync(join(__dirname, "chitram-backup.sh"), "utf8");

  constructor(private readonly host: RehearsedStack) {
    const { accessKeyId, secretAccessKey } = host.cloud.embedded.spacesCredentials;
    this.store = `https://${accessKeyId}:${secretAccessKey}@nyc3.digitaloceanspaces.com`;
  }

  /** What the scripts need: their bucket, the image of their client, themselves; and a clock that can be turned. */
  async prepare(): Promise<void> {
    const { login } = this.host;
    await login.run("sudo apt-get install -qy faketime");
    const certificates =
      "--volume /etc/ssl/certs:/etc/ssl/certs:ro --volume /usr/local/share/ca-certificates:/usr/local/share/ca-certificates:ro";
    await login.run(
      `read -r MC_HOST_store; export MC_HOST_store; sudo --preserve-env=MC_HOST_store docker run --rm --network host --env MC_HOST_store ${certificates} minio/mc mb store/by-hand`,
      `${this.store}\n`,
    );
    await login.run("cat > /tmp/chitram-backup.sh", this.script);
  }

  /** On a day of its own: of one day only the newest run is kept. restic and the store have the right clock. */
  library(day: number): Promise<Night> {
    const clock = `env FAKETIME_DONT_FAKE_MONOTONIC=1 faketime -f +${day}d`;
    return this.night(`sudo ${clock} single-host backup now`, undefined, /^(?!by-hand).*backups/);
  }

  scripts(day: number): Promise<Night> {
    return this.night(`sudo bash /tmp/chitram-backup.sh ${day}`, `${this.store}\n`, /^by-hand$/);
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

async function visited(stack: RehearsedStack, action: () => Promise<void>): Promise<Visits> {
  const load = Load.of(stack, { paths: ["/", "/health"] });
  await action().finally(() => load.stop());
  const { requests, failed, milliseconds } = await load.stop();
  return { requests, failed: failed.length, p99: milliseconds.p99 };
}
