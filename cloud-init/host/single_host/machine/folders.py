"""Whether two folders hold the same: names, kinds, owners, modes, attributes and every byte."""

from __future__ import annotations

import filecmp
import os
import stat
from pathlib import Path


def differences(one: Path, other: Path) -> list[str]:
    """What differs, by paths below the first; empty when they are the same."""
    found: list[str] = []
    _compare(one, other, one, found)
    return found


def _compare(one: Path, other: Path, root: Path, found: list[str]) -> None:
    path = str(one.relative_to(root))
    try:
        first, second = one.lstat(), other.lstat()
    except FileNotFoundError:
        found.append(f"{path}: only in one")
        return
    if (first.st_mode, first.st_uid, first.st_gid) != (second.st_mode, second.st_uid, second.st_gid):
        found.append(f"{path}: mode or owner")
    elif _attributes(one) != _attributes(other):
        found.append(f"{path}: attributes")
    elif stat.S_ISDIR(first.st_mode):
        for name in sorted({entry.name for folder in (one, other) for entry in folder.iterdir()}):
            _compare(one / name, other / name, root, found)
    elif stat.S_ISLNK(first.st_mode):
        if one.readlink() != other.readlink():
            found.append(f"{path}: target")
    elif stat.S_ISREG(first.st_mode) and not filecmp.cmp(one, other, shallow=False):
        found.append(f"{path}: content")


def _attributes(path: Path) -> dict[str, bytes]:
    return {name: os.getxattr(path, name, follow_symlinks=False) for name in os.listxattr(path, follow_symlinks=False)}
