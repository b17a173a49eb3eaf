"""Release records: what ran, as a whole, since when and by whom. Written once, never changed; no secret value is in them.

The newest good one is what runs. It is the only order among the state: images of released services come from it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from .. import bundle, files, layout, state
from ..fault import failed, refused

FOLDER = layout.STATE / "releases"
PENDING = FOLDER / "pending.json"
KEPT_GOOD = 5  # and their images with them
KEPT_ALL = 50

GOOD = "good"
FAILED = "failed"
DEPLOY = "deploy"
RELEASE = "release"
ROLLBACK = "rollback"


@dataclass(frozen=True)
class Image:
    asked: str  # as somebody wrote it
    reference: str  # by digest; "" where the service has none yet
    released: bool  # by a release: a deployment does not turn it back


@dataclass(frozen=True)
class Record:
    number: int
    kind: str
    at: str
    by: str
    outcome: str
    images: Mapping[str, Image]
    files: Mapping[str, Any] = field(default_factory=dict)  # as in bundle.json; none of a failed attempt
    reason: str = ""
    of: int | None = None  # the record that a rollback replayed
    backup: str = ""  # taken before the migration
    seconds: int = 0

    @property
    def parts(self) -> bundle.Bundle:
        return bundle.parse(json.dumps({"format": bundle.FORMAT, "files": self.files}).encode())

    @property
    def pinned(self) -> dict[str, str]:
        return {name: image.reference for name, image in self.images.items() if image.released and image.reference}

    def summary(self) -> dict[str, Any]:
        """All but the files: what a list shows."""
        return {name: value for name, value in asdict(self).items() if name != "files"}


def read_all(folder: Path | None = None) -> list[Record]:
    """The newest first. A record that cannot be read is as good as none."""
    folder = folder or FOLDER
    found = (_read(path) for path in sorted(folder.glob("[0-9]*.json"), reverse=True)) if folder.is_dir() else ()
    return [record for record in found if record]


def current() -> Record | None:
    return next((record for record in read_all() if record.outcome == GOOD), None)


def find(number: int) -> Record:
    found = read_all()
    for record in found:
        if record.number == number:
            return record
    known = ", ".join(str(record.number) for record in found if record.outcome == GOOD)
    raise refused(f"releases/{number}", "is not among the records", f"good ones are {known or 'none'}")


def write(record: Record) -> None:
    text = json.dumps({"format": 1, **asdict(record)}, indent=1) + "\n"
    files.make_folder(FOLDER, 0o700)
    files.write(_path(record.number), text, 0o600)
    _remove_old()


def next_number() -> int:
    return max((record.number for record in read_all()), default=0) + 1


def begin(kind: str, by: str) -> None:
    """Said before the first change: a run that finds it knows that the one before it was killed."""
    files.make_folder(FOLDER, 0o700)
    files.write(PENDING, json.dumps({"kind": kind, "by": by, "at": state.now()}) + "\n", 0o600)


def end() -> None:
    files.remove(PENDING)


def interrupted() -> dict[str, Any] | None:
    try:
        found = json.loads(PENDING.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return None
    except ValueError:
        found = {}
    return found if isinstance(found, dict) else {}


def files_of(parts: bundle.Bundle) -> Mapping[str, Any]:
    entries: Mapping[str, Any] = json.loads(parts.raw)["files"]
    return entries


def _path(number: int) -> Path:
    return FOLDER / f"{number:06}.json"


def _read(path: Path) -> Record | None:
    try:
        data = json.loads(path.read_bytes())
        images = {name: Image(**image) for name, image in data.pop("images").items()}
        if data.pop("format") != 1:
            return None
        return Record(images=images, **data)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def _remove_old() -> None:
    """The newest good ones, and the failures between them."""
    good = 0
    for index, record in enumerate(read_all()):
        good += record.outcome == GOOD
        older = good >= KEPT_GOOD or index >= KEPT_ALL
        if good > KEPT_GOOD or (older and record.outcome != GOOD):
            files.remove(_path(record.number))


def previous() -> Record:
    """What a rollback without a number goes back to: the good one before the present, or before what that replayed."""
    present = current()
    if present is None:
        raise failed("rollback", "nothing has been released here yet")
    limit = present.of or present.number
    for record in read_all():
        if record.outcome == GOOD and record.number < limit:
            return record
    raise refused("rollback", "there is no good record before the present one", "see `single-host releases`")
