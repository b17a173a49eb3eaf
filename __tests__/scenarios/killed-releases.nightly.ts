/**
 * A release that is killed at each of its steps, and the power of the server cut in the middle of one: visitors have all
 * their answers, and what comes next, whatever it is, finds its way without a hand.
 */
import { Machines } from "../../rehearsal/machines";
import { chitram } from "./applications";
import { digitalocean } from "./clouds";
import { DeployedStack } from "./deployed-stack";
import { CHITRAM, ReleasedHost } from "./released-host";

const host = new DeployedStack({
  scenario: "killed-releases",
  stack: "chitram-beta",
  cloud: digitalocean,
  application: chitram,
});
const released = new ReleasedHost(host);
const { part } = host;

/** The one that is not in force. */
async function other(): Promise<string> {
  return (await released.versionServed()) === "1.1" ? "1.2" : "1.1";
}

/** A step as the program has said it, for any version: an extended regular expression. */
function anyVersion(line: string): string {
  return line
    .replace(/^\[ *\d+ s\] /, "")
    .replace(/[.*+?^$()|[\]{}]/g, "[$&]")
    .replace(/sha256:[0-9a-f]+/, "sha256:[0-9a-f]+")
    .replace(/1\[\.\]\d/g, "1[.][0-9]")
    .replace(/: \d+ is in force/, ": [0-9]+ is in force");
}

/** What a release says of itself, a line a step. */
async function steps(): Promise<string[]> {
  const said = await host.onServer(`sudo single-host release app=${CHITRAM}:${await other()}`);
  const lines = said.split("\n").filter((line) => line.startsWith("[") && !/done in \d+ s$/.test(line));
  return [...new Set(lines.map(anyVersion))];
}

/** Starts a release, and kills the program alone when it has said this, after so many seconds more. */
async function killAt(step: string, seconds: number): Promise<string> {
  return host.onServer(
    "sudo bash -s",
    `single-host release app=${CHITRAM}:${await other()} > /run/killed 2>&1 &
     program=$!
     until grep -qE '${step}' /run/killed || ! kill -0 $program 2> /dev/null; do sleep 0.01; done
     sleep ${seconds}
     kill -9 $program && echo killed
     wait $program
     true`,
  );
}

/** All is as one good record says, and nothing else is left. */
async function expectWhole(): Promise<void> {
  const status = await released.status();
  expect(status).toMatchObject({ well: true, problems: [] });
  const current = (await released.releases()).find((one) => one.current);
  expect(`${CHITRAM}:${await released.versionServed()}`).toBe(current?.images.app?.asked);
  const app = "sudo docker ps --all --quiet --filter label=com.docker.compose.service=app | wc -l";
  expect((await host.onServer(app)).trim()).toBe("1");
  expect(await host.onServer("pgrep -x docker-compose || true")).toBe("");
}

const nexts: Readonly<Record<string, () => Promise<unknown>>> = {
  "another release": async () => host.onServer(`sudo single-host release app=${CHITRAM}:${await other()}`),
  recover: () => host.onServer("sudo single-host recover"),
  "the same release": async () => host.onServer(`sudo single-host release app=${CHITRAM}:1.2`),
  apply: () => host.onServer("sudo single-host apply"),
  rollback: () => host.onServer("sudo single-host rollback"),
};

part("a kill at each step is nothing that a visitor notices, and the next run needs no hand", async () => {
  for (const version of ["1.1", "1.2"]) await released.publish(version);
  await steps(); // both are here from now on: the pull of one is no step of its own
  const each = await steps();
  expect(each.length).toBeGreaterThan(5);
  const failures: string[] = [];
  let killed = 0;
  const { failed } = await released.underLoad(async () => {
    const moments = each.flatMap((step) => [0, 0.7].map((seconds) => ({ step, seconds })));
    for (const [index, { step, seconds }] of moments.entries()) {
      const [name, next] = Object.entries(nexts)[index % Object.keys(nexts).length] as [string, () => Promise<unknown>];
      try {
        killed += Number((await killAt(step, seconds)).includes("killed"));
        await next();
        await expectWhole();
      } catch (error) {
        failures.push(`killed ${seconds} s after "${step}", then ${name}: ${(error as Error).message}`);
      }
    }
  });
  expect(failures).toEqual([]);
  expect(failed).toEqual([]);
  expect(killed).toBeGreaterThan(each.length);
});

describe.each(["image |app is", "file: images", "app: healthy", "is in force"])("a power cut after %j", (step) => {
  part("ends with the site up, as one record says", async () => {
    const [machine] = await new Machines().list();
    if (!machine) throw new Error("there is no server");
    // not from here: a connection that nobody ends would be waited for
    await host.onServer(`sudo systemd-run --quiet single-host release app=${CHITRAM}:${await other()}`);
    await released.untilStep(step);
    await new Machines().powerOff(machine.id);
    await new Machines().powerOn(machine.id);
    await host.untilHealthy(120);
    // the boot's own run goes on for a moment
    await host.onServer(
      "sudo timeout 120 sh -c 'while systemctl is-active -q single-host-converge || [ -e /var/lib/single-host/releases/pending.json ]; do sleep 1; done'",
    );
    // and each container's first health check comes in its own time
    await host.onServer("sudo timeout 90 sh -c 'until single-host status >/dev/null; do sleep 1; done' || true");
    await expectWhole();
    await released.unnoticed(String(await released.versionServed()), async () => {
      await host.onServer("sudo single-host apply");
    });
  });
});
