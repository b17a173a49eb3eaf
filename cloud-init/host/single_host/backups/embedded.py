"""Databases that are files in a volume: found by their first bytes, whatever they are called."""

from __future__ import annotations

import contextlib
import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

SQLITE = "sqlite"
DUCKDB = "duckdb"
SCRATCH = ".tmp"  # a folder
COMPANIONS = {SQLITE: ("", "-wal", "-shm", "-journal"), DUCKDB: ("", ".wal", SCRATCH)}
AT_MOST = 50  # of a volume: each has a snapshot of its own. More are files that people have uploaded
HEADER = 28
NAMES_ANOTHER = bytes.fromhex("d9d505f920a163d7")


@dataclass(frozen=True)
class Database:
    kind: str
    file: Path
    relative: str  # to the volume's folder

    @property
    def files(self) -> list[Path]:
        """What the engine writes: the file, and what it has beside it at times."""
        return [self.file.with_name(self.file.name + suffix) for suffix in COMPANIONS[self.kind]]


def find(folder: Path, exclude: Sequence[str] = ()) -> list[Database]:
    """By path. Only files whose size can be a database's are opened, so that a million objects cost a million looks, no reads."""
    excluded = pattern(exclude)
    found = []
    for entry in _files(folder, excluded):
        if kind := kind_of(entry):
            database = Database(kind, entry, str(entry.relative_to(folder)))
            if not _is_trap(database):
                found.append(database)
    return sorted(found, key=lambda database: database.relative)


def latest(databases: Sequence[Database]) -> list[Database]:
    """Those that were written last: what an application writes rather than what its visitors have left."""
    newest = sorted(databases, key=_written, reverse=True)[:AT_MOST]
    return sorted(newest, key=lambda database: database.relative)


def _written(database: Database) -> int:
    moments = []
    for file in database.files:
        with contextlib.suppress(OSError):
            moments.append(file.lstat().st_mtime_ns)
    return max(moments, default=0)


def _is_trap(database: Database) -> bool:
    """Whether an engine that opens it as root could be led to a file outside of the volume.

    By a link or a pipe beside it, or by the journal of a transaction over several files, at whose end SQLite removes what the
    journal names: https://sqlite.org/fileformat.html, the rollback journal; the name and these eight bytes are its end.
    """
    for file in database.files[1:]:
        with contextlib.suppress(OSError):  # hardly ever is there one
            mode = file.lstat().st_mode
            if not (stat.S_ISREG(mode) or (file.suffix == SCRATCH and stat.S_ISDIR(mode))):
                return True
    if database.kind != SQLITE:
        return False
    try:
        with database.file.with_name(f"{database.file.name}-journal").open("rb") as journal:
            begins = journal.read(1)
            journal.seek(-len(NAMES_ANOTHER), os.SEEK_END)
            return begins != b"\0" and journal.read() == NAMES_ANOTHER
    except OSError:
        return False


def kind_of(file: Path) -> str | None:
    try:
        size = file.lstat().st_size
        if size < 512 or size % 512:
            return None
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
        try:
            head = os.read(descriptor, HEADER)
        finally:
            os.close(descriptor)
    except OSError:
        return None  # gone, or restic will tell
    if head.startswith(b"SQLite format 3\0"):
        page = int.from_bytes(head[16:18], "big")
        page = 65536 if page == 1 else page
        # https://sqlite.org/fileformat.html: the size of a page, and three bytes that never differ
        return SQLITE if page >= 512 and page & (page - 1) == 0 and size % page == 0 and head[21:24] == b"\x40\x20\x20" else None
    return DUCKDB if head[8:12] == b"DUCK" and size % 4096 == 0 else None


def pattern(patterns: Sequence[str]) -> re.Pattern[str]:
    """restic's patterns: parts of a path with * ? [], ** for any number of folders; from the root when it begins with /."""
    return re.compile("|".join(map(_expression, patterns)) or r"(?!)", re.DOTALL)


def _expression(text: str) -> str:
    parts = [".*" if part == "**" else _part(part) for part in text.strip("/").split("/")]
    joined = "/".join(parts).replace("/.*/", "/(?:.*/)?")
    return f"{'/' if text.startswith('/') else '(?:.*/)?'}{joined}(?:/.*)?"


def _part(text: str) -> str:
    tokens = re.findall(r"\\.|\[[^\]]*\]|.", text, re.DOTALL)
    simple = {"*": "[^/]*", "?": "[^/]"}
    return "".join(
        simple.get(token)
        or (token.replace("[^", "[^/") if token[0] == "[" and len(token) > 1 else re.escape(token.removeprefix("\\") or token))
        for token in tokens
    )


def literally(path: Path) -> str:
    """A path as a pattern of restic's that means just it."""
    return re.sub(r"([\\*?\[])", r"\\\1", str(path))


def _files(folder: Path, excluded: re.Pattern[str]) -> Iterator[Path]:
    pending = [folder]
    while pending:
        try:
            entries = list(os.scandir(pending.pop()))
        except OSError:
            continue  # gone in between, or restic will tell
        for entry in entries:
            if excluded.fullmatch(entry.path):
                continue
            if entry.is_dir(follow_symlinks=False):
                pending.append(Path(entry.path))
            elif entry.is_file(follow_symlinks=False) and stat.S_ISREG(entry.stat(follow_symlinks=False).st_mode):
                yield Path(entry.path)
