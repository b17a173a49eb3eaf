"""What a restore replaces, kind by kind: brought whole beside the present one, then exchanged, or thrown away again.

Each step may be repeated: one that was killed is done once more, one that was done is seen to be.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from .. import console, containers, engine, files, settings, volumes
from ..backups import backup, postgres
from ..backups.facts.duckdb import facts_of_duckdb
from ..backups.facts.folder import facts_of_folder
from ..backups.facts.postgres import facts_of_postgres
from ..backups.facts.sqlite import facts_of_sqlite
from ..containers import Container
from ..fault import Fault, HostError, failed
from ..run import run
from ..site import rollout
from . import postgres_load
from .bucket_objects import Objects
from .source import Source

FILES = ".single-host-restored-files"  # beside a volume that keeps the rest of what it has
BELONGING = {"sqlite": ("-wal", "-shm", "-journal"), "duckdb": (".wal",)}  # to the old file alone


class Replacement(Protocol):
    @property
    def part(self) -> str: ...

    @property
    def place(self) -> str:
        """All that has to be remembered of where it goes."""

    @property
    def contents(self) -> Sequence[str]:
        """Parts of a run that come with it."""

    @property
    def disk(self) -> Path:
        """A folder of the disk that it is prepared on."""

    def fetch(self, source: Source) -> None: ...

    def exchange(self) -> None: ...

    def discard(self) -> None: ...


@dataclass(frozen=True)
class Database:
    part: str
    place: str  # the project
    contents: tuple[str, ...] = ()

    @property
    def service(self) -> str:
        return self.part.split("/", 2)[1]

    @property
    def name(self) -> str:
        return self.part.split("/", 2)[2]

    @property
    def disk(self) -> Path:
        target = postgres.container(self.place, self.service)
        mounts = engine.get(f"/containers/{target.identity}/json").get("Mounts") or []
        sources = [Path(mount["Source"]) for mount in mounts if str(mount["Destination"]).startswith("/var/lib/postgresql")]
        return next((source for source in sources if source.is_dir()), Path("/"))

    def fetch(self, source: Source) -> None:
        target = postgres.container(self.place, self.service)
        if snapshot := source.run.of(backup.GLOBALS).get(self.service):
            roles = source.repository.run("dump", snapshot, backup.path_of(f"{backup.GLOBALS}/{self.service}")).output
            postgres_load.load_globals(target, roles)
        snapshot, path = source.run.parts[self.part], backup.path_of(self.part)
        saved = source.manifest.facts.get(self.part, {})
        postgres_load.load(target, self.name, lambda argv: source.repository.feed(snapshot, path, argv), saved)
        # Another version may keep a schema otherwise and print rows otherwise; their number is their number. How texts are
        # sorted is today's choice, where the database is there.
        same = self._major(source) == _major(postgres.version(target))
        keys = [key for key in saved if key != "locale"] if same else ["rows", "large_objects"]
        source.expect(self.part, facts_of_postgres(target, postgres_load.beside(self.name)), keys)

    def exchange(self) -> None:
        postgres_load.exchange(self._awake(), self.name)

    def discard(self) -> None:
        with contextlib.suppress(HostError):  # where it does not run it is thrown away when the next one is loaded
            postgres_load.discard(postgres.container(self.place, self.service), self.name)

    def judge(self, source: Source) -> Fault | None:
        """Text of a newer server is not for an older one."""
        target = postgres.container(self.place, self.service)
        saved, present = self._major(source), _major(postgres.version(target))
        if saved > present:
            remedy = f"name an image of PostgreSQL {saved} or newer for {self.service}, deploy, and restore again"
            return Fault(self.part, f"was saved by PostgreSQL {saved}, and {self.service} runs {present}", remedy)
        if held := postgres.ties(target, self.name):
            remedy = "end it (`DROP SUBSCRIPTION`, `ROLLBACK PREPARED`, `ALTER DATABASE ... IS_TEMPLATE false`), then restore"
            return Fault(self.part, f"cannot give way to another: it has {', '.join(held)}", remedy)
        if saved and saved < present:
            console.say(f"restore: {self.part} was saved by PostgreSQL {saved}; {present} loads it anew, as an upgrade does")
        return None

    def _major(self, source: Source) -> int:
        return _major(source.manifest.versions.get(f"postgres/{self.service}", ""))

    def _awake(self) -> Container:
        """After a power cut it may need its time, and a `restart: no` somebody who starts it."""
        labels = (f"{containers.PROJECT}={self.place}", f"{containers.SERVICE}={self.service}")
        present = containers.find(*labels)
        for container in present:
            if container.status in ("exited", "created"):
                run(["docker", "start", container.identity])
        if not any(container.serves for container in present):
            rollout.wait(self.place, [self.service], patience=120)
        return postgres.container(self.place, self.service)


@dataclass(frozen=True)
class Folder:
    """A volume, or a folder or file of the server."""

    part: str
    place: str
    contents: tuple[str, ...] = ()  # files of engines in it, which have snapshots of their own

    @property
    def disk(self) -> Path:
        return volumes.disk_of(Path(self.place).parent)

    def fetch(self, source: Source) -> None:
        present = Path(self.place)
        if os.path.ismount(present):
            raise failed(self.part, "is a disk of its own, so nothing can take its place", "save a folder on it instead")
        volumes.clear(present)
        files.make_folder(present.parent)
        beside = volumes.beside(present, volumes.RESTORING)
        fresh = volumes.settle(present, source.folder(self.part, beside))
        saved = source.manifest.facts.get(self.part)
        source.expect(self.part, facts_of_folder(fresh, like=saved) if saved else {})
        for part in self.contents:
            found = _engine_files(source, part, beside)
            target = fresh / part.split("/", 2)[2]
            files.make_folder(target.parent)
            for file in found.iterdir():
                file.rename(target.with_name(file.name))
            volumes.remove(beside)
        volumes.flush(fresh)

    def exchange(self) -> None:
        volumes.exchange(Path(self.place))

    def discard(self) -> None:
        volumes.clear(Path(self.place))


@dataclass(frozen=True)
class EngineFile:
    """A SQLite or DuckDB file in a volume that keeps the rest of what it has."""

    part: str
    place: str  # the volume's folder
    contents: tuple[str, ...] = ()

    @property
    def target(self) -> Path:
        return Path(self.place) / self.part.split("/", 2)[2]

    @property
    def disk(self) -> Path:
        return volumes.disk_of(Path(self.place).parent)

    def fetch(self, source: Source) -> None:
        self.discard()
        _engine_files(source, self.part, self._beside / "fetching").rename(self._fresh)
        volumes.flush(self._fresh)

    def exchange(self) -> None:
        fresh = self._fresh / self.target.name
        files.make_folder(self.target.parent)
        if fresh.exists():
            for ending in BELONGING[self.part.split("/", 1)[0]]:
                files.remove(self.target.with_name(self.target.name + ending))
            fresh.rename(self.target)
        for other in self._fresh.iterdir() if self._fresh.is_dir() else ():
            other.rename(self.target.with_name(other.name))
        self.discard()

    def discard(self) -> None:
        volumes.remove(self._beside)

    @property
    def _beside(self) -> Path:
        mark = hashlib.sha256(self.part.encode()).hexdigest()[:12]
        return volumes.beside(Path(self.place), f"{FILES}-{mark}")

    @property
    def _fresh(self) -> Path:
        return self._beside / "fetched"


def _engine_files(source: Source, part: str, place: Path) -> Path:
    """A folder with a database file, and what belongs to it."""
    found = source.folder(part, place)
    if part.startswith("duckdb/"):
        source.expect(part, facts_of_duckdb(found))
    else:
        source.expect(part, facts_of_sqlite(found / part.rpartition("/")[2]))
    return found


def replacement(host: settings.Settings, part: str, place: str, contents: tuple[str, ...] = ()) -> Replacement:
    kind = part.partition("/")[0]
    if kind == "postgres":
        return Database(part, place)
    if kind in BELONGING:
        return EngineFile(part, place)
    if kind == "bucket":
        known = {f"bucket/{bucket.name}": bucket for bucket in (host.backup.buckets if host.backup else ())}
        return Objects(part, place, known[part])
    return Folder(part, place, contents)


def _major(version: str) -> int:
    """0 where nobody has said."""
    return int(version.partition(".")[0] or 0)
