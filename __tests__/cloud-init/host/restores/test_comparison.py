from typing import Any

from support import HostTest

from single_host.backups.backup import Manifest, Run
from single_host.restores import comparison
from single_host.restores.comparison import Comparison
from single_host.restores.replacements import Folder
from single_host.restores.source import Source

FILES = {"files": 31, "folders": 38, "links": 0, "bytes": 1_033_508, "samples": {"a": "x"}}


class WordsTest(HostTest):
    def test_rows_that_differ_are_told_with_todays(self) -> None:
        found = Comparison(
            "postgres/db/shop", {"rows of orders": 1200, "rows of users": 5}, {"rows of orders": 900, "rows of users": 5}
        )
        self.assertEqual(found.words(), "postgres/db/shop: rows of orders 1,200, today 900")

    def test_a_table_that_is_there_no_more_has_no_rows(self) -> None:
        found = Comparison("postgres/db/shop", {"rows of orders": 7}, {"rows of users": 2})
        self.assertEqual(found.words(), "postgres/db/shop: rows of orders 7, today 0; rows of users 0, today 2")

    def test_nothing_differs(self) -> None:
        found = Comparison("volume/uploads", {"files": 3}, {"files": 3})
        self.assertEqual(found.words(), "volume/uploads: files 3, as many as today")

    def test_nothing_there_and_nothing_said(self) -> None:
        self.assertEqual(Comparison("volume/a", {"files": 3}, {}).words(), "volume/a: files 3; today there is none")
        self.assertEqual(Comparison("volume/a", {}, {"files": 3}).words(), "volume/a: nobody counted it then")

    def test_of_a_hundred_tables_some_are_shown(self) -> None:
        words = Comparison("p", {f"rows of {number:03}": 1 for number in range(100)}, {"rows of 000": 2}).words()
        self.assertEqual(words.count("today"), comparison.SHOWN)
        self.assertTrue(words.endswith("; 92 more differ"))


class OrderTest(HostTest):
    def test_a_part_is_told_before_the_next_one_is_counted(self) -> None:
        nobody: Any = None
        source = Source(nobody, Run("A", {"volume/a": "1", "volume/b": "2"}), Manifest("", {}, {}))
        folders = [self.root / name for name in "ab"]
        for folder in folders:
            folder.mkdir()
        told = comparison.compare(source, [Folder(f"volume/{folder.name}", str(folder)) for folder in folders])
        self.assertEqual(next(told).today["files"], 0)
        (folders[1] / "late").write_text("")
        self.assertEqual(next(told).today["files"], 1)


class CountsTest(HostTest):
    def test_each_kind_of_facts_has_its_numbers(self) -> None:
        self.assertEqual(comparison._counts(FILES), {"files": 31, "folders": 38, "links": 0, "bytes": 1_033_508})
        self.assertEqual(comparison._counts({"schema": "x", "rows": {"a": 1}, "samples": {}}), {"rows of a": 1})
        self.assertEqual(comparison._counts({"schema": "x", "rows": {}, "samples": {}}), {"tables": 0})
        odd = {"rows": {"a": 1, "b": "no such function: soundslike", "c": None}}
        self.assertEqual(comparison._counts(odd), {"rows of a": 1})
        duckdb = {"lake.duckdb": {"bytes": 12, "sha256": "x"}, "lake.duckdb.wal": {"bytes": 3, "sha256": "y"}}
        self.assertEqual(comparison._counts(duckdb), {"bytes of lake.duckdb": 12, "bytes of lake.duckdb.wal": 3})
