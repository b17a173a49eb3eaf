from typing import Any
from unittest import mock

from support import HostTest, host_json

from single_host import backup, bundle, postgres, settings, volumes
from single_host.backup import SAFETY, TAG

PLAN = {
    "repository": "s3:https://s3.example/bucket/shop-beta",
    "schedule": "03:15",
    "keep": {"daily": 7, "weekly": 0, "monthly": 0},
    "postgres": [{"service": "postgres"}],
    "volumes": ["uploads"],
}


class FakeRestic:
    """Keeps what restic is asked to do; `snapshots` is what the repository has."""

    host = "shop-beta"

    def __init__(self, snapshots: list[dict[str, Any]] | None = None) -> None:
        self.snapshots, self.calls = snapshots or [], []  # type: ignore[var-annotated]

    def json(self, *arguments: str) -> Any:
        return self.snapshots

    def __getattr__(self, name: str) -> Any:
        return lambda *arguments, **options: self.calls.append((name, *arguments))


def snapshot(identity: str, run: str, part: str, *more: str, tag: str = TAG) -> dict[str, Any]:
    return {"id": identity, "tags": [tag, f"run={run}", f"part={part}", *more]}


WHOLE = [snapshot("1", "A", "postgres/db/shop%2C1"), snapshot("2", "A", "manifest", "parts=1")]
BROKEN = [snapshot("3", "B", "postgres/db/shop")]
SAFE = [snapshot("4", "C", "volume/v", tag=SAFETY), snapshot("5", "C", "manifest", "parts=1", tag=SAFETY)]


class RunsTest(HostTest):
    def test_a_run_without_its_manifest_is_no_backup(self) -> None:
        found = {run.name: run for run in backup.runs(FakeRestic([*WHOLE, *BROKEN, *SAFE]))}  # type: ignore[arg-type]
        self.assertTrue(found["A"].complete)
        self.assertFalse(found["B"].complete)
        self.assertTrue(found["C"].safety)
        self.assertEqual(found["A"].of("postgres"), {"db/shop,1": "1"})

    def test_broken_runs_go_first_and_safety_copies_are_counted_apart(self) -> None:
        host = settings.parse(host_json(backup=PLAN))
        restic = FakeRestic([*WHOLE, *BROKEN])
        assert host.backup
        backup._remove_old(host.backup, restic)  # type: ignore[arg-type]
        self.assertEqual(restic.calls[0], ("run", "forget", "3"))
        self.assertEqual(restic.calls[1], ("forget", TAG, {"daily": 7, "weekly": 0, "monthly": 0}))
        self.assertEqual(restic.calls[2], ("forget", SAFETY, {"last": 3}))

    def test_a_dump_has_one_file_at_the_top_whatever_its_database_is_called(self) -> None:
        self.assertEqual(backup.path_of('postgres/db/a/"b'), "/postgres%2Fdb%2Fa%2F%22b.sql")
        self.assertEqual(backup.mark_of("postgres/db/a,b"), "part=postgres/db/a%2Cb")


class SaveTest(HostTest):
    def test_every_part_and_the_manifest_last(self) -> None:
        host, restic = settings.parse(host_json(backup=PLAN)), FakeRestic()
        assert host.backup
        with (
            mock.patch.object(postgres, "container", return_value=mock.Mock(identity="pg")),
            mock.patch.object(postgres, "databases", return_value=["shop"]),
            mock.patch.object(volumes, "folder", return_value=self.root),
        ):
            run = backup.save(host, host.backup, restic)  # type: ignore[arg-type]
        self.assertEqual([call[0] for call in restic.calls], ["save_output", "save_output", "save_paths", "save_text"])
        self.assertEqual(sorted(run.parts), ["globals/postgres", "postgres/postgres/shop", "volume/uploads"])
        self.assertIn("parts=3", restic.calls[-1][3])
        dump = restic.calls[1][1]
        self.assertEqual(dump[:4], ["docker", "exec", "--interactive", "pg"])
        self.assertIn('exec pg_dump --dbname="$1"', dump[6])
        self.assertEqual(dump[-1], "shop")

    def test_a_volume_that_is_not_there_is_told(self) -> None:
        host = settings.parse(host_json(backup={**PLAN, "postgres": []}))
        assert host.backup
        with mock.patch.object(volumes, "folder", return_value=None):
            faults = self.faults_of(backup.save, host, host.backup, FakeRestic())
        self.assertIn("backup/volumes/uploads: is not there", faults[0])

    def test_a_host_without_backups_says_so(self) -> None:
        host = settings.parse(host_json())
        self.assertIn("add a BackupBucket", self.faults_of(backup.open_repository, host, bundle.Secrets({}, {}, {}))[0])
