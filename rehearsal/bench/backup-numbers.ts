import type { BackupNumbers, Night, Pair, Recovery, Return, Visits } from "./backups";

const mebibytes = (bytes: number) => (bytes / 1024 ** 2).toFixed(bytes < 100 * 1024 ** 2 ? 1 : 0);
const ratio = (part: number, whole: number) => (part / whole).toFixed(part < whole / 100 ? 4 : 2);

/** What backups take, as Markdown; a part for each amount of data that was measured. */
export function renderBackupNumbers(
  measured: readonly BackupNumbers[],
  recovery: Recovery | undefined,
  machine: string,
): string[] {
  if (measured.length === 0) return [];
  return [
    "",
    "## Backups",
    "",
    "Chitram's beta with rows in PostgreSQL and files in MinIO's volume, `single-host backup now` against its own",
    "script (`pg_dump | gzip` and a full copy, sent to a bucket: `rehearsal/bench/chitram-backup.sh`), night after night in turn",
    `on one server and one store (${machine}; the server has half of a core for backups, \`limits\`). Sent is what left`,
    "the server; stored is all that the bucket holds after that night. The bucket of the library keeps overwritten and deleted",
    "objects for 30 days, and they count. The script takes all of a core, encrypts nothing, saves no roles, counts no rows and",
    "proves nothing.",
    ...measured.flatMap(amount),
    ...(recovery ? ["", recovered(recovery)] : []),
  ];
}

function amount({ at, nights, visits, databaseBytes, fileBytes, return: back }: BackupNumbers): string[] {
  const last = nights.at(-1);
  if (!last) return [];
  const whole = (of: (night: Night) => number) =>
    ratio(sum(nights.map(({ library }) => of(library))), sum(nights.map(({ scripts }) => of(scripts))));
  return [
    "",
    `### ${((databaseBytes + fileBytes) / 1024 ** 3).toFixed(1)} GiB`,
    "",
    `${mebibytes(databaseBytes)} MiB of rows and ${mebibytes(fileBytes)} MiB of files, on ${at.slice(0, 10)}.`,
    "",
    "| night, what had changed | library: s | sent, MiB | stored, MiB | script: s | sent, MiB | stored, MiB |",
    "|---|---:|---:|---:|---:|---:|---:|",
    ...nights.map(
      ({ change, library, scripts }, index) => `| ${index + 1}, ${change} | ${cells(library)} | ${cells(scripts)} |`,
    ),
    "",
    `After ${nights.length} nights the library's bucket holds **${ratio(last.library.storedBytes, last.scripts.storedBytes)}** of what the script's does; the runs took **${whole(({ seconds }) => seconds)}** of its`,
    `time and sent **${whole(({ sentBytes }) => sentBytes)}** of its bytes; ${nights.slice(1).map(night).join("; ")}.`,
    "",
    "Visitors meanwhile (the first night, 20 requests a second):",
    "",
    "| | requests | failed | p99, ms | against rest |",
    "|---|---:|---:|---:|---:|",
    visitsRow("at rest", visits.rest, visits.rest),
    visitsRow("during the library's backup", visits.library, visits.rest),
    visitsRow("during the script's", visits.scripts, visits.rest),
    ...(back ? ["", returned(back)] : []),
  ];
}

/** What somebody wants to know who reads no table. */
export function backupsInOneLine({ databaseBytes, fileBytes, nights, visits }: BackupNumbers): string {
  const unchanged = nights.find(({ change }) => change === "nothing") ?? nights.at(-1);
  const last = nights.at(-1);
  if (!unchanged || !last) return "no night was measured";
  const { library, scripts } = unchanged;
  return (
    `a night of ${mebibytes(databaseBytes + fileBytes)} MiB in which nothing has changed sends ${mebibytes(library.sentBytes)} MiB in ` +
    `${library.seconds.toFixed(0)} s where Chitram's script sends ${mebibytes(scripts.sentBytes)} MiB in ${scripts.seconds.toFixed(0)} s, ` +
    `${nights.length} nights fill ${ratio(last.library.storedBytes, last.scripts.storedBytes)} of its bucket, and visitors' p99 during a backup is ` +
    `${visits.library.p99.toFixed(0)} ms against ${visits.rest.p99.toFixed(0)} ms at rest, ${visits.library.failed} of ${visits.library.requests} failed`
  );
}

function night({ change, library, scripts }: Pair, index: number): string {
  const sent = ratio(library.sentBytes, scripts.sentBytes);
  return `night ${index + 2} (${change}): ${ratio(library.seconds, scripts.seconds)} of the time, ${sent} of the bytes`;
}

function returned({ drillSeconds, restoreSeconds }: Return): string {
  return `A drill of the last night took **${drillSeconds.toFixed(0)} s** (half a core), a restore after all rows and files were lost **${restoreSeconds.toFixed(0)} s**.`;
}

function recovered({ recoveredSeconds, dataAgeSeconds, lost }: Recovery): string {
  return `From "server deleted" to "the site serves with its data", by the words of the runbook (\`npm run scenario -- lost-server\`): **${recoveredSeconds} s**, data age ${dataAgeSeconds} s, ${lost} rows lost since the last snapshot.`;
}

function cells({ seconds, sentBytes, storedBytes }: Night): string {
  return [seconds.toFixed(0), mebibytes(sentBytes), mebibytes(storedBytes)].join(" | ");
}

function visitsRow(name: string, { requests, failed, p99 }: Visits, rest: Visits): string {
  return `| ${name} | ${requests} | ${failed} | ${p99.toFixed(0)} | ${ratio(p99, rest.p99)} |`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
