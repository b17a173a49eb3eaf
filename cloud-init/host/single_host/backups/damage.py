"""What drills and checks have found out about runs: which are proven, and which are known not to be whole.

`restore latest` passes damaged ones by. It is kept in the repository beside the runs, so that a new server knows it too: each
look that finds something out leaves a tiny snapshot, and the newest of each kind of look counts. In the state is what was
read last: {"check": {"at": run's name of that moment, "damaged": {run: why}, "proven": {run: moment}, "snapshot": id}}
"""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from .. import console, state
from ..fault import HostError
from .restic import Restic

TAG = "single-host-findings"
FILE = "/findings.json"
CHECK, DRILL = "check", "drill"
NAME = "%Y%m%dT%H%M%SZ"  # of runs, so that a moment and a run compare


def note(repository: Restic, by: str, damaged: Mapping[str, str], proven: Mapping[str, str] | None = None) -> None:
    """All that this kind of look knows now; nothing once it has found all whole."""
    before = _known().get(by, {})
    found = {"at": time.strftime(NAME, time.gmtime()), "damaged": dict(damaged), "proven": dict(proven or {})}
    if not (damaged or proven or before.get("damaged") or before.get("proven")):
        return
    snapshot = before.get("snapshot", "")
    try:
        snapshot = repository.save_text(json.dumps({"format": 1, **found}), FILE, [TAG, f"by={by}"]).snapshot
    except (HostError, OSError) as error:  # a full bucket: this server knows it all the same
        console.warn(f"{by}: what it found could not be kept beside the backups: {error}")
    state.update(findings={**_known(), by: {**found, "snapshot": snapshot}})


def judge(repository: Restic, run: str, why: str, present: Collection[str]) -> None:
    """A drill's verdict: why a run is damaged, or "", and it is proven. Of runs that are gone nothing is kept."""
    before = _known().get(DRILL, {})
    damaged, proven = (
        {name: said for name, said in before.get(kind, {}).items() if name in present and name != run}
        for kind in ("damaged", "proven")
    )
    if why:
        damaged[run] = why
    else:
        proven[run] = state.now()
    note(repository, DRILL, damaged, proven)


def learn(repository: Restic, snapshots: Sequence[Mapping[str, Any]]) -> None:
    """What another server of this name has found out, from a list of the repository's snapshots."""
    known = _known()
    for by, (snapshot, *_) in _newest_first(snapshots).items():
        if snapshot != known.get(by, {}).get("snapshot"):
            try:
                said = json.loads(repository.run("dump", snapshot, FILE).output)
                found = {key: said[key] for key in ("at", "damaged", "proven")}
            except (HostError, ValueError, KeyError, TypeError) as error:
                console.warn(f"what a {by} has found out about the backups cannot be read: {error}")
            else:
                known[by] = {**found, "snapshot": snapshot}
                state.update(findings=known)


def superseded(snapshots: Sequence[Mapping[str, Any]]) -> list[str]:
    """Snapshots whose word counts no more."""
    return [snapshot for _, *older in _newest_first(snapshots).values() for snapshot in older]


def of(run: str) -> str:
    """Why this run is not to be trusted; "" when nothing is known against it."""
    for by, found in _known().items():
        if why := found["damaged"].get(run):
            return str(why)
        if by == CHECK and found["damaged"] and run > found["at"] and not proven(run):
            return "it was made after the damage was found, and shares its packs; `single-host check` tells"
    return ""


def proven(run: str) -> str:
    """When a drill has proven it; "" when none has."""
    return str(_known().get(DRILL, {}).get("proven", {}).get(run, ""))


def known(by: str) -> bool:
    return bool(_known().get(by, {}).get("damaged"))


def _known() -> dict[str, Any]:
    return dict(state.read().get("findings", {}))


def _newest_first(snapshots: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for snapshot in snapshots:
        tags = snapshot.get("tags") or []
        by = next((tag.partition("=")[2] for tag in tags if tag.startswith("by=")), "")
        if TAG in tags and by:
            found.setdefault(by, []).append((snapshot["time"], snapshot["id"]))
    return {by: [name for _, name in sorted(entries, reverse=True)] for by, entries in found.items()}
