"""Files that are whole at every instant: written beside, flushed, renamed. Written only when they differ."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path


def write(
    path: Path, content: bytes | str, mode: int = 0o644, owner: tuple[int, int] = (0, 0), beside: Path | None = None
) -> None:
    """`beside` is the folder of the temporary file, where the target's own is being watched."""
    data = content.encode() if isinstance(content, str) else content
    make_folder(path.parent)
    temporary = (beside or path.parent) / f".{path.name}.new"
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            if os.geteuid() == 0:
                os.fchown(file.fileno(), *owner)
            os.fchmod(file.fileno(), mode)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _flush_folder(path.parent)


def draft(path: Path, content: bytes, mode: int = 0o644) -> None:
    """A file that only this run will read: not flushed to the disk."""
    make_folder(path.parent)
    path.write_bytes(content)
    path.chmod(mode)


def write_if_different(path: Path, content: bytes | str, mode: int = 0o644, owner: tuple[int, int] = (0, 0)) -> bool:
    data = content.encode() if isinstance(content, str) else content
    try:
        same = not path.is_symlink() and path.read_bytes() == data
        status = path.stat()
    except FileNotFoundError:
        same = False
    if same and status.st_mode & 0o7777 == mode and (os.geteuid() != 0 or (status.st_uid, status.st_gid) == owner):
        return False
    write(path, data, mode, owner)
    return True


def point(link: Path, target: Path) -> bool:
    """Switches a symbolic link in one step."""
    if link.is_symlink() and link.readlink() == target:
        return False
    make_folder(link.parent)
    temporary = link.parent / f".{link.name}.new"
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(target)
    temporary.replace(link)
    _flush_folder(link.parent)
    return True


def remove(path: Path) -> bool:
    try:
        path.unlink()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def make_folder(path: Path, mode: int = 0o755) -> None:
    """Like mkdir -p, whatever the umask."""
    if path.is_dir():
        return
    make_folder(path.parent)
    path.mkdir(exist_ok=True)
    path.chmod(mode)


def remove_folder(path: Path) -> None:
    shutil.rmtree(path, ignore_errors=True)


def clear_folder(path: Path) -> None:
    remove_folder(path)
    make_folder(path)


def remove_empty_folders(root: Path, paths: Iterable[str]) -> None:
    """Removes the folders that these relative paths left empty, below `root`."""
    for relative in paths:
        for parent in Path(relative).parents:
            try:
                if parent.parts:
                    (root / parent).rmdir()
            except OSError:
                break


def _flush_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
