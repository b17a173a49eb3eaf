/**
 * chitram-beta from nothing: deployed, visited, changed, applied again, rebooted, resized, and destroyed only as documented.
 */
import { mkdtempSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import { Cdktf } from "../../rehearsal/cdktf";
import { RunningCloud } from "../../rehearsal/cloud";
import { command } from "../../rehearsal/command";
import {
  loadDefinition,
  type RehearsalReport,
  type RehearsedStack,
  reach,
  rehearseStack,
} from "../../rehearsal/stack-rehearsal";
import { answersFor } from "../../rehearsal/variables";
import { Workspace } from "../../rehearsal/workspace";
import { photo, upload } from "../../stacks/chitram-beta/rehearsal";
import { scenarioSteps, withLogs } from "./deployment";

const stack = "chitram-beta";
const stackFile = `stacks/${stack}/index.ts`;

let report: RehearsalReport;
let rehearsed: RehearsedStack;

/** A part of the scenario; its logs are kept when it fails. */
const part = (name: string, run: () => Promise<void>) =>
  it(name, () => withLogs(rehearsed.cloud, "first-deployment", run));

/** Containers by name, with the moment they were started: equal before and after means that nobody touched them. */
async function containers(): Promise<string> {
  const lines = await rehearsed.visitor.onServer(
    `sudo docker ps -q | xargs sudo docker inspect --format '{{.Name}} {{.Id}} {{.State.StartedAt}}' | sort`,
  );
  expect(lines.trim().split("\n").length).toBeGreaterThanOrEqual(5);
  return lines;
}

async function untilHealthy(seconds: number): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    try {
      const { status } = await rehearsed.visitor.visit("/health");
      if (status === 200) return;
      throw new Error(`/health answers ${status}`);
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(1000);
    }
  }
}

/** Runs a shell line in the container of a service. */
function inService(service: string, line: string, input?: string): Promise<string> {
  return rehearsed.visitor.onServer(
    `sudo docker exec -i "$(sudo docker ps -qf label=com.docker.compose.service=${service})" sh -c ${quoted(line)}`,
    input,
  );
}

/** One word for a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** The value of an environment variable inside the container of a service, hashed there. */
function digestInContainer(service: string, variable: string): Promise<string> {
  return inService(service, `printf %s "$${variable}" | sha256sum`);
}

/** Whether somebody outside can open a TCP connection. */
function reachable(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: rehearsed.login.address, port, timeout: 1500 });
    const end = (open: boolean) => {
      socket.destroy();
      resolve(open);
    };
    socket
      .on("connect", () => end(true))
      .on("timeout", () => end(false))
      .on("error", () => end(false));
  });
}

beforeAll(async () => {
  report = await rehearseStack(stack, scenarioSteps());
  const cloud = await RunningCloud.attach(() => {});
  const workspace = new Workspace(stack);
  const environment = cloud.environment(answersFor(workspace, loadDefinition(stack)));
  rehearsed = await reach(cloud, workspace, environment, new Cdktf(workspace, environment));
});

afterAll(() => RunningCloud.down());

describe("a first deployment", () => {
  it("answers over HTTPS and costs what the budget says", () => {
    expect(report.url).toMatch(/^https:/);
    expect(report.price.join("\n")).toMatch(/18/);
  });

  part("keeps two variables equal that have to be equal", async () => {
    expect(await digestInContainer("minio", "MINIO_ROOT_PASSWORD")).toBe(
      await digestInContainer("app", "MINIO_SECRET_KEY"),
    );
  });

  part("is healthy with the same kind of database as in production", async () => {
    const health = await rehearsed.visitor.json("/health");
    expect(health).toMatchObject({ status: "healthy", database: "connected" });
    const url = await inService("app", "printenv DATABASE_URL | cut -d@ -f2");
    expect(url).toBe("postgres:5432/chitram\n");
    expect(await inService("postgres", "psql -U chitram -Atc 'show server_version'")).toMatch(/^\d+/);
  });

  part("gives CI a key without a passphrase", async () => {
    const secrets = await rehearsed.cloud.control("GET", "/control/github/secrets?repository=abhi10/chitram");
    const folder = mkdtempSync(join(tmpdir(), "continuous-integration-"));
    const key = join(folder, "key");
    writeFileSync(key, secrets.beta.DROPLET_SSH_KEY, { mode: 0o600 });
    const { stdout } = await command(["ssh-keygen", "-y", "-P", "", "-f", key]);
    expect(stdout).toMatch(/^ssh-ed25519 /);
  });

  part("asks nobody for a sudo password", async () => {
    expect(await rehearsed.visitor.onServer("sudo -n id -u")).toBe("0\n");
  });

  part("tells what runs as data, not as text to be parsed", async () => {
    const status = JSON.parse(await rehearsed.visitor.onServer("sudo single-host status --json"));
    expect(JSON.stringify(status)).toContain("postgres");
  });

  part("has its backups on board from the first day", async () => {
    await rehearsed.visitor.onServer("sudo single-host backup now");
    const [{ complete, parts }] = JSON.parse(await rehearsed.visitor.onServer("sudo single-host backup list --json"));
    expect(complete).toBe(true);
    expect(parts).toEqual(
      expect.arrayContaining(["globals/postgres", "postgres/postgres/chitram", "volume/chitram-minio-data"]),
    );
  });

  part("publishes 22, 80 and 443 alone, and is healthy all the same", async () => {
    const published = await rehearsed.visitor.onServer(
      `sudo docker ps --format '{{.Ports}}' | grep -o '0.0.0.0:[0-9]*' | sort -u`,
    );
    expect(published.trim().split("\n")).toEqual(["0.0.0.0:443", "0.0.0.0:80"]);
    const listening = await rehearsed.visitor.onServer("sudo ss -Hlnt | awk '{print $4}' | sed 's/.*://' | sort -un");
    const ports = [...new Set([...listening.trim().split("\n").map(Number), 5432, 6379, 8000, 9000, 9001])];
    const open = await Promise.all(ports.map(async (port) => ((await reachable(port)) ? [port] : [])));
    expect(open.flat().sort((left, right) => left - right)).toEqual([22, 80, 443]);
    await untilHealthy(10);
  });

  part("keeps passwords and root out of SSH", async () => {
    const effective = await rehearsed.visitor.onServer("sudo sshd -T");
    expect(effective).toMatch(/^passwordauthentication no$/m);
    expect(effective).toMatch(/^permitrootlogin no$/m);
    expect(effective).toMatch(/^kbdinteractiveauthentication no$/m);
  });

  part("closes the metadata service to containers", async () => {
    const { code } = await rehearsed.login.attempt(
      `sudo docker exec "$(sudo docker ps -qf label=com.docker.compose.service=app)" curl -sf -m 5 http://169.254.169.254/metadata/v1/user-data`,
    );
    expect(code).not.toBe(0);
  });

  part("leaves no secret in user data, logs, process arguments or the plan", async () => {
    const password = (await inService("postgres", "printenv POSTGRES_PASSWORD")).trim();
    expect(password.length).toBeGreaterThanOrEqual(20);
    // what runs a container keeps its environment, for root alone: /run/containerd, /run/docker, /var/lib/docker
    const findings = await rehearsed.visitor.onServer(
      `password=$(cat)
      pattern() { printf '%s\\n' "$password"; }
      pattern | sudo grep -rlFf - /var/log /etc /srv /run/single-host /run/user /var/lib/cloud /tmp /home /opt /usr/local
      sudo journalctl --quiet --output cat | grep -qFf <(pattern) && echo journal
      cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' | grep -qFf <(pattern) && echo "process arguments"
      pattern | sudo grep -rqFf - /var/lib/single-host && echo "the root-only folder"
      true`,
      password,
    );
    expect(findings.trim()).toBe("the root-only folder");
    for (const log of ["deploy", "diff", "plan"]) {
      expect(
        await command(["grep", "-cF", "--", password, join(rehearsed.workspace.logs, `${log}.log`)], { accept: [1] }),
      ).toMatchObject({ code: 1 });
    }
  });
});

describe("a second apply", () => {
  part("touches no container when nothing changed", async () => {
    const before = await containers();
    const { output } = await rehearsed.cdktf.terraform("second-apply", [
      "apply",
      "-input=false",
      "-no-color",
      "-auto-approve",
      "-replace=terraform_data.host_configuration",
    ]);
    expect(output).toContain("nothing to change, no container touched");
    expect(await containers()).toBe(before);
  });

  part("shows a changed line of the Caddyfile as that line, and serves it", async () => {
    rehearsed.workspace.edit(stackFile, (text) =>
      text.replace(/health: "\/health",?/, `health: "/health", contentSecurityPolicy: "default-src 'self'",`),
    );
    const { output } = await rehearsed.cdktf.diff();
    const changed = stripVTControlCharacters(output)
      .split("\n")
      .filter((line) => /^\s*[-+~] /.test(line) && /Content-Security-Policy/.test(line));
    expect(changed.map((line) => line.trim())).toEqual([
      expect.stringMatching(/^\+\s+header .Content-Security-Policy/),
    ]);
    expect(output).not.toMatch(/must be replaced[\s\S]*digitalocean_/);
    const before = await containers();
    await rehearsed.cdktf.deploy();
    const { headers } = await rehearsed.visitor.visit("/health");
    expect(headers["content-security-policy"]).toBe("default-src 'self'");
    expect(await containers()).toBe(before); // the edge was reloaded, not restarted
  });
});

describe("the server", () => {
  part("is back by itself after a reboot, with its data", async () => {
    const id = await upload(rehearsed.visitor, photo);
    await rehearsed.login.attempt("sudo systemctl reboot");
    await sleep(3000);
    await untilHealthy(180);
    expect((await rehearsed.visitor.visit(`/api/v1/images/${id}/file`)).body).toEqual(photo);
  });

  part("changes its size in place, by one prop, and keeps its data", async () => {
    const id = await upload(rehearsed.visitor, photo);
    const address = rehearsed.login.address;
    rehearsed.workspace.edit(stackFile, (text) => text.replace("s-2vcpu-2gb", "s-2vcpu-4gb"));
    const { output } = await rehearsed.cdktf.diff();
    expect(output).toMatch(/digitalocean_droplet\.\S+ .*will be updated in-place/);
    await rehearsed.cdktf.deploy();
    await untilHealthy(120);
    expect(rehearsed.workspace.outputs().address).toBe(address);
    expect((await rehearsed.visitor.visit(`/api/v1/images/${id}/file`)).body).toEqual(photo);
    expect((await rehearsed.cdktf.plan()).code).toBe(0);
  });

  part("is not destroyed while it is protected", async () => {
    const { code, output } = await rehearsed.cdktf.destroy([0, 1]);
    expect(code).toBe(1);
    expect(output).toMatch(/prevent_destroy/);
    await untilHealthy(10);
  });

  part("is destroyed in the documented way, and nothing stays behind", async () => {
    rehearsed.workspace.edit(stackFile, (text) =>
      text.replace(/(new SingleHostStack\(\s*\w+,\s*"chitram-beta",\s*\{)/, "$1 protection: false,"),
    );
    await rehearsed.cdktf.deploy();
    await rehearsed.cdktf.destroy();
    const { digitalocean } = await rehearsed.cloud.control("GET", "/control/state");
    expect(digitalocean.droplets ?? {}).toEqual({});
  });
});
