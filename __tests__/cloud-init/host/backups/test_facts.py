import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from support import HostTest

from single_host.backups import facts


class FolderTest(HostTest):
    def setUp(self) -> None:
        super().setUp()
        self.folder = self.root / "folder"
        (self.folder / "deep").mkdir(parents=True)
        for number in range(100):
            (self.folder / "deep" / f"{number}").write_text(f"content {number}")
        (self.folder / "link").symlink_to("deep")

    def test_equal_folders_have_equal_facts_and_a_changed_byte_shows(self) -> None:
        before = facts.facts_of_folder(self.folder)
        self.assertEqual({key: before[key] for key in ("files", "folders", "links")}, {"files": 100, "folders": 1, "links": 1})
        self.assertEqual(facts.facts_of_folder(self.folder, like=before), before)
        victim = self.folder / next(iter(before["samples"]))
        status = victim.stat()
        victim.write_bytes(victim.read_bytes()[:-1] + b"X")
        os.utime(victim, ns=(status.st_atime_ns, status.st_mtime_ns))
        self.assertNotEqual(facts.facts_of_folder(self.folder, like=before), before)

    def test_a_file_that_is_missing_or_new_shows(self) -> None:
        before = facts.facts_of_folder(self.folder)
        (self.folder / "deep" / "1").unlink()
        self.assertNotEqual(facts.facts_of_folder(self.folder, like=before), before)

    def listing(self) -> list[dict[str, Any]]:
        """As restic tells it."""
        found = []
        for path in sorted([self.root, self.folder, *self.folder.rglob("*")]):
            status = path.lstat()
            kind = "symlink" if path.is_symlink() else "dir" if path.is_dir() else "file"
            moment = f"2026-11-21T03:15:00.{status.st_mtime_ns % 10**9:09}".rstrip("0") + "+01:00"
            found.append(
                {"path": str(path), "type": kind, "mtime": moment, **({"size": status.st_size} if kind == "file" else {})}
            )
        return found

    def test_a_restored_folder_has_the_facts_of_what_restic_has_saved(self) -> None:
        saved = facts.facts_of_saved(self.folder, self.listing())
        self.assertEqual(len(saved["samples"]) >= facts.SAMPLED_FILES, True)
        self.assertEqual(facts.facts_of_folder(self.folder, like=saved), saved)

    def test_a_file_that_was_written_after_restic_had_read_it_is_no_sample(self) -> None:
        listing = self.listing()
        first = facts.facts_of_saved(self.folder, listing)
        name = next(iter(first["samples"]))
        (self.folder / name).write_text("quite another thing")
        saved = facts.facts_of_saved(self.folder, listing)
        self.assertEqual(saved, {**first, "samples": {key: value for key, value in first["samples"].items() if key != name}})

    def test_a_single_file_has_facts_too(self) -> None:
        file = self.folder / "deep" / "1"
        found = facts.facts_of_folder(file)
        self.assertEqual((found["files"], found["bytes"], list(found["samples"])), (1, 9, ["."]))
        self.assertEqual(facts.facts_of_folder(file, like=found), found)

    def test_of_a_large_file_both_ends_count(self) -> None:
        file = self.root / "large"
        size = 3 * facts.SAMPLED_BYTES
        found = set()
        for place in (0, size - 1):
            with file.open("wb") as content:
                content.truncate(size)
                content.seek(place)
                content.write(b"x")
            found.add(facts.digest_of_file(file))
        self.assertEqual(len(found), 2)


class SqliteTest(HostTest):
    def make(self, *statements: str) -> facts.Facts:
        file = self.root / "a.db"
        file.unlink(missing_ok=True)
        with closing(sqlite3.connect(file)) as database:
            for statement in statements:
                database.execute(statement)
            database.commit()
        return facts.facts_of_sqlite(file)

    def rows(self, count: int) -> str:
        series = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) "
        return series + "INSERT INTO cakes SELECT i, 'cake ' || i FROM n"

    def test_rows_schema_and_content_count_and_their_order_does_not(self) -> None:
        base = ("CREATE TABLE cakes (id INTEGER PRIMARY KEY, name TEXT)", self.rows(100))
        known = self.make(*base)
        self.assertEqual((known["intact"], known["rows"]), ("ok", {"cakes": 100}))
        self.assertEqual(self.make(*base), known)
        for change in (
            "UPDATE cakes SET name = 'x' WHERE id = 50",
            "DELETE FROM cakes WHERE id = 50",
            "CREATE INDEX i ON cakes (name)",
        ):
            self.assertNotEqual(self.make(*base, change), known, change)

    def test_of_many_rows_the_ends_are_read(self) -> None:
        for table in ("(id INTEGER PRIMARY KEY, name TEXT)", "(id INTEGER, name TEXT, PRIMARY KEY (name, id)) WITHOUT ROWID"):
            base = (f"CREATE TABLE cakes {table}", self.rows(facts.ALL_ROWS + 1))
            known = self.make(*base)
            self.assertEqual(self.make(*base), known)
            self.assertNotEqual(self.make(*base, f"UPDATE cakes SET id = -id WHERE id = {facts.ALL_ROWS + 1}"), known)

    def test_names_and_bytes_that_are_no_text_are_read(self) -> None:
        found = self.make('CREATE TABLE "a ""b" (x)', 'INSERT INTO "a ""b" VALUES (CAST(x\'ff00\' AS TEXT)), (NULL), (1.5)')
        self.assertEqual(found["rows"], {'a "b': 3})

    def test_full_text_is_counted_below(self) -> None:
        found = self.make("CREATE VIRTUAL TABLE pages USING fts5 (words)", "INSERT INTO pages VALUES ('much cake')")
        self.assertNotIn("pages", found["rows"])
        self.assertEqual(found["rows"]["pages_content"], 1)

    def test_a_damaged_file_is_no_error_but_a_fact(self) -> None:
        self.make("CREATE TABLE cakes (id INTEGER PRIMARY KEY, name TEXT)", self.rows(2000))
        file: Path = self.root / "a.db"
        content = bytearray(file.read_bytes())
        content[8192:12288] = os.urandom(4096)
        file.write_bytes(content)
        self.assertNotEqual(facts.facts_of_sqlite(file)["intact"], "ok")
