"""What a restore must show: counts, and digests of samples, of a database or a folder. Comparing two is `==`.

A backup takes them from what it saves, a drill from what it has restored. They are values of JSON. What a restore may
change without loss is in none of them: where a row or a file lies on the disk, how a server spells an expression.

Cost: every row is counted and every file is listed, but at most 10,000 rows of a table (else the first and the last
500 by the primary key) and 48 files of a folder (of each the first and the last 8 MiB) are read for digests. Of a
database of two million rows that took a fifth of the time of its dump (0.9 s and 5.1 s, PostgreSQL 17).
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ..containers import Container
from ..fault import failed
from . import postgres

Facts = dict[str, Any]

ALL_ROWS = 10_000
END_ROWS = 500
SAMPLED_FILES = 32
NEWEST_FILES = 16
SAMPLED_BYTES = 8 * 1024**2  # from each end of a file


def facts_of_postgres(target: Container, database: str, snapshot: str | None = None) -> Facts:
    """{"owner": role, "settings": digest, "grants": ["CONNECT to role"], "schema": digest, "rows": {table: count},
    "samples": {table: digest}, "large_objects": count}. Settings are the database's own; they may hold a secret.

    `snapshot` is one that `pg_export_snapshot()` has named: then they are those of the dump made in it.
    """
    lines = postgres.ask(target, database, FACTS_OF_POSTGRES, snapshot or "").splitlines()
    found: Facts = {"owner": "", "settings": "", "grants": [], "schema": "", "rows": {}, "samples": {}, "large_objects": 0}
    schema = hashlib.sha256()
    for line in sorted(lines):
        entry = json.loads(line)
        if "table" in entry:
            found["rows"][entry["table"]] = entry["rows"]
            found["samples"][entry["table"]] = entry["sample"]
        elif "large_objects" in entry or "owner" in entry:
            found.update(entry)
        else:
            schema.update(json.dumps(entry).encode() + b"\n")
    found["schema"] = schema.hexdigest()
    return found


# Names, columns, constraints, triggers, the bodies of functions: all as stored. Expressions are left out, because
# PostgreSQL spells some of them differently after a dump and a restore. What an extension brings is the extension's.
FACTS_OF_POSTGRES = rf"""
SET timezone = 'UTC'; SET datestyle = 'ISO, MDY'; SET intervalstyle = 'postgres'; SET bytea_output = 'hex';
SET extra_float_digits = 1; SET search_path = pg_catalog; SET row_security = off; SET lc_monetary = 'C';
SET statement_timeout = 0; SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0;
SELECT :'name' <> '' AS given \gset
BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;
\if :given
SET TRANSACTION SNAPSHOT :'name';
\endif

SELECT format('SELECT row_to_json(found) FROM (%s) found', query) FROM (VALUES
($$SELECT 'extension' AS kind, extname AS name FROM pg_extension$$),
($$SELECT 'relation' AS kind, nspname AS schema, relname AS name, relkind AS sort, relrowsecurity AS secured
  FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
  WHERE relkind IN ('r', 'p', 'v', 'm', 'S', 'f', 'i', 'I') AND {{own}} AND NOT {{extension:pg_class}}$$),
($$SELECT 'column' AS kind, nspname AS schema, relname AS relation, attname AS name, format_type(atttypid, atttypmod) AS type,
  attnotnull AS required, atthasdef AS filled, attidentity AS identity
  FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid JOIN pg_namespace n ON n.oid = relnamespace
  WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND attnum > 0 AND NOT attisdropped AND {{own}} AND NOT {{extension:pg_class}}$$),
($$SELECT 'constraint' AS kind, nspname AS schema, relname AS relation, conname AS name, contype AS sort, convalidated AS valid
  FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid JOIN pg_namespace n ON n.oid = relnamespace
  WHERE contype <> 'n' AND {{own}} AND NOT {{extension:pg_class}}$$),
($$SELECT 'trigger' AS kind, nspname AS schema, relname AS relation, tgname AS name, tgenabled AS enabled
  FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_namespace n ON n.oid = relnamespace
  WHERE NOT tgisinternal AND {{own}} AND NOT {{extension:pg_class}}$$),
($$SELECT 'function' AS kind, nspname AS schema, proname AS name, pg_get_function_identity_arguments(pg_proc.oid) AS arguments,
  md5(prosrc) AS body FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace WHERE {{own}} AND NOT {{extension:pg_proc}}$$),
($$SELECT 'label' AS kind, nspname AS schema, typname AS type, enumlabel AS name
  FROM pg_enum JOIN pg_type ON pg_type.oid = enumtypid JOIN pg_namespace n ON n.oid = typnamespace
  WHERE {{own}} AND NOT {{extension:pg_type}}$$),
($$SELECT 'policy' AS kind, schemaname AS schema, tablename AS relation, policyname AS name, cmd AS command FROM pg_policies$$)
) queries (query) \gexec

SELECT json_build_object('large_objects', count(*)) FROM pg_largeobject_metadata;
SELECT json_build_object('owner', pg_get_userbyid(datdba), 'settings', settings, 'grants', grants) FROM pg_database
CROSS JOIN LATERAL (SELECT md5(coalesce(string_agg(line, chr(10) ORDER BY line COLLATE "C"), '')) AS settings FROM (
  SELECT concat(rolname, ' ', entry) AS line FROM pg_db_role_setting LEFT JOIN pg_roles ON pg_roles.oid = setrole,
    unnest(setconfig) entry WHERE setdatabase = pg_database.oid) lines) settings
CROSS JOIN LATERAL (SELECT coalesce(json_agg(line ORDER BY line COLLATE "C"), '[]') AS grants FROM (
  SELECT concat(privilege_type, ' to ', CASE grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(grantee)::text END,
    CASE WHEN is_grantable THEN ' with grant option' END) AS line
  FROM aclexplode(coalesce(datacl, acldefault('d', datdba)))) lines) grants
WHERE datname = current_database();

SELECT format(
  $$SELECT json_build_object('table', %1$L, 'rows', amount, 'sample', CASE
    WHEN amount <= {ALL_ROWS} THEN (SELECT {{digest}} FROM (SELECT (one.*)::text AS row FROM ONLY %2$s AS one) every)
    WHEN %3$L <> '' THEN (SELECT {{digest}} FROM (
      (SELECT (one.*)::text AS row FROM ONLY %2$s AS one ORDER BY %4$s LIMIT {END_ROWS}) UNION ALL
      (SELECT (one.*)::text FROM ONLY %2$s AS one ORDER BY %5$s LIMIT {END_ROWS})) ends)
    END) FROM (SELECT count(*) AS amount FROM ONLY %2$s) counted$$,
  nspname || '.' || relname, format('%I.%I', nspname, relname), coalesce(up, ''), coalesce(up, '1'), coalesce(down, '1'))
FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
LEFT JOIN LATERAL (SELECT
    string_agg(format('one.%I%s', attname, c), ', ' ORDER BY place) AS up,
    string_agg(format('one.%I%s DESC', attname, c), ', ' ORDER BY place) AS down
  FROM pg_index, unnest(indkey) WITH ORDINALITY AS keys (number, place), pg_attribute,
    LATERAL (SELECT CASE WHEN attcollation <> 0 THEN ' COLLATE "C"' ELSE '' END AS c) collated
  WHERE indrelid = pg_class.oid AND indisprimary AND attrelid = pg_class.oid AND attnum = number) key ON true
WHERE relkind = 'r' AND relpersistence <> 't' AND {{own}} AND NOT {{extension:pg_class}} \gexec
COMMIT;
"""
for _name, _text in {
    "own": "nspname !~ '^pg_' AND nspname <> 'information_schema'",
    # the sum of rows' digests: the same in whatever order they come
    "digest": "coalesce(sum(('x' || left(md5(row), 15))::bit(60)::bigint), 0)::text",
    **{
        f"extension:{catalogue}": "EXISTS (SELECT FROM pg_depend WHERE pg_depend.objid = "
        f"{catalogue}.oid AND pg_depend.classid = '{catalogue}'::regclass AND pg_depend.deptype = 'e')"
        for catalogue in ("pg_class", "pg_proc", "pg_type")
    },
}.items():
    FACTS_OF_POSTGRES = FACTS_OF_POSTGRES.replace("{" + _name + "}", _text)


def facts_of_sqlite(file: Path) -> Facts:
    """{"intact": "ok" or why not, "schema": digest, "rows": {table: count, or why it can't be}, "samples": {table: digest}}.

    Of a file that nobody writes: a copy. Tables of modules (full text, places) are counted by the tables below them.
    """
    try:
        with sqlite3.connect(f"file:{quote(str(file))}?mode=ro&immutable=1", uri=True) as database:
            return _facts_of_sqlite(database)
    except sqlite3.Error as error:
        raise failed(str(file), f"cannot be read as a SQLite database: {error}") from None
    finally:
        if "database" in locals():
            database.close()


def _facts_of_sqlite(database: sqlite3.Connection) -> Facts:
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
            order = _sqlite_key(database, table) if count > ALL_ROWS else ""
            found["rows"][name], found["samples"][name] = count, _digest_of_rows(database, table, order)
        except sqlite3.Error as error:  # damaged, or it asks for a function of the application's
            found["rows"][name] = str(error)
    return found


def _intact(database: sqlite3.Connection) -> str:
    try:
        return str(database.execute("PRAGMA quick_check(1)").fetchone()[0], errors="replace")
    except sqlite3.Error as error:
        return str(error)


def _sqlite_key(database: sqlite3.Connection, table: str) -> str:
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


def facts_of_folder(path: Path, like: Mapping[str, Any] | None = None) -> Facts:
    """{"files": count, "folders": count, "links": count, "bytes": sum, "samples": {relative path: sha256}} of a folder or file.

    `like` are facts to compare with: then the same files are digested, and the two are equal when nothing was lost:
    `facts_of_folder(restored, like=saved) == saved`.
    """
    found: Facts = {"files": 0, "folders": 0, "links": 0, "bytes": 0, "samples": {}}
    files: dict[str, tuple[int, int]] = {}
    for entry, status in _entries(path):
        _count(found, status.st_mode, status.st_size)
        if stat.S_ISREG(status.st_mode):
            files[str(entry.relative_to(path))] = (status.st_mtime_ns, status.st_size)
    chosen = chosen_files((name, moment) for name, (moment, _) in files.items()) if like is None else like["samples"]
    found["samples"] = {name: digest_of_file(path / name) for name in sorted(chosen) if name in files}
    return found


def facts_of_saved(path: Path, saved: Iterable[Mapping[str, Any]]) -> Facts:
    """Facts of a folder as restic has saved it, by its own listing, while the folder goes on changing.

    Digests are those of the live files, so that they prove what restic has read; of files that were not written since.
    """
    found: Facts = {"files": 0, "folders": 0, "links": 0, "bytes": 0, "samples": {}}
    files: dict[str, Mapping[str, Any]] = {}
    for node in saved:
        name = os.path.relpath(node["path"], path)
        if name.startswith(".."):
            continue  # a folder above
        kind = {"file": stat.S_IFREG, "dir": stat.S_IFDIR, "symlink": stat.S_IFLNK}.get(node["type"], 0)
        if name != "." or kind != stat.S_IFDIR:
            _count(found, kind, node.get("size", 0))
        if node["type"] == "file":
            files[name] = node
    for name in sorted(chosen_files((name, node["mtime"]) for name, node in files.items())):
        before = _moment(path / name)
        if before is None or before[0] != files[name].get("size", 0) or not _same_moment(before[1], files[name]["mtime"]):
            continue
        try:
            digest = digest_of_file(path / name)
        except OSError:
            continue
        if _moment(path / name) == before:
            found["samples"][name] = digest
    return found


def chosen_files(files: Iterable[tuple[str, Any]]) -> set[str]:
    """Of names and times: some that chance, which is the same each time, and the newest."""
    known = list(files)
    by_chance = sorted(known, key=lambda file: hashlib.sha256(os.fsencode(file[0])).digest())[:SAMPLED_FILES]
    newest = sorted(known, key=lambda file: (file[1], file[0]), reverse=True)[:NEWEST_FILES]
    return {name for name, _ in by_chance + newest}


def digest_of_file(file: Path) -> str:
    """SHA-256 of its size and its two ends, which are all of it up to 16 MiB."""
    digest = hashlib.sha256()
    with file.open("rb") as content:
        size = os.fstat(content.fileno()).st_size
        digest.update(f"{size}\n".encode())
        digest.update(content.read(SAMPLED_BYTES))
        content.seek(max(SAMPLED_BYTES, size - SAMPLED_BYTES))
        digest.update(content.read(SAMPLED_BYTES))
    return digest.hexdigest()


def digest_of_all(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as content:
        while chunk := content.read(1024**2):
            digest.update(chunk)
    return digest.hexdigest()


def facts_of_duckdb(folder: Path) -> Facts:
    """{file: {"bytes", "sha256"}}: the database and what DuckDB has in its log beside it. All of it is read."""
    return {
        file.name: {"bytes": file.stat().st_size, "sha256": digest_of_all(file)}
        for file in sorted(folder.iterdir())
        if file.is_file()
    }


def _entries(path: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """Everything below a folder, or the file itself."""
    if not stat.S_ISDIR(path.lstat().st_mode):
        yield path, path.lstat()
        return
    pending = [path]
    while pending:
        for entry in os.scandir(pending.pop()):
            status = entry.stat(follow_symlinks=False)
            yield Path(entry.path), status
            if stat.S_ISDIR(status.st_mode):
                pending.append(Path(entry.path))


def _count(found: Facts, mode: int, size: int) -> None:
    kind = {stat.S_IFREG: "files", stat.S_IFDIR: "folders", stat.S_IFLNK: "links"}.get(stat.S_IFMT(mode))
    if kind:
        found[kind] += 1
    if kind == "files":
        found["bytes"] += size


def _moment(file: Path) -> tuple[int, int] | None:
    try:
        status = file.lstat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns


def _same_moment(nanoseconds: int, text: str) -> bool:
    """restic writes local time with nine digits of a second, less their last zeros: 2026-11-21T03:15:00.123456789Z."""
    fraction = text.partition(".")[2]
    digits = fraction[: len(fraction) - len(fraction.lstrip("0123456789"))]
    return nanoseconds % 10**9 == int(digits.ljust(9, "0") or 0)
