"""`single-host backup cat`: a part of a run, decrypted, on standard output. Nothing else is written there."""

from __future__ import annotations

import subprocess

from .. import settings
from ..fault import HostError, refused
from ..run import environment
from . import backup
from .restic import Restic

FILES = ("globals", "postgres", "sqlite")  # one file; all others are a tar archive: DuckDB may have a log beside its file


def cat(host: settings.Settings, wanted: str, name: str | None) -> int:
    """restic's exit code. `wanted` is a part, or the beginning of one when no other begins so."""
    _, repository = backup.open_repository(host)
    run = _run(backup.runs(repository), name)
    part = choose(wanted, run)
    snapshot = run.parts[part]
    kind = part.partition("/")[0]
    if kind not in FILES:
        # the folder's content is at the top of the archive
        return _pour(repository, "dump", "--archive", "tar", f"{snapshot}:{repository.path_of(snapshot)}", "/")
    if kind in ("globals", "postgres"):
        return _pour(repository, "dump", snapshot, backup.path_of(part))
    file = part.rpartition("/")[2]
    return _pour(repository, "dump", snapshot, f"{repository.path_of(snapshot)}/{file}")


def choose(wanted: str, run: backup.Run) -> str:
    if wanted in run.parts:
        return wanted
    found = [part for part in sorted(run.parts) if part.startswith(f"{wanted}/")]
    if wanted.partition("/")[0] == "postgres":
        # PostgreSQL's own database is there always and empty nearly always: who asks for one does not mean it
        found = [part for part in found if not part.endswith("/postgres")] or found
    if len(found) == 1:
        return found[0]
    if found:
        raise refused(f"backup/cat/{wanted}", "is several parts", f"name one: {', '.join(found)}")
    raise refused(f"backup/cat/{wanted}", f"is no part of {run.name}", f"its parts: {', '.join(sorted(run.parts))}")


def _run(runs: list[backup.Run], name: str | None) -> backup.Run:
    complete = [run for run in runs if run.complete]
    for run in complete:
        if run.name == name or (name in (None, "latest") and not run.safety):
            return run
    known = ", ".join(run.name for run in complete[:5]) or "there is none"
    raise refused(f"backup/{name or 'latest'}", "is not a complete backup of this host", f"the newest: {known}")


def _pour(repository: Restic, *arguments: str) -> int:
    """Without a lock: what is saved can be read where nothing can be written. Were it removed meanwhile, this would fail."""
    try:
        return subprocess.run(
            ["restic", "--quiet", "--no-lock", *arguments],
            stdin=subprocess.DEVNULL,
            env=environment(repository.environment),
            check=False,
        ).returncode
    except FileNotFoundError:
        raise HostError([], ["restic: not installed"]) from None
