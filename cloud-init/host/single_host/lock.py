"""One change at a time: an flock that the kernel drops with its holder, whatever way that one ends."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

from . import console, layout
from .fault import BUSY, Fault, HostError

PATIENCE = 1200.0  # the first convergence installs packages; a backup may run


@contextlib.contextmanager
def held(verb: str, wait: float, file: Path | None = None) -> Iterator[None]:
    """The host's lock, or one of a verb's own."""
    file = file or layout.LOCK
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _acquire(descriptor, verb, wait)
        since = time.strftime("%H:%M:%S")

        def tell(step: str) -> None:
            note = f"{verb} (pid {os.getpid()}, since {since}): {step}\n".encode()
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, note, 0)

        tell("begins")
        console.listeners.append(tell)
        try:
            yield
        finally:
            console.listeners.remove(tell)
            os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def _acquire(descriptor: int, verb: str, wait: float) -> None:
    deadline, told = time.monotonic() + wait, ""
    while True:
        with contextlib.suppress(BlockingIOError):
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        holder = os.pread(descriptor, 400, 0).decode(errors="replace").strip() or "another run"
        if time.monotonic() >= deadline:
            remedy = "wait for it, or look at it with `journalctl -t single-host -n 50`"
            raise HostError([Fault(verb, f"after {wait:.0f} s the lock is still held by {holder}", remedy)], code=BUSY)
        if holder != told:
            console.say(f"waiting for {holder}")
            told = holder
        time.sleep(0.3)
