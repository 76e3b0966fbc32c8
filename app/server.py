"""The HTTP application: what stands where."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager

import strawberry
from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from app import ide, metrics
from app.graphql_http import COMPRESSION, SMALLEST_TO_COMPRESS, GraphQLEndpoint
from app.limits import Limits
from app.metrics import Metrics
from app.requests import Requests
from app.services import Open, Running, Services
from app.settings import Settings

__all__ = ["create_app"]

GRAPHQL = "/graphql"
PLACES = {"graphql": GRAPHQL, "live": "/health/live", "ready": "/health/ready", "metrics": "/metrics"}
ALIVE = {"live": True}

PROBED = (PLACES["live"], PLACES["ready"], PLACES["metrics"])


def create_app(
    settings: Settings,
    schema: strawberry.Schema,
    open_services: Open,
    *,
    started: Callable[[Exception | None], None] = lambda _: None,
    limits: Limits | None = None,
) -> FastAPI:
    """The application over what `open_services` gives. It answers at once; `started` is told when it can do more, or why it never will."""
    meters = Metrics()
    running = Running(_observed(open_services, meters), started)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with running.background():
            yield

    app = FastAPI(title="Guanxi", lifespan=lifespan, openapi_url=None, docs_url=None, redoc_url=None)
    endpoint = GraphQLEndpoint(schema, running.services, meters, language=settings.language, limits=limits)
    app.mount(ide.PATH, ide.static())
    _add_places(app, running, meters)
    app.add_middleware(GZipMiddleware, minimum_size=SMALLEST_TO_COMPRESS, compresslevel=COMPRESSION)
    hosts = (*settings.allowed_hosts, settings.host.lower())
    paths = ("/", *PLACES.values())
    app.add_middleware(
        Requests, metrics=meters, hosts=hosts, paths=paths, quiet=PROBED, direct={GRAPHQL: _shared(endpoint, settings.origins)}
    )
    return app


def _shared(app: ASGIApp, origins: Collection[str]) -> ASGIApp:
    """The same, for pages of these origins too: a browser asks before it lets them."""
    if not origins:
        return app
    return CORSMiddleware(app, origins, allow_methods=("GET", "POST"), allow_headers=("Authorization",), expose_headers=("X-Request-ID",))


def _observed(open_services: Open, meters: Metrics) -> Open:
    @asynccontextmanager
    async def opened() -> AsyncIterator[Services]:
        async with open_services() as services:
            services.database.observers.append(meters.statement)
            try:
                yield services
            finally:
                services.database.observers.remove(meters.statement)

    return opened


def _add_places(app: FastAPI, running: Running, meters: Metrics) -> None:
    @app.get("/")
    async def places(request: Request) -> dict[str, str]:
        return {"name": "Guanxi 关系"} | {name: str(request.base_url).rstrip("/") + path for name, path in PLACES.items()}

    @app.get(PLACES["live"])
    async def live() -> dict[str, bool]:
        return ALIVE

    @app.get(PLACES["ready"])
    async def ready(response: Response) -> dict[str, bool | str]:
        if (problem := await running.problem()) is None:
            return {"ready": True}
        response.status_code = 503
        return {"ready": False, "reason": problem}

    @app.get(PLACES["metrics"])
    async def numbers() -> Response:
        return Response(meters.text(), media_type=metrics.CONTENT_TYPE)
