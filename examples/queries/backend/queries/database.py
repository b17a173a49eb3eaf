"""Users, workspaces and files, in PostgreSQL."""

import asyncio

import asyncpg

# Several copies of the service may start at once; only one at a time changes the schema.
SCHEMA_LOCK = 0x6465697461
TIMEOUT_SECONDS = 5.0

# Applied in this order, each once. A change of the schema is a further entry, never a change of one.
MIGRATIONS = (
    """
    CREATE TABLE users (
        id uuid PRIMARY KEY,
        email text NOT NULL UNIQUE,
        password text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
    );
    CREATE TABLE workspaces (
        id uuid PRIMARY KEY,
        owner_id uuid NOT NULL REFERENCES users,
        name text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
    );
    CREATE TABLE files (
        id uuid PRIMARY KEY,
        workspace_id uuid NOT NULL REFERENCES workspaces,
        filename text NOT NULL,
        table_name text NOT NULL,
        size bigint NOT NULL,
        sha256 text NOT NULL,
        rows bigint NOT NULL,
        stored boolean NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        UNIQUE (workspace_id, table_name)
    );
    """,
    "CREATE INDEX workspaces_by_owner ON workspaces (owner_id, created_at)",
)

Row = asyncpg.Record


class Database:
    """Connects at the first use and again after the database was away; the service itself never waits for it."""

    def __init__(self, url: str, password: str) -> None:
        self._url = url
        self._password = password
        self._pool: asyncpg.Pool | None = None
        self._connecting = asyncio.Lock()

    async def close(self) -> None:
        if self._pool is not None:
            await self._pool.close()

    async def check(self) -> None:
        await self.row("SELECT 1")

    async def row(self, query: str, *values: object) -> Row | None:
        """The first row, by the names of its columns."""
        pool = await self._connected()
        return await pool.fetchrow(query, *values, timeout=TIMEOUT_SECONDS)

    async def rows(self, query: str, *values: object) -> list[Row]:
        pool = await self._connected()
        return await pool.fetch(query, *values, timeout=TIMEOUT_SECONDS)

    async def _connected(self) -> asyncpg.Pool:
        async with self._connecting:
            if self._pool is None:
                pool = await asyncpg.create_pool(
                    self._url, password=self._password, min_size=1, max_size=5, timeout=TIMEOUT_SECONDS
                )
                try:
                    async with pool.acquire() as connection:
                        await migrate(connection)
                except BaseException:
                    pool.terminate()
                    raise
                self._pool = pool
            return self._pool


async def migrate(connection: asyncpg.pool.PoolConnectionProxy) -> None:
    """Brings the schema to the newest version: all of it or nothing."""
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", SCHEMA_LOCK)
        await connection.execute("CREATE TABLE IF NOT EXISTS schema_versions (version integer PRIMARY KEY)")
        present = await connection.fetchval("SELECT coalesce(max(version), 0) FROM schema_versions")
        for version, statements in enumerate(MIGRATIONS[present:], start=present + 1):
            await connection.execute(statements)
            await connection.execute("INSERT INTO schema_versions VALUES ($1)", version)
