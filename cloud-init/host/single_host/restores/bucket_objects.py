"""The objects of a bucket of the application's, put back by rclone, which brought them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from .. import bundle, console, files, layout, volumes
from ..backups import saved_buckets
from ..backups.facts.folder import facts_of_folder
from ..fault import failed
from ..run import run
from ..settings import SavedBucket
from .source import Source

STAGING = layout.CACHE / "restoring"


@dataclass(frozen=True)
class Objects:
    """A bucket of the application's: what differs is put back. What was there stays as an older version of an object."""

    part: str
    place: str  # the bucket's name
    bucket: SavedBucket
    contents: tuple[str, ...] = ()

    @property
    def disk(self) -> Path:
        return volumes.disk_of(STAGING)

    def fetch(self, source: Source) -> None:
        self.discard()
        files.make_folder(self._beside, 0o700)
        found = source.folder(self.part, self._beside / "fetching")
        saved = source.manifest.facts.get(self.part)
        source.expect(self.part, facts_of_folder(found, like=saved) if saved else {})
        found.rename(self._fresh)
        volumes.flush(self._fresh)
        console.say(f"restore: {self.part}: {self._changes()}")

    def exchange(self) -> None:
        if self._fresh.is_dir():
            self._rclone("sync", *saved_buckets.SYNC, "--no-update-modtime")
        self.discard()

    def discard(self) -> None:
        volumes.remove(self._beside)

    def today(self) -> dict[str, int]:
        found = json.loads(self._rclone("size", "--json"))
        return {"files": found["count"], "bytes": found["bytes"]}

    def _changes(self) -> str:
        """As `rclone check --combined` marks them."""
        marks = [line[:1] for line in self._rclone("check", "--combined", "-", differing=True).splitlines()]
        back, other, gone = (f"{marks.count(mark):,}" for mark in "+*-")
        return f"{back} objects come back, {other} get the content of then, {gone} go, {marks.count('='):,} are the same"

    def _rclone(self, verb: str, *options: str, differing: bool = False) -> str:
        secrets = bundle.parse_secrets(bundle.read_last()[1])
        remote = f"{saved_buckets.REMOTE}:{self.bucket.bucket}"
        argv = ["rclone", verb, *saved_buckets.PATIENCE, *options, *([] if verb == "size" else [str(self._fresh)]), remote]
        done = run(argv, check=False, env=saved_buckets.environment(self.bucket, secrets), timeout=86400)
        if done.code not in ((0, 1) if differing else (0,)):
            raise failed(self.part, f"rclone {verb} ended with {done.code}", "check the bucket's key", done.last_lines[-5:])
        return done.output

    @property
    def _beside(self) -> Path:
        return STAGING / quote(self.part, safe="")

    @property
    def _fresh(self) -> Path:
        return self._beside / "fetched"
