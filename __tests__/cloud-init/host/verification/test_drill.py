import json
import shutil
import sqlite3
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from unittest import mock

from support import HostTest, backup_json, container, host_json

from single_host import console, containers, settings, state
from single_host.backups import backup, damage
from single_host.backups.backup import Manifest, Run
from single_host.backups.facts import agree
from single_host.backups.facts.folder import facts_of_folder
from single_host.backups.facts.sqlite import facts_of_sqlite
from single_host.backups.restic import Saved
from single_host.fault import HostError, failed
from single_host.restores import postgres_load
from single_host.run import Result
from single_host.verification import drill, scratch

NAME = "20251121T031500Z"
PLAN = backup_json(postgres=[{"service": "db"}], volumes=["files"], drill="Sun 05:00")
ROLES = "CREATE ROLE shop;\n"


class Repository:
    """Snapshots are folders here; a test spoils what it wants."""

    host = "shop-beta"

    def __init__(self, folders: dict[str, Path]) -> None:
        self.folders = folders

    def run(self, *arguments: str, **options: Any) -> Result:
        return Result(0, ROLES if arguments[0] == "dump" else "", "")

    def json(self, *arguments: str) -> Any:
        return {"total_size": 3 * 1024**2}

    def size(self, snapshot: str) -> int:
        return 1

    def save_text(self, *arguments: Any) -> Saved:
        return Saved("findings", 1, 1)

    def path_of(self, snapshot: str) -> str:
        return "/where/it%2Fwas [1]?"

    def restore(self, snapshot: str, target: Path) -> None:
        shutil.copytree(self.folders[snapshot], target / "where/it%2Fwas [1]?")

    def feed(self, snapshot: str, path: str, argv: Sequence[str]) -> None:
        raise failed("restic dump", "exit code 1", lines=["ciphertext verification failed"])


class DrillTest(HostTest):
    def setUp(self) -> None:
        super().setUp()
        self.files, self.database = self.root / "a", self.root / "b"
        (self.files / "deep").mkdir(parents=True)
        (self.files / "deep" / "one").write_text("1")
        (self.files / "two").write_text("2")
        self.database.mkdir()
        with sqlite3.connect(self.database / "shop.db") as shop:
            shop.execute("CREATE TABLE sold (item TEXT PRIMARY KEY)")
            shop.executemany("INSERT INTO sold VALUES (?)", [(f"{number:05}",) for number in range(2000)])
        shop.close()
        self.saved = {
            "volume/files": facts_of_folder(self.files),
            "sqlite/files/deep/shop.db": facts_of_sqlite(self.database / "shop.db"),
        }
        self.parts = {"volume/files": "s1", "sqlite/files/deep/shop.db": "s2"}
        self.repository = Repository({"s1": self.files, "s2": self.database})
        self.shown: list[str] = []
        self.enterContextOf(mock.patch.object(console, "show", self.shown.append))
        self.enterContextOf(mock.patch.object(containers, "find", return_value=[]))
        self.enterContextOf(mock.patch.object(scratch, "RESERVE", 0))

    def drill(self, name: str = "latest", as_json: bool = False) -> list[str]:
        host = settings.parse(host_json(backup=PLAN))
        run = Run(NAME, self.parts, list(self.parts.values()), expected=len(self.parts))
        manifest = Manifest("", json.loads(json.dumps(self.saved)), {})
        with (
            mock.patch.object(backup, "open_repository", return_value=(host.backup, self.repository)),
            mock.patch.object(backup, "runs", return_value=[run]),
            mock.patch.object(backup, "manifest", return_value=manifest),
        ):
            try:
                drill.drill(host, name, as_json)
            except HostError as error:
                self.assertEqual(error.code, 1)
                return [str(fault) for fault in error.faults]
        return []

    def test_a_run_that_comes_back_as_it_was_is_proven(self) -> None:
        self.assertEqual(self.drill(as_json=True), [])
        known = state.read()["drill"]
        self.assertEqual((known["run"], known["proven"], known["parts"], known["size"]), (NAME, True, 2, 3 * 1024**2))
        self.assertGreater(known["age_seconds"], 0)
        self.assertEqual(json.loads(self.shown[0])["differences"], [])
        self.assertFalse(scratch.ON_DISK.exists())

    def test_each_difference_is_named_and_none_hides_another(self) -> None:
        (self.files / "two").unlink()
        (self.files / "deep" / "one").write_text("!")
        with sqlite3.connect(self.database / "shop.db") as shop:
            shop.execute("DELETE FROM sold WHERE item < '00010'")
        shop.close()
        found = self.drill(as_json=True)
        self.assertIn("drill/volume/files: files: expected 2, found 1", found)
        self.assertTrue([fault for fault in found if "volume/files: samples/deep/one: expected" in fault])
        self.assertTrue([fault for fault in found if "volume/files: samples/two: expected" in fault and "found null" in fault])
        self.assertIn("drill/sqlite/files/deep/shop.db: rows/sold: expected 2000, found 1990", found)
        self.assertFalse([fault for fault in found if "samples/sold" in fault])
        report = json.loads(self.shown[0])
        rows = {"part": "sqlite/files/deep/shop.db", "at": "rows/sold", "expected": 2000, "found": 1990}
        self.assertIn(rows, report["differences"])
        self.assertFalse(report["proven"])
        self.assertEqual(state.read()["drill"]["run"], NAME)
        self.assertIn("rows/sold", state.read()["drill"]["reason"])
        self.assertIn("a drill of it failed", damage.of(NAME))

    def test_a_table_that_nobody_could_count_is_no_difference(self) -> None:
        expected = {"rows": {"a": None, "b": 2}, "samples": {"a": None, "b": "x"}}
        found = {"rows": {"a": 7, "b": 2}, "samples": {"a": "y", "b": "x"}}
        self.assertEqual(list(drill.compare("p", expected, found)), [])
        self.assertTrue(agree(expected["rows"], found["rows"]))
        for other in ({"a": 7}, {"a": 7, "b": 3}, {"a": 7, "b": 2, "c": 1}):
            self.assertFalse(agree(expected["rows"], other))
            self.assertTrue(list(drill.compare("p", expected, {**found, "rows": other})))

    def test_a_page_of_a_database_that_was_flipped_is_found(self) -> None:
        file = self.database / "shop.db"
        content = bytearray(file.read_bytes())
        content[4096 * 3 : 4096 * 3 + 200] = b"\xff" * 200
        file.write_bytes(content)
        self.assertTrue([fault for fault in self.drill() if "sqlite/files/deep/shop.db" in fault])

    def test_a_good_drill_after_a_bad_one_makes_the_run_good_again(self) -> None:
        (self.files / "two").rename(self.root / "aside")
        self.assertTrue(self.drill())
        self.assertTrue(self.drill())  # the latest, whatever is known against it
        (self.root / "aside").rename(self.files / "two")
        self.assertEqual(self.drill(NAME), [])
        self.assertEqual(damage.of(NAME), "")
        self.assertNotIn("failed_at", state.read()["drill"])

    def test_a_part_that_cannot_be_read_is_named_and_the_others_are_looked_at(self) -> None:
        self.parts = {**self.parts, "globals/db": "g", "postgres/db/shop": "p"}
        self.saved["postgres/db/shop"] = {"rows": {}}
        server = container("db")
        with (
            mock.patch.object(containers, "find", return_value=[server]),
            mock.patch.object(scratch, "clear"),
            mock.patch.object(scratch, "image_of", return_value="sha256:1"),
            mock.patch.object(scratch, "database_server", return_value=server),
            mock.patch.object(scratch, "end") as end,
            mock.patch.object(postgres_load, "load_globals"),
            mock.patch.object(postgres_load, "load", side_effect=lambda target, name, feed, saved: feed([])),
        ):
            (self.files / "two").unlink()
            found = self.drill()
        self.assertTrue(found[0].startswith("drill/postgres/db/shop: expected a restore, found "))
        self.assertIn("ciphertext verification failed", found[0])
        self.assertIn("drill/volume/files: files: expected 2, found 1", found)
        end.assert_called_once()

    def test_a_disk_without_room_is_told_with_what_is_needed(self) -> None:
        with mock.patch.object(scratch, "RESERVE", 2**60):
            (fault, *_) = self.drill()
        self.assertIn("MiB for a while", fault)

    def test_a_run_of_an_older_version_is_told_as_such(self) -> None:
        self.saved = {}
        self.assertIn("older version", self.drill()[0])
        self.assertIn("failed_at", state.read()["drill"])

    def test_one_is_due_until_one_has_proven_a_backup(self) -> None:
        host = settings.parse(host_json(backup=PLAN))
        undrilled = settings.parse(host_json(backup={**PLAN, "drill": None}))
        with mock.patch.object(drill, "run") as run:
            for known, begins in (({}, 1), ({"proven": True}, 0), ({"proven": True, "failed_at": "x"}, 1)):
                run.reset_mock()
                state.update(drill=known)
                drill.due(host)
                self.assertEqual(run.call_count, begins)
            run.reset_mock()
            state.update(drill={})
            drill.due(undrilled)
            run.assert_not_called()


class DuckDBTest(HostTest):
    def test_the_question_is_python(self) -> None:
        subprocess.run(["python3", "-c", f"compile({scratch.OPENS!r}, 'opens', 'exec')"], check=True)

    def test_an_image_without_it_says_nothing_against_a_file(self) -> None:
        for code, said in ((0, ""), (3, ""), (127, ""), (1, "IOException: corrupt")):
            result = Result(code, "", "Traceback\nIOException: corrupt\n")
            with mock.patch.object(scratch, "run", return_value=result):
                self.assertEqual(scratch.duckdb_opens("image", Path("/x/a.duckdb")), said)
