"""Backups: every part of what the site keeps is a restic snapshot, and the parts of one moment are a run.

| part | its snapshot holds | its facts |
|---|---|---|
| globals/<service> | `path_of(part)`: the roles, by pg_dumpall | none |
| postgres/<service>/<database> | `path_of(part)`: SQL by pg_dump, in one snapshot with the facts | facts_of_postgres |
| volume/<name> | the volume's folder, without the databases below | facts_of_folder |
| sqlite/<volume>/<relative path> | a folder with the file under its own name, owner and mode as the original | facts_of_sqlite |
| duckdb/<volume>/<relative path> | likewise; `<file>.wal` lies beside it where there was one | facts_of_duckdb |
| bucket/<name> | a folder in which each object is a file; its headers are the file's `user.` attributes | facts_of_folder |
| path/<absolute path> | that folder or file | facts_of_folder |
| host | /var/lib/single-host: bundles, secrets, release records, state | facts_of_folder |

`Restic.path_of(snapshot)` tells the folder as it was called then. The manifest is the last snapshot of a run and counts
the others: a run without it is not a backup.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote

from . import bundle, console, lock, postgres, settings, state, volumes
from .fault import HostError, failed, refused
from .restic import Restic, restic

LOCK_PATIENCE = 3600.0  # a nightly backup waits for a deployment
TAG = "single-host"
SAFETY = "single-host-safety"  # made before a restore: never counted as the backup of a day
MANIFEST = "manifest"
GLOBALS = "globals"


@dataclass
class Run:
    """One backup, as its snapshots tell."""

    name: str  # 20261121T031500Z
    parts: dict[str, str] = field(default_factory=dict)  # postgres/<service>/<database>, volume/<name> -> snapshot
    snapshots: list[str] = field(default_factory=list)  # of the parts and the manifest
    expected: int = -1
    safety: bool = False
    manifest: str = ""  # its snapshot

    @property
    def complete(self) -> bool:
        return len(self.parts) == self.expected

    def of(self, kind: str) -> dict[str, str]:
        return {part.partition("/")[2]: snapshot for part, snapshot in self.parts.items() if part.startswith(f"{kind}/")}


@dataclass(frozen=True)
class Manifest:
    """What the last snapshot of a run says of the others. In a run of an older version it says neither facts nor versions."""

    at: str  # 2026-11-21T03:15:00Z
    facts: Mapping[str, Mapping[str, Any]]  # part -> what a restore of it must show: see facts.py, which kind of part has which
    versions: Mapping[str, str]  # postgres/<service> -> server_version, 17.6; image/<service> -> the image that its container ran


def manifest(repository: Restic, run: Run) -> Manifest:
    """Of a complete run."""
    said = json.loads(repository.run("dump", run.manifest, "/manifest.json").output)
    return Manifest(said.get("at", ""), said.get("facts", {}), said.get("versions", {}))


def path_of(part: str) -> str:
    """A dump's one file. restic wants it at the top, whatever a database is called."""
    return f"/{quote(part, safe='')}.sql"


def mark_of(part: str) -> str:
    return f"part={quote(part)}"  # a comma would make two tags of one


def open_repository(host: settings.Settings, secrets: bundle.Secrets | None = None) -> tuple[settings.Backup, Restic]:
    if host.backup is None:
        raise refused("host.json/backup", "is not set: this host has no backups", "add a BackupBucket to the stack")
    if secrets is None:
        secrets = bundle.parse_secrets(bundle.read_last()[1])
        console.conceal(secrets.all)
    return host.backup, restic(host.backup, secrets, host.machine.name)


def check(host: settings.Settings, secrets: bundle.Secrets) -> None:
    open_repository(host, secrets)[1].ready()


def now(host: settings.Settings) -> None:
    plan, repository = open_repository(host)
    with lock.held("backup", LOCK_PATIENCE):
        if not state.has_begun():  # a backup of what is empty for want of a restore would be the newest one
            raise refused("backup", "this host has not got its data yet", "run `cdktf deploy`: it ends what it began")
        begun = time.monotonic()
        try:
            repository.ready()
            run = save(host, plan, repository)
            with console.timed("backup: removing what is older than kept"):
                _remove_old(plan, repository)
        except (HostError, OSError) as error:
            state.update(backup={**state.read().get("backup", {}), "failed_at": state.now(), "reason": console.clean(str(error))})
            state.remember("backup", "failed", reason=console.clean(str(error)))
            raise
        seconds = round(time.monotonic() - begun)
        state.update(backup={"run": run.name, "parts": len(run.parts), "seconds": seconds, "at": state.now()})
        state.remember("backup", "done", run=run.name, seconds=seconds)
    console.say(f"backup: {run.name} is complete, {len(run.parts)} parts in {seconds} s")


def save(host: settings.Settings, plan: settings.Backup, repository: Restic, safety: bool = False) -> Run:
    run = Run(time.strftime("%Y%m%dT%H%M%SZ", time.gmtime()), safety=safety)
    tags = [SAFETY if safety else TAG, f"run={run.name}"]
    for service in plan.postgres:
        target = postgres.container(host.application.project, service)
        with console.timed(f"backup: roles of {service}"):
            part = f"{GLOBALS}/{service}"
            repository.save_output(postgres.dump_globals(target), path_of(part), [*tags, mark_of(part)])
            run.parts[part] = ""
        for database in postgres.databases(target):
            with console.timed(f"backup: database {database} of {service}"):
                part = f"postgres/{service}/{database}"
                repository.save_output(postgres.dump(target, database), path_of(part), [*tags, mark_of(part)])
                run.parts[part] = ""
    for volume in plan.volumes:
        folder = volumes.folder(volume)
        if folder is None:
            raise failed(
                f"backup/volumes/{volume}", "is not there, or its disk is not", "is the name right, and its service running?"
            )
        with console.timed(f"backup: volume {volume}"):
            repository.save_paths([str(folder)], [*tags, mark_of(f"volume/{volume}")])
            run.parts[f"volume/{volume}"] = ""
    run.expected = len(run.parts)
    manifest = {"format": 1, "host": host.machine.name, "run": run.name, "parts": sorted(run.parts)}
    marks = [*tags, mark_of(MANIFEST), f"parts={run.expected}"]
    repository.save_text(json.dumps(manifest, indent=1), "/manifest.json", marks)
    return run


def _remove_old(plan: settings.Backup, repository: Restic) -> None:
    """Runs that did not end go first, or their newer parts would push complete ones out."""
    broken = [snapshot for run in runs(repository) if not run.complete for snapshot in run.snapshots]
    if broken:
        repository.run("forget", *broken)
    repository.forget(TAG, plan.keep)
    repository.forget(SAFETY, {"last": 3})
    repository.run("prune")


def runs(repository: Restic) -> list[Run]:
    """All runs, the newest first."""
    found: dict[str, Run] = {}
    for snapshot in repository.json("snapshots", "--tag", TAG, "--tag", SAFETY, "--host", repository.host) or []:
        tags = dict(tag.partition("=")[::2] for tag in snapshot.get("tags") or [])
        if "run" not in tags or "part" not in tags:
            continue
        run = found.setdefault(tags["run"], Run(tags["run"], safety=SAFETY in tags))
        run.snapshots.append(snapshot["id"])
        if tags["part"] == MANIFEST:
            run.expected, run.manifest = int(tags["parts"]), snapshot["id"]
        else:
            run.parts[unquote(tags["part"])] = snapshot["id"]
    return sorted(found.values(), key=lambda run: run.name, reverse=True)


def show(host: settings.Settings, as_json: bool) -> None:
    found = runs(open_repository(host)[1])
    if as_json:
        rows = [{"run": r.name, "complete": r.complete, "safety": r.safety, "parts": sorted(r.parts)} for r in found]
        console.show(json.dumps(rows))
        return
    if not found:
        console.show("no backups yet; `single-host backup now` makes one")
    for run in found:
        notes = ["complete" if run.complete else "INCOMPLETE", *(["before a restore"] if run.safety else [])]
        console.show(f"{run.name}  {', '.join(notes)}: {', '.join(sorted(run.parts))}")
