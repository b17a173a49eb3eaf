"""What the routes work with; made once a process."""

import asyncio
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from photos.cache import Cache
from photos.database import Database
from photos.settings import Settings
from photos.storage import Storage


@dataclass(frozen=True)
class Services:
    """The three stores, and the settings they were made from."""

    settings: Settings
    database: Database
    storage: Storage
    cache: Cache
    uploads: asyncio.Semaphore

    @staticmethod
    def connect(settings: Settings) -> "Services":
        return Services(
            settings=settings,
            database=Database(settings.postgresql_dsn),
            storage=Storage(settings),
            cache=Cache(settings),
            uploads=asyncio.Semaphore(settings.upload_concurrency_limit),
        )

    async def close(self) -> None:
        await self.cache.close()
        await self.database.close()


def current_services(request: Request) -> Services:
    services = request.app.state.services
    assert isinstance(services, Services)
    return services


Connected = Annotated[Services, Depends(current_services)]
