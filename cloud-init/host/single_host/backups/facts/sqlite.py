"""Facts of a SQLite database, read from a copy of its file."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from ...fault import failed
from . import ALL_ROWS, END_ROWS, Facts


def facts_of_sqlite(file: Path) -> Facts:
    """{"intact": "ok" or why not, "schema": digest, "rows": {table: count, or why it can't be}, "samples": {table: digest}}.

    Of a file that nobody writes: a copy. Tables of modules (full text, places) are counted by the tables below them.
    """
    try:
        with closing(sqlite3.connect(f"file:{quote(os.fsencode(file))}?mode=ro&immutable=1", uri=True)) as database:
            return _facts(database)
    except sqlite3.Error as error:
        raise failed(str(file), f"cannot be read as a SQLite database: {error}") from None


def _facts(database: sqlite3.Connection) -> Facts:
    database.text_factory = bytes  # whatever an application has stored as text
    rows = database.execute("SELECT type, name, sql FROM sqlite_master ORDER BY type, name").fetchall()
    found: Facts = {
        "intact": _intact(database),
        "schema": hashlib.sha256(repr(rows).encode()).hexdigest(),
        "rows": {},
        "samples": {},
    }
    for kind, raw, sql in rows:
        if kind != b"table" or (sql or b"").upper().startswith(b"CREATE VIRTUAL"):
            continue
        name = raw.decode(errors="surrogateescape")
        table = '"' + name.replace('"', '""') + '"'
        try:
            count = database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            order = _key(database, table) if count > ALL_ROWS else ""
            found["rows"][name], found["samples"][name] = count, _digest_of_rows(database, table, order)
        except sqlite3.Error as error:  # damaged, or it asks for a function of the application's
            found["rows"][name] = str(error)
    return found


def _intact(database: sqlite3.Connection) -> str:
    try:
        return str(database.execute("PRAGMA quick_check(1)").fetchone()[0], errors="replace")
    except sqlite3.Error as error:
        return str(error)


def _key(database: sqlite3.Connection, table: str) -> str:
    columns = database.execute(f"PRAGMA table_info({table})").fetchall()
    keys = sorted((column[5], column[1].decode()) for column in columns if column[5])
    try:
        database.execute(f"SELECT rowid FROM {table} LIMIT 1")
    except sqlite3.OperationalError:  # a table WITHOUT ROWID has a primary key instead
        return ", ".join('"{}"'.format(name.replace('"', '""')) + " {0}" for _, name in keys)
    return "rowid {0}"


def _digest_of_rows(database: sqlite3.Connection, table: str, order: str) -> str:
    if order:
        queries = [f"SELECT * FROM {table} ORDER BY {order.format(way)} LIMIT {END_ROWS}" for way in ("ASC", "DESC")]
    else:
        queries = [f"SELECT * FROM {table}"]
    total = 0
    for query in queries:
        for row in database.execute(query):
            total += int.from_bytes(hashlib.sha256(repr(row).encode()).digest()[:8], "big")
    return str(total)
