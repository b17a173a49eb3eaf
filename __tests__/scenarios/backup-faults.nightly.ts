/**
 * Backups that something hinders, from outside: the bucket is full or closed, its key another, the network gone, the clock
 * wrong, a pack damaged, the dump or the program killed. Each time visitors notice nothing, people are told what is true,
 * what was saved before stays, and the next night is a whole backup. docs/backups.md tells which fault is rehearsed where.
 */
import { randomBytes } from "node:crypto";
import { Load } from "../../rehearsal/load";
import { chitram } from "./applications";
import { digitalocean } from "./clouds";
import { DeployedStack } from "./deployed-stack";
import { Nights, until } from "./nights";
import { NoticeReceivers } from "./notice-receivers";

let receivers: NoticeReceivers;
const host = new DeployedStack({
  scenario: "backup-faults",
  stack: "chitram-beta",
  cloud: digitalocean,
  application: chitram,
  prepare: async (workspace) => {
    receivers = await NoticeReceivers.start();
    await receivers.connect(workspace, ["webhook", "heartbeat"]);
  },
});
const nights = new Nights(host, () => receivers);
const onServer = (line: string, input?: string) => host.onServer(line, input);
const store = () => host.now.cloud.embedded.objectStore;

/** The bucket, and the key with which the server reaches it now. */
let bucket: string;
let key: string;
/** An older run, which is kept beside today's. */
let yesterday: string;

/**
 * Containers have this machine's clock, so the program's is turned, and it alone: by libfaketime, which Python asks for the time
 * in place of the kernel. restic and the store keep the right one; what a store says of a wrong one is in the unit tests.
 */
const onDay = (day: number, line: string) =>
  `sudo env FAKETIME_DONT_FAKE_MONOTONIC=1 faketime -f ${day < 0 ? "" : "+"}${day}d single-host ${line}`;

/** A part during which people visit the site, and all of them are served. */
function part(name: string, run: () => Promise<void>): void {
  host.part(name, async () => {
    const load = Load.of(host.now, { paths: ["/", "/health"] });
    await run().finally(() => load.stop());
    expect((await load.stop()).failed).toEqual([]);
  });
}

const query = (sql: string) => host.inService("postgres", "psql -XAtq --set=ON_ERROR_STOP=1 -U chitram", sql);

/** Something new to save, in MinIO's volume: so many mebibytes that do not compress. */
async function upload(mebibytes: number): Promise<void> {
  await onServer(`sudo sh -c 'head -c ${mebibytes}M /dev/urandom > "$(${VOLUME})/ballast"'`);
}
const VOLUME = 'docker volume inspect --format "{{.Mountpoint}}" chitram-minio-data';

afterAll(() => receivers.stop());

beforeAll(async () => {
  const { backup } = JSON.parse(await onServer("sudo cat /etc/single-host/host.json"));
  bucket = new URL(backup.repository.replace("s3:", "")).pathname.split("/")[1] as string;
  const { accessKeyId } = host.now.cloud.embedded.serverSpacesKey;
  key = accessKeyId;
  await store().grant(key, bucket, "readwrite");
  await upload(60);
  await onServer("sudo apt-get install -qy faketime");
  await onServer(onDay(-1, "backup now"));
  yesterday = (await nights.runs())[0]?.run as string;
  await onServer("sudo systemctl start single-host-backup.service");
  // the first backup is proven at once, and nothing else begins by itself
  await until(async () => (await onServer("sudo single-host status || true")).includes("proven by a drill"));
});

describe("a bucket", () => {
  afterEach(async () => {
    await store().limit(bucket, null);
    await store().grant(key, bucket, "readwrite");
  });

  part("that is full is told with the way, nothing in it is lost, and with room again all is well", async () => {
    const before = await nights.runs();
    await store().limit(bucket, 1);
    await nights.failing(/is full: raise its quota, or keep less/);
    await onServer("sudo single-host backup cat postgres | grep -q 'PostgreSQL database dump complete'");
    expect(await nights.runs()).toEqual(before.map((run) => expect.objectContaining({ run: run.run })));
    await store().limit(bucket, null);
    await nights.good();
  });

  part("that the key may only read is told, and what is in it can be read", async () => {
    const [newest] = await nights.runs();
    await store().grant(key, bucket, "read");
    await nights.failing(/the bucket's key may not do that/);
    await onServer("sudo single-host backup cat postgres | grep -q 'PostgreSQL database dump complete'");
    expect((await nights.runs())[0]?.run).toBe(newest?.run);
    await store().grant(key, bucket, "readwrite");
    await nights.good();
  });

  part("that the key may not even see is told, and no repository is made beside the one that is there", async () => {
    await store().grant(key, bucket, "none");
    await nights.failing(/the bucket's key may not do that/);
    expect(await nights.said()).not.toContain("making the repository");
    await store().grant(key, bucket, "readwrite");
    await nights.good();
  });

  part("whose key was changed is reached again after a deploy with the new one, and nothing is lost", async () => {
    const [saved] = await nights.runs();
    const changed = await store().makeKey("REHEARSALSERVER2", bucket, "readwrite");
    await store().removeKey(key);
    await nights.failing(/the bucket's key .* give the stack the new one and deploy/);
    const { environment } = host.now;
    environment.TF_VAR_SPACES_ACCESS_KEY_ID = changed.accessKeyId;
    environment.TF_VAR_SPACES_SECRET_ACCESS_KEY = changed.secretAccessKey;
    const containers = await host.containers();
    await host.now.cdktf.deploy();
    expect(await host.containers()).toBe(containers);
    key = changed.accessKeyId;
    expect(await onServer(`sudo single-host backup cat postgres --run ${saved?.run}`)).toContain("dump complete");
    await nights.good();
  });

  part("keeps what another stack has saved there, and does not take it for this host's", async () => {
    const marks = "--host bakery --tag single-host --tag run=29990101T000000Z --tag part=manifest --tag parts=0";
    await onServer(`echo bread | sudo single-host restic backup ${marks} --stdin --stdin-filename /letter`);
    const run = await nights.good();
    expect((await nights.runs())[0]?.run).toBe(run);
    const { code, output } = await host.now.login.attempt("sudo single-host restore 29990101T000000Z --yes");
    expect([code, output]).toEqual([
      2,
      expect.stringContaining("is a backup of bakery, and this host is chitram-beta"),
    ]);
    expect(await onServer("sudo single-host restic dump --host bakery latest /letter")).toBe("bread\n");
  });
});

describe("a password", () => {
  const own = () => onServer("sudo single-host backup key | sed -n 's/^password *//p'");

  part("that does not open the backups is refused before anything changes, and nights go on", async () => {
    const containers = await host.containers();
    host.edit((text) =>
      text.replace('"latest" }', '"latest", password: Secret.given({ variable: "RESTIC_PASSWORD" }) }'),
    );
    host.now.environment.TF_VAR_RESTIC_PASSWORD = "not the password";
    const { output } = await host.now.cdktf.deploy([1]);
    expect(output).toMatch(/RESTIC_PASSWORD: does not open/);
    expect(await nights.problems()).toEqual([]);
    await nights.good();
    host.now.environment.TF_VAR_RESTIC_PASSWORD = (await own()).trim();
    await host.now.cdktf.deploy();
    expect(await host.containers()).toBe(containers);
  });

  part("that is added in the bucket first takes the other's place, which is removed, and older runs open", async () => {
    const added = randomBytes(20).toString("base64");
    await onServer("sudo tee /root/added > /dev/null", added);
    await onServer("sudo single-host restic key add --new-password-file /root/added; sudo rm /root/added");
    host.now.environment.TF_VAR_RESTIC_PASSWORD = added;
    await host.now.cdktf.deploy();
    await nights.good();
    const keys = JSON.parse(await onServer("sudo single-host restic key list --json"));
    const former = keys.filter(({ current }: { current: boolean }) => !current);
    expect(former).toHaveLength(1);
    await onServer(`sudo single-host restic key remove ${former[0].id}`);
    await nights.good();
    // of today the last is kept
    expect(await onServer(`sudo single-host backup cat postgres --run ${yesterday}`)).toContain("dump complete");
  });

  part("that somebody has changed in the bucket is told, until it is the stack's again", async () => {
    const change = "sudo single-host restic key passwd --new-password-file";
    await onServer("head -c 20 /dev/urandom | base64 | sudo tee /root/other > /dev/null");
    await onServer(`${change} /root/other`);
    await nights.failing(/was made with another backup password/);
    await onServer(
      "sudo single-host backup key | sed -n 's/^password *//p' | sudo tee /root/own > /dev/null; " +
        `${change} /root/own --password-file /root/other; sudo rm /root/own /root/other`,
    );
    await nights.good();
  });
});

describe("the network", () => {
  /** The server's packets to object storage go nowhere, for so many seconds or until it is healed; once so much was sent. */
  const cut = (seconds: number, sentMebibytes = 0) =>
    onServer(
      `address=$(getent ahostsv4 nyc3.digitaloceanspaces.com | awk '{print $1; exit}')
sent() { cat /sys/class/net/eth0/statistics/tx_bytes; }
enough=$(($(sent) + ${sentMebibytes} * 1048576))
for _ in $(seq 3000); do [ "$(sent)" -ge "$enough" ] && break; sleep 0.02; done
printf '%s' "table inet cut { chain out { type filter hook output priority 0; ip daddr $address tcp dport 443 counter drop; }; }" | sudo nft -f -
sudo systemd-run --quiet --collect --unit=heal --on-active=${seconds} nft destroy table inet cut`,
    );
  const lost = async () =>
    Number(/packets (\d+)/.exec(await onServer("sudo nft list table inet cut 2>/dev/null || true"))?.[1] ?? 0);
  const heal = () => onServer("sudo systemctl stop heal.timer; sudo nft destroy table inet cut");
  afterEach(() => heal());
  const saving = "backup: volume/chitram-minio-data$";

  part("is cut in the middle of a backup for half a minute: it goes on by itself, and is whole", async () => {
    await upload(240);
    await nights.beginUntil(saving);
    await cut(30, 8);
    await until(async () => (await lost()) > 0);
    await until(
      async () => (await onServer("systemctl is-active single-host-backup.service || true")).trim() === "inactive",
    );
    expect(await nights.problems()).toEqual([]);
    expect((await nights.runs())[0]?.complete).toBe(true);
    await onServer("sudo single-host drill");
  });

  part("is cut, and the backup killed before it is back: the next removes its lock and is whole", async () => {
    await upload(240);
    await nights.killedAt(saving, async () => {
      await cut(120, 8);
      await until(async () => (await lost()) > 0);
    });
    await heal();
    expect((await onServer("sudo single-host restic list locks")).trim()).not.toBe("");
    await nights.good();
    expect((await onServer("sudo single-host restic list locks")).trim()).toBe("");
    await onServer("sudo single-host drill");
  });

  part("is gone when a backup begins: it says so and ends", async () => {
    await cut(300);
    await nights.failing(/backup\/repository: s3:\S+ cannot be used; the store does not answer/);
    expect(await lost()).toBeGreaterThan(0);
    await heal();
    await nights.good();
  });
});

describe("a clock", () => {
  const backUp = async (days: number) => {
    await onServer(days === 0 ? "sudo single-host backup now" : onDay(days, "backup now"));
    return nights.runs();
  };
  const names = (runs: Awaited<ReturnType<typeof nights.runs>>) => runs.map(({ run }) => run);
  /** What is wrong by the backups, on such a day. */
  const problems = async (days: number): Promise<string[]> => {
    const { stdout } = await host.now.login.attempt(onDay(days, "status --json"), undefined, [0, 1]);
    return JSON.parse(stdout).problems.filter((problem: string) => problem.includes("backup"));
  };
  let kept: string[];

  part("that is put back by days removes nothing, and the new backup is still the newest", async () => {
    for (const days of [1, 2, 3]) await backUp(days);
    kept = names(await nights.runs());
    expect(await problems(3)).toEqual([]);
    const back = names(await backUp(0));
    expect(back.slice(1)).toEqual(kept);
    expect((await nights.problems()).join()).toMatch(
      /backups lie in the future, so no old one is removed: is the clock right/,
    );
  });

  part("that is right again keeps the newest of each day", async () => {
    const days = (runs: readonly string[]) => [...new Set(runs.map((run) => run.slice(0, 8)))];
    const after = names(await backUp(4));
    expect(days(after).slice(1)).toEqual(days(kept));
    expect(after).toHaveLength(days(after).length);
    expect(await problems(4)).toEqual([]);
    kept = after;
  });

  part("that jumps ahead by a year removes nothing either; the run of that moment goes by its name", async () => {
    const [wrong, ...others] = names(await backUp(400));
    expect(others).toEqual(kept);
    const [afterwards] = names(await backUp(4));
    expect((await problems(4)).join()).toContain(`single-host backup forget ${wrong} ${afterwards}`);
    await onServer(onDay(4, `backup forget ${wrong} ${afterwards}`));
    const day = kept[0]?.slice(0, 8);
    const healed = names(await backUp(4));
    expect(healed[0]?.slice(0, 8)).toBe(day);
    expect(healed.slice(1)).toEqual(kept.slice(1)); // the day's earlier one has given way
    expect(await problems(4)).toEqual([]);
    // as it was before all of this
    const ahead = healed.filter((run) => run > new Date().toISOString().replaceAll(/[-:]|\.\d+/g, ""));
    await onServer(`sudo single-host backup forget ${ahead.join(" ")}`);
    await nights.good();
  });

  part("that was ahead when a timer last ran does not keep it from its next night", async () => {
    await onServer("sudo touch -d '+400 days' /var/lib/systemd/timers/stamp-single-host-backup.timer");
    await onServer("sudo systemctl restart single-host-backup.timer");
    const next = await onServer("systemctl show --property=NextElapseUSecRealtime --value single-host-backup.timer");
    const hours = (Number(await onServer(`date -d "${next.trim()}" +%s`)) - Date.now() / 1000) / 3600;
    expect(hours).toBeGreaterThan(0);
    expect(hours).toBeLessThan(25);
  });
});

describe("a dump", () => {
  part("that the database ends halfway is no backup, and the next one is", async () => {
    await query(
      `CREATE TABLE ballast AS SELECT id, repeat(md5(id::text), 30) AS text FROM generate_series(1, 60000) AS id`,
    );
    const ending = query(`DO $$ BEGIN
      FOR attempt IN 1..6000 LOOP
        PERFORM pg_stat_clear_snapshot();
        PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE query LIKE 'COPY public.ballast%';
        IF FOUND THEN RETURN; END IF;
        PERFORM pg_sleep(0.01);
      END LOOP;
      RAISE 'no dump came';
    END $$`);
    await nights.failing(/backup\/postgres\/postgres\/chitram: \S/);
    await ending;
    // PostgreSQL's last word, or libpq's where the connection is gone before that is read
    expect(await nights.said()).toMatch(/terminating connection due to|server closed the connection/);
    expect((await nights.runs()).map(({ complete }) => complete).indexOf(false)).toBe(0);
    await nights.good();
    await onServer("sudo single-host drill");
    await query("DROP TABLE ballast");
  });
});

describe("a kill", () => {
  const phases = {
    "while roles are saved": "backup: globals/postgres$",
    "while a database is dumped": "backup: postgres/postgres/chitram$",
    "while files are read": "backup: volume/chitram-minio-data$",
    "before its list is written": "backup: host: ",
    "while old ones are removed": "backup: (nothing is older|removing what is not kept)",
  };
  for (const [when, said] of Object.entries(phases)) {
    part(`${when} leaves nothing that the next does not clear away`, async () => {
      const newestWhole = async () => (await nights.runs()).find(({ complete }) => complete)?.run ?? "none";
      const before = await newestWhole();
      await upload(20);
      await nights.killedAt(said);
      expect([before, await newestWhole()].sort()[0]).toBe(before); // that one, or the one that was killed while it removed
      await nights.good();
      expect((await onServer("sudo single-host restic list locks; pgrep restic || true")).trim()).toBe("");
      expect(await query("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'single-host backup'")).toBe(
        "0\n",
      );
    });
  }
});

describe("a pack", () => {
  part(
    "that the store has spoilt is named with the older backup that is whole; what is said to do mends it",
    async () => {
      const packs = () => store().find(`${bucket}/chitram-beta/data`, "8MB");
      const before = await packs();
      await upload(20);
      const hit = await nights.good();
      const [spoilt = "none"] = (await packs()).filter((pack) => !before.includes(pack));
      const pack = spoilt.split("/").pop() as string;
      await store().change(
        spoilt,
        `printf '\\377\\377\\377\\377' | dd of="$object" bs=1 seek=100 conv=notrunc status=none`,
      );
      const { code, output } = await host.now.login.attempt("sudo single-host check --all");
      expect(code).toBe(1);
      expect(output).toContain(`check/pack ${pack}: is damaged or gone (${hit}: a damaged pack is part of `);
      expect(output).toContain(`\`single-host restore ${yesterday}\` is the newest whole one`);
      expect((await nights.problems()).join()).toMatch(/the last check of the backups failed/);
      expect(await onServer("sudo single-host restore latest --dry-run")).toContain(yesterday);

      await onServer(`cd /tmp && sudo single-host restic repair packs ${pack}`);
      await onServer("sudo single-host backup now");
      await onServer("sudo single-host check");
      await onServer("sudo single-host restic repair snapshots --forget");
      await nights.good();
      await onServer("sudo single-host drill");
    },
  );
});
