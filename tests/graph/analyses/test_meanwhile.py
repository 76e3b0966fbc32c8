"""What happens to the graph, to a run or to the database between any two statements of a run: none is lost, and nothing is half there."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from graph import people, referrals
from graph.analyses import ANALYSES, execution, lease, runs, stored
from graph.analyses.kept import keeper
from graph.analyses.rows import NodeScore, Outcome
from graph.analyses.watch import Cancelled
from graph.clock import FixedClock
from graph.database import Unavailable
from graph.errors import Refused
from graph.fields import Reference
from graph.referrals import ReferralRecord
from graph.writing import Writer
from tests.graph import given
from tests.graph.analyses import probe, world

PARAMETERS: dict[str, dict[str, Any]] = {"influence": {"level": "PEOPLE"}, "communities": {}, "introductions": {"to": "eve"}}
every = pytest.mark.parametrize("name", PARAMETERS)


@pytest.fixture
async def few(writer: Writer) -> Writer:
    """Ann of ours knows Bob, he Eve and Joe, who know each other."""
    await world.organizations(writer, "us", own=True)
    await world.people(writer, "ann", "bob", "eve", "joe")
    await world.position(writer, "ann", "us")
    await world.knows(writer, "ann bob", "bob eve", "bob joe", "eve joe", closeness="CLOSE")
    return writer


async def interrupted(writer: Writer, name: str, do: Callable[[], Awaitable[None]]) -> AsyncIterator[str]:
    """The ids of runs, one for each of its statements before which something is done; each ends somehow."""
    for before in range(1, 100):
        await given.run(writer.database, "MATCH (n) WHERE n:AnalysisRun OR n:AnalysisRow DETACH DELETE n")
        statements = itertools.count(1)

        async def next_one(statements: Iterator[int] = statements, before: int = before) -> None:
            if next(statements) == before:
                await do()

        with suppress(Cancelled, Unavailable):
            await execution.run(probe.Interrupted(writer.database, next_one).of(writer), name, PARAMETERS[name])
        for [id] in await given.rows(writer.database, "MATCH (run:AnalysisRun) RETURN run.id"):
            yield id
        if next(statements) <= before:
            assert before > 8
            return
    raise AssertionError("a run without end")


async def left(writer: Writer, id: str) -> tuple[str, bool]:
    """Its status, and whether all it should leave is there and nothing else: rows of a run that is done, scores on all or nobody."""
    [found] = await given.rows(
        writer.database,
        """MATCH (run:Node {id: $id})
        OPTIONAL MATCH (run)-[:GAVE]->(row)
        WITH run, count(row) AS kept
        OPTIONAL MATCH (n:Party {influence_run: $id}) WHERE n.deleted_at IS NULL
        RETURN run.status, run.row_count, kept, count(n), run.analysis""",
        id=id,
    )
    status, promised, kept, scored, analysis = found
    there = await given.value(writer.database, "MATCH (n:Person) WHERE n.deleted_at IS NULL RETURN count(n)")
    wanted = there if analysis == "influence" else 0
    return status, (kept, scored) == ((promised, wanted) if status == "DONE" else (0, 0))


@every
async def test_somebody_may_be_deleted_before_any_statement(few: Writer, name: str) -> None:
    async def delete() -> None:
        await people.delete(few, Reference(id="joe"))

    async for id in interrupted(few, name, delete):
        assert await left(few, id) == ("DONE", True)
        await given.run(few.database, "MATCH (n:Person) SET n.influence_run = null REMOVE n.deleted_at")
        keeper(few.database).forget()


@every
async def test_it_may_be_cancelled_before_any_statement(few: Writer, name: str) -> None:
    seen = set()

    async def cancel() -> None:
        for [id] in await given.rows(few.database, "MATCH (run:AnalysisRun) RETURN run.id"):
            with suppress(Refused):
                await runs.cancel(few, Reference(id=id))

    async for id in interrupted(few, name, cancel):
        status, whole = await left(few, id)
        assert whole, status
        seen.add(status)
        await given.run(few.database, "MATCH (n:Person) SET n.influence_run = null")
    assert seen == {"CANCELLED", "DONE"}


async def test_the_day_may_end_before_any_statement(few: Writer, clock: FixedClock) -> None:
    async def midnight() -> None:
        clock.advance(timedelta(days=1))

    async for id in interrupted(few, "influence", midnight):
        [(seen, found)] = await given.rows(
            few.database,
            "MATCH (run:Node {id: $id}), (n:Person {influence_run: $id}) RETURN DISTINCT run.fingerprint, n.influence_as_of",
            id=id,
        )
        assert stored.day(seen) == found[:10]
        await given.run(few.database, "MATCH (n:Person) SET n.influence_run = null")


def told(outcome: Outcome) -> list[tuple[Any, ...]]:
    return [(row.party, row.score, *row.reasons) for row in outcome.rows if isinstance(row, NodeScore)]


async def test_what_is_recorded_before_any_statement_is_in_what_is_answered_again(few: Writer, clock: FixedClock) -> None:
    async def refer() -> None:
        at = clock.now() + timedelta(seconds=0.5)
        clock.advance(timedelta(seconds=1))
        await referrals.record(few, ReferralRecord.parse({"referrer": "ann", "referred": "joe", "occurredAt": at.isoformat()}))

    answered = 0
    async for id in interrupted(few, "influence", refer):
        if await stored.find(few, ANALYSES["influence"], runs.parsed(ANALYSES["influence"], PARAMETERS["influence"])) == id:
            answered += 1
            again = await stored.outcome(few, id)
            assert again
            now = await execution.run(few, "influence", PARAMETERS["influence"])
            assert told(again[1]) == told(now.outcome)
        await given.run(few.database, "MATCH (n:Referral) DETACH DELETE n")
        keeper(few.database).forget()
        clock.advance(timedelta(seconds=1))
    assert answered


@every
async def test_the_database_may_be_gone_before_any_statement(few: Writer, clock: FixedClock, name: str) -> None:
    seen = set()

    async def gone() -> None:
        raise Unavailable("nobody answered")

    async for id in interrupted(few, name, gone):
        if (await left(few, id))[0] == "RUNNING":
            # Nobody could say that it failed: a process that ended is told by its silence.
            clock.advance(timedelta(minutes=3))
            assert await lease.sweep(few) == [id]
        if taken := await lease.take(few):
            assert taken.id == id
            await execution.execute(few, taken)
        status, whole = await left(few, id)
        assert whole, status
        seen.add(status)
        await given.run(few.database, "MATCH (n:Person) SET n.influence_run = null")
    assert seen == {"FAILED", "DONE"}
