"""Named volumes as folders: where they are, and how a restored one takes the place of the present one."""

from __future__ import annotations

from pathlib import Path

from . import engine, files
from .fault import failed

RESTORING = ".single-host-restoring"  # restic puts the volume's whole path below it
BEFORE = ".single-host-before"


def folder(volume: str) -> Path | None:
    if not engine.exists(f"/volumes/{volume}"):
        return None
    return Path(engine.get(f"/volumes/{volume}")["Mountpoint"])


def restored(present: Path) -> Path | None:
    return next((present.parent / RESTORING).glob("**/_data"), None)


def replace(present: Path) -> None:
    """Two renames: at every moment one whole folder of each time is there. `recover` undoes a half exchange."""
    fresh = restored(present)
    if fresh is None:
        raise failed(str(present), "is not in the snapshot", "choose another backup")
    before = present.parent / BEFORE
    present.rename(before)
    fresh.rename(present)
    recover(present)


def recover(present: Path) -> bool:
    """Clears up after an exchange, whole or half: the restored folder's place tells which it was."""
    before = present.parent / BEFORE
    interrupted = before.is_dir() and (restored(present) is not None or not present.exists())
    if interrupted:
        try:
            if present.exists():
                present.rmdir()  # an empty one, made by Docker meanwhile
        except OSError:
            raise failed(str(present), f"has data, and so has {before}", "keep the right one under the first name") from None
        before.rename(present)
    files.remove_folder(present.parent / RESTORING)
    files.remove_folder(before)
    return interrupted
