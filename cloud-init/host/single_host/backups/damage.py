"""Runs that are known not to be whole: by a check that found a damaged pack, by a drill that found another content.

`restore latest` passes them by. In the state: {"check": {"found": run's name of that moment, "runs": {run: why}}, "drill": ...}
"""

from __future__ import annotations

import time
from collections.abc import Mapping

from .. import state

NAME = "%Y%m%dT%H%M%SZ"  # of runs, so that a moment and a run compare


def note(by: str, runs: Mapping[str, str]) -> None:
    """All that this kind of look knows now; nothing once it has found all whole."""
    known = {kind: found for kind, found in state.read().get("damage", {}).items() if kind != by}
    if runs:
        known[by] = {"found": time.strftime(NAME, time.gmtime()), "runs": dict(runs)}
    state.update(damage=known)


def add(by: str, run: str, why: str) -> None:
    note(by, {**_runs(by), run: why})


def remove(by: str, run: str) -> None:
    note(by, {name: why for name, why in _runs(by).items() if name != run})


def _runs(by: str) -> dict[str, str]:
    return dict(state.read().get("damage", {}).get(by, {}).get("runs", {}))


def of(run: str) -> str:
    """Why this run is not to be trusted; "" when nothing is known against it."""
    for by, found in state.read().get("damage", {}).items():
        if why := found["runs"].get(run):
            return str(why)
        if by == "check" and run > found["found"]:
            return "it was made after the damage was found, and shares its packs; `single-host check` tells"
    return ""


def known(by: str) -> bool:
    return by in state.read().get("damage", {})
