"""Which runs are kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from graph.analyses import execution, pruning, results, runs
from graph.analyses.rows import GraphFact
from graph.clock import FixedClock
from graph.errors import Message, Refused
from graph.fields import Reference
from graph.ids import RandomIds
from graph.writing import Writer
from tests.graph import given
from tests.graph.analyses import probe, world

pytestmark = pytest.mark.usefixtures("probing")


async def _ended(writer: Writer, clock: FixedClock, count: int = 1, name: str = "probe") -> list[str]:
    """The oldest first."""
    ids = []
    for _ in range(count):
        clock.advance(timedelta(seconds=1))
        ids.append((await execution.run(writer, name, {})).run.id)
    return ids


async def _runs(writer: Writer) -> set[str]:
    return {row[0] for row in await given.rows(writer.database, "MATCH (run:AnalysisRun) RETURN run.id")}


async def _rows(writer: Writer) -> int:
    return int(await given.value(writer.database, "MATCH (row:AnalysisRow) RETURN count(row)"))


async def test_the_newest_are_kept_and_the_rest_goes_with_its_rows(
    writer: Writer, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "_ROWS", 2)
    probe.ROWS[:] = [GraphFact(f"fact {number}", Message("Fact", "事实"), 1.0) for number in range(5)]
    ids = await _ended(replace(writer, ids=RandomIds(clock)), clock, 4)
    assert await _rows(writer) == 20
    assert await pruning.prune(writer, "probe", 3) == ids[:1]
    assert (await _runs(writer), await _rows(writer)) == (set(ids[1:]), 15)
    assert sorted(await pruning.prune(writer, "probe", 1)) == ids[1:3]
    assert (await _runs(writer), await _rows(writer)) == (set(ids[3:]), 5)
    assert await pruning.prune(writer, "probe", 1) == []


async def test_what_failed_or_was_cancelled_counts_as_ended(writer: Writer, clock: FixedClock) -> None:
    failed = await runs.begin(writer, "probe", {})
    await runs.failed(writer, failed.id, writer.author, Refused(Message("no", "否")))
    clock.advance(timedelta(seconds=1))
    cancelled = (await runs.start(writer, "probe", {})).id
    await runs.cancel(writer, Reference(id=cancelled))
    (done,) = await _ended(writer, clock)
    assert set(await pruning.prune(writer, "probe", 1)) == {failed.id, cancelled}
    assert await _runs(writer) == {done}


async def test_what_waits_or_runs_stays(writer: Writer, clock: FixedClock) -> None:
    waiting = (await runs.start(writer, "probe", {})).id
    running = (await runs.begin(writer, "probe", {})).id
    old, new = await _ended(writer, clock, 2)
    assert await pruning.prune(writer, "probe", 1) == [old]
    assert await _runs(writer) == {waiting, running, new}


async def test_other_analyses_are_left_alone(writer: Writer, clock: FixedClock) -> None:
    others = await _ended(writer, clock, 2, "network_health")
    await _ended(writer, clock, 2)
    await pruning.prune(writer, "probe", 1)
    assert set(others) < await _runs(writer)


async def test_the_run_whose_scores_parties_carry_stays_until_they_carry_others(writer: Writer, clock: FixedClock) -> None:
    await world.people(writer, "ann", "bob")
    await world.organizations(writer, "acme")
    (both,) = await _ended(writer, clock, 1, "influence")
    people = (await execution.run(writer, "influence", {"level": "PEOPLE"})).run.id
    clock.advance(timedelta(seconds=1))
    rows_alone = (await execution.run(writer, "influence", {"write": False})).run.id
    assert await pruning.prune(writer, "influence", 1) == []
    assert await _runs(writer) == {both, people, rows_alone}
    (whole,) = await _ended(writer, clock, 1, "influence")
    assert set(await pruning.prune(writer, "influence", 1)) == {both, people, rows_alone}
    assert await _runs(writer) == {whole}


async def test_a_run_that_failed_while_it_wrote_scores_stays_until_they_are_put_right(writer: Writer, clock: FixedClock) -> None:
    await world.people(writer, "ann", "bob")
    broken = await runs.begin(writer, "influence", {})
    await runs.sign(writer, broken, 0.7, keeping=True, wrote=["PEOPLE"], on_parties=["PEOPLE"])
    await runs.failed(writer, broken.id, writer.author, Refused(Message("no", "否")))
    clock.advance(timedelta(seconds=1))
    await execution.run(writer, "influence", {"write": False})
    assert await pruning.prune(writer, "influence", 1) == []
    clock.advance(timedelta(seconds=1))
    whole = await _ended(writer, clock, 1, "influence")
    assert broken.id in await pruning.prune(writer, "influence", 1)
    assert await _runs(writer) == set(whole)


async def test_the_log_of_writes_stays(writer: Writer, clock: FixedClock) -> None:
    await _ended(writer, clock, 3)
    before = await probe.log(writer)
    await pruning.prune(writer, "probe", 1)
    assert await probe.log(writer) == before
    assert len(before) == 6
