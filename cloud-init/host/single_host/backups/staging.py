"""Copies that a backup makes before it saves them: where they lie, and whether the disk has room."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path
from urllib.parse import quote

from .. import files, layout
from ..fault import failed

STAGING = layout.STATE / "staging"
DATABASES = STAGING / "databases"  # of this run
BUCKETS = STAGING / "buckets"  # kept: the next run fetches what is new
SPARE = 256 * 1024**2  # bytes that stay free


def folder_of(volume: str, relative: str) -> Path:
    """Of a database. The same each time, so that its snapshots have one history; short, however long its path is."""
    return DATABASES / quote(volume, safe="") / hashlib.sha256(os.fsencode(relative)).hexdigest()[:32]


def bucket_folder(name: str) -> Path:
    return BUCKETS / quote(name, safe="")


def clear() -> None:
    """What a killed run has left."""
    files.remove_folder(DATABASES)


def need(size: int, where: str) -> None:
    """Bytes that are about to be written here, for `where` in the settings."""
    files.make_folder(STAGING, 0o700)
    free = shutil.disk_usage(STAGING).free
    if free < size + SPARE:
        problem = f"needs {_mebibytes(size + SPARE)} on {STAGING} for its copy, {_mebibytes(free)} are free"
        raise failed(where, problem, "make room (`docker image prune`), or take a server with a larger disk")


def like(copy: Path, original: Path) -> None:
    """Owner, mode and times of the original."""
    status = original.stat()
    if os.geteuid() == 0:
        os.chown(copy, status.st_uid, status.st_gid)
    shutil.copystat(original, copy)


def _mebibytes(size: int) -> str:
    return f"{-(-size // 1024**2)} MiB"
