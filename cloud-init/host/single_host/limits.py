"""The share of the processor that reading and packing a backup takes, so that the site does not notice."""

from __future__ import annotations

import os
import re
from pathlib import Path

from .run import environment, run
from .settings import Backup

OWN_UNIT = re.compile(r"/(single-host-[a-z-]+\.service)$", re.MULTILINE)
GROUPS = Path("/proc/self/cgroup")
INSIDE = "SINGLE_HOST_LIMITED"


def keep(plan: Backup | None, argv: list[str]) -> None:
    """By systemd's quota: of the unit that runs this program, or else of a scope in which `argv` begins anew."""
    if plan is None:
        return
    quota = f"CPUQuota={plan.limits.cpu_percent}%"
    unit = OWN_UNIT.search(GROUPS.read_text())
    if unit:
        run(["systemctl", "set-property", "--runtime", unit[1], quota], check=False)
    elif INSIDE not in os.environ:
        scope = ["systemd-run", "--scope", "--quiet", "--collect", f"--property={quota}"]
        known = {**environment(), **os.environb, INSIDE.encode(): b"1"}
        os.execvpe(scope[0], [*scope, "--", "ionice", "--class=idle", "nice", "-n", "10", *argv], known)
