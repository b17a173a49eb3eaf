"""What the routes work with; made once a process."""

import asyncio
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from queries.database import Database
from queries.settings import Settings
from queries.storage import Storage
from queries.tables import Tables


@dataclass(frozen=True)
class Services:
    """The stores, and the settings they were made from."""

    settings: Settings
    database: Database
    tables: Tables
    storage: Storage | None
    uploads: asyncio.Lock

    @staticmethod
    def connect(settings: Settings) -> "Services":
        return Services(
            settings=settings,
            database=Database(settings.database_url, settings.postgres_password.get_secret_value()),
            tables=Tables(settings),
            storage=Storage.configured(settings),
            uploads=asyncio.Lock(),
        )

    async def close(self) -> None:
        await self.database.close()
        self.tables.close()


def current_services(request: Request) -> Services:
    services = request.app.state.services
    assert isinstance(services, Services)
    return services


Connected = Annotated[Services, Depends(current_services)]
