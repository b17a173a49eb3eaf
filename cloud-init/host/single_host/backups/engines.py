"""Folders of database servers that have no dump here: found by a file that each has. A copy of them is one of many moments."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from . import embedded

MARKS = {
    "pg_control": "PostgreSQL",
    "ibdata1": "MySQL or MariaDB",
    "WiredTiger": "MongoDB",
    "CURRENT": "RocksDB or LevelDB",
    "data.mdb": "LMDB",
}
DEEP = 4  # folders below the volume's own


def find(folder: Path, exclude: Sequence[str] = ()) -> Iterator[tuple[str, str]]:
    """The engine and its folder, `.` for the volume's own."""
    excluded = embedded.pattern(exclude)
    for place, folders, names in os.walk(folder):
        relative = os.path.relpath(place, folder)
        known = {name for name in names if not excluded.fullmatch(f"{place}/{name}")}
        if engine := _engine(known):
            folders.clear()
            yield engine, str(Path(relative).parent) if engine == MARKS["pg_control"] else relative
        elif relative.count(os.sep) >= DEEP:
            folders.clear()
        else:
            folders[:] = sorted(name for name in folders if not excluded.fullmatch(f"{place}/{name}"))


def _engine(names: set[str]) -> str:
    found = next((mark for mark in MARKS if mark in names), "")
    if found == "CURRENT" and not any(name.startswith("MANIFEST-") for name in names):
        return ""
    return MARKS.get(found, "")
