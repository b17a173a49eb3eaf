"""Before anything changes: whether the engines of today can read what was saved, and whether there is room beside them."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence

from ..fault import REFUSED, Fault, HostError
from .replacements import Database, Replacement
from .source import Source

KEPT_FREE = 64 * 1024**2


def judge(source: Source, items: Sequence[Replacement]) -> None:
    """Refuses. A dump becomes tables and indexes: room for twice its size."""
    if unfit := [fault for item in items if isinstance(item, Database) and (fault := item.judge(source))]:
        raise HostError(unfit, code=REFUSED)
    sizes = source.repository.sizes()
    needed: dict[int, int] = {}
    free: dict[int, int] = {}
    for item in items:
        size = sum(_size(source, sizes, part) for part in (item.part, *item.contents))
        device = item.disk.stat().st_dev
        needed[device] = needed.get(device, 0) + size * (2 if isinstance(item, Database) else 1)
        free[device] = shutil.disk_usage(item.disk).free
    faults = [
        Fault(
            "disk", f"a restore needs {_mebibytes(count + KEPT_FREE)} beside what is there, {_mebibytes(free[device])} are free"
        )
        for device, count in needed.items()
        if count + KEPT_FREE > free[device]
    ]
    if faults:
        remedy = Fault("restore", "was not begun", "make room, or restore one part after the other with --only")
        raise HostError([*faults, remedy])


def _size(source: Source, sizes: Mapping[str, int], part: str) -> int:
    snapshot = source.run.parts[part]
    return sizes[snapshot] if snapshot in sizes else source.repository.size(snapshot)


def _mebibytes(count: int) -> str:
    return f"{-(-count // 1024**2)} MiB"
