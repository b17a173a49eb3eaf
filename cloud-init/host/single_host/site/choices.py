"""Which containers of a service get requests while it is being replaced: one small file a service, for the watcher.

A choice outlives its maker when it names containers: after a kill the judged ones go on alone, until the next run. One
that names none holds requests at the edge, and holds only while its maker lives.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from pathlib import Path

from .. import files, layout
from ..fault import failed

SEEN_WITHIN = 10.0
NAMES_FOLLOW = 1.0  # until dnsmasq has the file and Caddy, which asks every 300 ms, has its answer


def choose(upstream: str, identities: Iterable[str]) -> None:
    """Only these get requests from now on."""
    files.make_folder(layout.CHOICES)
    files.write(layout.CHOICES / upstream, "\n".join([str(os.getpid()), *sorted(identities)]) + "\n")


def forget(upstream: str) -> None:
    files.remove(layout.CHOICES / upstream)


def forget_all() -> None:
    for upstream in _names():
        forget(upstream)


def read() -> dict[str, frozenset[str]]:
    found = {}
    for upstream in _names():
        try:
            maker, *identities = (layout.CHOICES / upstream).read_text().split()
        except (OSError, ValueError):
            continue
        if identities or _lives(maker):
            found[upstream] = frozenset(identities)
    return found


def published(upstream: str) -> frozenset[str]:
    """Short identities of the containers that have an address now."""
    try:
        lines = (layout.UPSTREAMS / upstream).read_text().splitlines()
    except FileNotFoundError:
        return frozenset()
    return frozenset(line.split()[1] for line in lines if line.startswith("# "))


def await_published(upstream: str, identities: Iterable[str]) -> None:
    """Until the watcher has followed, and the edge after it."""
    wanted = frozenset(identity[:12] for identity in identities)
    deadline = time.monotonic() + SEEN_WITHIN
    while published(upstream) != wanted:
        if time.monotonic() > deadline:
            raise failed(f"upstreams/{upstream}", "does not follow", "see `systemctl status single-host-upstreams`")
        time.sleep(0.05)
    time.sleep(NAMES_FOLLOW)


def _names() -> list[str]:
    try:
        return sorted(entry.name for entry in layout.CHOICES.iterdir() if not entry.name.startswith("."))
    except FileNotFoundError:
        return []


def _lives(maker: str) -> bool:
    return maker.isdecimal() and Path(f"/proc/{maker}").exists()
