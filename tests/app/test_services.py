"""How what a server answers from is opened, held and closed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from app.services import Call, Open, Running, Services
from graph.database import Database, Target

Told = list[Exception | None]


class Opened:
    """Opens `database` once `may_open` is set, and remembers what happened in which task."""

    def __init__(self, database: Database) -> None:
        self.may_open = asyncio.Event()
        self.tasks: list[asyncio.Task[object] | None] = []
        self._database = database

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[Services]:
        self.tasks.append(asyncio.current_task())
        try:
            await self.may_open.wait()
            yield Services(self._database, lambda call: call)
        finally:
            self.tasks.append(asyncio.current_task())


async def until_told(told: Told) -> None:
    async with asyncio.timeout(5):
        while not told:
            await asyncio.sleep(0.01)


def running(open_services: Open) -> tuple[Running, Told]:
    told: Told = []
    return Running(open_services, told.append), told


async def test_waits_serves_and_closes_in_one_task(database: Database) -> None:
    opened = Opened(database)
    server, told = running(opened)
    async with server.background():
        assert (server.services(), await server.problem()) == (None, "The server is starting.")
        opened.may_open.set()
        await until_told(told)
        assert (told, await server.problem()) == ([None], None)
        services = server.services()
        assert services
        assert services.context(Call("1", "zh")) == Call("1", "zh")
    assert (server.services(), await server.problem()) == (None, "The server is stopping.")
    assert opened.tasks[0] is opened.tasks[1] is not asyncio.current_task()


async def test_a_stop_during_the_start_does_not_wait_for_it(database: Database) -> None:
    opened = Opened(database)
    server, told = running(opened)
    async with asyncio.timeout(5), server.background():
        await asyncio.sleep(0)
        assert len(opened.tasks) == 1
    assert (len(opened.tasks), told) == (2, [])


async def refused() -> Services:
    raise ConnectionError("password of zhang.wei")


async def test_a_failure_is_told_and_its_text_is_not_shown() -> None:
    @asynccontextmanager
    async def fails() -> AsyncIterator[Services]:
        yield await refused()

    server, told = running(fails)
    async with server.background():
        await until_told(told)
        assert [type(error) for error in told] == [ConnectionError]
        assert await server.problem() == "The start failed; the log says why."


async def test_a_database_that_is_closed_is_a_problem(target: Target) -> None:
    async with await Database.connect(target) as database:
        opened = Opened(database)
        opened.may_open.set()
        server, told = running(opened)
        async with server.background():
            await until_told(told)
            assert await server.problem() is None
            await database.close()
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr("app.services.PROBE_SECONDS", 0.2)
                assert str(await server.problem()).startswith("The database d")
