/**
 * Drills and checks: a good one proves a backup by itself, each corruption is named, and people hear of it: a dump that
 * lacks rows, a table, its end or everything, a flipped page, a file that is gone, settings that are, a damaged pack, kills.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { command } from "../../rehearsal/command";
import { RehearsalNetwork } from "../../rehearsal/network";
import { chitram } from "./applications";
import { digitalocean } from "./clouds";
import { DeployedStack } from "./deployed-stack";
import { NoticeReceivers } from "./notice-receivers";
import { newestRun, tamper } from "./tampering";

const DATABASE = "postgres/postgres/chitram";
const VOLUME = "volume/chitram-minio-data";
const SQLITE = "sqlite/chitram-minio-data/shop.db";

let receivers: NoticeReceivers;
const host = new DeployedStack({
  scenario: "drill",
  stack: "chitram-beta",
  cloud: digitalocean,
  application: chitram,
  prepare: async (workspace) => {
    receivers = await NoticeReceivers.start();
    await receivers.connect(workspace, NoticeReceivers.kinds);
  },
});
const { part } = host;
const onServer = (line: string, input?: string) => host.onServer(line, input);

afterAll(() => receivers.stop());

interface Proofs {
  readonly problems: string[];
  readonly backup: { run?: string };
  readonly drill: { run?: string; proven?: boolean };
}

async function status(): Promise<Proofs> {
  return JSON.parse((await host.now.login.attempt("sudo single-host status --json", undefined, [0, 1])).stdout);
}

async function backUp(): Promise<string> {
  await onServer("sudo single-host backup now");
  return newestRun(onServer);
}

/** A drill or a check that fails; what it says. */
async function failing(line: string): Promise<string> {
  const { code, output } = await host.now.login.attempt(`sudo single-host ${line}`, undefined, [0, 1]);
  expect(`${code}: ${output}`).toMatch(/^1: /);
  return output;
}

async function until(what: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await what()); tries++) {
    if (tries === 150) throw new Error("it did not come");
    await sleep(2000);
  }
}

beforeAll(async () => {
  const folder = `"$(sudo docker volume inspect --format '{{.Mountpoint}}' chitram-minio-data)"`;
  const rows = "executemany('insert into sold (item) values (?)', [(str(n) * 20,) for n in range(3000)])";
  await onServer(
    `sudo python3 - ${folder}`,
    `import sqlite3, sys
shop = sqlite3.connect(sys.argv[1] + "/shop.db")
shop.execute("create table sold (id integer primary key, item text)")
shop.${rows}
shop.commit()
`,
  );
});

describe("a new host", () => {
  part("reaches everybody with a test", async () => {
    await onServer("sudo single-host notices test");
    for (const kind of ["slack", "discord", "ntfy", "webhook", "ping"]) expect(receivers.of(kind)).toHaveLength(1);
  });

  part("has its first backup proven by a drill that begins by itself, and the switch hears of the backup", async () => {
    await onServer("sudo systemctl start single-host-backup.service");
    expect(receivers.of("ping").map(({ path }) => path)).toEqual(["/ping/key", "/ping/key"]);
    await until(async () => (await status()).drill.proven === true);
    const { backup, drill, problems } = await status();
    expect(drill.run).toBe(backup.run);
    expect(problems).toEqual([]);
    expect(receivers.of("slack")).toHaveLength(1);
  });
});

describe("a drill", () => {
  part("names everything that a backup lacks, once each, and people hear of it", async () => {
    const run = await backUp();
    const rows = `/^COPY public.images/,/^..$/{/^COPY/b;/^..$/b;d}`;
    await tamper(onServer, run, DATABASE, `sed -i '${rows}' dump`);
    await tamper(onServer, run, VOLUME, "find images -name xl.meta | sort | head -1 | xargs rm");
    await tamper(onServer, run, SQLITE, "printf '%0200d' 0 | dd of=shop.db bs=1 seek=12300 conv=notrunc");
    await tamper(onServer, run, "host", "rm accepted/bundle.json");
    await host.now.login.attempt("sudo systemctl start single-host-drill.service", undefined, [0, 1]);
    const reasons = (await status()).problems.join("\n");
    expect(reasons).toMatch(new RegExp(`the last drill of ${run} failed`));
    expect(reasons).toMatch(new RegExp(`drill/${DATABASE}: rows/public\\.images: expected [1-9]\\d*, found 0`));
    expect(reasons).toMatch(new RegExp(`drill/${VOLUME}: files: expected (\\d+), found \\d+`));
    expect(reasons).toMatch(new RegExp(`drill/${SQLITE}: intact: expected ok, found .*Tree`));
    expect(reasons).toMatch(/drill\/host: samples\/accepted\/bundle\.json: expected \w+, found null/);
    await until(async () => receivers.of("webhook").length === 2);
    const told = JSON.parse(receivers.of("webhook")[1]?.body ?? "{}");
    expect(told).toMatchObject({ host: "chitram-beta", event: "failed", task: "drill" });
    expect(told.text).toContain(`drill/${DATABASE}: rows/public.images`);
    expect(await onServer("sudo docker ps -aqf label=single-host=drill; sudo ls /var/cache/single-host")).not.toMatch(
      /drill|^[0-9a-f]{12}$/m,
    );
  });

  part("of a backup whose list is another's says what differs", async () => {
    const run = await backUp();
    await tamper(onServer, run, "manifest", `sed -i 's/"public.images": [0-9][0-9]*/"public.images": 99/' dump`);
    expect(await failing("drill")).toMatch(/rows\/public\.images: expected 99, found \d/);
  });

  const dumps: [string, string, RegExp][] = [
    [
      "leaves a table out",
      'exec "$0.real" --exclude-table=images "$@"',
      /rows\/public\.images: expected \d+, found null/,
    ],
    ["ends early and says nothing of it", '"$0.real" "$@" | head -c 1300', /drill\/postgres\/postgres\/chitram: /],
    ["is empty", "exit 0", /drill\/postgres\/postgres\/chitram: .*rows\/public\.images|rows\/public\.images/],
  ];
  for (const [what, line, said] of dumps) {
    part(`catches a dump that ${what}`, async () => {
      const inPlace =
        'real=$(command -v pg_dump); [ -e "$real.real" ] || mv "$real" "$real.real"; cat >"$real"; chmod 755 "$real"';
      await host.inService(
        "postgres",
        inPlace,
        `#!/bin/sh\ncase "$*" in --version|-V) exec "$0.real" "$@" ;; esac\n${line}\n`,
      );
      try {
        const { code, output } = await host.now.login.attempt("sudo single-host backup now", undefined, [0, 1]);
        // some are no backup in the first place
        expect(code === 1 ? output : await failing("drill")).toMatch(
          code === 1 ? /backup\/postgres\/postgres\/chitram: / : said,
        );
      } finally {
        await host.inService("postgres", 'real=$(command -v pg_dump); mv "$real.real" "$real"');
      }
    });
  }

  part("that was killed leaves nothing behind, and the next one proves the backup", async () => {
    await backUp();
    await onServer("sudo sh -c 'single-host drill >/dev/null 2>&1 & sleep 12; kill -9 $!'; sleep 1");
    await onServer("sudo single-host drill");
    expect(await onServer("sudo docker ps -aqf label=single-host=drill")).toBe("");
    expect((await status()).problems).toEqual([]);
  });
});

describe("a check", () => {
  /** Changes a pack in the bucket, as a service's disk may. */
  async function inBucket(line: string): Promise<void> {
    const { cloudContainer } = RehearsalNetwork.fromEnvironment();
    const mc = `set -e; value() { tr '\\0' '\\n' </proc/1/environ | sed -n "s/^$1=//p"; }
mc -q alias set here http://127.0.0.1:9000 "$(value SPACES_KEY)" "$(value SPACES_SECRET)"
bucket=$(ls /var/lib/minio | grep backups | head -1); pack=$1
object=here/$bucket/chitram-beta/data/$(echo "$pack" | cut -c1-2)/$pack
${line}`;
    await command(["docker", "exec", cloudContainer, "sh", "-c", mc, "sh", damaged]);
  }
  let damaged = "";

  part("names a damaged pack and the backup that it hits, which `restore latest` then passes by", async () => {
    const run = await newestRun(onServer);
    const [part] = JSON.parse(await onServer(`sudo single-host restic snapshots --json --tag run=${run}`));
    const packs = (await onServer("sudo single-host restic list packs")).trim().split("\n");
    expect(part).toBeDefined();
    for (damaged of packs) {
      await inBucket(
        'mc -q cp "$object" /tmp/pack; cp /tmp/pack /tmp/whole; printf "\\377\\377\\377\\377" | dd of=/tmp/pack bs=1 seek=100 conv=notrunc; mc -q cp /tmp/pack "$object"',
      );
      const said = await failing("check --all");
      expect(said).toContain(`check/pack ${damaged}: is damaged or gone`);
      expect(said).toContain(`restic repair packs ${damaged}`);
      if (said.includes(`${run}: a damaged pack is part of`)) break;
      await inBucket('mc -q cp /tmp/whole "$object"');
    }
    expect((await status()).problems.join()).toMatch(/the last check of the backups failed/);
    expect(await failing("drill")).toMatch(/drill\//);
    const { output } = await host.now.login.attempt("sudo single-host restore latest --yes", undefined, [0, 1, 2]);
    expect(output).toMatch(/damaged/);
  });

  part("finds all whole once the pack is back", async () => {
    await inBucket('mc -q cp /tmp/whole "$object"');
    await onServer("sudo single-host check");
    await onServer("sudo single-host drill");
    expect((await status()).problems).toEqual([]);
  });
});
