"""What a backup holds of the host itself, for a new server: its secrets, to be compared, and its release records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .. import bundle, console, files, layout, settings
from ..fault import HostError
from ..releases import records
from ..releases.records import Record
from .source import Source

PART = "host"
PLACE = layout.CACHE / "former"  # 0700, and for a moment: secrets are in it


@dataclass(frozen=True)
class Former:
    secrets: Mapping[str, str]
    records: Sequence[Record]  # the newest first

    @property
    def images(self) -> Mapping[str, str]:
        """Service -> reference, of those that releases had put in place of the stack's."""
        current = next((record for record in self.records if record.outcome == records.GOOD), None)
        return current.pinned if current else {}

    def tell_of_secrets(self, host: settings.Settings, secrets: bundle.Secrets) -> None:
        """What was encrypted or signed with another key cannot be read with today's. Names only."""
        wanted = host.application.secrets
        changed = [name for name in wanted if name in self.secrets and self.secrets[name] != secrets.application.get(name)]
        if changed:
            console.warn(
                f"{', '.join(changed)}: not the values that the backup was made with; what the application has encrypted or"
                " signed with those cannot be read. `npx single-host recover` brings them back"
            )

    def bring_records(self) -> None:
        known = {record.number for record in records.read_all()}
        for record in reversed(self.records):
            if record.number not in known:
                records.write(record)


def read(source: Source) -> Former:
    """Empty where a backup of an older version says nothing of its host."""
    snapshot = source.run.parts.get(PART)
    if snapshot is None:
        return Former({}, ())
    files.remove_folder(PLACE)
    files.make_folder(layout.CACHE)
    files.make_folder(PLACE, 0o700)
    try:
        source.repository.restore(snapshot, PLACE)
        folder = PLACE / source.repository.path_of(snapshot).lstrip("/")
        return Former(_secrets(folder / bundle.ACCEPTED / "secrets.json"), records.read_all(folder / records.FOLDER.name))
    finally:
        files.remove_folder(PLACE)


def _secrets(path: Path) -> Mapping[str, str]:
    try:
        return bundle.parse_secrets(path.read_bytes()).application
    except (OSError, HostError):
        return {}
