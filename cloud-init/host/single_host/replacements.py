"""What a restore replaces, kind by kind: brought whole beside the present one, then exchanged, or thrown away again.

Each step may be repeated: one that was killed is done once more, one that was done is seen to be.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from . import backup, containers, engine, files, layout, postgres, postgres_load, rollout, settings, volumes
from .containers import Container
from .fault import Fault, HostError, failed
from .restic import Restic
from .run import run

STAGING = layout.STATE / "restoring"
FILES = ".single-host-restored-files"  # beside a volume that keeps the rest of what it has
MEBIBYTE = 1024**2
KEPT_FREE = 64 * MEBIBYTE
BELONGING = {"sqlite": ("-wal", "-shm", "-journal"), "duckdb": (".wal",)}  # to the old file alone


@dataclass(frozen=True)
class Source:
    repository: Restic
    run: backup.Run

    def file(self, part: str, target: Path) -> None:
        """A part that is one file, written anew."""
        files.make_folder(target.parent)
        argv = ["dd", f"of={target}", "bs=1M", "conv=fsync", "status=none"]
        self.repository.feed(self.run.parts[part], backup.path_of(part), argv)


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
        postgres_load.load(target, self.name, lambda argv: source.repository.feed(snapshot, path, argv))

    def exchange(self) -> None:
        postgres_load.exchange(self._awake(), self.name)

    def discard(self) -> None:
        with contextlib.suppress(HostError):  # where it does not run it is thrown away when the next one is loaded
            postgres_load.discard(postgres.container(self.place, self.service), self.name)

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
        return _existing(Path(self.place).parent)

    def fetch(self, source: Source) -> None:
        present, snapshot = Path(self.place), source.run.parts[self.part]
        if os.path.ismount(present):
            raise failed(self.part, "is a disk of its own, so nothing can take its place", "save a folder on it instead")
        volumes.clear(present)
        files.make_folder(present.parent)
        source.repository.restore(snapshot, volumes.beside(present, volumes.RESTORING))
        fresh = volumes.settle(present, source.repository.path_of(snapshot))
        for part in self.contents:
            source.file(part, fresh / part.split("/", 2)[2])
        _flush(fresh)

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
        return _existing(Path(self.place).parent)

    def fetch(self, source: Source) -> None:
        self.discard()
        source.file(self.part, self._fresh)
        if self.target.exists():
            owner = self.target.stat()
            os.chown(self._fresh, owner.st_uid, owner.st_gid)
            self._fresh.chmod(owner.st_mode & 0o7777)
        _flush(self._fresh)

    def exchange(self) -> None:
        if not self._fresh.exists():
            return
        files.make_folder(self.target.parent)
        for ending in BELONGING[self.part.split("/", 1)[0]]:
            files.remove(self.target.with_name(self.target.name + ending))
        self._fresh.rename(self.target)
        files.remove_empty_folders(self._fresh.parent.parent, [f"{FILES}/x"])

    def discard(self) -> None:
        files.remove(self._fresh)

    @property
    def _fresh(self) -> Path:
        return volumes.beside(Path(self.place), FILES) / quote(self.part, safe="")


def replacement(host: settings.Settings, part: str, place: str, contents: tuple[str, ...] = ()) -> Replacement:
    kind = part.partition("/")[0]
    if kind == "postgres":
        return Database(part, place)
    if kind in BELONGING:
        return EngineFile(part, place)
    return Folder(part, place, contents)


def check_room(source: Source, items: Sequence[Replacement]) -> None:
    """Before anything stops. A dump becomes tables and indexes: twice its size."""
    needed: dict[int, int] = {}
    free: dict[int, int] = {}
    for item in items:
        size = sum(source.repository.size(source.run.parts[part]) for part in (item.part, *item.contents))
        device = item.disk.stat().st_dev
        needed[device] = needed.get(device, 0) + size * (2 if isinstance(item, Database) else 1)
        free[device] = shutil.disk_usage(item.disk).free
    faults = [
        Fault(
            "disk", f"the restore needs {count // MEBIBYTE} MiB beside what is there, and {free[device] // MEBIBYTE} MiB are free"
        )
        for device, count in needed.items()
        if count + KEPT_FREE > free[device]
    ]
    if faults:
        remedy = Fault("restore", "was not begun", "make room, or restore one part after the other with --only")
        raise HostError([*faults, remedy])


def _existing(folder: Path) -> Path:
    while not folder.is_dir():
        folder = folder.parent
    return folder


def _flush(path: Path) -> None:
    """A power cut must not find a name for what is not on the disk yet."""
    run(["sync", "--file-system", str(path)], timeout=3600)
