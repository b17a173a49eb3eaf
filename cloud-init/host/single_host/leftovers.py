"""Programs that a killed run has left at work: `docker compose`, a dump. The next run ends them before it changes anything.

Each program that is run carries its maker's number in its environment. One whose maker is none of its ancestors any more
was left behind. Containers are no concern of this: the engine is their parent, and their numbers mean other processes.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path

from . import console
from .run import MAKER

PATIENCE = 10.0


def end(proc: Path = Path("/proc")) -> None:
    """With the lock held: nobody else changes anything meanwhile."""
    deadline, told = time.monotonic() + PATIENCE, False
    while found := find(proc):
        if not told:
            console.say(f"a killed run has left programs at work; ending {', '.join(sorted(set(found.values())))}")
            told = True
        number = signal.SIGTERM if time.monotonic() < deadline - PATIENCE / 2 else signal.SIGKILL
        for identity in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(identity, number)
        if time.monotonic() > deadline:
            return
        time.sleep(0.2)


def find(proc: Path = Path("/proc")) -> dict[int, str]:
    """Process -> its program's name."""
    return {
        int(entry.name): _name(entry)
        for entry in proc.iterdir()
        if entry.name.isdecimal()
        and (maker := _maker(entry))
        and _numbering(entry) == _numbering(proc / "self")
        and maker not in _ancestors(entry, proc)
    }


def _maker(entry: Path) -> str:
    mark = f"{MAKER}=".encode()
    with contextlib.suppress(OSError):
        for variable in (entry / "environ").read_bytes().split(b"\0"):
            if variable.startswith(mark):
                return variable.removeprefix(mark).decode(errors="replace")
    return ""


def _numbering(entry: Path) -> str:
    """The name of the space in which its number counts."""
    with contextlib.suppress(OSError):
        return str((entry / "ns" / "pid").readlink())
    return ""


def _ancestors(entry: Path, proc: Path) -> set[str]:
    found: set[str] = set()
    with contextlib.suppress(OSError, IndexError):
        while (parent := _stat(entry)[1]) not in (*found, "0"):
            found.add(parent)
            entry = proc / parent
    return found


def _stat(entry: Path) -> list[str]:
    """From the state on: a program's name, before it, may hold anything."""
    return (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()


def _name(entry: Path) -> str:
    try:
        return (entry / "comm").read_text(errors="replace").strip()
    except OSError:
        return "one that has just ended"
