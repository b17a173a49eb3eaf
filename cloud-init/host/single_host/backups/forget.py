"""`single-host backup forget`: runs go by their name, such as one that a wrong clock has put into the future."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from .. import lock, progress, settings, state
from ..fault import REFUSED, Fault, HostError, refused
from . import backup, keeping


def forget(host: settings.Settings, names: Sequence[str]) -> None:
    _, repository = backup.open_repository(host)
    with lock.held("backup forget", lock.PATIENCE):
        repository.unlock()
        known = {run.name: run for run in backup.runs(repository)}
        unknown = [name for name in names if name not in known]
        if unknown:
            remedy = "`single-host backup list` names them"
            raise HostError(
                [Fault(f"backup/forget/{name}", "is no backup of this host", remedy) for name in unknown], code=REFUSED
            )
        present = datetime.datetime.now(datetime.timezone.utc)
        left = any(run.complete for run in known.values() if run.name not in names)
        if not left and len(keeping.ahead(names, present)) < len(set(names)):
            raise refused(f"backup/forget/{names[-1]}", "leaves no complete backup", "make one first: `single-host backup now`")
        with progress.timed(f"backup: removing {', '.join(names)}"):
            repository.forget([snapshot for name in names for snapshot in known[name].snapshots])
            repository.run("prune")
        _note(names)


def _note(names: Sequence[str]) -> None:
    """What `status` says of them."""
    last = state.read().get("backup", {})
    if last.get("run") in names:
        last = {}
    elif "ahead" in last:
        last = {**last, "ahead": [name for name in last["ahead"] if name not in names]}
    state.update(backup=last)
    state.remember("backup forget", "done", runs=list(names))
