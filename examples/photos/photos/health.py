"""Whether the service can do its work."""

import asyncio
import logging
from collections.abc import Awaitable
from typing import Literal

from fastapi import APIRouter, Response, status
from pydantic import BaseModel

from photos.services import Connected

log = logging.getLogger("photos")
router = APIRouter(tags=["health"])

CHECK_SECONDS = 4.0


class Health(BaseModel):
    """Healthy; degraded: works, with something missing; unhealthy: does not work."""

    status: Literal["healthy", "degraded", "unhealthy"]
    version: str
    database: str
    storage: str
    cache: str


@router.get("/health")
async def health(services: Connected, response: Response) -> Health:
    """Asks all three stores at once; 503 when the database is away."""
    checks = [probe("database", services.database.check()), probe("storage", services.storage.check())]
    if services.cache.enabled:
        checks.append(probe("cache", services.cache.check()))
    database, storage, *cache = await asyncio.gather(*checks)
    everything = "connected" == database == storage and cache in ([], ["connected"])
    if database != "connected":
        response.status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    return Health(
        status="unhealthy" if database != "connected" else "healthy" if everything else "degraded",
        version=services.settings.app_version,
        database=database,
        storage=storage,
        cache=cache[0] if cache else "disabled",
    )


async def probe(name: str, check: Awaitable[None]) -> str:
    """Connected or not; why not is in the log, never in the answer: it may name hosts and users."""
    try:
        await asyncio.wait_for(check, CHECK_SECONDS)
    except Exception as error:
        log.warning("%s is away: %s: %s", name, type(error).__name__, error)
        return "disconnected"
    return "connected"
