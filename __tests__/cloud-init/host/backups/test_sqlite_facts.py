import os
import sqlite3
from contextlib import closing
from pathlib import Path

from support import HostTest

from single_host.backups.facts import ALL_ROWS, Facts
from single_host.backups.facts.sqlite import facts_of_sqlite


class SqliteFactsTest(HostTest):
    def make(self, *statements: str) -> Facts:
        file = self.root / "a.db"
        file.unlink(missing_ok=True)
        with closing(sqlite3.connect(file)) as database:
            for statement in statements:
                database.execute(statement)
            database.commit()
        return facts_of_sqlite(file)

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
            base = (f"CREATE TABLE cakes {table}", self.rows(ALL_ROWS + 1))
            known = self.make(*base)
            self.assertEqual(self.make(*base), known)
            self.assertNotEqual(self.make(*base, f"UPDATE cakes SET id = -id WHERE id = {ALL_ROWS + 1}"), known)

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
        self.assertNotEqual(facts_of_sqlite(file)["intact"], "ok")
