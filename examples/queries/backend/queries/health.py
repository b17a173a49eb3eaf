"""Whether the service can do its work."""

import asyncio
import logging
from collections.abc import Awaitable
from typing import Literal

from fastapi import APIRouter, Response, status
from pydantic import BaseModel

from queries.services import Connected

log = logging.getLogger("queries")
router = APIRouter(tags=["health"])

CHECK_SECONDS = 4.0

State = Literal["connected", "disconnected", "none"]


class Health(BaseModel):
    """ok; degraded: works, but the files themselves are not kept; unavailable: does not work."""

    status: Literal["ok", "degraded", "unavailable"]
    service: str
    version: str
    environment: str
    postgres: State
    duckdb: State
    storage: State


@router.get("/health")
async def health(services: Connected, response: Response) -> Health:
    """Asks all stores at once; 503 when one of the databases is away."""
    storage = services.storage
    postgres, duckdb, files = await asyncio.gather(
        probe("postgres", services.database.check()),
        probe("duckdb", services.tables.check()),
        probe("storage", None if storage is None else storage.check()),
    )
    works = postgres == duckdb == "connected"
    if not works:
        response.status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    return Health(
        status="unavailable" if not works else "degraded" if files == "disconnected" else "ok",
        service=f"{services.settings.app_name.lower()}-backend",
        version=services.settings.app_version,
        environment=services.settings.environment,
        postgres=postgres,
        duckdb=duckdb,
        storage=files,
    )


async def probe(name: str, check: Awaitable[None] | None) -> State:
    """Connected or not; why not is in the log, never in the answer: it may name hosts and users."""
    if check is None:
        return "none"
    try:
        await asyncio.wait_for(check, CHECK_SECONDS)
    except Exception as error:
        log.warning("%s is away: %s: %s", name, type(error).__name__, error)
        return "disconnected"
    return "connected"
