"""A copy of a file that another program writes, as it was at one instant: the program stands still while it is taken.

Most of a large file is copied before, so that it stands still only for what has changed since. DuckDB needs this: one
process holds its file, and has no way to copy it for another.
"""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from .. import containers
from ..fault import failed
from ..site.freezing import LONGEST, Freeze, frozen
from . import staging

AT_ONCE = 32 * 1024**2  # bytes: a file up to this size is copied while frozen
BLOCK = 1024**2
ATTEMPTS = 4
TICK = 0.05  # a file system's clock is not finer than this


def copy(volume: str, file: Path, companions: list[Path], target: Path) -> float:
    """Into the folder `target`, each under its own name; the seconds for which the volume's containers stood still.

    `companions` may be there or not; they are small.
    """
    place = target / file.name
    ahead: tuple[int, int] | None = None
    if file.stat().st_size > AT_ONCE:
        ahead = _state(file)
        shutil.copyfile(file, place)
    stood = 0.0
    for _ in range(ATTEMPTS):
        with frozen([container for container in containers.mounting(volume) if container.status == "running"]) as freeze:
            whole = _catch_up(file, place, ahead, freeze)
            if whole:
                for companion in companions:
                    if companion.exists():
                        shutil.copyfile(companion, target / companion.name)
        stood += freeze.seconds
        if whole:
            break
        ahead = _state(file)
        _patch(file, place, None)  # the program goes on meanwhile; what it changes now is little
    else:
        problem = f"changes faster than it can be copied while its containers stand still for {LONGEST:.0f} s"
        raise failed(str(file), problem, "back up at an hour at which less is written (`schedule`)")
    staging.like(place, file)
    for companion in companions:
        if (target / companion.name).exists():
            staging.like(target / companion.name, companion)
    return stood


def _catch_up(file: Path, place: Path, ahead: tuple[int, int] | None, freeze: Freeze) -> bool:
    """Whether the copy is whole before the time is up."""
    if ahead is None:
        shutil.copyfile(file, place)
        return True
    return _state(file, wait=False) == ahead or _patch(file, place, freeze)


def _patch(file: Path, place: Path, freeze: Freeze | None) -> bool:
    """Writes the blocks that differ. False: the time was up."""
    with file.open("rb") as source, place.open("r+b") as copied:
        position = 0
        while block := source.read(BLOCK):
            if copied.read(BLOCK) != block:
                copied.seek(position)
                copied.write(block)
            position += len(block)
            copied.seek(position)
            if freeze and freeze.over:
                return False
        copied.truncate(position)
    return True


def _state(file: Path, wait: bool = True) -> tuple[int, int]:
    """Changes when the file is written, unless within one tick of its clock: that is waited for."""
    while True:
        status = file.stat()
        if not wait or abs(time.time_ns() - status.st_mtime_ns) > TICK * 1e9:
            return status.st_size, status.st_mtime_ns
        time.sleep(TICK)
