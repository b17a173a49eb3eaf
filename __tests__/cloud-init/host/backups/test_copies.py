"""Copies of databases while another process writes them: SQLite's own, and DuckDB's file while its process stands still."""

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import duckdb
from support import HostTest, container

from single_host import containers
from single_host.backups import embedded, frozen_copy, sqlite
from single_host.backups.embedded import Database
from single_host.backups.facts.sqlite import facts_of_sqlite
from single_host.site import freezing

# Money goes from one account to another, for ever; the sum of all is always the same.
SQLITE_WRITER = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=60)
db.execute(f"PRAGMA journal_mode={sys.argv[2]}")
db.execute("PRAGMA synchronous=OFF")
if sys.argv[3] == "alone": db.execute("PRAGMA locking_mode=EXCLUSIVE")
db.execute("CREATE TABLE accounts (id INTEGER PRIMARY KEY, amount INTEGER, note)")
db.execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 4000) "
           "INSERT INTO accounts SELECT i, 100, hex(randomblob(500)) FROM n")
print("ready", flush=True)
i = 0
while True:
    i += 1
    db.execute("BEGIN IMMEDIATE")
    db.execute("UPDATE accounts SET amount = amount - 1 WHERE id = ?", (i * 7 % 4000 + 1,))
    db.execute("UPDATE accounts SET amount = amount + 1 WHERE id = ?", (i * 13 % 4000 + 1,))
    db.execute("COMMIT")
"""
DUCKDB_WRITER = """
import duckdb, sys
db = duckdb.connect(sys.argv[1])
db.execute("SET checkpoint_threshold = '1MB'")
db.execute("CREATE TABLE accounts AS SELECT range AS id, 100 AS amount, repeat(hash(range)::VARCHAR, 20) AS note "
           "FROM range(" + sys.argv[2] + ")")
db.execute("CHECKPOINT")
print("ready", flush=True)
i = 0
while True:
    i += 1
    db.execute("BEGIN")
    db.execute("UPDATE accounts SET amount = amount - 1 WHERE id = ?", [i * 7 % 1000])
    db.execute("UPDATE accounts SET amount = amount + 1 WHERE id = ?", [i * 13 % 1000])
    db.execute("COMMIT")
"""


class CopyTest(HostTest):
    def setUp(self) -> None:
        super().setUp()
        self.target = self.root / "target"
        self.target.mkdir()

    def begin(self, program: str, *arguments: str) -> "subprocess.Popen[str]":
        writer = subprocess.Popen([sys.executable, "-c", program, *arguments], stdout=subprocess.PIPE, text=True)
        self.addCleanup(self.end, writer)
        assert writer.stdout
        self.assertEqual(writer.stdout.readline(), "ready\n")
        return writer

    def end(self, writer: "subprocess.Popen[str]") -> None:
        writer.kill()
        writer.wait()
        assert writer.stdout
        writer.stdout.close()

    def standing_still(self, writer: "subprocess.Popen[str]") -> None:
        """What `docker pause` does, to a process."""

        @contextlib.contextmanager
        def frozen(_: object) -> Iterator[freezing.Freeze]:
            freeze = freezing.Freeze()
            os.kill(writer.pid, signal.SIGSTOP)
            while Path(f"/proc/{writer.pid}/stat").read_text().rpartition(")")[2].split()[0] != "T":
                time.sleep(0.001)
            try:
                yield freeze
            finally:
                os.kill(writer.pid, signal.SIGCONT)
                freeze.seconds = time.monotonic() - freeze.begun

        self.enterContextOf(mock.patch.object(frozen_copy, "frozen", frozen))
        self.enterContextOf(mock.patch.object(containers, "mounting", return_value=[container()]))


class SqliteTest(CopyTest):
    def copy(self, mode: str, manner: str = "shared") -> float:
        file = self.root / "a ?#%.db"
        writer = self.begin(SQLITE_WRITER, str(file), mode, manner)
        self.standing_still(writer)
        stood = sqlite.copy("data", Database("sqlite", file, file.name), self.target)
        self.assertIsNone(writer.poll())
        copied = self.target / file.name
        self.assertEqual(sorted(path.name for path in self.target.iterdir()), [file.name])
        self.assertEqual(facts_of_sqlite(copied)["intact"], "ok")
        with contextlib.closing(sqlite3.connect(copied)) as database:
            self.assertEqual(database.execute("SELECT count(*), sum(amount) FROM accounts").fetchone(), (4000, 400000))
        return stood

    def test_in_wal_mode_the_copy_is_one_moment_and_the_writer_goes_on(self) -> None:
        self.assertEqual(self.copy("wal"), 0)

    def test_with_a_rollback_journal_a_busy_writer_waits_in_the_end(self) -> None:
        with mock.patch.object(sqlite, "GENTLY", 0.5), mock.patch.object(sqlite, "STEP", 20):
            self.assertEqual(self.copy("delete"), 0)

    def test_a_file_that_its_application_holds_alone_is_copied_while_that_stands_still(self) -> None:
        for mode in ("delete", "wal"):
            with self.subTest(mode), mock.patch.object(sqlite, "LOCKED", 0.3), mock.patch.object(sqlite, "GENTLY", 0.3):
                self.assertGreater(self.copy(mode, "alone"), 0)
            for path in [*self.target.iterdir(), *self.root.glob("a ?#%.db*")]:
                path.unlink()

    def test_mode_and_time_are_the_originals(self) -> None:
        file = self.root / "a.db"
        with contextlib.closing(sqlite3.connect(file)) as database:
            database.execute("CREATE TABLE t (i)")
        file.chmod(0o600)
        os.utime(file, (1, 1))
        sqlite.copy("data", Database("sqlite", file, "a.db"), self.target)
        status = (self.target / "a.db").stat()
        self.assertEqual((status.st_mode & 0o777, status.st_mtime), (0o600, 1))

    def test_what_sqlite_cannot_read_is_no_database(self) -> None:
        file = self.root / "a.db"
        head = bytearray(b"SQLite format 3\0" + bytes(4080))
        head[16:24] = b"\x10\0\1\1\0\x40\x20\x20"
        strange = bytearray(head)
        strange[44:48] = b"\0\0\0\x63"  # a format of the schema that nobody knows
        for content in (b"SQLite format 3\0" + bytes(1008), head, strange):
            file.write_bytes(content)
            with self.assertRaises(sqlite.Unreadable):
                sqlite.copy("data", Database("sqlite", file, "a.db"), self.target)
                sqlite.facts_of_copy(self.target / "a.db")


class DuckDBTest(CopyTest):
    def copy(self, rows: int) -> "subprocess.Popen[str]":
        file = self.root / "numbers.duckdb"
        writer = self.begin(DUCKDB_WRITER, str(file), str(rows))
        self.standing_still(writer)
        self.assertEqual(embedded.kind_of(file), "duckdb")
        stood = frozen_copy.copy("data", file, [file.with_name(file.name + ".wal")], self.target)
        self.assertGreater(stood, 0)
        self.assertIsNone(writer.poll())
        with contextlib.closing(duckdb.connect(str(self.target / file.name))) as database:
            self.assertEqual(database.execute("SELECT count(*), sum(amount) FROM accounts").fetchone(), (rows, rows * 100))
        return writer

    def test_a_small_file_is_copied_while_nothing_moves(self) -> None:
        self.copy(1000)

    def test_a_large_one_stands_still_for_what_has_changed_only(self) -> None:
        with mock.patch.object(frozen_copy, "AT_ONCE", 0):
            self.copy(20000)

    def test_one_that_never_rests_is_told_and_stands_still_no_longer_than_that(self) -> None:
        with (
            mock.patch.object(frozen_copy, "AT_ONCE", 0),
            mock.patch.object(freezing, "LONGEST", -1.0),
            mock.patch.object(frozen_copy, "_state", side_effect=lambda *_, **__: (0, time.monotonic_ns())),
            self.assertRaises(Exception) as caught,
        ):
            self.copy(1000)
        self.assertIn("changes faster than it can be copied", str(caught.exception))
