"""Work that takes long: what it is, that it goes on, and how long it took."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator

from . import console

REMINDER = 60.0  # seconds


@contextlib.contextmanager
def timed(text: str) -> Iterator[None]:
    begun = time.monotonic()
    console.say(text)
    with reminding(text):
        yield
    took = time.monotonic() - begun
    if took >= 1:
        console.say(f"{text}: done in {took:.0f} s")


@contextlib.contextmanager
def reminding(text: str) -> Iterator[None]:
    """Says each minute that it goes on."""
    begun, over = time.monotonic(), threading.Event()

    def remind() -> None:
        while not over.wait(REMINDER):
            console.say(f"{text}: {time.monotonic() - begun:.0f} s so far")

    thread = threading.Thread(target=remind, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
