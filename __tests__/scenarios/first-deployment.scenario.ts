/**
 * chitram-beta from nothing: deployed, visited, changed, applied again, rebooted, resized, and destroyed only as documented.
 */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { command } from "../../rehearsal/command";
import { chitram } from "./applications";
import { bucketOfBackups } from "./bucket-of-backups";
import { digitalocean, hetzner, movedTo } from "./clouds";
import { DeployedStack } from "./deployed-stack";
import { lifeOfAHost } from "./life-of-a-host";

const host = new DeployedStack({
  scenario: "first-deployment",
  stack: "chitram-beta",
  cloud: digitalocean,
  application: chitram,
});
const { part } = host;

/** The value of an environment variable inside the container of a service, hashed there. */
function digestInContainer(service: string, variable: string): Promise<string> {
  return host.inService(service, `printf %s "$${variable}" | sha256sum`);
}

describe("a first deployment", () => {
  part("keeps two variables equal that have to be equal", async () => {
    expect(await digestInContainer("minio", "MINIO_ROOT_PASSWORD")).toBe(
      await digestInContainer("app", "MINIO_SECRET_KEY"),
    );
  });

  part("is healthy with the same kind of database as in production", async () => {
    const health = await host.now.visitor.json("/health");
    expect(health).toMatchObject({ status: "healthy", database: "connected" });
    const url = await host.inService("app", "printenv DATABASE_URL | cut -d@ -f2");
    expect(url).toBe("postgres:5432/chitram\n");
    expect(await host.inService("postgres", "psql -U chitram -Atc 'show server_version'")).toMatch(/^\d+/);
  });

  part("gives CI a key without a passphrase", async () => {
    const secrets = await host.now.cloud.control("GET", "/control/github/secrets?repository=abhi10/chitram");
    const folder = mkdtempSync(join(tmpdir(), "continuous-integration-"));
    const key = join(folder, "key");
    writeFileSync(key, secrets.beta.DROPLET_SSH_KEY, { mode: 0o600 });
    const { stdout } = await command(["ssh-keygen", "-y", "-P", "", "-f", key]);
    expect(stdout).toMatch(/^ssh-ed25519 /);
  });

  part("asks nobody for a sudo password", async () => {
    expect(await host.onServer("sudo -n id -u")).toBe("0\n");
  });

  part("tells what runs as data, not as text to be parsed", async () => {
    const status = JSON.parse(await host.onServer("sudo single-host status --json"));
    expect(JSON.stringify(status)).toContain("postgres");
  });

  part("keeps passwords and root out of SSH", async () => {
    const effective = await host.onServer("sudo sshd -T");
    expect(effective).toMatch(/^passwordauthentication no$/m);
    expect(effective).toMatch(/^permitrootlogin no$/m);
    expect(effective).toMatch(/^kbdinteractiveauthentication no$/m);
  });

  part("leaves no secret in user data, logs, process arguments or the plan", async () => {
    const password = (await host.inService("postgres", "printenv POSTGRES_PASSWORD")).trim();
    expect(password.length).toBeGreaterThanOrEqual(20);
    // what runs a container keeps its environment, for root alone: /run/containerd, /run/docker, /var/lib/docker, and while a
    // health check begins /tmp/runc-process*
    const findings = await host.onServer(
      `password=$(cat)
      pattern() { printf '%s\\n' "$password"; }
      pattern | sudo grep -rlFf - --exclude='runc-process*' /var/log /etc /srv /run/single-host /run/user /var/lib/cloud /tmp /home /opt /usr/local
      sudo journalctl --quiet --output cat | grep -qFf <(pattern) && echo journal
      cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' | grep -qFf <(pattern) && echo "process arguments"
      pattern | sudo grep -rqFf - /var/lib/single-host && echo "the root-only folder"
      true`,
      password,
    );
    expect(findings.trim()).toBe("the root-only folder");
    for (const log of ["deploy", "diff", "plan"]) {
      expect(
        await command(["grep", "-cF", "--", password, join(host.now.workspace.logs, `${log}.log`)], { accept: [1] }),
      ).toMatchObject({ code: 1 });
    }
  });
});

describe("a move to another cloud by mistake", () => {
  part("is refused while the host is protected", async () => {
    const moved = await host.planWith("move", movedTo(hetzner));
    expect(moved.code).toBe(1);
    expect(moved.output).toMatch(/terraform_data\.host_server_protection[\s\S]*prevent_destroy/);
    expect((await host.now.cdktf.plan()).code).toBe(0);
  });
});

bucketOfBackups(host);
lifeOfAHost(host);
