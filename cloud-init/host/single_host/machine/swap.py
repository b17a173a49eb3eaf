"""A swap file of the wanted size: a small server survives a peak of memory instead of losing its database."""

from __future__ import annotations

import shutil
from pathlib import Path

from .. import console, files
from ..run import run
from .wanted import Machine

SWAPFILE = Path("/swapfile")
FSTAB = Path("/etc/fstab")
LINE = f"{SWAPFILE} none swap sw 0 0"
KEPT_FREE = 2 * 1024**3
MEBIBYTE = 1024**2


def converge(machine: Machine) -> list[str]:
    wanted = machine.swap_mebibytes * MEBIBYTE
    present = SWAPFILE.stat().st_size if SWAPFILE.exists() else 0
    in_use = any(line.split()[:1] == [str(SWAPFILE)] for line in Path("/proc/swaps").read_text().splitlines())
    if wanted == present and in_use == bool(wanted) and (LINE in FSTAB.read_text()) == bool(wanted):
        return []
    if wanted - present > shutil.disk_usage("/").free - KEPT_FREE:
        console.warn(f"swap: {machine.swap_mebibytes} MiB would leave less than 2 GiB of disk; left as it is")
        return []
    if in_use and wanted != present:
        run(["swapoff", str(SWAPFILE)])
        in_use = False
    if wanted != present:
        files.remove(SWAPFILE)
    _write_fstab(bool(wanted))
    if wanted and wanted != present:
        _make(machine.swap_mebibytes)
    if wanted and not in_use:
        run(["swapon", str(SWAPFILE)])
    return [f"swap {machine.swap_mebibytes} MiB"]


def _make(mebibytes: int) -> None:
    """Whole or absent: a half-written swap file of a killed run has another name."""
    beginning = SWAPFILE.with_suffix(".new")
    files.remove(beginning)
    beginning.touch(0o600)
    # Written, not only allocated: some file systems refuse swap files with holes.
    run(["dd", "if=/dev/zero", f"of={beginning}", "bs=1M", f"count={mebibytes}", "status=none"])
    run(["mkswap", str(beginning)])
    beginning.rename(SWAPFILE)


def _write_fstab(wanted: bool) -> None:
    lines = [line for line in FSTAB.read_text().splitlines() if line.split()[:1] != [str(SWAPFILE)]]
    files.write_if_different(FSTAB, "\n".join([*lines, *([LINE] if wanted else [])]) + "\n")
