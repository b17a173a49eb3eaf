import { backupsInOneLine, renderBackupNumbers } from "../../../rehearsal/bench/backup-numbers";
import type { BackupNumbers, Night } from "../../../rehearsal/bench/backups";

const MEBIBYTE = 1024 ** 2;
const night = (seconds: number, sent: number, stored: number): Night => ({
  seconds,
  sentBytes: sent * MEBIBYTE,
  storedBytes: stored * MEBIBYTE,
});

const numbers: BackupNumbers = {
  at: "2026-11-21T16:30:00.000Z",
  databaseBytes: 600 * MEBIBYTE,
  fileBytes: 400 * MEBIBYTE,
  nights: [
    { change: "all of it new", library: night(40, 700, 700), scripts: night(50, 800, 800) },
    { change: "nothing", library: night(10, 2, 702), scripts: night(50, 800, 1600) },
  ],
  visits: {
    rest: { requests: 900, failed: 0, p99: 20.004 },
    library: { requests: 800, failed: 0, p99: 30 },
    scripts: { requests: 1000, failed: 1, p99: 80 },
  },
};

describe("the numbers of backups", () => {
  it("are told by night, with the library's share of the script's", () => {
    const text = renderBackupNumbers([numbers], undefined, "2 cores, 24 GiB").join("\n");
    expect(text).toContain("one store (2 cores, 24 GiB;");
    expect(text).toContain("| 1, all of it new | 40 | 700 | 700 | 50 | 800 | 800 |");
    expect(text).toContain("| 2, nothing | 10 | 2.0 | 702 | 50 | 800 | 1600 |");
    expect(text).toContain("holds **0.44** of what the script's does; the runs took **0.50** of its\ntime");
    expect(text).toContain("night 2 (nothing): 0.20 of the time, 0.0025 of the bytes.");
    expect(text).toContain("| during the script's | 1000 | 1 | 80 | 4.00 |");
    expect(text).toContain("### 1.0 GiB\n\n600 MiB of rows and 400 MiB of files, on 2026-11-21.");
    expect(text).not.toContain("server deleted");
    expect(text).not.toContain("A drill");
  });

  it("have the time that all of it takes to come back, for each amount of data", () => {
    const back = { drillSeconds: 51, restoreSeconds: 32.4 };
    const large = { ...numbers, fileBytes: 9400 * MEBIBYTE, return: back };
    const text = renderBackupNumbers([numbers, large], undefined, "").join("\n");
    expect(text).toContain("### 9.8 GiB");
    expect(text.match(/### /g)).toHaveLength(2);
    expect(text).toMatch(/night took \*\*51 s\*\* .* lost \*\*32 s\*\*\.$/);
  });

  it("have the time of a lost server where a scenario has measured one", () => {
    const text = renderBackupNumbers([numbers], { recoveredSeconds: 84, dataAgeSeconds: 3, lost: 0 }, "").join("\n");
    expect(text).toContain("**84 s**, data age 3 s, 0 rows lost since the last snapshot.");
  });

  it("end with a sentence", () => {
    expect(backupsInOneLine(numbers)).toBe(
      "a night of 1000 MiB in which nothing has changed sends 2.0 MiB in 10 s where Chitram's script sends 800 MiB in 50 s, " +
        "2 nights fill 0.44 of its bucket, and visitors' p99 during a backup is 30 ms against 20 ms at rest, 0 of 800 failed",
    );
  });

  it("are nothing where nothing was measured", () => {
    expect(renderBackupNumbers([], undefined, "")).toEqual([]);
  });
});
