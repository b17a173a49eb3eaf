"""The share of the processor that a backup takes, so that the site does not notice. The nightly one has it from its unit."""

from __future__ import annotations

import os
import re
from pathlib import Path

from ..run import MAKER, environment
from ..settings import Backup

OWN_UNIT = re.compile(r"/single-host-[a-z-]+\.service$", re.MULTILINE)
GROUPS = Path("/proc/self/cgroup")
# Where the processor is scarce the site has ten times as much of it, and no moment is long (files/task.service has the same).
YIELDING = {"CPUQuotaPeriodSec": "10ms", "CPUWeight": "10"}
INSIDE = "SINGLE_HOST_LIMITED"


def keep(plan: Backup | None, argv: list[str]) -> None:
    """Begins `argv` in a scope of systemd's in place of this program, unless it has begun so."""
    if plan is None or INSIDE in os.environ or OWN_UNIT.search(GROUPS.read_text()):
        return
    share = {"CPUQuota": f"{plan.limits.cpu_percent}%", **YIELDING}
    scope = ["systemd-run", "--scope", "--quiet", "--collect", *(f"--property={key}={value}" for key, value in share.items())]
    # The same process goes on: by its own number it would take itself for one that a killed run has left.
    known = {**environment(), **os.environb, INSIDE.encode(): b"1"}
    del known[MAKER.encode()]
    os.execvpe(scope[0], [*scope, "--", "ionice", "--class=idle", "nice", "-n", "10", *argv], known)
