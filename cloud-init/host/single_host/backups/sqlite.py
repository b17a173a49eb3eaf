"""A SQLite file while its application writes it, copied by SQLite itself: https://sqlite.org/backup.html.

Writers in WAL mode go on. In the other modes a copy makes writers wait, so it is taken in small steps that let them in,
and in one go when they never leave it the time. Where an application holds its file for itself alone, it is frozen.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from pathlib import Path
from urllib.parse import quote

from ..fault import HostError, failed
from . import frozen_copy, staging
from .embedded import Database
from .facts import Facts
from .facts.sqlite import facts_of_sqlite

STEP = 2560  # pages: 10 MiB of the usual ones
PAUSE = 0.02
GENTLY = 30.0  # seconds for the small steps
LOCKED = 20.0  # seconds to wait for a writer

LOGS = ("-wal", "-journal")
OK, DONE = 0, 101  # https://sqlite.org/rescode.html


class Unreadable(Exception):
    """What begins like a SQLite file is none: what SQLite says."""


class _Late(Exception):
    """The time for this way of copying is up."""


def copy(volume: str, database: Database, target: Path) -> float:
    """Into the folder `target`, under its own name; the seconds for which the volume's containers stood still."""
    place = target / database.file.name
    stood = 0.0
    try:
        try:
            _copy(database.file, place, STEP, GENTLY)
        except _Late:
            _copy(database.file, place, -1, LOCKED)
    except (_Late, sqlite3.OperationalError) as error:
        if isinstance(error, sqlite3.OperationalError) and "locked" not in str(error):
            if "unsupported file format" in str(error):
                raise Unreadable(error) from None
            raise failed(str(database.file), f"cannot be copied by SQLite: {error}") from None
        for suffix in ("", *LOGS):
            place.with_name(place.name + suffix).unlink(missing_ok=True)
        logs = [database.file.with_name(database.file.name + suffix) for suffix in LOGS]
        stood = frozen_copy.copy(volume, database.file, logs, target)
        try:
            _settle(place)
        except sqlite3.DatabaseError as found:
            raise Unreadable(found) from None
    except sqlite3.DatabaseError as error:
        raise Unreadable(error) from None
    staging.like(place, database.file)
    return stood


def facts_of_copy(place: Path) -> Facts:
    try:
        return facts_of_sqlite(place)
    except HostError as error:
        raise Unreadable(error) from None


def _copy(file: Path, place: Path, step: int, seconds: float) -> None:
    begun = time.monotonic()

    def look(status: int, remaining: int, total: int) -> None:
        # SQLite begins anew when another process has written: a busy one would never let it end.
        if time.monotonic() - begun > seconds and (remaining or status not in (OK, DONE)):
            raise _Late

    place.unlink(missing_ok=True)
    address = f"file:{quote(os.fsencode(file))}?mode=rw"  # not read-only: SQLite may have to finish what a crash has left
    with (
        contextlib.closing(sqlite3.connect(address, uri=True, timeout=LOCKED)) as source,
        contextlib.closing(sqlite3.connect(place)) as copied,
    ):
        if source.execute("PRAGMA journal_mode").fetchone()[0] == "wal":
            step = -1
        source.backup(copied, pages=step, progress=look, sleep=PAUSE)


def _settle(place: Path) -> None:
    """What lay in the log goes into the file."""
    with contextlib.closing(sqlite3.connect(place)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        database.execute("SELECT count(*) FROM sqlite_master").fetchall()
    for suffix in LOGS:  # of one that was not in use: an empty shell
        place.with_name(place.name + suffix).unlink(missing_ok=True)
