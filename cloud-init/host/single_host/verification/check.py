"""Reads the repository again, a twelfth each month: what the bucket's service has spoilt or lost is told, with the runs it hits.

It waits for nobody and nobody waits for it: a first look takes no lock. Only what it finds is looked at again, alone.
"""

from __future__ import annotations

import json
import re
import time
from typing import Any

from .. import console, lock, progress, settings, state
from ..backups import backup, damage
from ..backups.restic import Restic
from ..fault import FAILED, Fault, HostError
from ..run import Result

LOCK_PATIENCE = 3600.0
TIMEOUT = 86400.0
PACK = re.compile(r"\b[0-9a-f]{64}\b")
SHOWN = 5


def check(host: settings.Settings, everything: bool, as_json: bool) -> int:
    _, repository = backup.open_repository(host)
    # While damage is known, all is read: only that tells that it is gone.
    open_question = damage.known(damage.CHECK) or "failed_at" in state.read().get("check", {})
    part = None if everything or open_question else int(time.strftime("%m", time.gmtime()))
    begun = time.monotonic()
    what = "all of the repository" if part is None else f"part {part} of 12"
    try:
        repository.run("unlock", check=False)  # locks of killed runs; restic leaves the living alone
        with progress.timed(f"check: reading {what}"):
            packs, said = _read(repository, part)
        hits = {pack: _hits(repository, pack) for pack in packs}
    except (HostError, OSError) as error:
        _remember_failure(console.clean(str(error)))
        raise
    seconds = round(time.monotonic() - begun)
    if not packs and not said:
        damage.note(repository, damage.CHECK, {})
        state.update(check={"at": state.now(), "part": part, "seconds": seconds})
        state.remember("check", "done", part=part, seconds=seconds)
        _report({"well": True, "part": part, "seconds": seconds, "packs": {}}, as_json)
        console.say(f"check: {what} is whole, {seconds} s")
        return 0
    runs = _runs(repository, hits)
    damage.note(repository, damage.CHECK, runs)
    faults = _faults(repository, hits, runs, said)
    _remember_failure("; ".join(console.clean(str(fault)) for fault in faults))
    _report({"well": False, "part": part, "seconds": seconds, "packs": hits, "runs": runs, "said": said}, as_json)
    raise HostError(faults, said[-SHOWN:], FAILED)


def _read(repository: Restic, part: int | None) -> tuple[list[str], list[str]]:
    """Damaged packs, and what restic says."""
    argument = "--read-data" if part is None else f"--read-data-subset={part}/12"
    found = repository.run("check", argument, "--no-lock", check=False, timeout=TIMEOUT)
    if found.code != 0:
        with lock.held("check", LOCK_PATIENCE):  # something may have been written or removed meanwhile
            found = repository.run("check", argument, check=False, timeout=TIMEOUT)
    return ([], []) if found.code == 0 else _understood(found)


def _understood(found: Result) -> tuple[list[str], list[str]]:
    lines = [line.strip() for line in f"{found.errors}\n{found.output}".splitlines() if line.strip()]
    spoken = [line for line in lines if re.match(r"(error: )?pack ", line) or line.startswith("restic repair packs")]
    packs = sorted({match for line in spoken for match in PACK.findall(line.partition(" contains ")[0])})
    return packs, [line for line in lines if not line.startswith(("restic repair", "Damaged pack files", "The repository "))]


def _hits(repository: Restic, pack: str) -> list[str]:
    """Snapshots that need this pack, all when that cannot be told. One that cannot be opened is known from the index."""
    found = repository.run("find", "--json", "--pack", pack, check=False)
    if found.code != 0:
        blobs = _blobs(repository, pack)
        words = [word for kind, names in blobs.items() if names for word in (f"--{kind}", *names)]
        found = repository.run("find", "--json", *words, check=False) if words else found
    if found.code != 0 or "error" in found.errors.lower():
        return sorted({snapshot for run in backup.runs(repository) for snapshot in run.snapshots})
    return sorted({row["snapshot"] for row in json.loads(found.output.strip() or "[]")})


def _blobs(repository: Restic, pack: str) -> dict[str, list[str]]:
    for index in repository.run("list", "index").output.split():
        for entry in json.loads(repository.run("cat", "index", index).output).get("packs", []):
            if entry["id"] == pack:
                kinds = {"blob": "data", "tree": "tree"}
                return {kind: [b["id"] for b in entry["blobs"] if b["type"] == name] for kind, name in kinds.items()}
    return {}


def _runs(repository: Restic, hits: dict[str, list[str]]) -> dict[str, str]:
    found = {}
    for run in backup.runs(repository):
        snapshots = {snapshot: part for part, snapshot in run.parts.items()}
        parts = sorted({snapshots.get(s, "its list") for pack in hits.values() for s in pack if s in run.snapshots})
        if parts:
            found[run.name] = f"a damaged pack is part of {', '.join(parts)}"
    return found


def _faults(repository: Restic, hits: dict[str, list[str]], runs: dict[str, str], said: list[str]) -> list[Fault]:
    if not hits:
        return [Fault("check", said[0] if said else "failed", "look at the repository with `single-host restic check`")]
    whole = next((run.name for run in backup.runs(repository) if run.complete and not run.safety and run.name not in runs), None)
    older = f"`single-host restore {whole}` is the newest whole one" if whole else "no run is whole"
    remedy = (
        f"{older}; `single-host restic repair packs {' '.join(hits)}` takes it out, and `single-host backup now` then saves "
        "anew what is still here"
    )
    hit = "; ".join(f"{run}: {why}" for run, why in runs.items()) or "no run needs it"
    return [Fault(f"check/pack {pack}", f"is damaged or gone ({hit})", remedy) for pack in hits]


def _remember_failure(reason: str) -> None:
    before = {key: value for key, value in state.read().get("check", {}).items() if key in ("at", "part")}
    state.update(check={**before, "failed_at": state.now(), "reason": reason})
    state.remember("check", "failed", reason=reason)


def _report(report: dict[str, Any], as_json: bool) -> None:
    if as_json:
        console.show(json.dumps(report))
