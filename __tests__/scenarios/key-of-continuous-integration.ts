import { join } from "node:path";
import type { Login } from "../../rehearsal/login";
import type { DeployedStack } from "./deployed-stack";
import type { ReleasedHost } from "./released-host";

/** What the key of CI opens, and all that it does not. */
export function keyOfContinuousIntegration(host: DeployedStack, released: ReleasedHost): void {
  const { part } = host;

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
        const { code, output } = await released.continuousIntegration.attempt(line, "");
        expect(`${line.slice(0, 40)}: ${code}`).toBe(`${line.slice(0, 40)}: 2`);
        expect(output).toMatch(/gate: .*(not allowed|no shell|too long)/);
      }
    });

    part("brings in no image but those of the stack's repositories", async () => {
      for (const image of ["nginx:alpine", "ghcr.io/abhi10/chitram-evil:1.1", "169.254.169.254/abhi10/chitram:1.1"]) {
        const { code, output } = await released.continuousIntegration.attempt(`release app=${image}`, "");
        expect(output).toMatch(
          /release\/app: .* is no repository of the stack's; CI's key releases from ghcr.io\/abhi10\/chitram;/,
        );
        expect(code).toBe(2);
      }
    });

    part("is cut off when a megabyte of words comes, and opens the server all the same afterwards", async () => {
      for (const size of [200_000, 1_000_000]) {
        const words = Array.from({ length: size / 100 }, () => "x".repeat(99));
        const { code, stdout } = await released.continuousIntegration.openssh(
          "ssh",
          (host) => [host, "release", ...words],
          "",
        );
        expect({ refused: code !== 0, stdout }).toEqual({ refused: true, stdout: "" });
      }
      expect(JSON.parse(await released.continuousIntegration.run("status --json"))).toMatchObject({ well: true });
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
        const { code, output } = await released.continuousIntegration.openssh(program, words, "");
        expect(`${program} ${words("HOST").join(" ")}: ${output}`).toMatch(refusal);
        expect(code).not.toBe(0);
      }
      expect(await host.onServer("ls /tmp/here /tmp/way-back 2>/dev/null || true")).toBe("");
    });

    part("brings no variable of its own and no agent to the gate", async () => {
      const variables = "BASH_ENV=/etc/shadow PYTHONSTARTUP=/etc/shadow LD_PRELOAD=/tmp/x.so LC_ALL=/etc/shadow";
      const said = await released.continuousIntegration.openssh("ssh", (to) => [
        "-A",
        "-o",
        `SetEnv=${variables}`,
        to,
        "status",
      ]);
      expect(said).toMatchObject({ code: 0, output: expect.stringMatching(/all is well/) });
      expect(said.output).not.toMatch(/root:/);
      expect(await host.onServer("sudo find /tmp -user release")).toBe("");
    });
  });
}
