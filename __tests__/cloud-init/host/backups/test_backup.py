import contextlib
import json
import os
import sqlite3
from typing import Any
from unittest import mock

from support import HostTest, backup_json, host_json

from single_host import bundle, layout, settings, volumes
from single_host.backups import backup, engines, postgres, saving, unsaved
from single_host.backups.backup import SAFETY, TAG
from single_host.backups.restic import Restic, Saved
from single_host.fault import REFUSED, HostError

PLAN = backup_json(postgres=[{"service": "postgres"}], volumes=["uploads"])


class FakeRestic:
    """Keeps what restic is asked to do; `snapshots` is what the repository has."""

    host = "shop-beta"

    def __init__(self, snapshots: list[dict[str, Any]] | None = None) -> None:
        self.snapshots, self.calls = snapshots or [], []  # type: ignore[var-annotated]

    def listed(self, *arguments: str) -> Any:
        return self.snapshots

    def listing(self, identity: str) -> list[dict[str, Any]]:
        return []

    def __getattr__(self, name: str) -> Any:
        def called(*arguments: Any, **options: Any) -> Saved:
            self.calls.append((name, *arguments))
            return Saved(f"snapshot-{len(self.calls)}", 1000, 10)

        return called


def snapshot(identity: str, run: str, part: str, *more: str, tag: str = TAG) -> dict[str, Any]:
    return {"id": identity, "tags": [tag, f"run={run}", f"part={part}", *more]}


WHOLE = [snapshot("1", "20251121T031500Z", "postgres/db/shop%2C1"), snapshot("2", "20251121T031500Z", "manifest", "parts=1")]
BROKEN = [snapshot("3", "20251121T091500Z", "postgres/db/shop")]
SAFE = [
    snapshot("4", "20251121T101500Z", "volume/v", tag=SAFETY),
    snapshot("5", "20251121T101500Z", "manifest", "parts=1", tag=SAFETY),
]


class RunsTest(HostTest):
    def test_a_run_without_its_manifest_is_no_backup(self) -> None:
        found = {run.name: run for run in backup.runs(FakeRestic([*WHOLE, *BROKEN, *SAFE]))}  # type: ignore[arg-type]
        self.assertTrue(found["20251121T031500Z"].complete)
        self.assertFalse(found["20251121T091500Z"].complete)
        self.assertTrue(found["20251121T101500Z"].safety)
        self.assertEqual(found["20251121T031500Z"].of("postgres"), {"db/shop,1": "1"})

    def removed(self, *snapshots: dict[str, Any], keep: int = 7) -> Any:
        host, restic = (
            settings.parse(host_json(backup={**PLAN, "keep": {**PLAN["keep"], "daily": keep}})),
            FakeRestic([*snapshots]),
        )  # type: ignore[dict-item]
        assert host.backup
        backup._remove_old(host.backup, restic)  # type: ignore[arg-type]
        return next((call[1] for call in restic.calls if call[0] == "prune"), None)

    def test_a_run_goes_as_a_whole_and_one_that_did_not_end_goes_always(self) -> None:
        older = [snapshot("8", "20251120T031500Z", "postgres/db/shop"), snapshot("9", "20251120T031500Z", "manifest", "parts=1")]
        self.assertEqual(self.removed(*WHOLE, *BROKEN, *older), ["3"])
        self.assertEqual(self.removed(*WHOLE, *older, keep=1), ["8", "9"])

    def test_copies_before_a_restore_are_counted_apart(self) -> None:
        copies = []
        for hour in range(10, 15):
            name = f"20251121T{hour}0000Z"
            copies += [
                snapshot(f"p{hour}", name, "volume/v", tag=SAFETY),
                snapshot(f"m{hour}", name, "manifest", "parts=1", tag=SAFETY),
            ]
        self.assertEqual(self.removed(*WHOLE, *copies), ["p11", "m11", "p10", "m10"])

    def test_with_a_run_from_the_future_nothing_is_removed(self) -> None:
        later = [snapshot("8", "20991121T031500Z", "volume/v"), snapshot("9", "20991121T031500Z", "manifest", "parts=1")]
        self.assertIsNone(self.removed(*later, *WHOLE, *BROKEN, keep=1))
        self.assertIn("20991121T031500Z lies in the future, so nothing is removed", self.said[-1])

    def test_snapshots_that_others_have_made_are_no_runs(self) -> None:
        self.assertEqual(
            backup.runs(FakeRestic([snapshot("1", "tuesday", "manifest", "parts=0"), {"id": "2", "tags": None}])), []
        )  # type: ignore[arg-type]

    def test_a_dump_has_one_file_at_the_top_whatever_its_database_is_called(self) -> None:
        self.assertEqual(backup.path_of('postgres/db/a/"b'), "/postgres%2Fdb%2Fa%2F%22b.sql")
        self.assertEqual(saving.mark_of("postgres/db/a,b"), "part=postgres/db/a%2Cb")


class SaveTest(HostTest):
    def setUp(self) -> None:
        super().setUp()
        for name, value in {
            "container": mock.Mock(identity="pg", image="postgres:17"),
            "databases": ["shop"],
            "snapshot": contextlib.nullcontext("00000003-1"),
            "version": "17.6",
            "end_dumps": None,
            "unsaved": [],
        }.items():
            self.enterContextOf(mock.patch.object(postgres, name, return_value=value))
        self.enterContextOf(mock.patch.object(saving, "facts_of_postgres", return_value={"rows": {"public.cakes": 3}}))
        self.enterContextOf(mock.patch.object(unsaved, "find", return_value=[]))

    def test_every_part_and_the_manifest_last(self) -> None:
        host, restic = settings.parse(host_json(backup=PLAN)), FakeRestic()
        assert host.backup
        layout.STATE.mkdir(parents=True)
        with mock.patch.object(volumes, "folder", return_value=self.root):
            run = backup.save(host, host.backup, restic)  # type: ignore[arg-type]
        order = ["save_output", "save_output", "save_paths", "save_paths", "save_text"]
        self.assertEqual([call[0] for call in restic.calls if call[0].startswith("save")], order)
        self.assertEqual(sorted(run.parts), ["globals/postgres", "host", "postgres/postgres/shop", "volume/uploads"])
        self.assertTrue(run.complete)
        self.assertIn("parts=4", restic.calls[-1][3])
        said = json.loads(restic.calls[-1][1])
        self.assertEqual(said["facts"]["postgres/postgres/shop"], {"rows": {"public.cakes": 3}})
        self.assertEqual(said["versions"], {"postgres/postgres": "17.6", "image/postgres": "postgres:17"})

    def test_a_dump_sees_what_its_facts_see(self) -> None:
        host, restic = settings.parse(host_json(backup={**PLAN, "volumes": []})), FakeRestic()
        assert host.backup
        backup.save(host, host.backup, restic)  # type: ignore[arg-type]
        dump = restic.calls[1][1]
        self.assertEqual(dump[:4], ["docker", "exec", "--interactive", "pg"])
        self.assertIn("pg_dump --lock-wait-timeout=600000 ", dump[6])
        self.assertIn('export PGDATABASE="$1"', dump[6])
        self.assertIn('--snapshot="$2"', dump[6])
        self.assertEqual(dump[-3:-1], ["shop", "00000003-1"])

    def test_the_servers_secrets_are_saved_and_its_copies_of_data_are_not(self) -> None:
        host, restic = settings.parse(host_json(backup={**PLAN, "volumes": [], "postgres": []})), FakeRestic()
        assert host.backup
        backup.save(host, host.backup, restic)  # type: ignore[arg-type]
        _, paths, _, exclude = restic.calls[0]
        self.assertEqual((paths, exclude), ([str(layout.STATE)], [str(layout.STATE / "staging")]))

    def test_one_upload_that_only_looks_like_a_database_fails_no_backup_and_is_saved(self) -> None:
        host, restic = (settings.parse(host_json(backup={**PLAN, "postgres": []})), FakeRestic())
        assert host.backup
        volume = self.root / "uploads"
        volume.mkdir()
        fake = bytearray(b"SQLite format 3\0" + bytes(4080))
        fake[16:24] = b"\x10\0\1\1\0\x40\x20\x20"
        (volume / "holiday.jpg").write_bytes(fake)
        with contextlib.closing(sqlite3.connect(volume / "real.db")) as database:
            database.execute("CREATE TABLE cakes (name)")
        with mock.patch.object(volumes, "folder", return_value=volume):
            run = backup.save(host, host.backup, restic)  # type: ignore[arg-type]
        self.assertEqual(sorted(run.parts), ["host", "sqlite/uploads/real.db", "volume/uploads"])
        exclude = next(call[3] for call in restic.calls if call[1] == [str(volume)])
        self.assertNotIn("holiday", "".join(exclude))
        self.assertIn("real.db", "".join(exclude))
        self.assertIn("holiday.jpg: is no database that SQLite can read", "\n".join(self.said))

    def test_a_database_may_lie_at_a_long_path_of_any_bytes(self) -> None:
        host, restic = (settings.parse(host_json(backup={**PLAN, "postgres": []})), FakeRestic())
        assert host.backup
        volume = self.root / "uploads"
        relative = "/".join(["База данных бухгалтерии"] * 4) + "/" + os.fsdecode(b"caf\xe9.db")
        (volume / relative).parent.mkdir(parents=True)
        with contextlib.closing(sqlite3.connect(volume / relative)) as database:
            database.execute("CREATE TABLE cakes (name)")
        with mock.patch.object(volumes, "folder", return_value=volume):
            run = backup.save(host, host.backup, restic)  # type: ignore[arg-type]
        self.assertIn(f"sqlite/uploads/{relative}", run.parts)
        marks = next(call[2] for call in restic.calls if "sqlite" in str(call[2]))
        listed = {"id": "1", "tags": marks}
        (found,) = backup.runs(FakeRestic([listed]))  # type: ignore[arg-type]
        self.assertEqual(list(found.parts), [f"sqlite/uploads/{relative}"])

    def test_files_of_an_engine_without_a_dump_are_told(self) -> None:
        host, restic = (settings.parse(host_json(backup={**PLAN, "postgres": []})), FakeRestic())
        assert host.backup
        volume = self.root / "data"
        for file in ("ibdata1", "mongo/db/WiredTiger", "pg/17/global/pg_control", "kv/CURRENT", "kv/MANIFEST-1", "x/CURRENT"):
            (volume / file).parent.mkdir(parents=True, exist_ok=True)
            (volume / file).touch()
        found = {("MySQL or MariaDB", ".")}
        self.assertEqual(set(engines.find(volume)), found)
        (volume / "ibdata1").unlink()
        found = {("MongoDB", "mongo/db"), ("PostgreSQL", "pg/17"), ("RocksDB or LevelDB", "kv")}
        self.assertEqual(set(engines.find(volume)), found)
        self.assertEqual(set(engines.find(volume, ["pg", "mongo/*"])), {("RocksDB or LevelDB", "kv")})
        with mock.patch.object(volumes, "folder", return_value=volume):
            run = backup.save(host, host.backup, restic)  # type: ignore[arg-type]
        self.assertEqual(len(run.notes), 3)
        self.assertIn("volume uploads: mongo/db is MongoDB's, and was copied file by file", "\n".join(self.said))

    def test_a_volume_that_is_not_there_is_told(self) -> None:
        host = settings.parse(host_json(backup={**PLAN, "postgres": []}))
        assert host.backup
        with mock.patch.object(volumes, "folder", return_value=None):
            faults = self.faults_of(backup.save, host, host.backup, FakeRestic())
        self.assertIn("backup/volumes/uploads: is not there", faults[0])

    def test_a_host_without_backups_says_so(self) -> None:
        host = settings.parse(host_json())
        self.assertIn("add a BackupBucket", self.faults_of(backup.open_repository, host, bundle.Secrets({}, {}, {}))[0])


class PasswordTest(HostTest):
    """A host that has been deployed well with the password `former`."""

    def judge(self, password: str, closed: bool) -> bool:
        """Whether the repository was asked."""
        bundle.keep(b"{}", json.dumps({"backup": {"RESTIC_PASSWORD": "former"}}).encode(), good=True)
        secrets = bundle.Secrets({}, {"RESTIC_PASSWORD": password}, {})
        with mock.patch.object(Restic, "is_closed_to_password", return_value=closed) as asked:
            backup.judge_password(settings.parse(host_json(backup=PLAN)), secrets)
        return asked.called

    def test_one_that_does_not_open_the_repository_is_refused_with_the_way_to_change_it(self) -> None:
        with self.assertRaisesRegex(HostError, "RESTIC_PASSWORD.*does not open.*restic key add") as caught:
            self.judge("another", closed=True)
        self.assertEqual(caught.exception.code, REFUSED)

    def test_one_that_was_added_there_is_taken(self) -> None:
        self.assertTrue(self.judge("another", closed=False))

    def test_the_same_is_not_tried_again(self) -> None:
        self.assertFalse(self.judge("former", closed=True))
