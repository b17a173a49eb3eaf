"""Named volumes as folders: where they are, and how a restored one takes the place of the present one."""

from __future__ import annotations

from pathlib import Path

from . import engine, files
from .fault import failed

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


def restored(present: Path) -> Path | None:
    fresh = beside(present, RESTORED)
    return fresh if fresh.is_dir() else None


def settle(present: Path, path: str) -> None:
    """What restic has restored below RESTORING, at its path of that day, is whole: now it has a name that says so."""
    fresh = beside(present, RESTORING) / path.lstrip("/")
    if fresh.is_dir():
        fresh.rename(beside(present, RESTORED))


def replace(present: Path) -> None:
    """Two renames: at every moment one whole folder of each time is there. `recover` undoes a half exchange."""
    fresh = restored(present)
    if fresh is None:
        raise failed(str(present), "is not in the snapshot", "choose another backup")
    before = beside(present, BEFORE)
    present.rename(before)
    fresh.rename(present)
    recover(present)


def recover(present: Path) -> bool:
    """Clears up after an exchange, whole or half: the restored folder's place tells which it was."""
    before = beside(present, BEFORE)
    interrupted = before.is_dir() and (restored(present) is not None or not present.exists())
    if interrupted:
        try:
            if present.exists():
                present.rmdir()  # an empty one, made by Docker meanwhile
        except OSError:
            raise failed(str(present), f"has data, and so has {before}", "keep the right one under the first name") from None
        before.rename(present)
    for name in (RESTORING, RESTORED):
        files.remove_folder(beside(present, name))
    files.remove_folder(before)
    return interrupted
