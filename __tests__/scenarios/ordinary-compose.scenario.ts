/**
 * An ordinary compose file without a domain: profiles, networks, extends, include, anchors, a one-shot service; values with
 * every awkward character; a backup in another company's bucket, a loss and a restore.
 */
import { createHash } from "node:crypto";
import { RunningCloud } from "../../rehearsal/cloud";
import type { RehearsedStack } from "../../rehearsal/stack-rehearsal";
import { Visitor } from "../../rehearsal/visitor";
import type { Workspace } from "../../rehearsal/workspace";
import { cloudFromNothing, deploy, scenarioSteps, withLogs, workspaceOf } from "./deployment";

const awkward = 'it\'s "quoted" \\ $HOME ${X} $$ %{if} `id` #no; & |\n second line\tübergrößen 日本 🙂 ';

let cloud: RunningCloud;
let rehearsed: RehearsedStack;
const part = (name: string, run: () => Promise<void>) => it(name, () => withLogs(cloud, "ordinary-compose", run));
const onServer = (line: string) => rehearsed.visitor.onServer(line);
const inDatabase = (sql: string) =>
  rehearsed.visitor.onServer(
    `sudo docker exec -i "$(sudo docker ps -qf label=com.docker.compose.service=database)" psql -U postgres -At`,
    `${sql};\n`,
  );

/** Backups go to another company than the server's. */
async function inTheirBucket(workspace: Workspace): Promise<void> {
  const store = `BackupStore.s3({
    endpoint: "https://hel1.your-objectstorage.com",
    region: "hel1",
    bucket: "ordinary-elsewhere",
    accessKeyId: Secret.given({ variable: "BACKUP_ACCESS_KEY_ID" }),
    secretAccessKey: Secret.given({ variable: "BACKUP_SECRET_ACCESS_KEY" }),
  })`;
  workspace.edit("main.ts", (text) =>
    text
      .replace("BackupBucket, ", "BackupBucket, BackupStore, ")
      .replace('"backups", { host: stack.host }', `"backups", { host: stack.host, store: ${store} }`),
  );
}

beforeAll(async () => {
  const steps = scenarioSteps();
  cloud = await cloudFromNothing(steps);
  // of a company that no provider speaks to
  const { accessKeyId, secretAccessKey } = await cloud.embedded.objectStore.makeBucketWithKey("ordinary-elsewhere");
  const key = { BACKUP_ACCESS_KEY_ID: accessKeyId, BACKUP_SECRET_ACCESS_KEY: secretAccessKey };
  rehearsed = await withLogs(cloud, "ordinary-compose", () =>
    deploy(
      cloud,
      workspaceOf("ordinary", "ordinary-compose"),
      { variables: { QUOTED: awkward, ...key } },
      steps,
      inTheirBucket,
    ),
  );
});

afterAll(() => RunningCloud.down());

describe("without a domain", () => {
  part("the address answers over plain HTTP and redirects nobody to localhost", async () => {
    const answer = await new Visitor({ ...visitorProps(), url: `http://${rehearsed.login.address}` }).visit("/");
    expect(answer.status).toBe(200);
    expect(answer.body.toString()).toContain("<h1>ordinary</h1>");
  });

  part("the sslip.io name answers over HTTPS", async () => {
    const name = `${rehearsed.login.address.replaceAll(".", "-")}.sslip.io`;
    const answer = await new Visitor({ ...visitorProps(), url: `https://${name}` }).visit("/");
    expect(answer.status).toBe(200);
    expect(answer.chain.join(" ")).toMatch(/pebble/i);
  });
});

describe("the compose file", () => {
  part("goes through with its include, extends, networks and one-shot, without the unused profile", async () => {
    const services = await onServer(
      `sudo docker ps -a --format '{{.Label "com.docker.compose.service"}} {{.State}}' --filter label=com.docker.compose.project=ordinary | sort`,
    );
    expect(services.trim().split("\n")).toEqual(["cache running", "database running", "once exited", "web running"]);
    expect(await inDatabase("select count(*) from seen")).toBe("0\n");
  });

  part("publishes no port of its own", async () => {
    await expect(
      rehearsed.visitor.visit(`http://${rehearsed.login.address}:8080/`, { timeoutMilliseconds: 3000 }),
    ).rejects.toThrow();
  });

  part("gets every byte of awkward values", async () => {
    const digest = (text: string) => createHash("sha256").update(text).digest("hex");
    const inContainer = async (variable: string) =>
      (
        await onServer(
          `sudo docker exec "$(sudo docker ps -qf label=com.docker.compose.service=web)" sh -c 'printf %s "$${variable}" | sha256sum'`,
        )
      ).split(" ")[0];
    expect(await inContainer("QUOTED")).toBe(digest(awkward));
    expect(await inContainer("GREETING")).toBe(digest("grüße %{ and ${ and `ls`"));
    expect(await inContainer("FROM_FILE")).toBe(digest("a value from the team's own file"));
  });

  part("whose mounted file changes has just that service replaced", async () => {
    const started = () =>
      onServer(
        `sudo docker ps -q | xargs sudo docker inspect --format '{{index .Config.Labels "com.docker.compose.service"}} {{.State.StartedAt}}' | sort`,
      );
    const before = (await started()).trim().split("\n");
    rehearsed.workspace.edit("site/index.html", () => "<h1>changed</h1>\n");
    await rehearsed.cdktf.deploy();
    const answer = await new Visitor({ ...visitorProps(), url: `http://${rehearsed.login.address}` }).visit("/");
    expect(answer.body.toString()).toContain("<h1>changed</h1>");
    const changed = (await started())
      .trim()
      .split("\n")
      .filter((line) => !before.includes(line));
    expect(changed.filter((line) => !line.startsWith("web "))).toEqual([]);
  });
});

describe("a backup", () => {
  part("goes to the bucket of another company by that bucket's key, and the cloud makes none", async () => {
    await onServer("sudo single-host backup now");
    const [{ complete }] = JSON.parse(await onServer("sudo single-host backup list --json"));
    expect(complete).toBe(true);
    const { digitalocean, buckets } = await cloud.control("GET", "/control/state");
    expect([digitalocean.buckets, buckets]).toEqual([{}, {}]);
    expect(await onServer("sudo cat /etc/single-host/host.json")).toContain(
      "s3:https://hel1.your-objectstorage.com/ordinary-elsewhere/ordinary",
    );
  });

  part("brings rows and files back after a loss", async () => {
    await inDatabase("create table guest (name text); insert into guest values ('Ada'), ('Grace')");
    await onServer("sudo single-host backup now");
    expect(await onServer("sudo single-host backup list")).toMatch(/postgres/);
    await inDatabase("drop table guest");
    await onServer("sudo single-host restore --yes");
    expect(await inDatabase("select name from guest order by name")).toBe("Ada\nGrace\n");
    const answer = await new Visitor({ ...visitorProps(), url: `http://${rehearsed.login.address}` }).visit("/");
    expect(answer.status).toBe(200);
  });

  part("runs every night by itself", async () => {
    expect(await onServer("systemctl list-timers --all")).toMatch(/single-host-backup\.timer/);
  });
});

function visitorProps() {
  return rehearsed.visitor.props;
}
