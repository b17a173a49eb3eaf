import fnmatch
import os
import sqlite3
import struct
from contextlib import closing

import duckdb
from support import HostTest

from single_host.backups import embedded


class FindTest(HostTest):
    def test_databases_are_found_by_what_they_are(self) -> None:
        (self.root / "deep" / "er").mkdir(parents=True)
        with closing(sqlite3.connect(self.root / "deep" / "er" / "journal [1] *.bin")) as database:
            database.execute("CREATE TABLE cakes (name)")
        duckdb.connect(str(self.root / "numbers")).execute("CREATE TABLE n AS SELECT range AS i FROM range(100000)").close()
        found = [(entry.kind, entry.relative) for entry in embedded.find(self.root)]
        self.assertEqual(found, [("sqlite", "deep/er/journal [1] *.bin"), ("duckdb", "numbers")])

    def test_what_only_looks_like_one_is_a_file(self) -> None:
        for name, content in {
            "empty.db": b"",
            "text.db": b"SQLite format 3\0" + b"." * 496,
            "short.db": b"SQLite format 3\0\x10\x00\x01\x01\x00\x40\x20\x20",
            "poem": b"8 letterDUCK" + b" " * 500,
        }.items():
            (self.root / name).write_bytes(content)
        (self.root / "link.db").symlink_to("/dev/zero")
        self.assertEqual(embedded.find(self.root), [])

    def test_what_is_excluded_is_not_looked_at(self) -> None:
        for name in ("cache", "data"):
            (self.root / name).mkdir()
            with closing(sqlite3.connect(self.root / name / "a.db")) as database:
                database.execute("CREATE TABLE cakes (name)")
        self.assertEqual([entry.relative for entry in embedded.find(self.root, ["cache"])], ["data/a.db"])
        self.assertEqual([entry.relative for entry in embedded.find(self.root, ["*.db"])], [])

    def test_nothing_beside_a_database_leads_an_engine_out_of_its_volume(self) -> None:
        victim = self.root / "victim"
        victim.write_text("somebody else's")
        name = os.fsencode(victim)
        magic = embedded.NAMES_ANOTHER
        journal = (magic + struct.pack(">IIIII", 0, 1, 2, 512, 4096)).ljust(512, b"\0")
        journal += struct.pack(">I", 2**30 // 4096 + 1) + name + struct.pack(">II", len(name), sum(name)) + magic
        for number, (suffix, make) in enumerate(
            (
                ("-journal", lambda path: path.write_bytes(journal)),
                ("-wal", lambda path: path.symlink_to(victim)),
                ("-journal", os.mkfifo),
            )
        ):
            file = self.root / f"{number}.db"
            with closing(sqlite3.connect(file)) as database:
                database.execute("CREATE TABLE cakes (name)")
            self.assertEqual([entry.relative for entry in embedded.find(self.root)], [file.name])
            make(file.with_name(file.name + suffix))  # type: ignore[operator]
            self.assertEqual(embedded.find(self.root), [], file)
        with closing(sqlite3.connect(self.root / "0.db")) as database:  # what it would have done
            database.execute("SELECT count(*) FROM cakes")
        self.assertFalse(victim.exists())

    def test_of_too_many_the_last_written_are_databases(self) -> None:
        for number in range(embedded.AT_MOST + 1):
            file = self.root / f"{number:03}.db"
            with closing(sqlite3.connect(file)) as database:
                database.execute("CREATE TABLE cakes (name)")
            os.utime(file, (number, number))
        log = self.root / "000.db-wal"
        log.touch()
        kept = [database.relative for database in embedded.latest(embedded.find(self.root))]
        self.assertEqual(kept, [f"{number:03}.db" for number in range(embedded.AT_MOST + 1) if number != 1])

    def test_patterns_mean_what_they_mean_to_restic(self) -> None:
        for pattern, path, excluded in (
            ("*.tmp", "/srv/a/b.tmp", True),
            ("*.tmp", "/srv/a/b.tmp2", False),
            ("*.tmp", "/srv/a.tmp/b", True),
            ("cache/*.bin", "/srv/cache/a.bin", True),
            ("cache/*.bin", "/srv/cache/deep/a.bin", False),
            ("/srv/a", "/srv/a/b/c", True),
            ("/a", "/srv/a", False),
            ("a/**/z", "/srv/a/b/c/z", True),
            ("a/**/z", "/srv/a/z", True),
            ("[ab].log", "/srv/b.log", True),
            ("[^ab].log", "/srv/b.log", False),
            (r"\*", "/srv/*", True),
            (r"\*", "/srv/x", False),
            ("?", "/srv/ä", True),
        ):
            found = embedded.pattern([pattern]).fullmatch(path) is not None
            self.assertEqual(found, excluded, (pattern, path))

    def test_a_path_as_a_pattern_means_itself_alone(self) -> None:
        path = self.root / "a[1]*?\\ü.db"
        text = embedded.literally(path)
        self.assertTrue(embedded.pattern([text]).fullmatch(str(path)))
        self.assertFalse(embedded.pattern([text]).fullmatch(str(path).replace("*", "x")))
        self.assertFalse(fnmatch.fnmatch(str(path), str(path)))  # as it stands it would not
