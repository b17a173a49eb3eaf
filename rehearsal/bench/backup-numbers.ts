import type { BackupNumbers, Night, Visits } from "./backups";

const mebibytes = (bytes: number) => (bytes / 1024 ** 2).toFixed(bytes < 100 * 1024 ** 2 ? 1 : 0);
const ratio = (part: number, whole: number) => (part / whole).toFixed(2);

/** What backups take, as Markdown. */
export function renderBackupNumbers(numbers: BackupNumbers | undefined): string[] {
  if (!numbers) return [];
  const { nights, visits, databaseBytes, fileBytes } = numbers;
  const last = nights.at(-1);
  if (!last) return [];
  return [
    "",
    "## Backups",
    "",
    `Chitram's beta with ${mebibytes(databaseBytes)} MiB of PostgreSQL and ${mebibytes(fileBytes)} MiB of files, \`single-host backup now\` against its`,
    "own script (`pg_dump | gzip` and a full copy, sent to a bucket: `rehearsal/bench/chitram-backup.sh`), night after night in",
    "turn on one server and one store. Sent is what left the server; stored is all that the bucket holds after that night. The",
    "bucket of the library keeps overwritten and deleted objects for 30 days, and they count. The script encrypts nothing, saves",
    "no roles and proves nothing.",
    "",
    "| night, what had changed | library: s | sent, MiB | stored, MiB | script: s | sent, MiB | stored, MiB |",
    "|---|---:|---:|---:|---:|---:|---:|",
    ...nights.map(
      ({ change, library, scripts }, index) => `| ${index + 1}, ${change} | ${cells(library)} | ${cells(scripts)} |`,
    ),
    "",
    `After ${nights.length} nights the library's bucket holds ${ratio(last.library.storedBytes, last.scripts.storedBytes)} of the script's; the ${nights.length} runs took ${ratio(sum(nights.map(({ library }) => library.seconds)), sum(nights.map(({ scripts }) => scripts.seconds)))} of its time and`,
    `sent ${ratio(sum(nights.map(({ library }) => library.sentBytes)), sum(nights.map(({ scripts }) => scripts.sentBytes)))} of its bytes.`,
    "",
    "Visitors meanwhile (the first night, 20 requests a second):",
    "",
    "| | requests | failed | p99, ms |",
    "|---|---:|---:|---:|",
    visitsRow("at rest", visits.rest),
    visitsRow("during the library's backup", visits.library),
    visitsRow("during the script's", visits.scripts),
  ];
}

function cells({ seconds, sentBytes, storedBytes }: Night): string {
  return [seconds.toFixed(0), mebibytes(sentBytes), mebibytes(storedBytes)].join(" | ");
}

function visitsRow(name: string, { requests, failed, p99 }: Visits): string {
  return `| ${name} | ${requests} | ${failed} | ${p99} |`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
