/**
 * A thief has the server's key to the bucket of its backups. Backups that he deletes come back by the runbook's words, with
 * the owner's key; backups whose versions he erases, too, do not.
 */
import { installPackages, onPath } from "../../rehearsal/engine";
import { chitram } from "./applications";
import { digitalocean } from "./clouds";
import { DeployedStack } from "./deployed-stack";
import { Letters } from "./letters";
import { type, wordsUnder, writeRunbook } from "./runbook";

const host = new DeployedStack({
  scenario: "stolen-key",
  stack: "chitram-beta",
  cloud: digitalocean,
  application: chitram,
});
const { part } = host;
const letters = new Letters(host, "chitram");

let remedy: string[];

beforeAll(async () => {
  if (!(await onPath("rclone"))) await installPackages(["rclone"], "rclone: not found on PATH; install it");
});

/** rclone's words, in a shell that has a key to the bucket; the rehearsal's certificates are its own. */
async function withKey(lines: readonly string[]): Promise<string> {
  return type(host, lines, { AWS_CA_BUNDLE: undefined, RCLONE_CONFIG: "/dev/null" });
}

/** What comes before the last of the runbook's lines says where the bucket is. */
const bucketSettings = () => remedy.slice(1, -1);
const bucket = () => / (backups:\S+)$/.exec(remedy.at(-1) ?? "")?.[1] ?? "";

describe("a thief with the server's key", () => {
  part("deletes every object, and no backup is found", async () => {
    remedy = wordsUnder(await writeRunbook(host), "Somebody was on the server");
    await letters.begin();
    await letters.write(100);
    await host.onServer("sudo single-host backup now");
    // S3 tells versions apart by the second
    const moment = await host.onServer("sleep 2; date -u '+%Y-%m-%d %H:%M:%S'; sleep 2");
    remedy[0] = `moment='${moment.trim()}'`;
    await withKey([...bucketSettings(), `rclone delete ${bucket()}`]);
    await expect(host.onServer("sudo single-host backup list")).rejects.toThrow();
  });

  part("is undone by the owner, from the versions that the bucket keeps", async () => {
    await withKey(remedy);
    const saved = await letters.read();
    await letters.write(1);
    await host.onServer("sudo single-host restore latest --yes --without-safety");
    expect(await letters.read()).toEqual(saved);
    expect(saved).toHaveLength(100);
  });

  part("erases the versions, too: nothing brings them back", async () => {
    await withKey([...bucketSettings(), `rclone delete --s3-versions ${bucket()}`]);
    await withKey(remedy);
    expect(await withKey([...bucketSettings(), `rclone lsf --recursive ${bucket()}`])).toBe("");
    await expect(host.onServer("sudo single-host restore latest --yes --without-safety")).rejects.toThrow();
  });
});
