import { type Dataset, expectDataset, storeDataset } from "../../stacks/deita-prod/rehearsal";
import type { DeployedStack } from "./deployed-stack";

const DELETE_OBJECT = (object: string) => `
import os
from urllib.parse import urlsplit
import urllib3
from minio import Minio
endpoint = urlsplit(os.environ["S3_ENDPOINT"])
client = Minio(endpoint.netloc, os.environ["S3_ACCESS_KEY"], os.environ["S3_SECRET_KEY"],
  region=os.environ["S3_REGION"], secure=endpoint.scheme == "https", http_client=urllib3.PoolManager())
client.remove_object(bucket_name=os.environ["S3_BUCKET_NAME"], object_name=${JSON.stringify(object)})
`;
const SQLITE = (sql: string) => `
import sqlite3
db = sqlite3.connect("/app/data/notes.db")
db.execute("PRAGMA journal_mode=WAL")
db.execute("CREATE TABLE IF NOT EXISTS notes (text)")
print(db.execute(${JSON.stringify(sql)}).fetchall())
db.commit()
`;

/** What a host of Deita lives through when it goes back to a backup: rows, files, objects and a folder, all or some of them. */
export function restoresOfDeita(host: DeployedStack): void {
  const { part } = host;
  let run: string;
  let safety: string;
  let then: Dataset;
  let since: Dataset;

  const query = async (sql: string) =>
    (await host.inService("postgres", "psql -XAtq --set=ON_ERROR_STOP=1 -U deita -d deita", sql)).trim();
  const notes = async (sql: string) => (await host.inService("backend", "python -", SQLITE(sql))).trim();
  const restore = (words: string) => host.onServer(`sudo single-host restore ${words}`);
  const rows = () => query("SELECT count(*) FROM restore_marks");

  describe("a restore", () => {
    part("says beforehand what would be replaced by what, and changes nothing", async () => {
      then = await storeDataset(host.now.visitor);
      await query("CREATE TABLE restore_marks AS SELECT generate_series(1, 3) AS number");
      await query("CREATE ROLE reader LOGIN PASSWORD 'then'");
      await notes("INSERT INTO notes VALUES ('then')");
      await host.onServer("sudo mkdir -p /srv/letters && echo then | sudo tee /srv/letters/letter");
      await host.onServer("sudo single-host backup now");
      [{ run }] = JSON.parse(await host.onServer("sudo single-host backup list --json"));

      since = await storeDataset(host.now.visitor);
      await query("INSERT INTO restore_marks VALUES (4), (5); ALTER ROLE reader PASSWORD 'today'");
      await notes("INSERT INTO notes VALUES ('since')");
      await host.inService("backend", "python -", DELETE_OBJECT(then.object));
      await host.onServer("echo since | sudo tee /srv/letters/letter /srv/letters/another");

      const before = await host.containers();
      const said = await restore("--dry-run");
      expect(said).toContain(`would go back to ${run}`);
      expect(said).toMatch(/postgres\/postgres\/deita: .*rows of public\.restore_marks 3, today 5/);
      expect(said).toMatch(/path\/\/srv\/letters: .*files \d+, today \d+/);
      expect(said).toContain("Nothing was changed.");
      const { parts } = JSON.parse(await restore("--dry-run --json --only postgres/postgres/deita"));
      expect(parts).toHaveLength(1);
      expect(parts[0].saved["rows of public.restore_marks"]).toBe(3);
      expect(parts[0].today["rows of public.restore_marks"]).toBe(5);
      expect(await host.containers()).toBe(before);
      expect(await rows()).toBe("5");
    });

    part("brings rows, files and objects back together, and keeps the way back", async () => {
      const said = await restore(`${run} --yes`);
      safety = /the way back is `single-host restore (\S+)`/.exec(said)?.[1] as string;
      expect(said).toMatch(/bucket\/files: 1 objects come back, 0 get the content of then, 1 go/);
      await host.untilHealthy(60);
      expect(await rows()).toBe("3");
      await expectDataset(host.now.visitor, then);
      await expect(expectDataset(host.now.visitor, since)).rejects.toThrow();
      expect(await notes("SELECT text FROM notes")).toBe("[('then',)]");
      expect(await host.onServer("cat /srv/letters/letter; ls /srv/letters | grep another || true")).toBe("then\n");
    });

    part("leaves the roles of today their passwords", async () => {
      // not by loopback, which the image trusts without a password
      const login = `PGPASSWORD=today psql -XAt -h "$(hostname -i)" -U reader -d deita -c 'SELECT 1'`;
      expect((await host.inService("postgres", login)).trim()).toBe("1");
    });

    part("takes some parts and leaves the others as they are", async () => {
      await restore(`${safety} --yes --without-safety --only postgres/postgres/deita sqlite`);
      await host.untilHealthy(60);
      expect(await rows()).toBe("5");
      expect(await notes("SELECT text FROM notes ORDER BY text")).toBe("[('since',), ('then',)]");
      expect(await host.onServer("cat /srv/letters/letter")).toBe("then\n");
    });

    part("takes the newest backup before a moment", async () => {
      const [, date, time] = /^(\d{8})T(\d{6})Z$/.exec(run) as unknown as [string, string, string];
      const moment = `${date.replace(/(....)(..)(..)/, "$1-$2-$3")}T${time.replace(/(..)(..)(..)/, "$1:$2:$3")}`;
      expect(await restore(`--at ${moment}Z --dry-run`)).toContain(`would go back to ${run}`);
      expect(await restore(`--at '${moment.replace("T", " ")}' --yes --only postgres`)).toContain(`${run} is back`);
      expect(await rows()).toBe("3");
      await expect(restore("--at 2020-01-01 --dry-run")).rejects.toThrow(
        /no complete backup of 20200101T000000Z or before/,
      );
      await expect(restore("--at yesterday --dry-run")).rejects.toThrow(/'yesterday' is not a moment/);
    });
  });
}
