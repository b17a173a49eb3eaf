"""Facts of a folder or a file, live or as restic has saved it."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from . import Facts

SAMPLED_FILES = 32
NEWEST_FILES = 16
SAMPLED_BYTES = 8 * 1024**2  # from each end of a file


def facts_of_folder(path: Path, like: Mapping[str, Any] | None = None) -> Facts:
    """{"files": count, "folders": count, "links": count, "bytes": sum, "samples": {relative path: sha256}} of a folder or file.

    `like` are facts to compare with: then the same files are digested, and the two are equal when nothing was lost:
    `facts_of_folder(restored, like=saved) == saved`.
    """
    found: Facts = {"files": 0, "folders": 0, "links": 0, "bytes": 0, "samples": {}}
    files: dict[str, tuple[int, int]] = {}
    for entry, status in _entries(path):
        _count(found, status.st_mode, status.st_size)
        if stat.S_ISREG(status.st_mode):
            files[str(entry.relative_to(path))] = (status.st_mtime_ns, status.st_size)
    chosen = chosen_files((name, moment) for name, (moment, _) in files.items()) if like is None else like["samples"]
    found["samples"] = {name: digest_of_file(path / name) for name in sorted(chosen) if name in files}
    return found


def facts_of_saved(path: Path, saved: Iterable[Mapping[str, Any]]) -> Facts:
    """Facts of a folder as restic has saved it, by its own listing, while the folder goes on changing.

    Digests are those of the live files, so that they prove what restic has read; of files that were not written since.
    """
    found: Facts = {"files": 0, "folders": 0, "links": 0, "bytes": 0, "samples": {}}
    files: dict[str, Mapping[str, Any]] = {}
    for node in saved:
        name = os.path.relpath(node["path"], path)
        if name.startswith(".."):
            continue  # a folder above
        kind = {"file": stat.S_IFREG, "dir": stat.S_IFDIR, "symlink": stat.S_IFLNK}.get(node["type"], 0)
        if name != "." or kind != stat.S_IFDIR:
            _count(found, kind, node.get("size", 0))
        if node["type"] == "file":
            files[name] = node
    for name in sorted(chosen_files((name, node["mtime"]) for name, node in files.items())):
        before = _moment(path / name)
        if before is None or before[0] != files[name].get("size", 0) or not _same_moment(before[1], files[name]["mtime"]):
            continue
        try:
            digest = digest_of_file(path / name)
        except OSError:
            continue
        if _moment(path / name) == before:
            found["samples"][name] = digest
    return found


def chosen_files(files: Iterable[tuple[str, Any]]) -> set[str]:
    """Of names and times: some that chance, which is the same each time, and the newest."""
    known = list(files)
    by_chance = sorted(known, key=lambda file: hashlib.sha256(os.fsencode(file[0])).digest())[:SAMPLED_FILES]
    newest = sorted(known, key=lambda file: (file[1], file[0]), reverse=True)[:NEWEST_FILES]
    return {name for name, _ in by_chance + newest}


def digest_of_file(file: Path) -> str:
    """SHA-256 of its size and its two ends, which are all of it up to 16 MiB."""
    digest = hashlib.sha256()
    with file.open("rb") as content:
        size = os.fstat(content.fileno()).st_size
        digest.update(f"{size}\n".encode())
        digest.update(content.read(SAMPLED_BYTES))
        content.seek(max(SAMPLED_BYTES, size - SAMPLED_BYTES))
        digest.update(content.read(SAMPLED_BYTES))
    return digest.hexdigest()


def _entries(path: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """Everything below a folder, or the file itself."""
    if not stat.S_ISDIR(path.lstat().st_mode):
        yield path, path.lstat()
        return
    pending = [path]
    while pending:
        for entry in os.scandir(pending.pop()):
            status = entry.stat(follow_symlinks=False)
            yield Path(entry.path), status
            if stat.S_ISDIR(status.st_mode):
                pending.append(Path(entry.path))


def _count(found: Facts, mode: int, size: int) -> None:
    kind = {stat.S_IFREG: "files", stat.S_IFDIR: "folders", stat.S_IFLNK: "links"}.get(stat.S_IFMT(mode))
    if kind:
        found[kind] += 1
    if kind == "files":
        found["bytes"] += size


def _moment(file: Path) -> tuple[int, int] | None:
    try:
        status = file.lstat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns


def _same_moment(nanoseconds: int, text: str) -> bool:
    """restic writes local time with nine digits of a second, less their last zeros: 2026-11-21T03:15:00.123456789Z."""
    fraction = text.partition(".")[2]
    digits = fraction[: len(fraction) - len(fraction.lstrip("0123456789"))]
    return nanoseconds % 10**9 == int(digits.ljust(9, "0") or 0)
