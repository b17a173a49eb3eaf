"""The journal: kept over reboots, bounded."""

from __future__ import annotations

from pathlib import Path

from .. import files
from ..run import run
from .wanted import Machine

DROP_IN = Path("/etc/systemd/journald.conf.d/50-single-host.conf")


def converge(machine: Machine) -> list[str]:
    text = f"[Journal]\nStorage=persistent\nSystemMaxUse={machine.journal_mebibytes}M\nMaxRetentionSec=3month\n"
    if not files.write_if_different(DROP_IN, text):
        return []
    run(["systemctl", "restart", "systemd-journald.service"])
    return [f"journal {machine.journal_mebibytes} MiB"]
