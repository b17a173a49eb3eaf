"""What was done last: read by `status`, by the next apply, and by nobody as an order."""

from __future__ import annotations

import calendar
import contextlib
import fcntl
import json
import os
import time
from collections.abc import Iterator
from typing import Any

from . import files, layout

STATE = layout.STATE / "state.json"
HISTORY = layout.STATE / "history.jsonl"
KEPT_ENTRIES = 500
FORMAT = "%Y-%m-%dT%H:%M:%SZ"

APPLIED = "applied"
AWAITING = "awaiting first release"
FAILED = "failed"

FETCHING = "fetching"  # phases of a restore
EXCHANGING = "exchanging"
MIXED = "mixed"


def read() -> dict[str, Any]:
    try:
        data = json.loads(STATE.read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def update(**values: Any) -> None:
    with _alone():
        files.write_if_different(STATE, json.dumps({**read(), **values, "format": 1}, indent=1) + "\n", 0o600)


def remember(verb: str, result: str, **details: Any) -> None:
    """One line a run, the newest last."""
    with _alone():
        lines = HISTORY.read_text().splitlines() if HISTORY.exists() else []
        lines.append(json.dumps({"time": now(), "verb": verb, "result": result, **details}))
        files.write(HISTORY, "\n".join(lines[-KEPT_ENTRIES:]) + "\n", 0o600)


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """A drill, a check and a notice run beside other verbs: neither loses what the other writes."""
    files.make_folder(layout.STATE, 0o700)
    descriptor = os.open(layout.STATE, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def has_begun() -> bool:
    """Whether this host has its data: applied once, restored, or begun empty on purpose."""
    known = read()
    return bool(known.get("first_applied_at") or known.get("restored") or (known.get("beginning") or {}).get("done"))


def half_restored() -> bool:
    """Whether a restore was interrupted while its parts took their places, and none has brought all to one time since."""
    found = read().get("restoring")
    return isinstance(found, dict) and (found.get("phase") in (EXCHANGING, MIXED) or bool(found.get("mixed")))


def now() -> str:
    return time.strftime(FORMAT, time.gmtime())


def hours_since(moment: str) -> float:
    return (time.time() - calendar.timegm(time.strptime(moment, FORMAT))) / 3600
