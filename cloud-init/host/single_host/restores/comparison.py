"""What a backup holds beside what is here today, in numbers that a person can judge by: rows of tables, files, objects."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..backups import postgres
from ..backups.facts.folder import facts_of_folder
from ..backups.facts.postgres import facts_of_postgres
from ..backups.facts.sqlite import facts_of_sqlite
from ..fault import HostError
from . import selection
from .bucket_objects import Objects
from .replacements import Database, EngineFile, Folder, Replacement
from .source import Source

SHOWN = 8
UNCOUNTED = ("samples", "schema", "intact")


@dataclass(frozen=True)
class Comparison:
    part: str
    saved: Mapping[str, int]  # what -> how many; empty where the backup does not say
    today: Mapping[str, int]  # empty where there is nothing

    def words(self) -> str:
        if not self.saved:
            return f"{self.part}: nobody counted it then"
        if not self.today:
            return f"{self.part}: {_list(self.saved)}; today there is none"
        names = [name for name in sorted({*self.saved, *self.today}) if self.saved.get(name, 0) != self.today.get(name, 0)]
        if not names:
            return f"{self.part}: {_list(self.saved)}, as many as today"
        changes = [f"{name} {self.saved.get(name, 0):,}, today {self.today.get(name, 0):,}" for name in names[:SHOWN]]
        more = f"; {len(names) - SHOWN} more differ" if len(names) > SHOWN else ""
        return f"{self.part}: {'; '.join(changes)}{more}"

    def as_data(self) -> dict[str, Any]:
        return asdict(self)


def compare(source: Source, items: Sequence[Replacement]) -> Iterator[Comparison]:
    """One after the other: to count what is here today takes its time."""
    return (_compare(source, part, item) for item in items for part in (item.part, *item.contents))


def _compare(source: Source, part: str, item: Replacement) -> Comparison:
    today: Mapping[str, Any] = {}
    with contextlib.suppress(HostError, OSError):  # what cannot be read today is no reason not to go back
        today = _today(part, item)
    return Comparison(part, _counts(source.manifest.facts.get(part, {})), _counts(today))


def _today(part: str, item: Replacement) -> Mapping[str, Any]:
    kind = selection.kind(part)
    if isinstance(item, Database):
        target = postgres.container(item.place, item.service)
        return facts_of_postgres(target, item.name) if item.name in postgres.databases(target) else {}
    if kind == "sqlite":
        return facts_of_sqlite(EngineFile(part, item.place).target)
    if kind == "duckdb":
        target_file = EngineFile(part, item.place).target
        return {target_file.name: {"bytes": target_file.stat().st_size}} if target_file.exists() else {}
    if isinstance(item, Folder):
        return facts_of_folder(Path(item.place), like={"samples": {}})
    if isinstance(item, Objects):
        return item.today()
    return {}


def _counts(found: Mapping[str, Any]) -> dict[str, int]:
    """Rows by table, bytes of a database file, files and bytes of a folder."""
    if "rows" in found:
        # of a table that SQLite could not count it says why, of one that was emptied meanwhile nothing
        counted = {f"rows of {name}": count for name, count in found["rows"].items() if isinstance(count, int)}
        return counted or {"tables": len(found["rows"])}
    counts = {name: value for name, value in found.items() if name not in UNCOUNTED}
    return {
        f"bytes of {name}" if isinstance(value, Mapping) else name: int(value["bytes"] if isinstance(value, Mapping) else value)
        for name, value in counts.items()
        if not isinstance(value, Mapping) or "bytes" in value
    }


def _list(counts: Mapping[str, int]) -> str:
    shown = [f"{name} {count:,}" for name, count in sorted(counts.items())]
    return ", ".join(shown[:SHOWN]) + (f" and {len(shown) - SHOWN} more" if len(shown) > SHOWN else "")
