"""Named volumes as folders: where they are, and how a restored one takes the place of the present one."""

from __future__ import annotations

import os
from pathlib import Path

from . import engine, files
from .fault import failed
from .run import run

DOCKERS = "_data"  # the folder that Docker gives a volume
RESTORING = ".single-host-restoring"  # restic puts the volume's whole path below it
RESTORED = ".single-host-restored"
BEFORE = ".single-host-before"


def folder(volume: str) -> Path | None:
    """Where its data lies. None: there is no such volume, or its disk is not mounted."""
    if not engine.exists(f"/volumes/{volume}"):
        return None
    found = engine.get(f"/volumes/{volume}")
    options = found.get("Options") or {}
    if options.get("o") != "bind":
        return Path(found["Mountpoint"])
    place = Path(options["device"])
    return place if place.parent.is_dir() else None


def beside(present: Path, name: str) -> Path:
    """A place on the same disk. Docker gives each volume a folder of its own; on the data volume they share one."""
    return present.parent / (name if present.name == DOCKERS else f"{name}-{present.name}")


def settle(present: Path, source: Path) -> Path:
    """What restic has restored below RESTORING is whole: now it has a name that says so."""
    fresh = beside(present, RESTORED)
    if not os.path.lexists(source):
        raise failed(str(present), "is not in the snapshot", "choose another backup")
    source.rename(fresh)
    remove(beside(present, RESTORING))
    return fresh


def exchange(present: Path) -> None:
    """Two renames: at every moment one whole folder of each time is there. After a kill it goes on where it was."""
    fresh, before = beside(present, RESTORED), beside(present, BEFORE)
    if os.path.lexists(fresh):
        if os.path.lexists(before):
            _remove_empty(present, before)
        elif os.path.lexists(present):
            present.rename(before)
        fresh.rename(present)
    clear(present)


def clear(present: Path) -> bool:
    """Throws away what was prepared. An exchange that was cut in half is undone; returns whether there was one."""
    before = beside(present, BEFORE)
    half = os.path.lexists(before) and (os.path.lexists(beside(present, RESTORED)) or not os.path.lexists(present))
    if half:
        _remove_empty(present, before)
        before.rename(present)
    for name in (RESTORING, RESTORED, BEFORE):
        remove(beside(present, name))
    return half


def remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        files.remove_folder(path)
    else:
        files.remove(path)


def disk_of(path: Path) -> Path:
    """A folder on the disk where this is, or will be."""
    while not path.is_dir():
        path = path.parent
    return path


def flush(path: Path) -> None:
    """All of its file system to the disk: a power cut must not find a name for what is not there yet."""
    run(["sync", "--file-system", str(path)], timeout=3600)


def _remove_empty(present: Path, before: Path) -> None:
    """Docker has made an empty one meanwhile."""
    try:
        if present.exists():
            present.rmdir()
    except OSError:
        raise failed(str(present), f"has data, and so has {before}", "keep the right one under the first name") from None
