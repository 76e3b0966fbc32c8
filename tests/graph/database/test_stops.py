"""Deadlines and cancels stop the statement itself, on both engines; streams."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from neo4j.exceptions import ServiceUnavailable

from graph.database import BadQuery, Database, Record, TimedOut, Transaction, Unavailable
from tests.graph.database import given


async def test_a_deadline_stops_the_statement(database: Database) -> None:
    started = time.monotonic()
    with pytest.raises(TimedOut):
        await database.read(given.SLOW, seconds=0.5)
    assert time.monotonic() - started < 5
    assert await given.stops(database)


async def test_a_deadline_stops_a_write_and_lets_the_next_one_in(database: Database) -> None:
    async def work(transaction: Transaction) -> None:
        await transaction.run("CREATE (:Probe {id: 'a'})")
        await transaction.run(given.SLOW)

    with pytest.raises(TimedOut):
        await database.write(work, seconds=0.5)
    assert await given.stops(database)
    await database.write(given.work("CREATE (:Probe {id: 'b'})"), seconds=5)
    assert [row[0] for row in await database.read("MATCH (n:Probe) RETURN n.id")] == ["b"]


async def test_a_cancel_stops_the_statement(database: Database) -> None:
    reading = asyncio.create_task(database.read(given.SLOW))
    async with asyncio.timeout(10):
        while not await given.still_running(database):
            await asyncio.sleep(0.05)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert await given.stops(database)


async def test_a_cancel_before_anything_ran_is_just_that(database: Database) -> None:
    for pause in (0, 0.0005, 0.001, 0.002, 0.004):
        reading = asyncio.create_task(database.read("RETURN 1"))
        await asyncio.sleep(pause)
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
    assert (await database.read("RETURN 1"))[0][0] == 1


async def test_a_stream_gives_every_row_in_order(database: Database) -> None:
    rows = [row[0] async for row in database.stream("UNWIND range(1, $most) AS i RETURN i", {"most": 5500})]
    assert rows == list(range(1, 5501))
    assert [row async for row in database.stream("UNWIND [] AS i RETURN i")] == []


async def test_a_stream_gives_rows_before_the_last_is_there_and_closing_it_stops_the_statement(database: Database) -> None:
    rows = database.stream("UNWIND range(0, 9999) AS a UNWIND range(0, 9999) AS b RETURN a * 10000 + b AS slow_marker", seconds=60)
    with database.recording() as statements:
        assert [(await anext(rows))[0] for _ in range(10)] == list(range(10))
        # Time to fetch far more than it may, while nobody takes what is there.
        await asyncio.sleep(1)
        await rows.aclose()  # type: ignore[attr-defined]
    assert [statement.rows <= 5000 for statement in statements if "10000" in statement.query] == [True]
    assert await given.stops(database)


async def test_a_stream_fails_as_a_read_does(database: Database) -> None:
    with pytest.raises(BadQuery):
        await anext(database.stream("RETURN"))
    with pytest.raises(TimedOut):
        await anext(database.stream(given.SLOW, seconds=0.3))
    with pytest.raises(BadQuery):
        [row async for row in database.stream("UNWIND range(1, 3000) AS i RETURN 1 / (2500 - i)")]


async def test_a_stream_that_breaks_off_is_not_begun_anew(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Transaction.batches

    async def breaking(self: Transaction, *given: Any) -> AsyncIterator[list[Record]]:
        async for batch in whole(self, *given):
            yield batch
            # Meanwhile the caller has taken all that arrived.
            await asyncio.sleep(0.05)
            raise Unavailable("the connection broke") from ServiceUnavailable()

    monkeypatch.setattr(Transaction, "batches", breaking)
    rows = database.stream("UNWIND range(1, 5) AS i RETURN i")
    assert [(await anext(rows))[0] for _ in range(5)] == [1, 2, 3, 4, 5]
    with pytest.raises(Unavailable):
        await anext(rows)
