/**
 * Migrations that fail and that never end, in a release with visitors: the old version serves on, the backup that was taken
 * first is named, and brings back what the migration spoiled. A rollback over a good one names it too.
 */
import { photo, upload } from "../../stacks/chitram-beta/rehearsal";
import { chitram } from "./applications";
import { digitalocean } from "./clouds";
import { DeployedStack } from "./deployed-stack";
import { ReleasedHost, withProps } from "./released-host";

const host = new DeployedStack({
  scenario: "migration-faults",
  stack: "chitram-beta",
  cloud: digitalocean,
  application: chitram,
  prepare: withProps(
    'migration: { service: "app", command: ["python", "-m", "photos.migrate"], timeout: Duration.seconds(15) }',
  ),
});
const released = new ReleasedHost(host);
const { part } = host;

/** A migration that deletes all photos, and then does something more. */
const migration = (end: string) => `
import asyncio, os, time
import asyncpg

async def main():
    database = await asyncpg.connect(os.environ["DATABASE_URL"].replace("+asyncpg", ""))
    await database.execute("create table if not exists moved (at timestamptz default now())")
    await database.execute("delete from images")

asyncio.run(main())
${end}
`;

async function photos(): Promise<number> {
  const rows = await host.inService("postgres", "psql -U chitram -d chitram -Atc 'select count(*) from images'");
  return Number(rows);
}

/** Releases an image whose migration spoils the data; what was said, and the backup that it named. */
async function spoil(version: string, end: string): Promise<{ output: string; backup: string }> {
  await upload(host.now.visitor, photo);
  await released.publish(version, { modules: { migrate: migration(end) } });
  const before = await host.containers();
  let output = "";
  await released.unnoticed("1.0", async () => {
    const done = await released.release(version);
    expect(done.code).toBe(1);
    ({ output } = done);
  });
  expect(await host.containers()).toBe(before);
  expect(await photos()).toBe(0);
  const backup = /`single-host restore (\d{8}T\d{6}Z)`/.exec(output)?.[1] ?? "";
  expect((await released.releases())[0]).toMatchObject({ outcome: "failed", backup, current: false });
  return { output, backup };
}

async function restored(backup: string): Promise<void> {
  await host.onServer(`sudo single-host restore ${backup} --yes`);
  expect(await photos()).toBeGreaterThan(0);
  const tables = await host.inService("postgres", "psql -U chitram -d chitram -Atc '\\dt'");
  expect(tables).not.toContain("moved");
  await host.untilHealthy(60);
}

part("a migration that fails leaves the old version serving; the backup that it names undoes it", async () => {
  const { output, backup } = await spoil("1.1", 'raise SystemExit("column title holds doubles")');
  expect(output).toMatch(/\| .*column title holds doubles/);
  expect(output).toMatch(/migration: ended with exit code 1; the old version serves on/);
  await restored(backup);
});

part("a migration that never ends is ended, and undone likewise", async () => {
  const { output, backup } = await spoil("1.2", 'print("waits for a lock", flush=True); time.sleep(3600)');
  expect(output).toMatch(/migration: did not end within 15 s; the old version serves on/);
  expect(await host.onServer("sudo docker ps --all --format '{{.Names}}'")).not.toContain("migration");
  await restored(backup);
});

part("a rollback over a migration names the backup from before it", async () => {
  await upload(host.now.visitor, photo);
  await released.publish("1.3", { modules: { migrate: migration("") } });
  expect((await released.release("1.3")).code).toBe(0);
  expect(await released.versionServed()).toBe("1.3");
  const backup = (await released.releases())[0]?.backup ?? "";
  expect(backup).toMatch(/^\d{8}T\d{6}Z$/);
  const { failed } = await released.underLoad(async () => {
    expect(await released.continuousIntegration.run("rollback")).toContain(`single-host restore ${backup}`);
  });
  expect(failed).toEqual([]);
  expect(await released.versionServed()).toBe("1.0");
  expect(await photos()).toBe(0);
  await restored(backup);
});
