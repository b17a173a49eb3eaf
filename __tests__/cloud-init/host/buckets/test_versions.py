import datetime
from collections.abc import Iterator
from typing import Any
from unittest import mock

from support import HostTest, host_json

from single_host import bundle, settings, state
from single_host.buckets import expire, versions
from single_host.buckets.versions import Expiry, Outcome

NOW = datetime.datetime(2026, 11, 21, 3, 15, tzinfo=datetime.timezone.utc)


def ago(days: float) -> datetime.datetime:
    return NOW - datetime.timedelta(days=days)


class Store:
    """Answers as a versioned bucket does: by object, the newest first, in pages of two."""

    def __init__(self) -> None:
        self.entries: list[dict[str, Any]] = []
        self.uploads: list[dict[str, Any]] = []
        self.removed: list[str] = []
        self.locked: set[str] = set()

    def put(self, key: str, days: float, marker: bool = False) -> str:
        identity = f"{key}@{days}"
        for entry in self.entries:
            entry["IsLatest"] = entry["IsLatest"] and entry["Key"] != key
        entry = {"Key": key, "VersionId": identity, "LastModified": ago(days), "IsLatest": True, "Size": 10, "marker": marker}
        self.entries.append(entry)
        return identity

    def page(self, entries: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "Versions": [entry for entry in entries if not entry["marker"]],
            "DeleteMarkers": [entry for entry in entries if entry["marker"]],
        }

    def get_paginator(self, name: str) -> mock.Mock:
        def paginate(**given: Any) -> Iterator[dict[str, Any]]:
            if name == "list_multipart_uploads":
                yield {"Uploads": self.uploads}
                return
            listed = sorted(self.entries, key=lambda entry: (entry["Key"], -entry["LastModified"].timestamp()))
            for start in range(0, len(listed), 2):
                yield self.page(listed[start : start + 2])

        return mock.Mock(paginate=paginate)

    def list_object_versions(self, Prefix: str, **given: Any) -> dict[str, Any]:
        return self.page([entry for entry in self.entries if entry["Key"].startswith(Prefix)])

    def delete_object(self, Key: str, VersionId: str, **given: Any) -> None:
        if VersionId in self.locked:
            raise PermissionError("AccessDenied")
        self.removed.append(VersionId)
        self.entries = [entry for entry in self.entries if entry["VersionId"] != VersionId]

    def abort_multipart_upload(self, UploadId: str, **given: Any) -> None:
        self.removed.append(UploadId)


class ExpiryTest(HostTest):
    def setUp(self) -> None:
        super().setUp()
        self.store = Store()

    def run_expiry(self, **options: Any) -> Outcome:
        return Expiry(self.store, "files", 30, NOW, **options).run()

    def test_a_versions_days_begin_when_another_takes_its_place(self) -> None:
        self.store.put("a", 400)  # replaced 31 days ago
        self.store.put("a", 31)  # replaced yesterday
        self.store.put("a", 1)
        outcome = self.run_expiry()
        self.assertEqual(self.store.removed, ["a@400"])
        self.assertEqual((outcome.versions, outcome.size, outcome.finished), (1, 10, True))

    def test_what_is_current_stays_however_old(self) -> None:
        self.store.put("a", 4000)
        self.run_expiry()
        self.assertEqual(self.store.removed, [])

    def test_a_deleted_object_goes_with_its_marker_last(self) -> None:
        self.store.put("a", 90)
        self.store.put("a", 60)
        self.store.put("a", 31, marker=True)
        outcome = self.run_expiry()
        self.assertEqual(self.store.removed[-1], "a@31")
        self.assertEqual((outcome.versions, outcome.markers), (2, 1))
        self.assertEqual(self.store.entries, [])

    def test_an_object_that_was_deleted_yesterday_can_be_brought_back(self) -> None:
        self.store.put("a", 90)
        self.store.put("a", 1, marker=True)
        self.run_expiry()
        self.assertEqual(self.store.removed, [])

    def test_a_marker_stays_while_a_version_below_it_can_not_go(self) -> None:
        self.store.locked.add(self.store.put("a", 90))
        self.store.put("a", 31, marker=True)
        outcome = self.run_expiry()
        self.assertEqual(outcome.failures, ["a: AccessDenied"])
        self.assertEqual(len(self.store.entries), 2)

    def test_a_marker_stays_when_something_came_since_the_listing(self) -> None:
        self.store.put("a", 31, marker=True)
        self.store.list_object_versions = lambda **given: self.store.page(  # type: ignore[method-assign]
            [*self.store.entries, {**self.store.entries[0], "VersionId": "new", "marker": False}]
        )
        self.run_expiry()
        self.assertEqual(self.store.removed, [])

    def test_markers_that_were_replaced_go_as_versions_do(self) -> None:
        self.store.put("a", 90, marker=True)
        self.store.put("a", 60)
        self.assertEqual(self.run_expiry().markers, 1)
        self.assertEqual(self.store.removed, ["a@90"])

    def test_objects_from_before_versioning_share_a_name_and_are_told_apart(self) -> None:
        for key in ("a", "b"):
            self.store.put(key, 90)
            self.store.entries[-1]["VersionId"] = "null"
            self.store.put(key, 60)
        self.assertEqual(self.run_expiry().versions, 2)

    def test_unfinished_uploads_go_after_a_week(self) -> None:
        self.store.uploads = [{"Key": "a", "UploadId": str(days), "Initiated": ago(days)} for days in (8, 6)]
        self.assertEqual(self.run_expiry().uploads, 1)
        self.assertEqual(self.store.removed, ["8"])

    def test_a_dry_run_removes_nothing_and_counts_the_same(self) -> None:
        for days in (90, 60):
            self.store.put("a", days)
        self.store.put("a", 31, marker=True)
        self.store.uploads = [{"Key": "a", "UploadId": "u", "Initiated": ago(8)}]
        foreseen = self.run_expiry(dry_run=True)
        self.assertEqual(self.store.removed, [])
        self.assertEqual(foreseen, self.run_expiry())

    def test_when_the_time_is_up_the_next_night_goes_on(self) -> None:
        for number in range(6):
            self.store.put(f"{number}", 90)
            self.store.put(f"{number}", 60)
        with mock.patch.object(versions, "PAGE", 2):
            ticks = iter(range(0, 10_000, 1000))
            outcome = self.run_expiry(clock=lambda: float(next(ticks)))
            self.assertFalse(outcome.finished)
            self.assertEqual(outcome.versions, 1)
            self.assertEqual(self.run_expiry().versions, 5)


class BucketsTest(HostTest):
    PLAN = ({"endpoint": "https://nbg1.your-objectstorage.com", "region": "nbg1", "bucket": "files", "days": 30},)
    SECRETS = b'{"storage": {"ACCESS_KEY_ID": "key", "SECRET_ACCESS_KEY": "very-secret"}}'

    def expire(self, client: Any, dry_run: bool = False) -> None:
        host = settings.parse(host_json(expiring_buckets=list(self.PLAN)))
        with (
            mock.patch.object(bundle, "read_last", return_value=(b"", self.SECRETS)),
            mock.patch.object(expire, "client", client),
        ):
            expire.expire(host, dry_run)

    def test_what_was_done_is_said_and_kept_for_status(self) -> None:
        store = Store()
        store.put("a", 90)
        store.put("a", 60)
        self.expire(lambda *given: store)
        self.assertIn("bucket files: removed 1 old versions (0.0 MiB), 0 markers of deletions, 0 unfinished uploads", self.said)
        self.assertEqual(state.read()["buckets"]["files"]["removed"], 1)

    def test_a_dry_run_is_no_run(self) -> None:
        self.expire(lambda *given: Store(), dry_run=True)
        self.assertEqual(state.read(), {})

    def test_a_refused_key_is_told_without_it_and_kept_for_status(self) -> None:
        refused = mock.Mock(side_effect=RuntimeError("InvalidAccessKeyId: very-secret"))
        fault = self.faults_of(self.expire, refused)[0]
        self.assertIn("buckets/files: InvalidAccessKeyId", fault)
        self.assertIn("[secret SECRET_ACCESS_KEY]", state.read()["buckets"]["files"]["reason"])

    def test_a_bundle_without_the_buckets_key_is_refused(self) -> None:
        host = settings.parse(host_json(expiring_buckets=list(self.PLAN), application__secrets=[]))
        parts = bundle.Bundle(b"", {"app/compose.yaml": bundle.File(b"", 0o644)})
        faults = self.faults_of(bundle.check_together, host, parts, bundle.Secrets({}, {}, {}))
        self.assertEqual(len(faults), 2)
        self.assertIn("secrets.json/storage/ACCESS_KEY_ID: is missing", faults[0])
