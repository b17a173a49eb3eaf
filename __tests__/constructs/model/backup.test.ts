import { BackupPlan, type ResticPlan, validateBackup } from "../../../constructs/model/backup";
import { Drill, type Weekday } from "../../../constructs/model/drill";
import { Faults } from "../../../constructs/model/faults";
import { Notice } from "../../../constructs/model/notice";
import { Secret } from "../../../constructs/model/secret";
import { Size } from "../../../constructs/model/size";

const repository = "s3:https://nyc3.digitaloceanspaces.com/bucket/beta";
const url = Secret.given({ variable: "SLACK_WEBHOOK" });

function faultsOf(plan: ResticPlan): string[] {
  const faults = new Faults();
  validateBackup(faults, plan);
  return faults.toLines();
}

test("what is left out, or undefined, is as a careful engineer would have it", () => {
  const plan = BackupPlan.restic({ repository, schedule: undefined });
  expect(plan).toMatchObject({
    schedule: "03:15",
    retention: { daily: 7, weekly: 4, monthly: 6 },
    limits: { upload: null, cpuPercent: 50 },
    restoreFrom: null,
  });
  expect(plan.drill.schedule).toBe("Sun 05:00");
  expect(faultsOf(plan)).toEqual([]);
});

test("every fault of a plan is told at once", () => {
  const plan = BackupPlan.restic({
    repository,
    schedule: "3:15",
    retention: { daily: 0, weekly: 0, monthly: 0 },
    exclude: ["", "two\nlines"],
    paths: ["srv/letters", "/srv/../etc", "/", "/srv/", "/srv/letters", "/srv/letters"],
    limits: { upload: Size.mebibytes(0), cpuPercent: 0.5 },
    drill: Drill.weekly("Sunday" as Weekday, "5am"),
    restoreFrom: "yesterday",
    notices: [
      Notice.slack(Secret.generated()),
      Notice.ntfy(Secret.given()),
      Notice.mail({ to: ["nobody"], from: "a b@c", server: "smtp.example", user: "a\nb", password: url }),
      Notice.mail({ to: [], from: "a@b", server: "smtp.example:587", user: "a", password: url }),
    ],
    contacts: [{ name: "", reach: "+49 30\n1" }],
  });
  const whole = 'write it as "/srv/letters": without "..", and without "/" at its end';
  expect(faultsOf(plan)).toEqual([
    'schedule: must be a time of day, got "3:15"; write it as "04:30"',
    "retention: keeps no snapshot at all; keep some: { daily: 7 }",
    'exclude/0: must be a pattern in one line, got ""',
    'exclude/1: must be a pattern in one line, got "two\\nlines"',
    `paths/srv/letters: must be a whole path on the server, got "srv/letters"; ${whole}`,
    `paths//srv/../etc: must be a whole path on the server, got "/srv/../etc"; ${whole}`,
    `paths//: must be a whole path on the server, got "/"; ${whole}`,
    `paths//srv/: must be a whole path on the server, got "/srv/"; ${whole}`,
    'paths: "/srv/letters" stands twice; name it once',
    "limits/upload: must be 1 KiB a second at least, got 0 MiB; Size.mebibytes(5), or leave it out",
    "limits/cpuPercent: must be a whole number from 1 to 10000, got 0.5; 100 are one core",
    'drill: must be on a day of the week, got "Sunday"; Mon, Tue, Wed, Thu, Fri, Sat, Sun',
    'drill: must be a time of day, got "5am"; write it as "04:30"',
    'restoreFrom: is no backup, got "yesterday"; write "latest", "nothing", or the name of a run as `single-host backup list` shows it: "20261121T031500Z"',
    'notices/0: needs the variable that holds its value, got [secret generated]; Secret.given({ variable: "SLACK_URL" })',
    'notices/1: needs the variable that holds its value, got [secret given]; Secret.given({ variable: "NTFY_URL" })',
    'notices/2/to: must be an address for mail, got "nobody"',
    'notices/2/from: must be an address for mail, got "a b@c"',
    'notices/2/server: must be a server and its port, got "smtp.example"; write it as "smtp.example:587"',
    'notices/2/user: must be a name in one line, got "a\\nb"',
    "notices/3/to: is empty: nobody would get it; name an address",
    'contacts/0/name: must be text in one line, got ""',
    'contacts/0/reach: must be text in one line, got "+49 30\\n1"',
  ]);
});

test.each(["latest", "nothing", "20261121T031500Z"])("a server begins with %s", (restoreFrom) => {
  expect(faultsOf(BackupPlan.restic({ repository, restoreFrom }))).toEqual([]);
});

test("text of users is data: quotes, unicode and Terraform's own signs", () => {
  const nasty = "q'q\"q $HOME ${X} %{x} `id` ünï 🎉";
  const plan = BackupPlan.restic({ repository, exclude: [nasty], paths: [`/srv/${nasty}`], runbook: `${nasty}\n` });
  expect(faultsOf(plan)).toEqual([]);
});

test("no drill has no schedule", () => {
  expect(Drill.none().schedule).toBeNull();
});
