import fnmatch
import sqlite3
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
