/**
 * A thief has the server's key to the bucket of its backups, which opens that bucket alone. Backups that he deletes come back
 * by the runbook's words, with the owner's key, once the server's is taken away; backups whose versions he erases, too, do not.
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

/** rclone's words, in a shell that has the owner's key; the rehearsal's certificates are its own. */
async function asOwner(lines: readonly string[]): Promise<string> {
  return type(host, lines, { AWS_CA_BUNDLE: undefined, RCLONE_CONFIG: "/dev/null" });
}

/** The same in a shell that has the server's key and nothing else. */
async function asThief(...lines: readonly string[]): Promise<string> {
  const { accessKeyId, secretAccessKey } = host.now.cloud.embedded.serverSpacesKey;
  return type(host, [...bucketSettings(), ...lines], {
    AWS_CA_BUNDLE: undefined,
    RCLONE_CONFIG: "/dev/null",
    SPACES_ACCESS_KEY_ID: accessKeyId,
    SPACES_SECRET_ACCESS_KEY: secretAccessKey,
  });
}

/** What the server's key opens, as somebody says it in the cloud's console. */
const mayDo = (permission: "none" | "readwrite") => {
  const { objectStore, serverSpacesKey } = host.now.cloud.embedded;
  return objectStore.grant(serverSpacesKey.accessKeyId, bucket().replace("backups:", ""), permission);
};

/** What comes before the last of the runbook's lines says where the bucket is. */
const bucketSettings = () => remedy.slice(1, -1);
const bucket = () => / (backups:\S+)$/.exec(remedy.at(-1) ?? "")?.[1] ?? "";

describe("a thief with the server's key", () => {
  part("reaches no other bucket, and cannot make this one forget its versions", async () => {
    remedy = wordsUnder(await writeRunbook(host), "Somebody was on the server");
    await mayDo("readwrite"); // as a minted key
    await host.now.cloud.embedded.objectStore.makeBucket("letters-of-others");
    await expect(asThief("rclone lsf backups:letters-of-others")).rejects.toThrow(/AccessDenied|Access Denied/);
    expect(await asThief("rclone lsf backups:")).not.toContain("letters-of-others");
    await expect(asThief(`rclone backend versioning ${bucket()} Suspended`)).rejects.toThrow(
      /AccessDenied|Access Denied/,
    );
  });

  part("deletes every object, and no backup is found", async () => {
    await letters.begin();
    await letters.write(100);
    await host.onServer("sudo single-host backup now");
    // S3 tells versions apart by the second
    const moment = await host.onServer("sleep 2; date -u '+%Y-%m-%d %H:%M:%S'; sleep 2");
    remedy[0] = `moment='${moment.trim()}'`;
    await asThief(`rclone delete ${bucket()}`);
    await expect(host.onServer("sudo single-host backup list")).rejects.toThrow();
  });

  part("can do nothing more once his key is taken away", async () => {
    await mayDo("none");
    await expect(asThief(`rclone lsf --s3-versions ${bucket()}`)).rejects.toThrow(/AccessDenied|Access Denied/);
  });

  part("is undone by the owner, from the versions that the bucket keeps", async () => {
    await asOwner(remedy);
    await mayDo("readwrite"); // the server's new key is as the old one
    const saved = await letters.read();
    await letters.write(1);
    await host.onServer("sudo single-host restore latest --yes --without-safety");
    expect(await letters.read()).toEqual(saved);
    expect(saved).toHaveLength(100);
  });

  part("erases the versions, too: nothing brings them back", async () => {
    await asThief(`rclone delete --s3-versions ${bucket()}`);
    await asOwner(remedy);
    expect(await asOwner([...bucketSettings(), `rclone lsf --recursive ${bucket()}`])).toBe("");
    await expect(host.onServer("sudo single-host restore latest --yes --without-safety")).rejects.toThrow();
  });
});
