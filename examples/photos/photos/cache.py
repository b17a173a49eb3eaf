"""Lists of images, in Redis. A cache that is away makes the service slower, never wrong or broken."""

import logging

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from photos.settings import Settings

log = logging.getLogger("photos")


class Cache:
    """One text for a while; every change of an image throws it away."""

    def __init__(self, settings: Settings) -> None:
        self.enabled = settings.cache_enabled
        self._seconds = settings.cache_ttl_seconds
        self._key = f"{settings.cache_key_prefix}:newest"
        self._redis = Redis(
            host=settings.redis_host,
            port=settings.redis_port,
            password=settings.redis_password.get_secret_value() or None,
            socket_timeout=1,
            socket_connect_timeout=1,
            # The client's own policy waits for seconds; a list from the database is faster than that.
            retry=Retry(NoBackoff(), 1),
        )

    async def close(self) -> None:
        await self._redis.aclose()

    async def check(self) -> None:
        await self._redis.ping()

    async def read(self) -> bytes | None:
        if not self.enabled:
            return None
        try:
            value = await self._redis.get(self._key)
        except RedisError as error:
            log.warning("cache is away: %s", error)
            return None
        return value if isinstance(value, bytes) else None

    async def write(self, value: bytes) -> None:
        if self.enabled:
            try:
                await self._redis.set(self._key, value, ex=self._seconds)
            except RedisError as error:
                log.warning("cache is away: %s", error)

    async def forget(self) -> None:
        if self.enabled:
            try:
                await self._redis.delete(self._key)
            except RedisError as error:
                log.warning("cache is away: %s", error)
