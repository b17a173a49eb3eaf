"""The rows of images, in PostgreSQL."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

# Several copies of the service may start at once; only one at a time creates the table.
SCHEMA_LOCK = 0x70686F746F73
SCHEMA = """
CREATE TABLE IF NOT EXISTS images (
    id uuid PRIMARY KEY,
    filename text NOT NULL,
    content_type text NOT NULL,
    size integer NOT NULL,
    sha256 text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
)
"""
TIMEOUT_SECONDS = 5.0


@dataclass(frozen=True)
class Image:
    """One row."""

    id: UUID
    filename: str
    content_type: str
    size: int
    sha256: str
    created_at: datetime


class Database:
    """Connects at the first use and again after the database was away; the service itself never waits for it."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._pool: asyncpg.Pool | None = None
        self._connecting = asyncio.Lock()

    async def close(self) -> None:
        if self._pool is not None:
            await self._pool.close()

    async def check(self) -> None:
        pool = await self._connected()
        await pool.fetchval("SELECT 1", timeout=TIMEOUT_SECONDS)

    async def add(self, image: Image) -> None:
        pool = await self._connected()
        await pool.execute(
            "INSERT INTO images (id, filename, content_type, size, sha256, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
            image.id,
            image.filename,
            image.content_type,
            image.size,
            image.sha256,
            image.created_at,
        )

    async def find(self, image_id: UUID) -> Image | None:
        pool = await self._connected()
        row = await pool.fetchrow("SELECT * FROM images WHERE id = $1", image_id)
        return None if row is None else Image(**row)

    async def newest(self, limit: int) -> list[Image]:
        pool = await self._connected()
        rows = await pool.fetch("SELECT * FROM images ORDER BY created_at DESC, id LIMIT $1", limit)
        return [Image(**row) for row in rows]

    async def remove(self, image_id: UUID) -> bool:
        pool = await self._connected()
        return await pool.fetchval("DELETE FROM images WHERE id = $1 RETURNING true", image_id) is True

    async def _connected(self) -> asyncpg.Pool:
        async with self._connecting:
            if self._pool is None:
                pool = await asyncpg.create_pool(
                    self._dsn, min_size=1, max_size=5, timeout=TIMEOUT_SECONDS, command_timeout=30
                )
                try:
                    async with pool.acquire() as connection, connection.transaction():
                        await connection.execute("SELECT pg_advisory_xact_lock($1)", SCHEMA_LOCK)
                        await connection.execute(SCHEMA)
                except BaseException:
                    pool.terminate()
                    raise
                self._pool = pool
            return self._pool
