"""Proves a backup: all of a run is restored beside the site and compared with what was there when it was saved.

It takes no lock of the host's: it reads the repository, and touches nothing that a release or a deployment touches.
"""

from __future__ import annotations

import calendar
import json
import os
import sqlite3
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from .. import bundle, console, containers, layout, lock, progress, settings, state
from ..backups import backup, damage
from ..backups.backup import GLOBALS, Manifest, Run
from ..backups.facts.duckdb import facts_of_duckdb
from ..backups.facts.folder import facts_of_folder
from ..backups.facts.postgres import facts_of_postgres
from ..backups.facts.sqlite import facts_of_sqlite
from ..backups.restic import Restic
from ..containers import Container
from ..fault import FAILED, Fault, HostError, failed
from ..restores import postgres_load, selection
from ..run import run
from . import scratch

UNIT = "single-host-drill.service"
PATIENCE = 600.0  # another drill may run
LOCK = layout.RUN / "drill.lock"
GROWS = 3  # a loaded database, with its indexes and its log, against its dump
SHOWN = 20


@dataclass(frozen=True)
class Difference:
    part: str
    at: str  # rows/public.photos; "" of the whole part
    expected: Any
    found: Any

    def __str__(self) -> str:
        return f"{self.at + ': ' if self.at else ''}expected {_short(self.expected)}, found {_short(self.found)}"


def due(host: settings.Settings) -> int:
    """In the background, unless the last one went well: after a first backup, and after one that mends a bad one."""
    last = state.read().get("drill", {})
    if host.backup and host.backup.drill and (not last.get("proven") or "failed_at" in last):
        console.say("drill: none has proven a backup yet; one begins in the background")
        run(["systemctl", "start", "--no-block", UNIT])
    return 0


def drill(host: settings.Settings, name: str, as_json: bool) -> int:
    plan, repository = backup.open_repository(host)
    with lock.held("drill", PATIENCE, LOCK):
        scratch.clear()  # of one that was killed
        begun, chosen = time.monotonic(), None
        try:
            repository.run("unlock", check=False)  # locks of killed runs; restic leaves the living alone
            runs = backup.runs(repository)
            chosen = _chosen(runs, name)
            size = _size(repository, chosen.snapshots)
            differences = list(Prover(host, plan, repository, chosen).differences())
        except (HostError, OSError) as error:
            _failed(chosen, console.clean(str(error)))
            raise
        finally:
            scratch.clear()
        seconds = round(time.monotonic() - begun)
    age = round(time.time() - calendar.timegm(time.strptime(chosen.name, damage.NAME)))
    parts, proven = len(chosen.parts), not differences
    report = {"run": chosen.name, "proven": proven, "age_seconds": age, "size": size, "seconds": seconds, "parts": parts}
    if as_json:
        shown = [{key: _clean(value) for key, value in asdict(entry).items()} for entry in differences]
        console.show(json.dumps({"format": 1, **report, "differences": shown}))
    if differences:
        faults = [Fault(f"drill/{entry.part}", str(entry)) for entry in differences]
        reason = "; ".join(console.clean(str(fault)) for fault in faults)
        damage.judge(repository, chosen.name, f"a drill of it failed: {reason[:500]}", {run.name for run in runs})
        _failed(chosen, reason)
        more = [Fault("drill", f"and {len(faults) - SHOWN} more differences")] if len(faults) > SHOWN else []
        raise HostError([*faults[:SHOWN], *more], code=FAILED)
    damage.judge(repository, chosen.name, "", {run.name for run in runs})
    state.update(drill={**report, "at": state.now()})
    state.remember("drill", "done", **report)
    console.say(f"drill: {chosen.name} is proven: {parts} parts, {size // 1024**2} MiB, {age // 60} min old, in {seconds} s")
    return 0


class Prover:
    def __init__(self, host: settings.Settings, plan: settings.Backup, repository: Restic, chosen: Run) -> None:
        self.host, self.plan, self.repository, self.chosen = host, plan, repository, chosen

    def differences(self) -> Iterator[Difference]:
        """All of them, whatever becomes of one part."""
        try:
            manifest = backup.manifest(self.repository, self.chosen)
        except (ValueError, AttributeError) as error:
            raise failed(f"drill/{self.chosen.name}/manifest", f"cannot be read: {error}", "back up now") from None
        if not manifest.facts:
            raise failed(
                f"drill/{self.chosen.name}",
                "was made by an older version, which wrote down nothing to compare with",
                "back up now",
            )
        services = sorted({part.split("/")[1] for part in self.chosen.parts if part.startswith(("postgres/", f"{GLOBALS}/"))})
        for service in services:
            yield from self._server(service, manifest)
        for part in sorted(self.chosen.parts):
            if part.partition("/")[0] not in ("postgres", GLOBALS):
                with progress.timed(f"drill: {part}"):
                    yield from _of_failure(part, self._files(part, manifest.facts.get(part)))

    def _server(self, service: str, manifest: Manifest) -> Iterator[Difference]:
        roles = f"{GLOBALS}/{service}"
        databases = sorted(part for part in self.chosen.parts if part.startswith(f"postgres/{service}/"))
        try:
            live = next(iter(_containers(self.host, service)), None)
            image = scratch.image_of(live) if live else manifest.versions.get(f"image/{service}", "")
            if not image:
                raise failed(f"drill/postgres/{service}", "has no container and no known image", "run `single-host apply`")
            needed = GROWS * max((self.repository.size(self.chosen.parts[part]) for part in databases), default=0)
            place = scratch.folder(f"postgres/{service}", needed)
            with progress.timed(f"drill: an empty server of {service}"):
                server = scratch.database_server(service, live, image, place, self.plan.limits.cpu_percent)
        except HostError as error:
            yield Difference(f"postgres/{service}", "", "a server like the service's", _words(error))
            return
        try:
            if roles in self.chosen.parts:
                yield from _of_failure(roles, self._roles(server, roles))
            for part in databases:
                with progress.timed(f"drill: {part}"):
                    yield from _of_failure(part, self._database(server, part, manifest.facts.get(part)))
        finally:
            scratch.end(server)

    def _roles(self, server: Container, part: str) -> Iterator[Difference]:
        text = self.repository.run("dump", self.chosen.parts[part], backup.path_of(part)).output
        if "CREATE ROLE" not in text:
            yield Difference(part, "", "roles", "none")
        postgres_load.load_globals(server, text)

    def _database(self, server: Container, part: str, expected: Mapping[str, Any] | None) -> Iterator[Difference]:
        _, _, database = part.split("/", 2)
        snapshot, path = self.chosen.parts[part], backup.path_of(part)
        postgres_load.load(server, database, lambda argv: self.repository.feed(snapshot, path, argv), expected or {})
        found = facts_of_postgres(server, postgres_load.beside(database))
        for key in ("owner", "settings", "grants", "locale"):  # a backup of an older version does not name them
            if key not in (expected or {}):
                found.pop(key)
        yield from compare(part, expected, found)
        postgres_load.discard(server, database)

    def _files(self, part: str, expected: Mapping[str, Any] | None) -> Iterator[Difference]:
        snapshot = self.chosen.parts[part]
        place = scratch.folder(part, self.repository.size(snapshot))
        self.repository.restore(snapshot, place)
        restored = place / self.repository.path_of(snapshot).lstrip("/")
        match part.partition("/")[0]:
            case "sqlite":
                file = restored / Path(part).name
                found = facts_of_sqlite(file)
                yield from compare(part, expected, found)
                if found["intact"] == "ok":
                    yield from _intact(part, file)  # which looks at the indexes too
            case "duckdb":
                yield from compare(part, expected, facts_of_duckdb(restored))
                yield from self._opens(part, restored / Path(part).name)
            case kind:
                yield from compare(part, expected, facts_of_folder(restored, like=expected))
                if kind == "host":
                    _judge_settings(restored)

    def _opens(self, part: str, file: Path) -> Iterator[Difference]:
        for user in containers.mounting(part.split("/", 2)[1]):
            if said := scratch.duckdb_opens(scratch.image_of(user), file):
                yield Difference(part, "", "a database that DuckDB opens", said)
            return


def compare(part: str, expected: Any, found: Any, at: str = "") -> Iterator[Difference]:
    """Two values of JSON; a table whose rows differ in number is told once."""
    found = json.loads(json.dumps(found))
    if not (isinstance(expected, Mapping) and isinstance(found, Mapping)):
        if expected != found:
            yield Difference(part, at, expected, found)
        return
    told = set()
    for key in [*expected, *(key for key in found if key not in expected)]:
        if at == "" and key == "samples":
            continue
        if key in expected and expected[key] is None:  # nobody could tell then
            continue
        for entry in compare(part, expected.get(key), found.get(key), f"{at}/{key}".lstrip("/")):
            told.add(entry.at.partition("/")[2])
            yield entry
    if at == "" and "samples" in expected:
        for entry in compare(part, expected["samples"], found.get("samples", {}), "samples"):
            if entry.at.partition("/")[2] not in told:
                yield entry


def _of_failure(part: str, differences: Iterator[Difference]) -> Iterator[Difference]:
    """A part that cannot be restored differs as a whole."""
    try:
        yield from differences
    except (HostError, OSError, sqlite3.Error, ValueError) as error:
        yield Difference(part, "", "a restore", _words(error))


def _intact(part: str, file: Path) -> Iterator[Difference]:
    with sqlite3.connect(f"file:{quote(os.fsencode(file))}?mode=ro&immutable=1", uri=True) as database:
        said = database.execute("PRAGMA integrity_check(1)").fetchone()[0]
    database.close()
    if said != "ok":
        yield Difference(part, "integrity_check", "ok", said)


def _judge_settings(restored: Path) -> None:
    """They are what a lost server begins with."""
    kept = restored / bundle.ACCEPTED
    parts = bundle.parse((kept / "bundle.json").read_bytes())
    secrets = bundle.parse_secrets((kept / "secrets.json").read_bytes())
    bundle.check_together(settings.parse(parts.text("host.json")), parts, secrets)


def _chosen(runs: list[Run], name: str) -> Run:
    """The latest is looked at whatever is known against it: only that tells whether it still holds."""
    complete = selection.whole(runs)
    latest = next((run for run in complete if not run.safety), complete[0])
    return latest if name == selection.LATEST else selection.run(complete, name)


def _containers(host: settings.Settings, service: str) -> list[Container]:
    return containers.find(f"{containers.PROJECT}={host.application.project}", f"{containers.SERVICE}={service}")


def _size(repository: Restic, snapshots: list[str]) -> int:
    return int(repository.json("stats", "--mode", "restore-size", *snapshots)["total_size"])


def _failed(chosen: Run | None, reason: str) -> None:
    state.update(drill={"failed_at": state.now(), "reason": reason, **({"run": chosen.name} if chosen else {})})
    state.remember("drill", "failed", reason=reason)


def _words(error: Exception) -> str:
    lines = [*getattr(error, "lines", ())][-2:]
    return " | ".join([str(error), *lines])


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 300 else f"{text[:300]} ..."


def _clean(value: Any) -> Any:
    return console.clean(value) if isinstance(value, str) else value
