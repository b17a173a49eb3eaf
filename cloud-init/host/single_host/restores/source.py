"""A run as the source of a restore: its parts as folders, compared with what was counted when they were saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import volumes
from ..backups import backup, facts
from ..backups.restic import Restic
from ..fault import failed


@dataclass(frozen=True)
class Source:
    repository: Restic
    run: backup.Run
    manifest: backup.Manifest

    @classmethod
    def of(cls, repository: Restic, run: backup.Run) -> Source:
        return cls(repository, run, backup.manifest(repository, run))

    def folder(self, part: str, place: Path) -> Path:
        """What its snapshot holds, below a place that is empty before."""
        snapshot = self.run.parts[part]
        volumes.remove(place)
        self.repository.restore(snapshot, place)
        return place / self.repository.path_of(snapshot).lstrip("/")

    def expect(self, part: str, found: Mapping[str, Any], keys: Sequence[str] = ()) -> None:
        """What was fetched is what was saved, or it takes nobody's place. Runs of older versions say nothing of it."""
        saved = self.manifest.facts.get(part, {})
        differing = [key for key in keys or saved if not facts.agree(saved.get(key), found.get(key))]
        if saved and differing:
            words = [f"{key}: saved {str(saved.get(key))[:200]}, came back {str(found.get(key))[:200]}" for key in differing]
            raise failed(part, "came back otherwise than it was saved", "choose another backup", words)
