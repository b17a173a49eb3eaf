/**
 * Restores that go wrong: killed in each phase, without power, on a full disk, with an image that lacks an extension, from a
 * newer server, of another stack; and what a server that is as new begins with.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { photo, upload } from "../../stacks/chitram-beta/rehearsal";
import { chitram } from "./applications";
import { digitalocean } from "./clouds";
import { DeployedStack } from "./deployed-stack";
import { newestRun, tamper } from "./tampering";

const host = new DeployedStack({
  scenario: "restore",
  stack: "chitram-beta",
  cloud: digitalocean,
  application: chitram,
  prepare: async (workspace) => {
    // MinIO's data on a disk of a gibibyte, which a test can fill without harm to anything else
    const volume = 'dataVolume: DataVolume.create(Size.gibibytes(1), { volumes: ["minio-data"] }),';
    workspace.edit(host.file, (text) =>
      text
        .replace("monthlyBudget: 24,", volume)
        .replace("  ComposeApp,\n", "  ComposeApp,\n  DataVolume,\n")
        .replace("  Site,\n", "  Site,\n  Size,\n"),
    );
  },
});
const { part } = host;

const MINIO = "/srv/volume/volumes/.single-host-@-minio-data";
const REDIS = "/var/lib/docker/volumes/chitram-redis-data/.single-host-@";
const LEFT = "sudo find /srv/volume/volumes /var/lib/docker/volumes -maxdepth 2 -name '.single-host*'";
const LEFT_DATABASES = `psql -U chitram -Atc "SELECT datname FROM pg_database WHERE datname LIKE 'single_host%'"`;

/** In the backup, and uploaded after it. */
let saved: string;
let later: string;
let run: string;

/** Something is written before each part: whether it is there afterwards tells which time the data is of. */
const isWrittenTo = (): void => {
  beforeEach(async () => {
    later = await upload(host.now.visitor, photo);
  });
};

/** Whether visitors see a photo, and PostgreSQL and MinIO hold it: one answer for all three, or it is half there. */
async function isThere(id: string): Promise<boolean> {
  const { status, body } = await host.now.visitor.visit(`/api/v1/images/${id}/file`);
  const rows = await host.inService(
    "postgres",
    `psql -U chitram -Atc "SELECT count(*) FROM images WHERE id = '${id}'"`,
  );
  const objects = await host.inService("minio", `find /data/images -name '*${id}*' | head -1`);
  const seen = [status === 200 && body.equals(photo), rows.trim() === "1", objects.includes(id)];
  expect(new Set(seen).size).toBe(1);
  return seen[0] as boolean;
}

async function expectThen(): Promise<void> {
  await host.untilHealthy(120);
  expect([await isThere(saved), await isThere(later)]).toEqual([true, false]);
  await expectTidy();
}

async function expectNow(): Promise<void> {
  await host.untilHealthy(5); // nobody has stopped it
  expect([await isThere(saved), await isThere(later)]).toEqual([true, true]);
}

async function expectTidy(): Promise<void> {
  expect(await host.onServer(LEFT)).toBe("");
  expect((await host.inService("postgres", LEFT_DATABASES)).trim()).toBe("");
  const { restoring } = JSON.parse(await host.onServer("sudo cat /var/lib/single-host/state.json"));
  expect(restoring).toBeNull();
}

/** Fails, and what it says. */
async function failing(line: string): Promise<string> {
  const { code, output } = await host.now.login.attempt(`sudo ${line}`, "");
  expect(code).not.toBe(0);
  return output;
}

/**
 * Runs a program on the server, and once its restore has come to a phase, with so many parts done and with a file there,
 * kills it and all of its children, or does something else.
 */
function atPhase(
  phase: string,
  done: number,
  file: string,
  words: string,
  act = "os.killpg(process.pid, signal.SIGKILL)",
) {
  const program = `
import json, os, shutil, signal, subprocess, sys, time
with open("/tmp/said", "w") as said:
    process = subprocess.Popen(${JSON.stringify(words.split(" "))}, start_new_session=True, stdout=said, stderr=said)
while process.poll() is None:
    try:
        found = json.load(open("/var/lib/single-host/state.json")).get("restoring") or {}
    except (OSError, ValueError):
        continue
    if found.get("phase") == ${JSON.stringify(phase)} and len(found["done"]) >= ${done} and os.path.lexists(${JSON.stringify(file)}):
        ${act}
        break
    time.sleep(0.001)
else:
    sys.exit("it ended before it came to that: " + open("/tmp/said").read())
process.wait()
print(process.returncode, open("/tmp/said").read())
`;
  return host.onServer("sudo python3 -", program);
}

function kill(phase: string, done: number, file = "/"): Promise<string> {
  return atPhase(phase, done, file, `single-host restore ${run} --yes`);
}

/** Python on the server, with the program's own modules and the host's repository. */
function inProgram(lines: string): Promise<string> {
  const program = `
import json, sys
sys.path.insert(0, "/opt/single-host/current")
from single_host import settings
from single_host.backups import backup
plan, repository = backup.open_repository(settings.load())
${lines}`;
  return host.onServer("sudo python3 -", program);
}

beforeAll(async () => {
  saved = await upload(host.now.visitor, photo);
  await host.onServer("sudo single-host backup now");
  [{ run }] = JSON.parse(await host.onServer("sudo single-host backup list --json"));
});

describe("a kill before anything was replaced", () => {
  isWrittenTo();
  const moments = {
    "while a volume is fetched": REDIS.replace("@", "restoring"),
    "while what is here is backed up": REDIS.replace("@", "restored"),
  };
  for (const [name, file] of Object.entries(moments)) {
    part(`${name}: the site serves on with its data, and the next apply clears up`, async () => {
      await kill("fetching", 0, file);
      await expectNow();
      expect(await host.onServer(LEFT)).not.toBe("");
      expect(await failing("single-host status")).toMatch(/a restore of \S+ was interrupted/);
      expect(await host.onServer("sudo single-host apply")).toContain("before anything was replaced");
      await expectNow();
      await expectTidy();
      await host.onServer("sudo single-host status");
    });
  }
});

describe("a kill while parts take their places", () => {
  isWrittenTo();
  part("while services stop: the next restore finishes it", async () => {
    await kill("exchanging", 0);
    expect(await host.onServer("sudo single-host restore")).toContain("it is finished now");
    await expectThen();
  });

  part("after a database: the next apply finishes it", async () => {
    await kill("exchanging", 1);
    expect(await host.onServer("sudo single-host apply")).toContain("it is finished now");
    await expectThen();
  });

  part("after all databases: the next release finishes it", async () => {
    await kill("exchanging", 2);
    expect(await host.onServer("sudo single-host release app=ghcr.io/abhi10/chitram:1.0")).toContain(
      "it is finished now",
    );
    await expectThen();
  });

  part("by a power cut: the next boot finishes it, and nobody has to do anything", async () => {
    await kill("exchanging", 1);
    const { DIGITALOCEAN_API_URL: api, DIGITALOCEAN_TOKEN: token } = host.now.environment;
    const droplets = Object.keys((await host.now.cloud.control("GET", "/control/state")).digitalocean.droplets);
    for (const type of ["power_off", "power_on"]) {
      const { status } = await fetch(`${api}/v2/droplets/${droplets[0]}/actions`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: JSON.stringify({ type }),
      });
      expect(status).toBe(201);
      await sleep(3000);
    }
    await host.untilHealthy(240);
    await expectThen();
    expect(await host.onServer("sudo journalctl -b -t single-host")).toContain("it is finished now");
  });
});

describe("a part that cannot take its place", () => {
  isWrittenTo();

  const volume = REDIS.replace(".single-host-@", "_data");
  const failingExchange = () => {
    const act = `subprocess.run(["mount", "--bind", "${volume}", "${volume}"], check=True)`; // cannot be renamed
    return atPhase("exchanging", 1, "/", `single-host restore ${run} --yes`, act);
  };

  part("leaves nothing that writes onto data of two times, and the next apply goes on there", async () => {
    const said = await failingExchange();
    expect(said).toMatch(/^1 /);
    expect(said).toMatch(/restore: \S*postgres\S*.* is of \S+, the rest is as it was; the services stay stopped/);
    const { status, body } = await host.now.visitor.visit("/");
    expect([status, body.toString()]).toEqual([503, expect.stringContaining("<html")]);
    expect(await failing("single-host status")).toMatch(/a restore of \S+ was interrupted/);
    expect(await failing("single-host apply")).toContain("the services stay stopped");
    await host.onServer(`sudo umount ${volume}`);
    expect(await host.onServer("sudo single-host apply")).toContain("it is finished now");
    await expectThen();
  });

  part("does not keep anybody from going back to what was there before", async () => {
    const said = await failingExchange();
    try {
      const [, safety] = /`single-host restore (\S+)` goes back instead/.exec(said) ?? [];
      const back = (only: string) => `single-host restore ${safety} --yes --only ${only}`;
      expect(await failing(back("postgres"))).toMatch(/volume\/chitram-minio-data would stay of \S+; name these parts/);
      expect(await failing("single-host apply")).toMatch(/was given up with .*the services stay stopped/);
      expect(await host.onServer(`sudo ${back("postgres volume/chitram-minio-data")}`)).toContain(`${safety} is back`);
    } finally {
      await host.onServer(`sudo umount ${volume}`);
    }
    await host.untilHealthy(120);
    expect([await isThere(saved), await isThere(later)]).toEqual([true, true]);
    await expectTidy();
    await host.onServer("sudo single-host apply && sudo single-host status");
  });
});

describe("a full disk", () => {
  isWrittenTo();
  const FILL = "/srv/volume/filling";

  part("is told before anything begins", async () => {
    await host.onServer(
      "sudo dd if=/dev/urandom of=/srv/volume/volumes/minio-data/ballast bs=1M count=200 status=none",
    );
    await host.onServer("sudo single-host backup now");
    const free = (await host.onServer("df --output=avail --block-size=1M /srv/volume | tail -1")).trim();
    await host.onServer(`sudo fallocate -l ${Number(free) - 100}M ${FILL}`);
    expect(await failing("single-host restore latest --yes")).toMatch(
      /disk: a restore needs \d+ MiB beside what is there, \d+ MiB are free\n.*was not begun/,
    );
    await host.onServer(`sudo rm ${FILL}`);
    await expectNow();
  });

  part("while it is fetched leaves the old data in place and the site up", async () => {
    const fill = `free = shutil.disk_usage("/srv/volume").free
        subprocess.run(["fallocate", "-l", str(free - 50 * 1024**2), "${FILL}"], check=True)`;
    const words = "single-host restore latest --yes";
    const said = await atPhase("fetching", 0, MINIO.replace("@", "restoring"), words, fill);
    expect(said).toMatch(/^1 /);
    expect(said).toMatch(/no space left on device/i);
    expect(said).toContain("restore: nothing was replaced");
    await host.onServer(`sudo rm ${FILL}`);
    await expectNow();
    await expectTidy();
    await host.onServer("sudo rm /srv/volume/volumes/minio-data/ballast && sudo single-host backup now");
  });
});

describe("what does not fit", () => {
  isWrittenTo();
  part("an extension that the image lacks is told by its name, and the site serves on", async () => {
    await host.inService("postgres", 'psql -U chitram -c "CREATE EXTENSION IF NOT EXISTS citext"');
    await host.onServer("sudo single-host backup now");
    const control = (await host.inService("postgres", "find /usr -name citext.control")).trim();
    await host.onServer(
      `sudo docker exec -u 0 "$(sudo docker ps -qf label=com.docker.compose.service=postgres)" mv ${control} ${control}.away`,
    );
    const said = await failing("single-host restore latest --yes");
    expect(said).toMatch(/postgres\/postgres\/chitram: needs the extension citext, which the image \S+ does not have/);
    await expectNow();
    await expectTidy();
    await host.onServer(
      `sudo docker exec -u 0 "$(sudo docker ps -qf label=com.docker.compose.service=postgres)" mv ${control}.away ${control}`,
    );
    await host.onServer("sudo single-host restore latest --yes");
    expect(await isThere(later)).toBe(true);
  });

  part("a backup of a newer server is refused, with the way", async () => {
    // There is one PostgreSQL in the rehearsal: the manifest is rewritten to be of a newer one.
    const newer = await inProgram(`
run = backup.runs(repository)[0]
said = json.loads(repository.run("dump", run.manifest, "/manifest.json").output)
said["versions"]["postgres/postgres"] = "99.1"
tags = next(entry for entry in repository.json("snapshots", run.manifest))["tags"]
repository.run("forget", run.manifest)
repository.save_text(json.dumps(said), "/manifest.json", tags)
print(run.name)`);
    const said = await failing(`single-host restore ${newer.trim()} --yes`);
    expect(said).toMatch(/was saved by PostgreSQL 99, and postgres runs 17; name an image of PostgreSQL 99 or newer/);
    await expectNow();
    await inProgram(`repository.run("forget", *backup.runs(repository)[0].snapshots)`);
  });

  part("another stack's backup is refused by its name", async () => {
    const foreign = "20200101T000000Z";
    await inProgram(`
repository.run("backup", "--host", "bakery", "--tag", "single-host", "--tag", "run=${foreign}", "--tag", "part=manifest",
    "--tag", "parts=0", "--stdin", "--stdin-filename", "/manifest.json", stdin=b"{}")`);
    expect(await failing(`single-host restore ${foreign} --yes`)).toContain(
      `restore/${foreign}: is a backup of bakery, and this host is chitram-beta`,
    );
    await expectNow();
  });
});

describe("a server that is as new", () => {
  /** Containers, volumes and all that the program remembers are gone; the last bundle is told what to begin with. */
  function asNew(restoreFrom: string | null, password?: string): Promise<string> {
    const program = `
import json, pathlib, subprocess
accepted = pathlib.Path("/var/lib/single-host/accepted")
bundle, secrets = (json.loads((accepted / name).read_text()) for name in ("bundle.json", "secrets.json"))
kept = pathlib.Path("/root/secrets.json")
if kept.exists():
    secrets = json.loads(kept.read_text())
kept.write_text(json.dumps(secrets))
settings = json.loads(bundle["files"]["host.json"]["text"])
settings["backup"]["restore_from"] = ${restoreFrom === null ? "None" : JSON.stringify(restoreFrom)}
bundle["files"]["host.json"]["text"] = json.dumps(settings)
secrets["backup"]["RESTIC_PASSWORD"] = ${password ? JSON.stringify(password) : 'secrets["backup"]["RESTIC_PASSWORD"]'}
(accepted / "bundle.json").write_text(json.dumps(bundle))
(accepted / "secrets.json").write_text(json.dumps(secrets))
subprocess.run("""
docker ps -aq --filter label=com.docker.compose.project=chitram-beta | xargs -r docker rm -f
docker volume ls -q | grep chitram | xargs -r docker volume rm
cd /var/lib/single-host && rm -rf state.json history.jsonl good releases /srv/chitram-beta /srv/volume/volumes/*
""", shell=True, check=True, stdout=subprocess.DEVNULL)
`;
    return host.onServer("sudo python3 -", program);
  }

  async function services(): Promise<string> {
    return (await host.onServer("sudo docker ps --format '{{.Names}}' | grep -v edge || true")).trim();
  }

  part("fails with a wrong password before anything starts empty", async () => {
    const databases =
      "CREATE ROLE reader; CREATE ROLE writer; CREATE DATABASE reports OWNER reader; " +
      "ALTER DATABASE reports SET work_mem TO '7MB'; GRANT CREATE ON DATABASE reports TO writer";
    for (const statement of databases.split("; ")) {
      await host.inService("postgres", `psql -U chitram -c "${statement}"`);
    }
    await host.onServer("sudo single-host backup now");
    await asNew("latest", "not the password");
    expect(await failing("single-host apply")).toMatch(/backup\/repository: .* cannot be used/);
    expect(await services()).toBe("");
  });

  part("is refused where a backup is there and nobody says what to do with it", async () => {
    await asNew(null);
    expect(await failing("single-host apply")).toMatch(
      /a database never begins empty in place of it; set restoreFrom: "latest"/,
    );
    expect(await services()).toBe("");
    expect(await failing("single-host backup now")).toContain("has not got its data yet");
  });

  part("begins with the newest backup, though its first apply was killed twice", async () => {
    const photos = [saved];
    await asNew("latest");
    await atPhase("fetching", 0, REDIS.replace("@", "restoring"), "single-host apply");
    await atPhase("exchanging", 1, "/", "single-host apply");
    expect(await host.onServer("sudo single-host apply")).toContain("it is finished now");
    await host.untilHealthy(60);
    for (const id of photos) expect(await isThere(id)).toBe(true);
    await expectTidy();
    const reports = `SELECT pg_get_userbyid(datdba), current_setting('work_mem'), has_database_privilege('writer', oid, 'CREATE')
      FROM pg_database WHERE datname = 'reports'`;
    expect((await host.inService("postgres", `psql -U chitram -d reports -Atc "${reports}"`)).trim()).toBe(
      "reader|7MB|t",
    );
    const before = await host.containers();
    expect(await host.onServer("sudo single-host apply")).toContain("nothing to change, no container touched");
    expect(await host.containers()).toBe(before);
  });

  part(
    "begins with the newest backup that no drill has found damaged, though it was another server that has",
    async () => {
      const sound = await newestRun((line) => host.onServer(line));
      await inProgram("backup.save(settings.load(), plan, repository)"); // of one day the last alone would be kept
      const damaged = await newestRun((line) => host.onServer(line));
      await tamper((line, input) => host.onServer(line, input), damaged, "host", "rm accepted/bundle.json");
      await failing("single-host drill");
      await asNew("latest");
      const said = await host.onServer("sudo single-host apply 2>&1");
      expect(said).toMatch(new RegExp(`${damaged} is passed by: a drill of it failed`));
      expect(said).toContain(`this host begins with the backup ${sound}`);
      await host.untilHealthy(60);
      expect(await isThere(saved)).toBe(true);
      expect(await host.onServer("sudo single-host backup list")).toMatch(
        new RegExp(`${damaged} .*DAMAGED: a drill of it failed`),
      );
    },
  );
});
