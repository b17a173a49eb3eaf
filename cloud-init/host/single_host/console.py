"""Progress: one short line a step, with the time since the start, on the console and in the journal.

Whatever is printed passes through `conceal`: a container's log may repeat a secret, the console must not.
"""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import time
from collections.abc import Callable, Mapping
from typing import TextIO

_started = time.monotonic()
_secrets: dict[str, str] = {}
_journal: socket.socket | None = None
_journal_is_stdout = "JOURNAL_STREAM" in os.environ  # set by systemd
answers_alone = False  # a program reads standard output
listeners: list[Callable[[str], None]] = []  # the lock repeats the current step to those who wait for it


def conceal(secrets: Mapping[str, str]) -> None:
    """From now on these values are printed as `[secret NAME]`, lines of a value too."""
    for name, value in secrets.items():
        for part in {value, *value.splitlines()}:
            if len(part) >= 6:  # shorter ones ("true", "5432") would black out innocent text
                _secrets[part] = name


def clean(text: str) -> str:
    for value in sorted(_secrets, key=len, reverse=True):
        text = text.replace(value, f"[secret {_secrets[value]}]")
    # A log may hold terminal control sequences: they are shown, not obeyed.
    return "".join(c if c.isprintable() or c == "\t" else f"\\x{ord(c):02x}" for c in text)


def say(text: str) -> None:
    for listener in listeners:
        listener(clean(text))
    _print(sys.stderr if answers_alone else sys.stdout, f"[{time.monotonic() - _started:5.0f} s] {clean(text)}", clean(text))


def warn(text: str) -> None:
    say(f"warning: {text}")


def show(text: str = "") -> None:
    """An answer that was asked for, without a time."""
    _print(sys.stdout, clean(text), "")


def complain(text: str) -> None:
    _print(sys.stderr, clean(text), clean(text))


def _print(stream: TextIO, line: str, journal: str) -> None:
    # A lost SSH connection must not end the work half-way: the journal still has the line.
    with contextlib.suppress(OSError, ValueError):
        print(line, file=stream, flush=True)
    if journal and not _journal_is_stdout:
        _log(journal)


def _log(text: str) -> None:
    global _journal
    with contextlib.suppress(OSError):
        if _journal is None:
            _journal = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            _journal.connect("/dev/log")
        _journal.send(b"<14>single-host: " + text.encode(errors="replace"))
