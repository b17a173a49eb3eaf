/**
 * Releases as a team's CI makes them, with its own key: under load, of good and of bad images, and back; then a deployment,
 * which turns nothing back.
 */
import { join } from "node:path";
import { buildApplicationImage } from "../../rehearsal/application-image";
import { Load, type LoadReport } from "../../rehearsal/load";
import { Login } from "../../rehearsal/login";
import { chitram } from "./applications";
import { digitalocean } from "./clouds";
import { DeployedStack } from "./deployed-stack";

const NAME = "ghcr.io/abhi10/chitram";
const host = new DeployedStack({
  scenario: "releases",
  stack: "chitram-beta",
  cloud: digitalocean,
  application: chitram,
});
const { part } = host;
let continuousIntegration: Login;

/** Builds a folder of the project as a version of the application, and pushes it. */
async function publish(version: string, folder = "examples/photos"): Promise<void> {
  const { cloud, workspace } = host.now;
  const path = join(__dirname, "..", "..", folder);
  await buildApplicationImage(cloud.embedded, `${NAME}:${version}`, path, join(workspace.logs, "images.log"));
}

/** What visitors have while something happens. */
async function underLoad(action: () => Promise<void>): Promise<LoadReport> {
  const { visitor, login } = host.now;
  const { roots } = visitor.props;
  const paths = ["/", "/health"];
  const load = Load.start({ url: visitor.url, address: login.address, roots, paths, versionHeader: "x-app-version" });
  await action().finally(() => load.stop());
  const report = await load.stop();
  expect(report.requests).toBeGreaterThan(40);
  return report;
}

async function versionServed(): Promise<unknown> {
  return (await host.now.visitor.visit("/")).headers["x-app-version"];
}

async function releases(): Promise<{ number: number; kind: string; outcome: string; by: string; current: boolean }[]> {
  return JSON.parse(await continuousIntegration.run("releases --json"));
}

beforeAll(async () => {
  const { cloud, login, workspace } = host.now;
  const { beta } = await cloud.control("GET", "/control/github/secrets?repository=abhi10/chitram");
  continuousIntegration = new Login({
    user: beta.DROPLET_USER,
    address: login.address,
    privateKey: beta.DROPLET_SSH_KEY,
    knownHosts: beta.DROPLET_KNOWN_HOSTS,
    folder: join(workspace.folder, ".continuous-integration"),
  });
});

describe("CI's key", () => {
  part("opens no shell and no other verb, whatever the words are", async () => {
    for (const line of [
      "",
      "bash -i",
      "sudo id",
      "docker ps",
      "scp -t /tmp/x",
      "apply",
      "release app=x;id",
      "logs app",
      "status\nid",
      "status; cat /etc/shadow",
      "status `id` $(id) > /tmp/x",
      "release app=x --by 'Ünïcode 日本'",
      "release --help",
      "release app=x --username ci --password-stdin --incoming /tmp",
      `release app=${"x".repeat(100_000)}`,
    ]) {
      const { code, output } = await continuousIntegration.attempt(line, "");
      expect(`${line.slice(0, 40)}: ${code}`).toBe(`${line.slice(0, 40)}: 2`);
      expect(output).toMatch(/gate: .*(not allowed|no shell|too long)/);
    }
  });

  part("is cut off when a megabyte of words comes, and opens the server all the same afterwards", async () => {
    for (const size of [200_000, 1_000_000]) {
      const words = Array.from({ length: size / 100 }, () => "x".repeat(99));
      const { code, stdout } = await continuousIntegration.openssh("ssh", (host) => [host, "release", ...words], "");
      expect({ refused: code !== 0, stdout }).toEqual({ refused: true, stdout: "" });
    }
    expect(JSON.parse(await continuousIntegration.run("status --json"))).toMatchObject({ well: true });
  });

  part("opens no terminal, no tunnel and no way for files, in OpenSSH's own words", async () => {
    const file = join(host.now.workspace.folder, "package.json");
    const wait = ["-o", "ExitOnForwardFailure=yes", "-N"];
    const attempts: [Parameters<Login["openssh"]>[0], (host: string) => string[], RegExp][] = [
      ["ssh", (to) => ["-W", "127.0.0.1:22", to], /administratively prohibited|forwarding failed/],
      ["ssh", (to) => [...wait, "-R", "127.0.0.1:9022:127.0.0.1:22", to], /remote port forwarding failed/],
      ["ssh", (to) => [...wait, "-R", "/tmp/way-back:127.0.0.1:22", to], /remote port forwarding failed/],
      ["ssh", (to) => ["-tt", to, "bash"], /PTY allocation request failed/],
      ["ssh", (to) => ["-s", to, "sftp"], /: $/], // a subsystem has no standard error
      ["sftp", (to) => ["-b", "-", to], /Connection closed/],
      ["scp", (to) => [file, `${to}:/tmp/here`], /Connection closed/],
      ["scp", (to) => ["-O", file, `${to}:/tmp/here`], /gate: .*not allowed/],
      ["scp", (to) => ["-O", `${to}:/etc/passwd`, "/dev/null"], /gate: .*not allowed/],
    ];
    for (const [program, words, refusal] of attempts) {
      const { code, output } = await continuousIntegration.openssh(program, words, "");
      expect(`${program} ${words("HOST").join(" ")}: ${output}`).toMatch(refusal);
      expect(code).not.toBe(0);
    }
    expect(await host.onServer("ls /tmp/here /tmp/way-back 2>/dev/null || true")).toBe("");
  });

  part("brings no variable of its own and no agent to the gate", async () => {
    const variables = "BASH_ENV=/etc/shadow PYTHONSTARTUP=/etc/shadow LD_PRELOAD=/tmp/x.so LC_ALL=/etc/shadow";
    const said = await continuousIntegration.openssh("ssh", (to) => ["-A", "-o", `SetEnv=${variables}`, to, "status"]);
    expect(said).toMatchObject({ code: 0, output: expect.stringMatching(/all is well/) });
    expect(said.output).not.toMatch(/root:/);
    expect(await host.onServer("sudo find /tmp -user release")).toBe("");
  });
});

describe("a release", () => {
  part("fails no request, and is served by the time that it ends", async () => {
    await publish("1.1");
    const run = "github.com/abhi10/chitram/actions/runs/7";
    const { failed, versions, requests } = await underLoad(async () => {
      const said = await continuousIntegration.run(`release app=${NAME}:1.1 --by ${run}`);
      expect(said).toMatch(/release: \d+ is in force/);
    });
    expect(failed).toEqual([]);
    expect([...versions.keys()].sort()).toEqual(["1.0", "1.1"]);
    expect((versions.get("1.0") ?? 0) + (versions.get("1.1") ?? 0)).toBe(requests);
    expect(await versionServed()).toBe("1.1");
    expect((await releases())[0]).toMatchObject({ kind: "release", outcome: "good", by: run, current: true });
  });

  part("of an image that ends at once leaves the old one serving, and says why", async () => {
    await publish("1.2", "__tests__/scenarios/images/crashing");
    const { failed, versions } = await underLoad(async () => {
      const { code, output } = await continuousIntegration.attempt(`release app=${NAME}:1.2`);
      expect(code).toBe(1);
      expect(output).toMatch(/app \| the settings are not there/);
      expect(output).toMatch(/services\/app: .*exit code 1/);
    });
    expect(failed).toEqual([]);
    expect([...versions.keys()]).toEqual(["1.1"]);
    expect((await releases())[0]).toMatchObject({ kind: "release", outcome: "failed", current: false });
    expect(JSON.parse(await continuousIntegration.run("status --json"))).toMatchObject({ well: true });
  });

  part("of an image that nobody has pushed is refused before anything is touched", async () => {
    const before = await host.containers();
    const { code, output } = await continuousIntegration.attempt(`release app=${NAME}:9.9`);
    expect(code).toBe(1);
    expect(output).toMatch(/9\.9: cannot be pulled/);
    expect(await host.containers()).toBe(before);
  });

  part("of a service that is not there names those that are", async () => {
    const { code, output } = await continuousIntegration.attempt(`release web=${NAME}:1.1`);
    expect(code).toBe(2);
    expect(output).toMatch(/release\/web: is no service of the application; services with released images: app/);
  });
});

describe("a kill in the middle of a release", () => {
  part("leaves the site up, and the next release finds its way", async () => {
    const { failed } = await underLoad(async () => {
      await host.onServer(
        `sudo sh -c 'single-host release app=${NAME}:1.0 >/dev/null 2>&1 & sleep 3; kill -9 $!'; sleep 1`,
      );
      await continuousIntegration.run(`release app=${NAME}:1.1`);
    });
    expect(failed).toEqual([]);
    expect(await versionServed()).toBe("1.1");
    expect(JSON.parse(await continuousIntegration.run("status --json"))).toMatchObject({ well: true, problems: [] });
  });
});

describe("a rollback", () => {
  part("brings the version before back, without a failed request", async () => {
    const first = (await releases()).at(-1);
    const { failed } = await underLoad(async () => {
      await continuousIntegration.run(`rollback ${first?.number}`);
    });
    expect(failed).toEqual([]);
    expect(await versionServed()).toBe("1.0");
  });
});

describe("a deployment after releases", () => {
  part("turns no image back, and its diff stays empty", async () => {
    await continuousIntegration.run(`release app=${NAME}:1.1`);
    expect((await host.now.cdktf.plan()).code).toBe(0);
    host.edit((text) => text.replace('AI_PROVIDER: "openai"', 'AI_PROVIDER: "openai-again"'));
    const { failed } = await underLoad(async () => {
      await host.now.cdktf.deploy();
    });
    expect(failed).toEqual([]);
    expect(await versionServed()).toBe("1.1");
    expect((await releases())[0]).toMatchObject({ kind: "deploy", outcome: "good", current: true });
  });
});
