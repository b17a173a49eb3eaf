"""The rows of uploaded files, in one DuckDB file: a schema for each workspace, a table for each of its files."""

import asyncio
import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import TypeVar
from uuid import UUID, uuid4

import duckdb

from queries.settings import Settings
from queries.statement import StatementRefused, check_statement

Result = TypeVar("Result")
Value = str | int | float | bool | None


class NotCsv(Exception):
    """Says why bytes can't be read as CSV."""


@dataclass(frozen=True)
class Answer:
    """Rows of a query; truncated: there are more than are shown."""

    columns: list[str]
    rows: list[list[Value]]
    truncated: bool


class Tables:
    """The one process that has the file open. Readers go on while a file is read in; there is one writer at a time."""

    def __init__(self, settings: Settings) -> None:
        self._seconds = settings.query_timeout_seconds
        self._maximum_rows = settings.query_maximum_rows
        # Not beside the database: a backup of its folder would meet files that come and go.
        self._incoming = Path(mkdtemp(prefix="queries-"))
        self._writing = asyncio.Lock()
        self._connection = duckdb.connect(
            settings.duckdb_path,
            config={
                "memory_limit": settings.duckdb_memory_limit,
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
            },
        )
        # From here on SQL reaches no file but those that are being read in, whatever it says.
        self._connection.execute(f"SET allowed_directories = [{literal(str(self._incoming))}]")
        self._connection.execute("SET enable_external_access = false")

    def close(self) -> None:
        """Leaves one whole file behind, without a log beside it."""
        self._connection.execute("CHECKPOINT")
        self._connection.close()
        rmtree(self._incoming, ignore_errors=True)

    async def check(self) -> None:
        await self._run(lambda cursor: cursor.execute("SELECT 1").fetchall())

    async def add(self, workspace: UUID, table: str, data: bytes) -> int:
        """Reads CSV into a table, in the place of one that a fault has left over; its number of rows."""
        file = self._incoming / f"{uuid4().hex}.csv"
        target = f"{schema(workspace)}.{identifier(table)}"

        def read(cursor: duckdb.DuckDBPyConnection) -> int:
            file.write_bytes(data)
            try:
                cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {schema(workspace)}")
                source = f"read_csv({literal(str(file))}, sample_size = -1)"
                cursor.execute(f"CREATE OR REPLACE TABLE {target} AS FROM {source}")
            except (duckdb.InvalidInputException, duckdb.ConversionException) as error:
                raise NotCsv(first_line(error).replace(str(file), table)) from error
            finally:
                file.unlink()
            return count(cursor, target)

        async with self._writing:
            return await self._run(read)

    async def remove(self, workspace: UUID, table: str) -> None:
        statement = f"DROP TABLE IF EXISTS {schema(workspace)}.{identifier(table)}"
        async with self._writing:
            await self._run(lambda cursor: cursor.execute(statement))

    async def query(self, workspace: UUID, sql: str) -> Answer:
        """Runs one SELECT over the workspace's tables; it ends by itself when it takes too long."""

        def read(cursor: duckdb.DuckDBPyConnection) -> Answer:
            tables = tables_of(cursor, workspace)
            check_statement(parse(cursor, sql), tables)
            if tables:
                cursor.execute(f"SET schema = {literal(schema(workspace))}")
            cursor.execute("BEGIN TRANSACTION READ ONLY")
            cursor.execute(sql)
            columns = [column[0] for column in cursor.description or []]
            rows = cursor.fetchmany(self._maximum_rows + 1)
            shown = [[plain(value) for value in row] for row in rows[: self._maximum_rows]]
            return Answer(columns, shown, len(rows) > len(shown))

        try:
            return await self._run(read, self._seconds)
        except duckdb.InterruptException as error:
            raise StatementRefused(f"takes longer than {self._seconds:g} seconds") from error
        except duckdb.Error as error:
            raise StatementRefused(first_line(error)) from error

    async def _run(self, work: Callable[[duckdb.DuckDBPyConnection], Result], seconds: float = math.inf) -> Result:
        """In a thread, with a session of its own, so that nothing else waits."""
        cursor = self._connection.cursor()

        def run() -> Result:
            try:
                return work(cursor)
            finally:
                cursor.close()

        running = asyncio.create_task(asyncio.to_thread(run))
        done, _ = await asyncio.wait([running], timeout=None if math.isinf(seconds) else seconds)
        if not done:
            cursor.interrupt()
        return await running


def count(cursor: duckdb.DuckDBPyConnection, table: str) -> int:
    [(rows,)] = cursor.execute(f"SELECT count(*) FROM {table}").fetchall()  # noqa: S608
    return int(rows)


def parse(cursor: duckdb.DuckDBPyConnection, sql: str) -> dict[str, object]:
    [(text,)] = cursor.execute("SELECT json_serialize_sql(?::varchar)", [sql]).fetchall()
    tree = json.loads(text)
    assert isinstance(tree, dict)
    return tree


def tables_of(cursor: duckdb.DuckDBPyConnection, workspace: UUID) -> set[str]:
    query = "SELECT table_name FROM duckdb_tables() WHERE schema_name = ?"
    return {name for (name,) in cursor.execute(query, [schema(workspace)]).fetchall()}


def schema(workspace: UUID) -> str:
    return f"workspace_{workspace.hex}"


def identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0]


def plain(value: object) -> Value:
    """What JSON knows stays as it is; dates, decimals and the like become text."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)
