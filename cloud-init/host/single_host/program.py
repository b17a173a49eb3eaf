"""The program's own versions on the server: unpacked beside each other, switched by one symbolic link."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import re
import tarfile
from collections.abc import Mapping
from pathlib import Path

from . import console, files, layout
from .fault import failed, refused
from .run import run

CURRENT = layout.PROGRAMS / "current"
LAUNCHER = Path("single_host/bin/single-host")
AGAIN = "run the deployment again"


def digest(content: Mapping[str, bytes]) -> str:
    """Over the files, not the archive: two ways of packing the same program are the same program."""
    total = hashlib.sha256()
    for path in sorted(content):
        total.update(path.encode() + b"\0" + content[path] + b"\0")
    return total.hexdigest()


def running() -> str:
    return layout.PROGRAM.name


def unpack(archive: bytes, expected: str) -> Path:
    """Unpacks, compares and tries the program. The folder is named after its content."""
    folder = layout.PROGRAMS / expected
    content = _read(archive)
    if digest(content) != expected:
        raise refused("bundle.json/program", "differs from its program_sha256", AGAIN)
    if not folder.is_dir():
        beginning = layout.PROGRAMS / f".{expected}.new"
        files.clear_folder(beginning)
        for path, data in content.items():
            files.write(beginning / path, data, 0o755 if path == str(LAUNCHER) else 0o644)
        beginning.rename(folder)
    trial = run([str(folder / LAUNCHER), "--version"], check=False, timeout=30)
    if trial.code != 0:
        raise failed("bundle.json/program", "does not start on this server", lines=trial.last_lines)
    return folder


def activate(folder: Path) -> None:
    files.point(CURRENT, folder)
    files.point(layout.COMMAND, CURRENT / LAUNCHER)
    _remove_old()


def take_over(incoming: Path, arguments: list[str]) -> None:
    """When the uploaded bundle brings another program, goes on as that one, with the same arguments."""
    uploaded = incoming / "bundle.json"
    if not uploaded.is_file():
        return
    try:
        bundle = json.loads(uploaded.read_bytes())
        archive, expected = base64.b64decode(bundle["program"], validate=True), bundle["program_sha256"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise refused("bundle.json/program", f"cannot be read ({error.__class__.__name__})", AGAIN) from None
    if not isinstance(expected, str) or not re.fullmatch(r"[0-9a-f]{64}", expected):
        raise refused("bundle.json/program_sha256", "is not a SHA-256 in hexadecimal", AGAIN)
    if expected == running():
        return
    activate(unpack(archive, expected))
    console.say(f"program: {running()[:12]} -> {expected[:12]}")
    os.execv(layout.COMMAND, [str(layout.COMMAND), *arguments])


def _read(archive: bytes) -> dict[str, bytes]:
    content = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(archive), mode="r:*") as tar:
            for member in tar:
                path = member.name.removeprefix("./")
                if member.isfile() and path.startswith("single_host/") and ".." not in Path(path).parts:
                    reader = tar.extractfile(member)
                    content[path] = reader.read() if reader else b""
                elif not member.isdir():
                    raise refused(f"bundle.json/program/{member.name}", "is not a file of the program")
    except (tarfile.TarError, EOFError, OSError) as error:
        raise refused("bundle.json/program", f"cannot be unpacked ({error})") from None
    return content


def _remove_old() -> None:
    """Keeps the three newest, and always the current one."""
    current = CURRENT.resolve()
    folders = [entry for entry in layout.PROGRAMS.iterdir() if entry.is_dir() and not entry.is_symlink()]
    for folder in sorted(folders, key=lambda entry: entry.stat().st_mtime, reverse=True)[3:]:
        if folder not in (current, layout.PROGRAM):
            files.remove_folder(folder)
