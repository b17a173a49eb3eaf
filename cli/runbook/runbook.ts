import { spoken } from "../duration";
import { code, literal, shell, table, word } from "./markdown";

export interface Contact {
  readonly name: string;
  readonly reach: string;
}

/** What a measurement found, and when. */
export interface Measured {
  readonly at: string;
  /** Seconds: how long a drill took to bring all back, or how old a backup is. */
  readonly seconds: number;
}

/** All that a runbook says of a host. What is not known is null, and said so. */
export interface RunbookFacts {
  readonly stack: string;
  readonly host: string;
  /** `DigitalOcean` */
  readonly company: string;
  /** Where one looks at the server: an address of the cloud's console. */
  readonly console: string;
  /** What somebody does there to a server that shall go: `delete it in the cloud's console`. */
  readonly deletion: string;
  readonly urls: readonly string[];
  readonly address: string | null;
  readonly knownHosts: readonly string[];
  readonly services: readonly string[];
  /** Credentials that a deploy needs in the environment, by variable. */
  readonly credentials: readonly string[];
  readonly hasDataVolume: boolean;
  /** Null: the host has no backups. */
  readonly backup: BackupFacts | null;
  readonly contacts: readonly Contact[];
  /** What the team adds, as Markdown. */
  readonly addition: string;
  /** When it was written; the day of what it says. */
  readonly writtenAt: string;
}

export interface BackupFacts {
  /** The bucket's name; `...` stands for what was drawn and is not known here. */
  readonly bucket: string;
  readonly endpoint: string;
  /** Variables of the environment with the owner's key to the bucket. */
  readonly keys: { readonly id: string; readonly secret: string };
  /** Where Terraform keeps the password of the backups; null: the team gave it. */
  readonly password: string | null;
  /** Time of day, UTC. */
  readonly schedule: string;
  readonly drill: string | null;
  readonly restoreFrom: string | null;
  readonly databases: readonly string[];
  readonly volumes: readonly string[];
  /** Whether the server told what it has measured. */
  readonly answered: boolean;
  readonly lastBackup: Measured | null;
  readonly lastDrill: Measured | null;
}

/** What to do when something breaks, with the words to type, for one host. */
export function renderRunbook(facts: RunbookFacts): string {
  const sections = [
    heading(facts),
    contacts(facts),
    numbers(facts),
    needed(facts),
    logIn(facts),
    siteDown(facts),
    badRelease(facts),
    ...(facts.backup === null ? [] : [databaseWrong(facts, facts.backup), backupFailed(facts)]),
    serverLost(facts),
    ...(facts.backup === null ? [] : [stateLost(facts, facts.backup), passwordLost(facts, facts.backup)]),
    thief(facts, facts.backup),
    ...(facts.addition.trim() === "" ? [] : [["## Besides", "", facts.addition.trim()]]),
  ];
  return `${sections.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

function heading({ host, stack, writtenAt, urls, address, company, services }: RunbookFacts): string[] {
  return [
    `# Runbook: ${literal(host)}`,
    "",
    `Written ${writtenAt} by ${code(`npx single-host runbook ${word(stack)}`)}. Print it, or keep it where you can read it while the server is down.`,
    "",
    ...table(
      ["site", urls.map(code).join(", ")],
      ["server", `${address === null ? "none in the Terraform state that was here" : code(address)}, at ${company}`],
      ["services", services.map(code).join(", ")],
      [
        "settings on the server",
        "`/etc/single-host/host.json`; the application is in `/srv`, state and secrets in `/var/lib/single-host`",
      ],
    ),
  ];
}

function contacts({ contacts: people }: RunbookFacts): string[] {
  const lines = people.map(({ name, reach }) => `- ${literal(name)}: ${literal(reach)}`);
  const none = "Nobody is named: write `contacts: [{ name, reach }]` into the `BackupBucket`.";
  return ["## Whom to call", "", ...(lines.length === 0 ? [none] : lines)];
}

function numbers({ backup }: RunbookFacts): string[] {
  const title = "## What a loss costs";
  if (backup === null) return [title, "", "There are no backups: a lost server is lost with its data."];
  const { answered, lastBackup, lastDrill, schedule, drill } = backup;
  const unknown = (reason: string) =>
    answered ? `not measured yet: ${reason}` : "not known: the server did not answer to your SSH key";
  const restored =
    lastDrill === null
      ? unknown("no drill has run")
      : `${spoken(lastDrill.seconds)} to bring all data back (drill of ${lastDrill.at}), and the minutes of a new server`;
  const age =
    lastBackup === null
      ? unknown("no backup was made")
      : `at most a day; the backup of ${lastBackup.at} was ${spoken(lastBackup.seconds)} old when this was written`;
  return [
    title,
    "",
    ...table(
      ["time until it serves again (RTO)", restored],
      ["data that is lost (RPO)", age],
      ["backups", `each night at ${schedule} UTC`],
      [
        "drills",
        drill === null
          ? "none: nothing proves the backups"
          : `${drill} UTC: the newest backup is restored beside the site and compared`,
      ],
    ),
  ];
}

function needed({ credentials, backup }: RunbookFacts): string[] {
  const lines = [
    "- this repository, with Node and Terraform: `npm ci`",
    `- in the environment: ${credentials.map(code).join(", ")}`,
    ...(backup === null
      ? []
      : [
          `- the bucket's name: ${code(backup.bucket)} at ${code(backup.endpoint)}`,
          "- the password of the backups, kept apart from Terraform's state, where you keep passwords",
          "- restic, when Terraform's state is lost too",
        ]),
  ];
  return ["## What you need", "", ...lines];
}

function logIn({ address, knownHosts }: RunbookFacts): string[] {
  if (address === null) {
    const reason =
      "The Terraform state that was here knows no server: the stack is not deployed yet, or was deployed elsewhere.";
    return ["## Log in", "", `${reason} Write this runbook where it was.`];
  }
  return [
    "## Log in",
    "",
    ...shell(`ssh deploy@${word(address)}`),
    "",
    "The server's own key, for your `known_hosts`:",
    "",
    "```",
    ...knownHosts,
    "```",
  ];
}

function siteDown({ host, address, urls, console: page, company }: RunbookFacts): string[] {
  return [
    "## The site is down",
    "",
    `Does the server stand? ${company}'s console says so: <${page}>. Switched off: switch it on; all starts by itself. Gone: see "The server is lost".`,
    "",
    ...shell(
      `curl -I ${word(urls[0] ?? `http://${address ?? host}`)}`,
      `ssh deploy@${word(address ?? "ADDRESS")}`,
      "sudo single-host status        # says what is wrong",
      "sudo single-host logs          # what containers have said",
      "sudo single-host apply         # brings the last configuration to life again",
    ),
  ];
}

function badRelease({ address }: RunbookFacts): string[] {
  return [
    "## A release was bad",
    "",
    ...shell(
      `ssh deploy@${word(address ?? "ADDRESS")}`,
      "sudo single-host releases      # what was released, when, by whom",
      "sudo single-host rollback      # to the good one before",
    ),
    "",
    "It takes back images and configuration, and no data.",
  ];
}

function databaseWrong({ address }: RunbookFacts, { databases, volumes }: BackupFacts): string[] {
  const held = [
    ...databases.map((service) => `the databases of ${code(service)}`),
    ...volumes.map((name) => `the volume ${code(name)}`),
  ];
  return [
    "## Data is wrong",
    "",
    `A backup holds ${held.join(", ") || "no data"}. What is there now is saved first, so that there is a way back.`,
    "",
    ...shell(
      `ssh deploy@${word(address ?? "ADDRESS")}`,
      "sudo single-host backup list",
      "sudo single-host restore       # shows what there is, asks which one, and for the host's name",
    ),
  ];
}

function backupFailed({ address }: RunbookFacts): string[] {
  return [
    "## A backup, a drill or a check has failed",
    "",
    "That does not touch the site. `status` says what failed and what to do about it; then, what it was again:",
    "",
    ...shell(
      `ssh deploy@${word(address ?? "ADDRESS")}`,
      "sudo single-host status",
      "sudo single-host backup now",
      "sudo single-host drill",
      "sudo single-host check",
    ),
  ];
}

function serverLost({ stack, backup, hasDataVolume, company, deletion }: RunbookFacts): string[] {
  const words = shell(`npx single-host recover ${word(stack)}`, `npx cdktf deploy ${word(stack)}`);
  return [
    "## The server is lost",
    "",
    `The server is gone from the account. Does it stand, but its disk is lost: ${deletion}. The first line asks ${company} whether it is, and lets go of what protects it from being made a second time; the second makes a new one, with its names, secrets and ${data(backup)}.`,
    ...beginning(backup),
    ...(hasDataVolume ? ["", "The data volume stands on its own: if it is still there, it is attached as it is."] : []),
    "",
    ...words,
    "",
    ...(backup === null || backup.restoreFrom === "nothing"
      ? []
      : [
          "Does the deploy say that the backup cannot be read, it names the next older one: write that name as `restoreFrom`, and deploy again.",
          "",
        ]),
    "The address may be another one: DNS records of the stack follow by themselves, others are yours to change. Is all well (`sudo single-host status` on the server), write this runbook anew.",
  ];
}

function stateLost({ stack, deletion, address }: RunbookFacts, { bucket }: BackupFacts): string[] {
  const file = `~/${stack}.variables`;
  return [
    "## Terraform's state is lost too",
    "",
    "A state that lies on another laptop is not lost: type all this there. The first line asks for the password of the backups. It takes over what still stands in the accounts, and the secrets of the newest backup; the second line hands on the secrets that were given, and removes the file.",
    "",
    ...shell(
      `npx single-host recover ${word(stack)} --bucket ${word(bucket)} --variables ${word(file)}`,
      `. ${word(file)}`,
      `npx cdktf deploy ${word(stack)}`,
    ),
    "",
    `If the server still stands, it says so: Terraform's key to it is lost, yours is not. Make a last backup there (\`sudo single-host backup now\`), ${deletion}, and type the same again.`,
    "",
    `The new server has another SSH key: ${code(`npx cdktf output ${word(stack)}`)} shows its lines for your \`known_hosts\`, and ${code(`ssh-keygen -R ${word(address ?? "ADDRESS")}`)} takes the old one out.`,
  ];
}

function passwordLost({ address, stack }: RunbookFacts, { password }: BackupFacts): string[] {
  return [
    "## The password of the backups is lost",
    "",
    password === null
      ? "The team gave it as a variable, and the server has it. Keep a copy apart from it: without the password nobody can read the backups."
      : "It is in Terraform's state and on the server. Is one of both there, keep a copy apart from them. Are both gone, nobody can read the backups.",
    "",
    ...shell(`ssh deploy@${word(address ?? "ADDRESS")} sudo single-host backup key`),
    ...(password === null
      ? []
      : ["", "Out of the state, where the server is gone:", "", ...outOfState(stack, password)]),
  ];
}

/** Of a repository that was just cloned, too, and with no program that a deploy does not need. */
function outOfState(stack: string, address: string): string[] {
  const folder = `cdktf.out/stacks/${word(stack)}`;
  const name = address.split(".").pop();
  const password = `find(({ name }) => name === "${name}").instances[0].attributes.result`;
  return shell(
    "npx cdktf synth",
    `terraform -chdir=${folder} init -input=false`,
    `terraform -chdir=${folder} state pull | node -p 'JSON.parse(require("node:fs").readFileSync(0)).resources.${password}'`,
  );
}

function thief({ company }: RunbookFacts, backup: BackupFacts | null): string[] {
  const first = `Take the server's keys away in ${company}'s console first: object storage, then tokens that were there.`;
  const last = "Then treat the server as lost, and every secret of its settings as known: change them.";
  if (backup === null) return ["## Somebody was on the server", "", `${first} ${last}`];
  const { bucket, endpoint, keys } = backup;
  return [
    "## Somebody was on the server",
    "",
    `${first} With the server's key a thief can delete backups. What was deleted alone comes back, with a key of your own, as it was at a moment before: versions are kept for 30 days. What was erased with its versions does not.`,
    "",
    ...shell(
      "moment='2026-11-21 03:30:00'   # UTC, before it happened",
      "export RCLONE_CONFIG_BACKUPS_TYPE=s3 RCLONE_CONFIG_BACKUPS_PROVIDER=Other",
      `export RCLONE_CONFIG_BACKUPS_ENDPOINT=${word(endpoint)}`,
      `export RCLONE_CONFIG_BACKUPS_ACCESS_KEY_ID="$${keys.id}" RCLONE_CONFIG_BACKUPS_SECRET_ACCESS_KEY="$${keys.secret}"`,
      `rclone copy "backups,version_at='$moment':${bucket}" backups:${word(bucket)}`,
    ),
    "",
    last,
  ];
}

function beginning(backup: BackupFacts | null): string[] {
  if (backup === null || backup.restoreFrom !== null) return [];
  return [
    "",
    'First write `restoreFrom: "latest"` into the `BackupBucket`: without it a new server refuses to begin empty.',
  ];
}

function data(backup: BackupFacts | null): string {
  if (backup === null) return "no data: there are no backups";
  if (backup.restoreFrom === "nothing") return 'no data, as `restoreFrom: "nothing"` says';
  return "the data of the newest backup";
}
