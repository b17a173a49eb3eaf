"""The few kernel settings that this server wants other than the distribution's."""

from __future__ import annotations

from pathlib import Path

from .. import files, layout
from ..run import run
from .wanted import Machine

FILE = Path("/etc/sysctl.d/60-single-host.conf")


def converge(machine: Machine) -> list[str]:
    if not files.write_if_different(FILE, (layout.PACKAGE_FILES / "sysctl.conf").read_text()):
        return []
    run(["sysctl", "--quiet", "--ignore", "--load", str(FILE)], check=False)  # a container has not all of them
    return ["kernel settings"]
