"""The service: `uvicorn photos.main:create --factory`."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import urllib3
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from photos import health, images, page
from photos.services import Services
from photos.settings import Settings

log = logging.getLogger("photos")

# How a store looks that is away for a moment: not an error of the service, and worth another try.
AWAY = (OSError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError, urllib3.exceptions.HTTPError)


def create() -> ASGIApp:
    """Reads the environment; the stores are connected when they are first needed."""
    settings = Settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.services = Services.connect(settings)
        yield
        await app.state.services.close()

    app = FastAPI(title="Photos", version=settings.app_version, lifespan=lifespan)
    app.include_router(health.router)
    app.include_router(images.router)
    app.include_router(page.router)
    for error in AWAY:
        app.add_exception_handler(error, answer_away)
    return VersionHeader(app, settings.app_version)


async def answer_away(request: Request, error: Exception) -> JSONResponse:
    log.error("%s %s: %s: %s", request.method, request.url.path, type(error).__name__, error)
    return JSONResponse({"detail": "a store is away, try again"}, status_code=503, headers={"retry-after": "5"})


class VersionHeader:
    """Says with every answer, errors included, which release gave it."""

    def __init__(self, app: ASGIApp, version: str) -> None:
        self._app = app
        self._version = version

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_version(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["x-app-version"] = self._version
            await send(message)

        await self._app(scope, receive, send_with_version)
