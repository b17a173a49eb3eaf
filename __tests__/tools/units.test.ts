import { join } from "node:path";
import { docker, serverToolsImage } from "./server-image";

const PROGRAM = join(__dirname, "../../cloud-init/host");

/** Runs a shell line in today's server image, where the units of a host with everything are in /etc/systemd/system. */
function withUnits(line: string): string {
  const mounts = ["--volume", `${PROGRAM}:/program:ro`, "--volume", `${__dirname}/units.py:/units.py:ro`];
  const environment = ["--env", "PYTHONPATH=/program", "--env", "PYTHONDONTWRITEBYTECODE=1"];
  const head = ["run", "--rm", "--network", "none", ...mounts, ...environment, "--entrypoint", "sh"];
  const written = "python3 /units.py /etc/systemd/system >/dev/null && cd /etc/systemd/system";
  return docker([...head, serverToolsImage(), "-c", `${written} && ${line}`]);
}

test("systemd takes the units of what a host does by itself, without a complaint", () => {
  expect(withUnits("systemd-analyze verify ./single-host-*.timer single-host-failed@backup.service 2>&1")).toBe("");
});

test("systemd understands their hours as they are meant", () => {
  const lines = withUnits(
    "for timer in backup drill check; do TZ=UTC systemd-analyze calendar --base-time='2026-11-21 12:00:00 UTC' --iterations=2 " +
      `"$(sed -n s/^OnCalendar=//p single-host-$timer.timer)"; done | sed -n 's/.*\\(Next elapse\\|Iteration #2\\): //p'`,
  ).split("\n");
  expect(lines).toEqual([
    "Sun 2026-11-22 02:40:00 UTC",
    "Mon 2026-11-23 02:40:00 UTC",
    "Sat 2026-11-28 06:30:00 UTC",
    "Sat 2026-12-05 06:30:00 UTC",
    "Sat 2026-12-05 05:30:00 UTC",
    "Sat 2027-01-02 05:30:00 UTC",
  ]);
});
