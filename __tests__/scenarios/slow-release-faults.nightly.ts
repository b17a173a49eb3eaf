/**
 * What may go wrong around a release, and takes long: registries that stay away, full disks, backups and deployments at the
 * same time, rollbacks without their images, a service with a new name. Visitors have all their answers.
 */
import { chitram } from "./applications";
import { digitalocean } from "./clouds";
import { DeployedStack } from "./deployed-stack";
import { ballast, CHITRAM, ReleasedHost } from "./released-host";

const host = new DeployedStack({
  scenario: "slow-release-faults",
  stack: "chitram-beta",
  cloud: digitalocean,
  application: chitram,
});
const released = new ReleasedHost(host);
const { part } = host;

beforeAll(async () => {
  await released.publish("1.1");
  expect((await released.release("1.1")).code).toBe(0);
});

/** A release that fails, of which no visitor notices anything, and that changes nothing. */
async function inVain(version: string): Promise<string> {
  const before = await host.containers();
  let output = "";
  await released.unnoticed("1.1", async () => {
    const done = await released.release(version);
    ({ output } = done);
    expect(done.code).toBe(1);
  });
  expect(await host.containers()).toBe(before);
  return output;
}

/** A folder of the server on a file system of its own, with so little room, while something happens. */
async function withLittleRoom(folder: string, kibibytes: number, action: () => Promise<void>): Promise<void> {
  await host.onServer(
    "sudo bash -es",
    `mkdir -p /run/room && mount -t tmpfs -o size=64m,mode=$(stat -c %a ${folder}) tmpfs /run/room
     cp -a ${folder}/. /run/room/
     dd if=/dev/zero of=/run/room/.filler bs=1k count=$(($(df --output=avail -k /run/room | tail -1) - ${kibibytes})) status=none
     mount --move /run/room ${folder} 2> /dev/null || { mount --bind /run/room ${folder}; }`,
  );
  await action().finally(() => host.onServer(`sudo sh -c 'umount ${folder}; umount /run/room 2> /dev/null; true'`));
}

describe("registries that stay away", () => {
  part("from the middle of a pull on fail the release with their own words", async () => {
    await released.publish("1.2-far", { lines: [ballast(256 * 1024 ** 2)] });
    const lost = released.loseRegistryInMidLayer(110);
    const output = await inVain("1.2-far");
    expect(output).toMatch(/image \S+:1\.2-far: cannot be pulled/);
    expect(output).toMatch(/\| .*(connection refused|reset by peer|timeout)/);
    expect(await lost).toBeGreaterThan(0);
  });

  part("without a word are given up", async () => {
    await released.registries("silent");
    const output = await inVain("1.2-far").finally(() => released.registries("open"));
    expect(output).toMatch(/image \S+:1\.2-far: cannot be pulled/);
  });
});

describe("a full disk", () => {
  part("ends a pull at once, with a remedy", async () => {
    await withLittleRoom("/var/lib/docker/tmp", 4096, async () => {
      expect(await inVain("1.2-far")).toMatch(/finds no room on the disk; remove what is not needed/);
    });
    expect((await released.releases())[0]).toMatchObject({
      outcome: "failed",
      reason: expect.stringMatching(/no room on the disk/),
    });
  });

  part("where the application's files are is told before anything is touched", async () => {
    await released.publish("1.2");
    await withLittleRoom("/srv/chitram-beta", 4, async () => {
      expect(await inVain("1.2")).toMatch(/release: .*No space left on device.*; remove what is not needed/);
    });
  });

  part("where records are kept takes a release back that could not be recorded", async () => {
    const before = await released.releases();
    await withLittleRoom("/var/lib/single-host/releases", 8, async () => {
      const { failed } = await released.underLoad(async () => {
        const { code, output } = await released.release("1.2");
        expect(code).toBe(1);
        expect(output).toMatch(/release: .*No space left on device.*; remove what is not needed/);
        expect(output).toMatch(/the configuration before this one runs again/);
      });
      expect(failed).toEqual([]);
      expect(await released.versionServed()).toBe("1.1");
    });
    expect((await released.releases()).filter(({ outcome }) => outcome === "good")).toEqual(
      before.filter(({ outcome }) => outcome === "good"),
    );
    expect(await released.status()).toMatchObject({ well: true, problems: [] });
  });
});

describe("at the same time as a release", () => {
  part("a backup is waited for", async () => {
    const { failed } = await released.underLoad(async () => {
      const backup = host.onServer("sudo single-host backup now");
      await released.untilStep("^backup");
      const { code, output } = await released.release("1.2");
      expect(output).toMatch(/waiting for backup \(pid/);
      expect(code).toBe(0);
      await backup;
    });
    expect(failed).toEqual([]);
    expect(await released.versionServed()).toBe("1.2");
    const [run] = JSON.parse(await host.onServer("sudo single-host backup list --json"));
    expect(run).toMatchObject({ complete: true });
  });

  part("a deployment that is under way is waited for", async () => {
    host.edit((text) => text.replace('AI_PROVIDER: "openai"', 'AI_PROVIDER: "openai-1"'));
    const { failed } = await released.underLoad(async () => {
      const deployment = host.now.cdktf.deploy();
      await released.untilStep("^apply .*(file|image|healthy)");
      const { code, output } = await released.release("1.1");
      expect(output).toMatch(/waiting for apply \(pid/);
      expect(code).toBe(0);
      await deployment;
    });
    expect(failed).toEqual([]);
    expect(await released.versionServed()).toBe("1.1");
    expect(await host.inService("app", "echo $AI_PROVIDER")).toMatch(/openai-1/);
    expect((await host.now.cdktf.plan()).code).toBe(0);
  });

  part("a deployment waits for it, and turns nothing back", async () => {
    host.edit((text) => text.replace('AI_PROVIDER: "openai-1"', 'AI_PROVIDER: "openai-2"'));
    const { failed } = await released.underLoad(async () => {
      const deployment = host.now.cdktf.deploy();
      await host.onServer(
        "sudo timeout 120 sh -c 'until [ -e /run/single-host/incoming/bundle.json ]; do sleep 0.05; done'",
      );
      expect((await released.release("1.2")).code).toBe(0);
      await deployment;
    });
    expect(failed).toEqual([]);
    expect(await released.versionServed()).toBe("1.2");
    expect(await host.inService("app", "echo $AI_PROVIDER")).toMatch(/openai-2/);
    expect(await released.status()).toMatchObject({ well: true, problems: [] });
  });
});

describe("a rollback", () => {
  const remove = (version: string) =>
    host.onServer(
      `sudo sh -c 'docker image ls --quiet --no-trunc ${CHITRAM}:${version} | xargs docker image rm --force'`,
    );
  const recordOf = async (version: string) =>
    (await released.releases()).find(
      ({ outcome, images }) => outcome === "good" && images.app?.asked === `${CHITRAM}:${version}`,
    )?.number;

  part("needs no registry for images that are kept", async () => {
    await released.registries("cut");
    const { failed } = await released
      .underLoad(async () => {
        await released.continuousIntegration.run(`rollback ${await recordOf("1.1")}`);
      })
      .finally(() => released.registries("open"));
    expect(failed).toEqual([]);
    expect(await released.versionServed()).toBe("1.1");
  });

  part("fails clearly where image and registry are gone, and changes nothing", async () => {
    const number = await recordOf("1.2");
    await remove("1.2");
    await released.registries("cut");
    const before = await host.containers();
    await released
      .unnoticed("1.1", async () => {
        const { code, output } = await released.continuousIntegration.attempt(`rollback ${number}`);
        expect(code).toBe(1);
        expect(output).toMatch(/image \S+@sha256:\w+: cannot be pulled/);
      })
      .finally(() => released.registries("open"));
    expect(await host.containers()).toBe(before);
  });

  part("pulls an image that is gone, when its registry is there", async () => {
    const number = await recordOf("1.2");
    const { failed } = await released.underLoad(async () => {
      await released.continuousIntegration.run(`rollback ${number}`);
    });
    expect(failed).toEqual([]);
    expect(await released.versionServed()).toBe("1.2");
  });
});

describe("a service with a new name", () => {
  part("serves before the old one ends", async () => {
    const { workspace } = host.now;
    workspace.edit("stacks/chitram-beta/docker-compose.yml", (text) =>
      text.replace(/^ {2}app:$/m, "  web:").replace(/^ {6}- app$/m, "      - web"),
    );
    host.edit((text) => text.replace("images: { app:", "images: { web:").replace('service: "app"', 'service: "web"'));
    const { failed } = await released.underLoad(async () => {
      await host.now.cdktf.deploy();
    });
    expect(failed).toEqual([]);
    const services = "sudo docker ps --all --format '{{.Label \"com.docker.compose.service\"}}' | sort -u";
    expect((await host.onServer(services)).split("\n")).toEqual(expect.not.arrayContaining(["app"]));
    expect(await released.status()).toMatchObject({ well: true, problems: [] });
  });

  part("is released under that name alone", async () => {
    const { code, output } = await released.release("1.1");
    expect(code).toBe(2);
    expect(output).toMatch(/release\/app: is no service of the application; services with released images: web/);
    const { failed } = await released.underLoad(async () => {
      await released.continuousIntegration.run(`release web=${CHITRAM}:1.1`);
    });
    expect(failed).toEqual([]);
    expect(await released.versionServed()).toBe("1.1");
  });

  part("goes back to the old one by a rollback", async () => {
    const before = (await released.releases()).find(({ outcome, images }) => outcome === "good" && images.app);
    const { failed } = await released.underLoad(async () => {
      await released.continuousIntegration.run(`rollback ${before?.number}`);
    });
    expect(failed).toEqual([]);
    expect(await released.status()).toMatchObject({ well: true, problems: [] });
  });
});
