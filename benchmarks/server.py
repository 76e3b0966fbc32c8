"""One process that answers the cases in three ways: `/graphql` (ours), `/loaders` (resolvers and DataLoaders), `/raw` (Cypher by hand)."""

from __future__ import annotations

import gc
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import request_response
from starlette.types import ASGIApp

import schema
from app.graphql_http import GraphQLEndpoint
from app.metrics import Metrics
from app.requests import Requests
from app.services import Services
from benchmarks import loaders
from benchmarks.cases import CASES
from graph.clock import SystemClock
from graph.database import Database, Target
from graph.ids import RandomIds
from graph.projection.context import Viewer
from graph.writing import Author, Customs, Writer
from schema.context import Context


def application(target: Target) -> Starlette:
    """The three routes over one database."""
    opened: dict[str, Services] = {}

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with await Database.connect(target) as database:
            clock = SystemClock()
            writer = Writer(database, clock, RandomIds(clock), Author("user:1", "Ann"), Customs("Guanxi"))
            viewer = Viewer("user:1", "Ann")
            opened["ours"] = Services(database, lambda call: Context(writer, viewer, call.request_id, call.language))
            opened["loaders"] = Services(database, lambda call: loaders.Loaders(database))
            yield

    async def raw(request: Request) -> Response:
        given = orjson.loads(await request.body())
        case, services = CASES[given["case"]], opened["ours"]
        rows = await services.database.read(case.cypher, {**given["variables"], "today": "2026-07-01"})
        return Response(orjson.dumps({"data": [row[0] for row in rows]}), media_type="application/json")

    ours = GraphQLEndpoint(schema.schema, lambda: opened.get("ours"), Metrics())
    others = GraphQLEndpoint(loaders.schema, lambda: opened.get("loaders"), Metrics())
    direct: dict[str, ASGIApp] = {"/graphql": ours, "/loaders": others, "/raw": request_response(raw)}
    requests = Middleware(Requests, metrics=Metrics(), hosts=("127.0.0.1",), paths=tuple(direct), quiet=(), direct=direct)
    return Starlette(middleware=[requests], lifespan=lifespan)


def main() -> None:
    target = Target.read(os.environ["GUANXI_BENCHMARK_TARGET"])
    # As `guanxi serve` does.
    gc.freeze()
    uvicorn.run(application(target), host="127.0.0.1", port=int(os.environ["GUANXI_BENCHMARK_PORT"]), log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
