"""A small schema of every kind of answer, and a real server around it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
import strawberry
from starlette.types import ASGIApp
from strawberry.types import Info

from app.services import Call, Open, Services
from app.serving import Server, listen
from app.settings import Settings
from graph import errors
from graph.database import Database, Target, TimedOut, TooLarge, Unavailable


@dataclass(frozen=True)
class Context:
    database: Database
    call: Call


STOPPED: list[str] = []
TOUCHED: list[str] = []
SECRET = "zhang.wei@example.com"
FAULTS: dict[str, Callable[[], Exception]] = {
    "bug": lambda: RuntimeError(f"no such key: {SECRET}"),
    "timed_out": lambda: TimedOut(SECRET),
    "too_large": lambda: TooLarge(SECRET),
    "unavailable": lambda: Unavailable(SECRET),
    "invalid": lambda: errors.invalid("after: it is no cursor of this list", "after：不是此列表的游标", "after"),
}


@strawberry.type
class Query:
    @strawberry.field
    def hello(self, name: str = "world") -> str:
        return f"hello {name}"

    @strawberry.field
    def me(self) -> Query:
        return Query()

    @strawberry.field
    def numbers(self, of: list[int]) -> int:
        return len(of)

    @strawberry.field
    def nodes(self, ids: list[strawberry.ID]) -> int:
        return len(ids)

    @strawberry.field
    def language(self, info: Info[Context]) -> str:
        return info.context.call.language

    @strawberry.field
    def request_id(self, info: Info[Context]) -> str:
        return info.context.call.request_id

    @strawberry.field
    async def one(self, info: Info[Context]) -> int:
        [row] = await info.context.database.read("RETURN 1 AS one")
        return int(row["one"])

    @strawberry.field
    async def slow(self, seconds: float) -> str:
        try:
            await asyncio.sleep(seconds)
        except asyncio.CancelledError:
            STOPPED.append("query")
            raise
        return "done"

    @strawberry.field
    def fault(self, kind: str) -> str | None:
        raise FAULTS[kind]()

    @strawberry.field
    def must(self) -> str:
        raise FAULTS["bug"]()

    @strawberry.field
    def long(self) -> str:
        return "关系" * 10_000


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def touch(self, seconds: float = 0) -> str:
        await asyncio.sleep(seconds)
        TOUCHED.append("mutation")
        return "touched"


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def ticks(self) -> AsyncIterator[int]:
        yield 1


schema = strawberry.Schema(Query, Mutation, Subscription)


def services(target: Target) -> Open:
    """Opens what the schema above answers from, on a real engine."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[Services]:
        async with await Database.connect(target) as database:
            yield Services(database, lambda call: Context(database, call))

    return opened


@asynccontextmanager
async def serving(app: ASGIApp) -> AsyncIterator[httpx.AsyncClient]:
    """The application on a free port of this machine, and a client of it."""
    listener = listen(Settings(_env_file=None, port=0))
    server = Server(app, grace=2)
    running = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        while not server.started:
            await asyncio.sleep(0.01)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}", timeout=30) as client:
            yield client
    finally:
        server.should_exit = True
        await running
        listener.close()


async def ready(client: httpx.AsyncClient) -> None:
    async with asyncio.timeout(30):
        while (await client.get("/health/ready")).status_code != 200:
            await asyncio.sleep(0.02)
