/**
 * Ten gibibytes of rows and files, saved while people visit, then with nothing changed and with 1 % changed, each time beside
 * Chitram's own script; a drill proves the last backup, and after all data is lost a restore brings back every row and file.
 */
import { measureNights } from "../../rehearsal/bench/backups";
import { keep } from "../../rehearsal/bench/deployment";
import { chitram } from "./applications";
import { digitalocean } from "./clouds";
import { DeployedStack } from "./deployed-stack";

const MEBIBYTES = 10 * 1024;
/** In GiB: the data, the library's copy, the script's and the one that it makes beforehand. A restore needs less. */
const ROOM = 38;

jest.setTimeout(2 * 60 * 60 * 1000);

const host = new DeployedStack({
  scenario: "large-backups",
  stack: "chitram-beta",
  cloud: digitalocean,
  application: chitram,
});
const say = (line: string) => process.stdout.write(`${line}\n`);

beforeAll(async () => {
  const free = await host.onServer("df --output=avail --block-size=1G /var/lib/docker | tail -1");
  if (Number(free) < ROOM) {
    throw new Error(
      `the disk of the Docker engine: ${free.trim()} GiB are free, and this takes ${ROOM}: make room there`,
    );
  }
});

host.part("ten gibibytes are sent once, nobody who visits notices, and all of them come back", async () => {
  const { nights, visits } = await measureNights(host.now, {
    mebibytes: MEBIBYTES,
    nights: ["all of it new", "nothing", "the newest 1 %"],
    say,
    keep: (numbers) => keep("largeBackups", numbers), // for docs/numbers.md
  });
  const [first, unchanged, changed] = nights.map(({ library }) => library.sentBytes) as [number, number, number];
  expect(unchanged).toBeLessThan(first / 100);
  expect(changed).toBeLessThan(first / 20);
  expect(visits.library.requests).toBeGreaterThan(1000);
  expect(visits.library.failed).toBe(0);
  await host.untilHealthy(60);
});
