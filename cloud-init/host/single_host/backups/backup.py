"""Backups: every part of what the site keeps is a restic snapshot, and the parts of one moment are a run.

| part | its snapshot holds | its facts |
|---|---|---|
| globals/<service> | `path_of(part)`: the roles, by pg_dumpall | none |
| postgres/<service>/<database> | `path_of(part)`: SQL by pg_dump, in one snapshot with the facts | facts_of_postgres |
| volume/<name> | the volume's folder, without the databases below | facts_of_folder |
| sqlite/<volume>/<relative path> | a folder with the file under its own name, owner and mode | facts_of_sqlite |
| duckdb/<volume>/<relative path> | likewise; `<file>.wal` lies beside it where there was one | facts_of_duckdb |
| bucket/<name> | a folder in which each object is a file; its headers are the file's `user.` attributes | facts_of_folder |
| path/<absolute path> | that folder or file | facts_of_folder |
| host | /var/lib/single-host: bundles, secrets, release records, state | facts_of_folder |

`Restic.path_of(snapshot)` tells the folder as it was called then. The manifest is the last snapshot of a run and counts
the others: a run without it is not a backup.
"""

from __future__ import annotations

import datetime
import json
import re
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from .. import bundle, console, leftovers, lock, progress, settings, state
from ..fault import HostError, refused
from ..site import freezing
from . import damage, keeping, staging
from .restic import Restic, restic
from .saving import Saving, amount, mark_of, path_of

LOCK_PATIENCE = 3600.0  # a nightly backup waits for a deployment
TAG = "single-host"
SAFETY = "single-host-safety"  # made before a restore: never counted as the backup of a day
MANIFEST = "manifest"
GLOBALS = "globals"
KEPT_SAFETY = 3
NAME = re.compile(r"[0-9]{8}T[0-9]{6}Z")

__all__ = [
    "GLOBALS",
    "Manifest",
    "Run",
    "amount",
    "check",
    "manifest",
    "now",
    "open_repository",
    "path_of",
    "runs",
    "save",
    "show",
]


@dataclass
class Run:
    """One backup, as its snapshots tell."""

    name: str  # 20261121T031500Z
    parts: dict[str, str] = field(default_factory=dict)  # postgres/<service>/<database>, volume/<name> -> snapshot
    snapshots: list[str] = field(default_factory=list)  # of the parts and the manifest
    expected: int = -1
    safety: bool = False
    manifest: str = ""  # its snapshot
    size: int = 0  # bytes of all parts
    sent: int = 0  # bytes that were new, compressed
    notes: list[str] = field(default_factory=list)  # what it does not hold, or perhaps not well; known while it is made

    @property
    def complete(self) -> bool:
        return len(self.parts) == self.expected

    def of(self, kind: str) -> dict[str, str]:
        return {part.partition("/")[2]: snapshot for part, snapshot in self.parts.items() if part.startswith(f"{kind}/")}


@dataclass(frozen=True)
class Manifest:
    """What the last snapshot of a run says of the others. In a run of an older version it says neither facts nor versions."""

    at: str  # 2026-11-21T03:15:00Z
    facts: Mapping[str, Mapping[str, Any]]  # part -> what a restore of it must show: see the table above
    versions: Mapping[str, str]  # postgres/<service> -> server_version, 17.6; image/<service> -> the image that its container ran


def manifest(repository: Restic, run: Run) -> Manifest:
    """Of a complete run."""
    said = json.loads(repository.run("dump", run.manifest, "/manifest.json").output)
    return Manifest(said.get("at", ""), said.get("facts", {}), said.get("versions", {}))


def open_repository(host: settings.Settings, secrets: bundle.Secrets | None = None) -> tuple[settings.Backup, Restic]:
    if host.backup is None:
        raise no_backups()
    if secrets is None:
        secrets = bundle.parse_secrets(bundle.read_last()[1])
        console.conceal(secrets.all)
    return host.backup, restic(host.backup, secrets, host.machine.name)


def no_backups() -> HostError:
    return refused("host.json/backup", "is not set: this host has no backups", "add a BackupBucket to the stack")


def check(host: settings.Settings, secrets: bundle.Secrets) -> None:
    open_repository(host, secrets)[1].ready()


def judge_password(host: settings.Settings, secrets: bundle.Secrets) -> None:
    """One that does not open the repository would be kept, and each night fail until somebody deploys the right one."""
    former = bundle.read_good()
    known = bundle.parse_secrets(former[1]).backup.get("RESTIC_PASSWORD") if former else None
    if not host.backup or known in (None, secrets.backup.get("RESTIC_PASSWORD")):
        return
    plan, repository = open_repository(host, secrets)
    if repository.is_closed_to_password():
        raise refused(
            "secrets.json/backup/RESTIC_PASSWORD",
            f"does not open {plan.repository}",
            "deploy the one before (`sudo single-host backup key`), or first add this one (`sudo single-host restic key add`)",
        )


def now(host: settings.Settings) -> None:
    plan, repository = open_repository(host)
    with lock.held("backup", LOCK_PATIENCE):
        if not state.has_begun():  # a backup of what is empty for want of a restore would be the newest one
            raise refused("backup", "this host has not got its data yet", "run `cdktf deploy`: it ends what it began")
        if state.half_restored():
            raise refused(
                "backup", "a part of the data is of another time", "`single-host restore` finishes what was interrupted"
            )
        begun = time.monotonic()
        try:
            repository.ready()
            run = save(host, plan, repository)
            late = _remove_old(plan, repository)
        except (HostError, OSError) as error:
            state.update(backup={**state.read().get("backup", {}), "failed_at": state.now(), "reason": console.clean(str(error))})
            state.remember("backup", "failed", reason=console.clean(str(error)))
            raise
        seconds = round(time.monotonic() - begun)
        result = {"run": run.name, "parts": len(run.parts), "seconds": seconds, "bytes_sent": run.sent, "size": run.size}
        result |= {"ahead": late} if late else {}
        state.update(backup={**result, "notes": [console.clean(note) for note in run.notes], "at": state.now()})
        state.remember("backup", "done", **result)
    what = f"{len(run.parts)} parts, {amount(run.size)}, {amount(run.sent)} sent"
    console.say(f"backup: {run.name} is complete: {what} in {seconds} s")


def save(host: settings.Settings, plan: settings.Backup, repository: Restic, safety: bool = False) -> Run:
    """A whole run, or an error and an incomplete one, which is never restored and goes with the next."""
    leftovers.end()
    freezing.after_interruption()
    staging.clear()
    present = datetime.datetime.now(datetime.timezone.utc)
    name = keeping.name_of(present, (run.name for run in runs(repository)))
    tags = [SAFETY if safety else TAG, f"run={name}"]
    saving = Saving(host, plan, repository, tags)
    saving.everything()
    said = {
        "format": 2,
        "host": host.machine.name,
        "run": name,
        "at": present.strftime(state.FORMAT),
        "parts": sorted(saving.parts),
        "versions": saving.versions,
        "facts": saving.facts,
    }
    marks = [*tags, mark_of(MANIFEST), f"parts={len(saving.parts)}"]
    last = repository.save_text(json.dumps(said, indent=1), "/manifest.json", marks)
    parts = {part: saved.snapshot for part, saved in saving.parts.items()}
    saved = saving.parts.values()
    return Run(
        name,
        parts,
        snapshots=[*parts.values(), last.snapshot],
        expected=len(parts),
        safety=safety,
        manifest=last.snapshot,
        size=sum(part.size for part in saved),
        sent=sum(part.sent for part in saved) + last.sent,
        notes=saving.notes,
    )


def _remove_old(plan: settings.Backup, repository: Restic) -> list[str]:
    """Runs are kept or go as a whole. Those that did not end go too: nobody else writes here while the lock is held.

    Returns runs that lie in the future: while there are some, nothing is removed.
    """
    snapshots = _snapshots(repository)
    known = runs_among(repository, snapshots)
    present = datetime.datetime.now(datetime.timezone.utc)
    if late := keeping.ahead((run.name for run in known), present):
        console.warn(f"backup: {late[-1]} lies in the future, so nothing is removed: is the clock right (`timedatectl`)?")
        return late
    complete = [run for run in known if run.complete]
    wanted = keeping.kept((run.name for run in complete if not run.safety), plan.keep)
    wanted |= {run.name for run in [run for run in complete if run.safety][:KEPT_SAFETY]}
    leaving = [run for run in known if run.name not in wanted or not run.complete]
    names = ", ".join(run.name for run in leaving)
    with progress.timed(f"backup: removing what is not kept ({names})" if leaving else "backup: nothing is older than kept"):
        old = [snapshot for run in leaving for snapshot in run.snapshots]
        repository.prune([*old, *damage.superseded(snapshots)])
    return []


def runs(repository: Restic) -> list[Run]:
    """All runs of this host, the newest first; what is known of them is learned on the way."""
    return runs_among(repository, _snapshots(repository))


def runs_among(repository: Restic, snapshots: Sequence[Mapping[str, Any]]) -> list[Run]:
    found: dict[str, Run] = {}
    damage.learn(repository, snapshots)
    for snapshot in snapshots:
        tags = dict(tag.partition("=")[::2] for tag in snapshot.get("tags") or [])
        if "part" not in tags or not NAME.fullmatch(tags.get("run", "")):
            continue
        run = found.setdefault(tags["run"], Run(tags["run"], safety=SAFETY in tags))
        run.snapshots.append(snapshot["id"])
        summary = snapshot.get("summary") or {}  # since restic 0.17
        run.size += summary.get("total_bytes_processed", 0)
        run.sent += summary.get("data_added_packed", 0)
        if tags["part"] == MANIFEST:
            run.expected, run.manifest = int(tags["parts"]), snapshot["id"]
        else:
            run.parts[unquote(tags["part"], errors="surrogateescape")] = snapshot["id"]
    return sorted(found.values(), key=lambda run: run.name, reverse=True)


def _snapshots(repository: Restic) -> list[dict[str, Any]]:
    tags = [word for tag in (TAG, SAFETY, damage.TAG) for word in ("--tag", tag)]
    return repository.listed(*tags, "--host", repository.host)


def show(host: settings.Settings, as_json: bool) -> None:
    found = runs(open_repository(host)[1])
    present = datetime.datetime.now(datetime.timezone.utc)
    ages = [round((present - keeping.moment_of(run.name)).total_seconds()) for run in found]
    if as_json:
        rows = [
            {
                "run": run.name,
                "complete": run.complete,
                "safety": run.safety,
                "damaged": damage.of(run.name),
                "proven_at": damage.proven(run.name),
                "age_seconds": age,
                "size": run.size,
                "bytes_sent": run.sent,
                "parts": sorted(run.parts),
            }
            for run, age in zip(found, ages, strict=True)
        ]
        console.show(json.dumps(rows))
        return
    if not found:
        console.show("no backups yet; `single-host backup now` makes one")
    for run, age in zip(found, ages, strict=True):
        notes = ["complete" if run.complete else "INCOMPLETE", *(["before a restore or a migration"] if run.safety else [])]
        if why := damage.of(run.name):
            notes.append(f"DAMAGED: {why}")
        elif moment := damage.proven(run.name):
            notes.append(f"proven by a drill at {moment}")
        console.show(f"{run.name}  {_age(age)} old, {amount(run.size)}, {amount(run.sent)} sent, {', '.join(notes)}")
        for part in sorted(run.parts):
            console.show(f"  {part}")


def show_key(host: settings.Settings) -> None:
    """What opens the backups without this server and without Terraform's state. Past `console`, which would conceal it."""
    if host.backup is None:
        raise no_backups()
    secrets = bundle.parse_secrets(bundle.read_last()[1])
    sys.stdout.write(f"repository  {host.backup.repository}\npassword    {secrets.backup.get('RESTIC_PASSWORD', '')}\n")


def _age(seconds: int) -> str:
    if seconds < 5400:
        return f"{seconds // 60} min"
    return f"{seconds // 3600} h" if seconds < 2 * 86400 else f"{seconds // 86400} days"
