import { Load } from "../../rehearsal/load";
import { storeDataset } from "../../stacks/deita-prod/rehearsal";
import type { DeployedStack } from "./deployed-stack";

const ACCOUNTS = 20_000;
const TOTAL = ACCOUNTS * 100;
const VOLUME = "deita-prod_duckdb_data";
const DATABASE = "postgres/postgres/deita";
const POSTGRES = `
CREATE TABLE accounts AS SELECT id, 100 AS amount, repeat(md5(id::text), 10) AS note FROM generate_series(1, ${ACCOUNTS}) id;
ALTER TABLE accounts ADD PRIMARY KEY (id);
CREATE TABLE transfers (id bigserial);
CREATE PROCEDURE transfer() LANGUAGE plpgsql AS $$
DECLARE payer int; payee int;
BEGIN
  LOOP
    payer := 1 + floor(random() * ${ACCOUNTS});
    payee := 1 + floor(random() * ${ACCOUNTS});
    UPDATE accounts SET amount = amount - 1 WHERE id = payer;
    UPDATE accounts SET amount = amount + 1 WHERE id = payee;
    INSERT INTO transfers DEFAULT VALUES;
    COMMIT;
  END LOOP;
END $$;
`;
/** A writer that never rests, of a file beside the application's own. */
const writer = (open: string, before = "") => `
import random, sys
${open}
${before}
db.execute("CREATE TABLE accounts (id INTEGER PRIMARY KEY, amount INTEGER, note VARCHAR)")
db.execute("BEGIN")
for id in range(2000): db.execute("INSERT INTO accounts VALUES (?, 100, ?)", (id, "x" * 300))
db.execute("COMMIT")
open("/app/data/" + sys.argv[1] + ".ready.tmp", "w").close()
while True:
    db.execute("BEGIN")
    db.execute("UPDATE accounts SET amount = amount - 1 WHERE id = ?", (random.randrange(2000),))
    db.execute("UPDATE accounts SET amount = amount + 1 WHERE id = ?", (random.randrange(2000),))
    db.execute("COMMIT")
`;
const SQLITE = writer(
  'import sqlite3; db = sqlite3.connect("/app/data/ledger [1].db", isolation_level=None)',
  'db.execute("PRAGMA journal_mode=WAL")',
);
const DUCKDB = writer('import duckdb; db = duckdb.connect("/app/data/numbers.duckdb")');

const WRITERS = "python /tmp/write-(ledger|numbers)[.]py";

const LEDGER = `
import sqlite3
db = sqlite3.connect("/tmp/ledger.db")
print(*db.execute("PRAGMA integrity_check").fetchone(), *db.execute("SELECT count(*), sum(amount) FROM accounts").fetchone())
`;
const SUM = `
import duckdb
db = duckdb.connect("/tmp/copy/numbers.duckdb")
print(*db.execute("SELECT count(*), sum(amount) FROM accounts").fetchone())
`;

/** The stack's file, with a folder of the server in its backups. */
export function withPathsSaved(text: string): string {
  return text.replace("retention: {", 'paths: ["/srv/letters"], exclude: ["*.tmp"], retention: {');
}

/**
 * Backups of deita-prod at work: PostgreSQL, DuckDB and SQLite are written while they are saved, and each copy is one moment;
 * a drill proves it. What a dump of two moments would show: money goes from account to account, the
 * sum of all never changes.
 */
export function backupsAtWork(host: DeployedStack): void {
  const { part } = host;
  let run: { run: string; complete: boolean; age_seconds: number; size: number; parts: string[] };
  let dataset: Awaited<ReturnType<typeof storeDataset>>;
  let said: string;

  const query = (sql: string, database = "deita") =>
    host.inService("postgres", `psql -XAt --set=ON_ERROR_STOP=1 -U deita -d ${database}`, sql);

  /** A program that goes on in the background of the backend's container. */
  async function begin(name: string, program: string): Promise<void> {
    await host.inService(
      "backend",
      `cat > /tmp/write-${name}.py; nohup python /tmp/write-${name}.py ${name} > /tmp/${name}.log 2>&1 &`,
      program,
    );
    await host.inService(
      "backend",
      `for i in $(seq 100); do test -e /app/data/${name}.ready.tmp && exit; sleep 0.2; done; cat /tmp/${name}.log; exit 1`,
    );
  }

  describe("a backup of a site at work", () => {
    part("is complete, and no visitor notices it", async () => {
      dataset = await storeDataset(host.now.visitor);
      await host.onServer(
        "sudo mkdir -p /srv/letters && echo 'Dear Bäcker' | sudo tee /srv/letters/one /srv/letters/two.tmp",
      );
      await query(POSTGRES);
      await host.inService(
        "postgres",
        `nohup sh -c "psql -U deita -d deita -c 'CALL transfer()' || true" > /dev/null 2>&1 &`,
      );
      await begin("ledger", SQLITE);
      await begin("numbers", DUCKDB);

      const load = Load.of(host.now, { paths: ["/", "/v1/health"] });
      said = await host.onServer("sudo single-host backup now").finally(() => load.stop());
      [run] = JSON.parse(await host.onServer("sudo single-host backup list --json"));
      expect((await load.stop()).failed).toEqual([]);
      expect(run).toMatchObject({ complete: true, safety: false });
      expect(run.age_seconds).toBeLessThan(600);
      expect(run.size).toBeGreaterThan(ACCOUNTS * 320);
      expect(run.parts).toEqual([
        "bucket/files",
        `duckdb/${VOLUME}/deita.duckdb`,
        `duckdb/${VOLUME}/numbers.duckdb`,
        "globals/postgres",
        "host",
        "path//srv/letters",
        DATABASE,
        "postgres/postgres/postgres",
        `sqlite/${VOLUME}/ledger [1].db`,
        `volume/${VOLUME}`,
      ]);
    });

    part("says for how long a database stood still, and everything goes on", async () => {
      const seconds = [...said.matchAll(/numbers\.duckdb: its containers stood still for ([\d.]+) s/g)].map(
        ([, text]) => Number(text),
      );
      expect(seconds).toHaveLength(1);
      expect(seconds[0]).toBeLessThan(5);
      expect(await host.onServer("sudo docker ps --filter status=paused --quiet")).toBe("");
      const before = Number(await query("SELECT count(*) FROM transfers"));
      expect(
        Number(
          await query("SELECT pg_sleep(0.5); SELECT count(*) FROM transfers").then((text) =>
            text.trim().split("\n").pop(),
          ),
        ),
      ).toBeGreaterThan(before);
      expect((await host.onServer(`pgrep -fc '${WRITERS}'`)).trim()).toBe("2");
      // enough is written
      await host.onServer(`sudo pkill -f '${WRITERS}'`);
      await query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'CALL%'");
    });

    part("has PostgreSQL as it was at one moment: cat, into another database", async () => {
      await query("CREATE DATABASE copy", "postgres");
      const psql = "psql -XAtq --set=ON_ERROR_STOP=1 -U deita -d copy";
      await host.onServer(`set -o pipefail; sudo single-host backup cat postgres | ${within("postgres")} ${psql}`);
      expect(await query("SELECT count(*), sum(amount) FROM accounts", "copy")).toBe(`${ACCOUNTS}|${TOTAL}\n`);
      // what the run's manifest says of the dump is true of what came out of it
      expect(await facts(DATABASE)).toMatchObject({
        rows: {
          "public.accounts": ACCOUNTS,
          "public.transfers": Number(await query("SELECT count(*) FROM transfers", "copy")),
        },
      });
      await query("DROP DATABASE copy", "postgres");
    });

    part("has SQLite and DuckDB as they were at one moment", async () => {
      await host.onServer(`sudo single-host backup cat 'sqlite/${VOLUME}/ledger [1].db' > /tmp/ledger.db`);
      expect((await host.onServer("python3 -", LEDGER)).trim()).toBe("ok 2000 200000");

      await host.inService("backend", "cat > /tmp/sum.py", SUM);
      const copied = await host.onServer(
        `sudo single-host backup cat 'duckdb/${VOLUME}/numbers.duckdb' | ${within("backend")} \
         sh -c 'rm -rf /tmp/copy && mkdir /tmp/copy && tar x -C /tmp/copy && python /tmp/sum.py'`,
      );
      expect(copied.trim().split("\n").pop()).toBe("2000 200000");
    });

    part("has the objects of the application's bucket, and the server's own files", async () => {
      const object = await host.onServer(`sudo single-host backup cat bucket | tar x --to-stdout ${dataset.object}`);
      expect(object).toMatch(/Nürnberg,10\.5/);
      expect(await host.onServer("sudo single-host backup cat path | tar t")).toBe("one\n");
      const own = (await host.onServer("sudo single-host backup cat host | tar t")).split("\n");
      expect(own).toEqual(expect.arrayContaining(["good/bundle.json", "good/secrets.json", "state.json"]));
      expect(own.filter((path) => path.startsWith("staging"))).toEqual([]);
    });

    part("is on standard output and nothing else is; what is no part of it is refused", async () => {
      const dump = await host.onServer("sudo single-host backup cat postgres/postgres/deita 2> /dev/null");
      expect(dump).toMatch(/^--\n-- PostgreSQL database dump\n/);
      expect(dump).toMatch(/\n-- PostgreSQL database dump complete\n/);
      const answer = await host.onServer("sudo single-host backup cat volume/x 2> /tmp/why; echo $?; cat /tmp/why");
      expect(answer).toMatch(/^2\nsingle-host: backup\/cat\/volume\/x: is no part of /);
    });
  });

  describe("a drill", () => {
    part("proves the backup", async () => {
      await host.onServer("sudo single-host drill");
      const { drill, problems } = await status();
      expect(drill).toMatchObject({ run: run.run, proven: true });
      expect(problems).toEqual([]);
    });
  });

  describe("a backup that fails", () => {
    part("leaves no run that could be restored, and status says why", async () => {
      await host.onServer("sudo mv /srv/letters /srv/letters.away");
      const code = await host.onServer("sudo single-host backup now > /tmp/backup.log 2>&1; echo $?");
      await host.onServer("sudo mv /srv/letters.away /srv/letters");
      expect(code.trim()).toBe("1");
      const [newest, before] = JSON.parse(await host.onServer("sudo single-host backup list --json"));
      expect([newest.complete, before.complete, before.run]).toEqual([false, true, run.run]);
      expect(await host.onServer("sudo single-host status || true")).toMatch(
        /the last backup failed: backup\/paths\/\/srv\/letters: is not there/,
      );
    });

    part("by being killed leaves nothing that the next does not clear away", async () => {
      await host.onServer(`
      sudo sh -c 'single-host backup now > /tmp/killed.log 2>&1 & echo $! > /tmp/killed.pid'
      timeout 120 sh -c 'until grep -q "duckdb/.*numbers" /tmp/killed.log; do sleep 0.05; done'
      sudo kill -9 "$(cat /tmp/killed.pid)"`);
      expect(await host.onServer("sudo single-host backup now")).toMatch(/is complete: 10 parts/);
      const runs: { complete: boolean }[] = JSON.parse(await host.onServer("sudo single-host backup list --json"));
      expect(runs.map(({ complete }) => complete)).toEqual(runs.map(() => true));
      expect(await host.onServer("sudo find /var/lib/single-host/staging/databases -type f")).toBe("");
      expect(await host.onServer("sudo docker ps --filter status=paused --quiet; pgrep restic || true")).toBe("");
    });
  });

  // biome-ignore lint/suspicious/noExplicitAny: the program's own words
  async function status(): Promise<any> {
    return JSON.parse((await host.now.login.attempt("sudo single-host status --json", undefined, [0, 1])).stdout);
  }

  /** What the run's manifest says that a restore of a part must show. */
  async function facts(name: string): Promise<Record<string, unknown>> {
    const program = `
import json, sys
sys.path.insert(0, "/opt/single-host/current")
from single_host import settings
from single_host.backups import backup
_, repository = backup.open_repository(settings.load())
print(json.dumps(backup.manifest(repository, backup.runs(repository)[0]).facts[sys.argv[1]]))`;
    return JSON.parse(await host.onServer(`sudo python3 - ${name}`, program));
  }
}

/** The words that run a command in a service's container, on the server. */
function within(service: string): string {
  return `sudo docker exec -i "$(sudo docker ps -qf label=com.docker.compose.service=${service})"`;
}
