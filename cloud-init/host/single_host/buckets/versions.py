"""Old versions in a versioned bucket: which are past their days, and how they go without bringing anything back.

A version's days begin when another takes its place, as in S3's own lifecycle. The marker of a deleted object goes last of
all its versions: without the marker, an older version would be the object again.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

PAGE = 1000
AT_ONCE = 8  # one object a request: the stores differ on the checksum that they want of a request for many
UPLOAD_DAYS = 7


@dataclass(frozen=True)
class Version:
    key: str
    identity: str
    modified: datetime.datetime
    latest: bool
    marker: bool  # of a deletion
    size: int


@dataclass
class Outcome:
    versions: int = 0
    markers: int = 0
    uploads: int = 0
    size: int = 0  # bytes
    finished: bool = True  # False: the time was up, the next night goes on
    failures: list[str] = field(default_factory=list)


@dataclass
class Expiry:
    """One pass over a bucket. `client` is boto3's, or one that answers like it."""

    client: Any
    bucket: str
    days: int
    now: datetime.datetime
    dry_run: bool = False
    seconds: float = 900.0
    clock: Callable[[], float] = time.monotonic

    def run(self) -> Outcome:
        outcome = Outcome()
        end = self.clock() + self.seconds
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for chain in self._batches():
                old = [version for versions in chain for version in past(versions, self.now, self.days)]
                removed = dict(zip(old, pool.map(self._remove, old), strict=True))
                _count(outcome, removed)
                orphans = [marker for versions in chain if (marker := self._orphan(versions, removed))]
                _count(outcome, dict(zip(orphans, pool.map(self._remove, orphans), strict=True)))
                if self.clock() > end:
                    outcome.finished = False
                    return outcome
            self._uploads(outcome)
        return outcome

    def _batches(self) -> Iterator[list[list[Version]]]:
        """All versions, object by object, a page's worth at a time. Nothing of a batch is asked for again."""
        chain: list[Version] = []
        batch: list[list[Version]] = []
        size = 0
        for version in self._versions():
            if chain and version.key != chain[0].key:
                batch.append(chain)
                size += len(chain)
                chain = []
                if size >= PAGE:
                    yield batch
                    batch, size = [], 0
            chain.append(version)
        yield [*batch, chain] if chain else batch

    def _versions(self) -> Iterator[Version]:
        pages = self.client.get_paginator("list_object_versions").paginate(
            Bucket=self.bucket, PaginationConfig={"PageSize": PAGE}
        )
        for page in pages:
            found = [
                *(_version(entry, marker=False) for entry in page.get("Versions", ())),
                *(_version(entry, marker=True) for entry in page.get("DeleteMarkers", ())),
            ]
            # One listing, told in two lists: by object, the newest first.
            yield from sorted(
                found, key=lambda version: (version.key.encode(), not version.latest, -version.modified.timestamp())
            )

    def _orphan(self, versions: list[Version], removed: Mapping[Version, str]) -> Version | None:
        """The marker of a deleted object that has nothing else any more, looked at again: a version may be new."""
        first = versions[0]
        if not (first.latest and first.marker and _is_past(first.modified, self.now, self.days)):
            return None
        if any(removed.get(version, "is kept") for version in versions[1:]):
            return None
        if self.dry_run:
            return first
        answer = self.client.list_object_versions(Bucket=self.bucket, Prefix=first.key, MaxKeys=10)
        present = [_version(entry, marker=False) for entry in answer.get("Versions", ())]
        markers = [_version(entry, marker=True) for entry in answer.get("DeleteMarkers", ())]
        own = [version.identity for version in (*present, *markers) if version.key == first.key]
        return first if own == [first.identity] else None

    def _remove(self, version: Version) -> str:
        """What went wrong, or nothing."""
        if self.dry_run:
            return ""
        return _tried(
            lambda: self.client.delete_object(Bucket=self.bucket, Key=version.key, VersionId=version.identity), version.key
        )

    def _uploads(self, outcome: Outcome) -> None:
        pages = self.client.get_paginator("list_multipart_uploads").paginate(Bucket=self.bucket)
        for upload in [upload for page in pages for upload in page.get("Uploads", ())]:
            if not _is_past(upload["Initiated"], self.now, UPLOAD_DAYS):
                continue
            key, identity = upload["Key"], upload["UploadId"]
            abort = {"Bucket": self.bucket, "Key": key, "UploadId": identity}
            problem = "" if self.dry_run else _tried(lambda of=abort: self.client.abort_multipart_upload(**of), key)  # type: ignore[misc]
            if problem:
                outcome.failures.append(problem)
            else:
                outcome.uploads += 1


def past(versions: Iterable[Version], now: datetime.datetime, days: int) -> list[Version]:
    """Of an object's versions, the newest first, those that another has replaced longer ago than that."""
    found, successor = [], None
    for version in versions:
        if not version.latest and successor is not None and _is_past(successor.modified, now, days):
            found.append(version)
        successor = version
    return found


def _is_past(since: datetime.datetime, now: datetime.datetime, days: int) -> bool:
    return now - since >= datetime.timedelta(days=days)


def _count(outcome: Outcome, removed: Mapping[Version, str]) -> None:
    for version, problem in removed.items():
        if problem:
            outcome.failures.append(problem)
        elif version.marker:
            outcome.markers += 1
        else:
            outcome.versions += 1
            outcome.size += version.size


def _tried(action: Callable[[], object], key: str) -> str:
    try:
        action()
    except Exception as error:  # boto3 makes its classes of errors at run time
        return f"{key}: {error}"
    return ""


def _version(entry: Mapping[str, Any], marker: bool) -> Version:
    return Version(
        key=entry["Key"],
        identity=entry["VersionId"],
        modified=entry["LastModified"],
        latest=bool(entry["IsLatest"]),
        marker=marker,
        size=int(entry.get("Size") or 0),
    )
