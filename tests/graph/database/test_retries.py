"""What is run again, what is not, and who may write."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable

import pytest

from graph.database import Database, Target, TimedOut, Transaction
from graph.locks import FileLock
from tests.graph.database import given


async def test_merges_of_one_key_all_succeed(unique: Database, target: Target) -> None:
    async with await Database.connect(target) as other:
        for number in range(5):
            merge = given.work("MERGE (n:Probe {id: $id}) ON CREATE SET n.hits = 1 ON MATCH SET n.hits = n.hits + 1", {"id": str(number)})
            await asyncio.gather(*[database.write(merge) for database in (unique, other) for _ in range(8)])
    assert [row[0] for row in await unique.read("MATCH (n:Probe) RETURN n.hits")] == [16] * 5


async def test_a_merge_that_lost_its_race_is_run_again(on_embedded: None, unique: Database, target: Target) -> None:
    async with await Database.connect(dataclasses.replace(target, folder=None)) as without_turns:
        for number in range(5):
            merge = given.work("MERGE (n:Probe {id: $id})", {"id": str(number)})
            await asyncio.gather(*[without_turns.write(merge) for _ in range(3)])
    assert await given.count(unique) == 5


async def test_no_update_is_lost_under_a_lock(unique: Database, target: Target) -> None:
    async def add_one(transaction: Transaction) -> None:
        rows = await transaction.run("MATCH (n:Probe {id: 'counter'}) SET n._lock = true RETURN n.value")
        await transaction.run("MATCH (n:Probe {id: 'counter'}) SET n.value = $value", {"value": rows[0][0] + 1})

    await unique.write(given.work("CREATE (:Probe {id: 'counter', value: 0})"))
    async with await Database.connect(target) as other:
        await asyncio.gather(*[database.write(add_one) for database in (unique, other) for _ in range(20)])
    assert (await unique.read("MATCH (n:Probe) RETURN n.value"))[0][0] == 40


async def test_both_sides_of_a_deadlock_succeed(unique: Database) -> None:
    await unique.write(given.work("UNWIND ['a', 'b'] AS id CREATE (:Probe {id: id, hits: 0})"))
    met = asyncio.Barrier(2)
    tries = 0

    def lock(first: str, second: str) -> Callable[[Transaction], Awaitable[None]]:
        async def work(transaction: Transaction) -> None:
            nonlocal tries
            tries += 1
            await transaction.run("MATCH (n:Probe {id: $id}) SET n.hits = n.hits + 1", {"id": first})
            if tries <= 2 and unique.engine == "neo4j":
                await met.wait()
            await transaction.run("MATCH (n:Probe {id: $id}) SET n.hits = n.hits + 1", {"id": second})

        return work

    await asyncio.gather(unique.write(lock("a", "b")), unique.write(lock("b", "a")))
    assert [row[0] for row in await unique.read("MATCH (n:Probe) RETURN n.hits")] == [2, 2]
    assert unique.engine == "embedded" or tries > 2


async def test_a_write_waits_for_its_turn_and_a_read_does_not(on_embedded: None, database: Database, target: Target) -> None:
    assert target.folder
    turn = FileLock.exclusive(target.folder / "write.lock")
    assert turn
    with turn:
        with pytest.raises(TimedOut):
            await database.write(given.work("CREATE (:Probe)"), seconds=0.3)
        assert await given.count(database) == 0
        waiting = asyncio.create_task(database.write(given.work("CREATE (:Probe)")))
        cancelled = asyncio.create_task(database.write(given.work("CREATE (:Probe)")))
        await asyncio.sleep(0.1)
        cancelled.cancel()
    await waiting
    assert await given.count(database) == 1
