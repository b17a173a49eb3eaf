"""The parts of a run, one kind after the other: what each is made of, and the facts that a restore of it must show."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from .. import bundle, console, files, layout, progress, volumes
from ..fault import HostError, failed
from ..settings import Backup, Settings
from . import embedded, engines, frozen_copy, postgres, saved_buckets, sqlite, staging, unsaved
from .embedded import SQLITE, Database
from .facts.duckdb import facts_of_duckdb
from .facts.folder import facts_of_folder, facts_of_saved
from .facts.postgres import facts_of_postgres
from .restic import Restic, Saved


def path_of(part: str) -> str:
    """A dump's one file. restic wants it at the top, whatever a database is called."""
    return f"/{quote(os.fsencode(part), safe='')}.sql"


def mark_of(part: str) -> str:
    return f"part={quote(os.fsencode(part))}"  # a comma would make two tags of one


@dataclass
class Saving:
    """One run while it is made."""

    host: Settings
    plan: Backup
    repository: Restic
    tags: Sequence[str]
    parts: dict[str, Saved] = field(default_factory=dict)
    facts: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)  # what a restore may lack though all went well

    def everything(self) -> None:
        for service in self.plan.postgres:
            self._postgres(service)
        for volume in self.plan.volumes:
            self._volume(volume)
        for path in self.plan.paths:
            self._path(path)
        if self.plan.buckets:
            self._buckets()
        self._host()
        for note in unsaved.find(self.host, self.plan):
            self._tell(note)

    def _postgres(self, service: str) -> None:
        target = postgres.container(self.host.application.project, service)
        postgres.end_dumps(target)
        self.versions[f"postgres/{service}"] = postgres.version(target)
        self.versions[f"image/{service}"] = target.image
        part = f"globals/{service}"
        self._part(part, lambda: self._output(part, postgres.dump_globals(target)))
        for database in postgres.databases(target):
            self._database(target, f"postgres/{service}/{database}", database)
        if left := postgres.unsaved(target):
            self._tell(f"{service}: no dump holds {', '.join(left)}: nobody may connect to it, or it is a template")

    def _tell(self, note: str) -> None:
        self.notes.append(note)
        console.warn(f"backup: {note}")

    def _database(self, target: Any, part: str, database: str) -> None:
        with progress.reminding(f"backup: {part}"), postgres.snapshot(target, database) as snapshot:
            self._part(part, lambda: self._output(part, postgres.dump(target, database, snapshot)))
            self.facts[part] = facts_of_postgres(target, database, snapshot)

    def _volume(self, volume: str) -> None:
        folder = volumes.folder(volume)
        if folder is None:
            raise failed(
                f"backup/volumes/{volume}", "is not there, or its disk is not", "is the name right, and its service running?"
            )
        databases = embedded.find(folder, self.plan.exclude)
        if len(databases) > embedded.AT_MOST:
            more = len(databases) - embedded.AT_MOST
            console.warn(f"volume {volume}: {more} of its database files are saved as plain files: uploads, hopefully")
            databases = embedded.latest(databases)
        # Databases first: what they refer to was there before.
        saved = [database for database in databases if self._embedded(volume, database)]
        live = [embedded.literally(file) for database in saved for file in database.files]
        self._folder(f"volume/{volume}", folder, [*self.plan.exclude, *live])
        for engine, place in engines.find(folder, self.plan.exclude):
            self._tell(
                f"volume {volume}: {place} is {engine}'s, and was copied file by file while that may write: such a copy may "
                "not open. Have it dumped into a volume, and exclude its own files"
            )

    def _embedded(self, volume: str, database: Database) -> bool:
        """False: it only looks like a database, as what somebody has uploaded may. It is a file like others then."""
        part = f"{database.kind}/{volume}/{database.relative}"
        target = staging.folder_of(volume, database.relative)
        staging.need(
            sum(file.stat().st_size for file in database.files if file.is_file()), f"volumes/{volume}/{database.relative}"
        )
        files.clear_folder(target)
        try:
            if database.kind == SQLITE:
                stood = sqlite.copy(volume, database, target)
                self.facts[part] = sqlite.facts_of_copy(target / database.file.name)
                if self.facts[part]["intact"] != "ok":
                    console.warn(f"{part}: SQLite finds it damaged: {self.facts[part]['intact']}")
            else:
                stood = frozen_copy.copy(volume, database.file, [database.files[1]], target)
                self.facts[part] = facts_of_duckdb(target)
            if stood:
                console.say(f"backup: {part}: its containers stood still for {stood:.2f} s")
            self._part(part, lambda: self._paths(part, target, ()))
            return True
        except sqlite.Unreadable as error:
            console.warn(f"{part}: is no database that SQLite can read ({error}); it is saved as a plain file")
            return False
        finally:
            files.remove_folder(target)

    def _path(self, path: str) -> None:
        if not Path(path).exists():
            raise failed(f"backup/paths/{path}", "is not there", "correct `paths` of the BackupBucket")
        self._folder(f"path/{path}", Path(path), self.plan.exclude)

    def _buckets(self) -> None:
        secrets = bundle.parse_secrets(bundle.read_last()[1])
        for bucket in self.plan.buckets:
            part = f"bucket/{bucket.name}"
            with progress.timed(f"backup: fetching what is new in the bucket {bucket.bucket}"):
                folder = saved_buckets.stage(bucket, secrets)
            self._part(part, lambda part=part, folder=folder: self._paths(part, folder, ()))  # type: ignore[misc]
            self.facts[part] = facts_of_folder(folder)

    def _host(self) -> None:
        """What a site needs besides its data. Copies of data are staged in the same place."""
        self._folder("host", layout.STATE, [embedded.literally(staging.STAGING)])

    def _folder(self, part: str, folder: Path, exclude: Iterable[str]) -> None:
        with progress.reminding(f"backup: {part}"):
            saved = self._part(part, lambda: self._paths(part, folder, exclude))
            self.facts[part] = facts_of_saved(folder, self.repository.listing(saved.snapshot))

    def _part(self, part: str, save: Callable[[], Saved]) -> Saved:
        console.say(f"backup: {part}")
        begun = time.monotonic()
        try:
            saved = save()
        except HostError as error:
            raise _not_saved(part, error) from None
        self.parts[part] = saved
        took = time.monotonic() - begun
        console.say(f"backup: {part}: {amount(saved.size)}, {amount(saved.sent)} sent, {took:.1f} s")
        return saved

    def _output(self, part: str, argv: Sequence[str]) -> Saved:
        return self.repository.save_output(argv, path_of(part), [*self.tags, mark_of(part)])

    def _paths(self, part: str, path: Path, exclude: Iterable[str]) -> Saved:
        return self.repository.save_paths([str(path)], [*self.tags, mark_of(part)], list(exclude))


def _not_saved(part: str, error: HostError) -> HostError:
    """With the last words of the program that failed: they are why."""
    (fault, *_) = error.faults
    return failed(f"backup/{part}", error.lines[-1] if error.lines else str(fault), fault.remedy, error.lines)


def amount(size: float) -> str:
    """1.5 GiB"""
    for unit in ("B", "KiB", "MiB", "GiB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "B" or size >= 100 else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} TiB"
