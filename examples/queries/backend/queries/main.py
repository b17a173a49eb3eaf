"""The service: `uvicorn queries.main:create --factory`."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import urllib3
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from queries import accounts, files, health, workspaces
from queries.services import Services
from queries.settings import read_settings

log = logging.getLogger("queries")

# How a store looks that is away for a moment: not an error of the service, and worth another try.
AWAY = (OSError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError, urllib3.exceptions.HTTPError)


def create() -> ASGIApp:
    """Reads the environment; the DuckDB file is opened when serving begins, the other stores when first needed."""
    settings = read_settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.services = Services.connect(settings)
        yield
        await app.state.services.close()

    app = FastAPI(
        title=settings.app_name,
        version=settings.app_version,
        debug=settings.debug,
        lifespan=lifespan,
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    routes = APIRouter(prefix="/v1")
    for module in (health, accounts, workspaces, files):
        routes.include_router(module.router)
    app.include_router(routes)
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
