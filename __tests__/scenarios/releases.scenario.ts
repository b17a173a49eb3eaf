/**
 * Releases as a team's CI makes them, with its own key: under load, of good and of bad images, and back; then a deployment,
 * which turns nothing back.
 */
import { chitram } from "./applications";
import { digitalocean } from "./clouds";
import { DeployedStack } from "./deployed-stack";
import { keyOfContinuousIntegration } from "./key-of-continuous-integration";
import { releaseFaults } from "./release-faults";
import { CHITRAM, ReleasedHost, withProps } from "./released-host";

const host = new DeployedStack({
  scenario: "releases",
  stack: "chitram-beta",
  cloud: digitalocean,
  application: chitram,
  prepare: withProps("healthDeadline: Duration.seconds(20)"),
});
const released = new ReleasedHost(host);
const { part } = host;

keyOfContinuousIntegration(host, released);

describe("a release", () => {
  part("fails no request, and is served by the time that it ends", async () => {
    await released.publish("1.1");
    const run = "github.com/abhi10/chitram/actions/runs/7";
    const { failed, versions, requests } = await released.underLoad(async () => {
      const said = await released.continuousIntegration.run(`release app=${CHITRAM}:1.1 --by ${run}`);
      expect(said).toMatch(/release: \d+ is in force/);
    });
    expect(failed).toEqual([]);
    expect([...versions.keys()].sort()).toEqual(["1.0", "1.1"]);
    expect((versions.get("1.0") ?? 0) + (versions.get("1.1") ?? 0)).toBe(requests);
    expect(await released.versionServed()).toBe("1.1");
    expect((await released.releases())[0]).toMatchObject({ kind: "release", outcome: "good", by: run, current: true });
  });

  part("of an image that ends at once leaves the old one serving, and says why", async () => {
    await released.publishFolder("1.2", "__tests__/scenarios/images/crashing");
    const { failed, versions } = await released.underLoad(async () => {
      const { code, output } = await released.continuousIntegration.attempt(`release app=${CHITRAM}:1.2`);
      expect(code).toBe(1);
      expect(output).toMatch(/app \| the settings are not there/);
      expect(output).toMatch(/services\/app: .*exit code 1/);
    });
    expect(failed).toEqual([]);
    expect([...versions.keys()]).toEqual(["1.1"]);
    expect((await released.releases())[0]).toMatchObject({ kind: "release", outcome: "failed", current: false });
    expect(await released.status()).toMatchObject({ well: true });
  });

  part("of an image that nobody has pushed is refused before anything is touched", async () => {
    const before = await host.containers();
    const { code, output } = await released.continuousIntegration.attempt(`release app=${CHITRAM}:9.9`);
    expect(code).toBe(1);
    expect(output).toMatch(/9\.9: cannot be pulled/);
    expect(await host.containers()).toBe(before);
  });

  part("of a service that is not there names those that are", async () => {
    const { code, output } = await released.continuousIntegration.attempt(`release web=${CHITRAM}:1.1`);
    expect(code).toBe(2);
    expect(output).toMatch(/release\/web: is no service of the application; services with released images: app/);
  });
});

describe("a kill in the middle of a release", () => {
  part("leaves the site up, and the next release finds its way", async () => {
    const { failed } = await released.underLoad(async () => {
      await host.onServer(
        `sudo sh -c 'single-host release app=${CHITRAM}:1.0 >/dev/null 2>&1 & sleep 3; kill -9 $!'; sleep 1`,
      );
      await released.continuousIntegration.run(`release app=${CHITRAM}:1.1`);
    });
    expect(failed).toEqual([]);
    expect(await released.versionServed()).toBe("1.1");
    expect(await released.status()).toMatchObject({ well: true, problems: [] });
  });
});

describe("a rollback", () => {
  part("brings the version before back, without a failed request", async () => {
    const first = (await released.releases()).at(-1);
    const { failed } = await released.underLoad(async () => {
      await released.continuousIntegration.run(`rollback ${first?.number}`);
    });
    expect(failed).toEqual([]);
    expect(await released.versionServed()).toBe("1.0");
  });
});

releaseFaults(host, released);

describe("a deployment after releases", () => {
  part("turns no image back, and its diff stays empty", async () => {
    await released.continuousIntegration.run(`release app=${CHITRAM}:1.1`);
    expect((await host.now.cdktf.plan()).code).toBe(0);
    host.edit((text) => text.replace('AI_PROVIDER: "openai"', 'AI_PROVIDER: "openai-again"'));
    const { failed } = await released.underLoad(async () => {
      await host.now.cdktf.deploy();
    });
    expect(failed).toEqual([]);
    expect(await released.versionServed()).toBe("1.1");
    expect((await released.releases())[0]).toMatchObject({ kind: "deploy", outcome: "good", current: true });
  });
});
