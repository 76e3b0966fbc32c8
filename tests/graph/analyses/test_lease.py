"""Who carries out which run, and what becomes of the runs of processes that ended."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from graph.analyses import ANALYSES, keeping, lease, results, runs
from graph.analyses.lease import Waiting
from graph.analyses.rows import Outcome
from graph.analyses.runs import Run
from graph.analyses.watch import Cancelled, Watch
from graph.clock import FixedClock
from graph.database import Database, Target
from graph.ids import RandomIds
from graph.writing import Author, Writer
from tests.graph import given
from tests.graph.analyses import probe, world

pytestmark = pytest.mark.usefixtures("probing")


def by(writer: Writer, author: str) -> Writer:
    return replace(writer, author=Author(author, author.upper()))


async def _queued(writer: Writer, clock: FixedClock, *authors: str) -> list[str]:
    """A second lies between one and the next."""
    ids = []
    for author in authors:
        ids.append((await runs.queue(by(writer, author), "probe", {})).id)
        clock.advance(timedelta(seconds=1))
    return ids


async def _silent(writer: Writer, id: str, clock: FixedClock) -> list[str]:
    """Its process says nothing any more; what a sweep then finds."""
    await world.change(writer, id, process=probe.GONE)
    clock.advance(timedelta(minutes=2))
    return await lease.sweep(writer)


class TestTakingOver:
    async def test_a_process_on_another_machine_is_dead_after_two_silent_minutes(self, writer: Writer, clock: FixedClock) -> None:
        id = (await runs.begin(writer, "probe", {})).id
        await world.change(writer, id, process=probe.GONE)
        clock.advance(timedelta(minutes=1))
        assert await lease.sweep(writer) == []
        clock.advance(timedelta(minutes=1))
        assert await lease.sweep(writer) == [id]
        with pytest.raises(Cancelled):
            await runs.sign(writer, Run(id, ANALYSES["probe"], probe.Probe(), probe.SYSTEM), 0.5)

    async def test_the_run_of_a_dead_process_begins_anew_once(self, writer: Writer, clock: FixedClock) -> None:
        id = (await runs.begin(writer, "probe", {"seconds": 0.5})).id
        await world.change(writer, id, progress=0.4, keeping=True)
        assert await _silent(writer, id, clock) == [id]
        waiting = await probe.state(writer, id)
        assert {name: waiting.get(name) for name in ("status", "progress", "process", "keeping", "started_at", "takeovers")} == {
            "status": "QUEUED",
            "progress": 0,
            "process": None,
            "keeping": None,
            "started_at": None,
            "takeovers": 1,
        }
        again = await probe.taken(writer)
        assert (again.id, again.parameters, again.author) == (id, probe.Probe(seconds=0.5), writer.author)

    async def test_the_second_time_it_fails_with_its_reason_and_without_rows(self, writer: Writer, clock: FixedClock) -> None:
        await world.people(writer, "ann")
        id = (await runs.begin(writer, "probe", {})).id
        await _silent(writer, id, clock)
        await results.keep(writer, await probe.taken(writer), (await _ranked(writer)), lambda _: None)
        assert await _silent(writer, id, clock) == [id]
        failed = await probe.state(writer, id)
        assert failed["status"] == "FAILED"
        assert "twice the process that ran it ended before it did (the last one was 1 on another machine)" in failed["problem_en"]
        assert "两次提前结束" in failed["problem_zh"]
        assert await given.value(writer.database, "MATCH (row:AnalysisRow) RETURN count(row)") == 0
        assert await lease.sweep(writer) == []

    async def test_a_server_that_stopped_in_time_does_not_count(self, writer: Writer, clock: FixedClock) -> None:
        id = (await runs.start(writer, "probe", {})).id
        for _ in range(3):
            await lease.put_back(writer, await probe.taken(writer))
        await probe.taken(writer)
        assert await _silent(writer, id, clock) == [id]
        assert (await probe.state(writer, id))["status"] == "QUEUED"

    async def test_of_two_who_sweep_at_once_one_takes_it_over(self, writer: Writer, clock: FixedClock) -> None:
        id = (await runs.begin(writer, "probe", {})).id
        await world.change(writer, id, process=probe.GONE)
        clock.advance(timedelta(minutes=2))
        await asyncio.gather(*(lease.sweep(writer) for _ in range(4)))
        assert ((await probe.state(writer, id))["status"], (await probe.state(writer, id))["takeovers"]) == ("QUEUED", 1)

    async def test_only_the_process_of_a_run_speaks_for_it(self, writer: Writer) -> None:
        run = await runs.begin(writer, "probe", {})
        await runs.sign(writer, run, 0.5)
        await world.change(writer, run.id, process=probe.GONE)
        with pytest.raises(Cancelled):
            await runs.sign(writer, run, 0.6)
        with pytest.raises(Cancelled):
            await keeping.may_begin(writer, run.id, "probe", ())
        await lease.put_back(writer, run)
        kept = await probe.state(writer, run.id)
        assert (kept["status"], kept["progress"]) == ("RUNNING", 0.5)


async def _ranked(writer: Writer) -> Any:
    influence = ANALYSES["influence"]
    given = influence.parameters()
    return influence.compute(await influence.load(writer, given), given, Watch())


class TestFairness:
    def test_whoever_has_the_fewest_running_is_next_then_who_was_served_longest_ago_then_who_waits_longest(self) -> None:
        ann, bob, eve = Waiting("1", "ann", "08:00"), Waiting("2", "bob", "08:01"), Waiting("3", "eve", "08:02")
        assert lease.next_of([bob, ann, eve], {}, {}) == ann
        assert lease.next_of([ann, bob, eve], {"ann": 1}, {}) == bob
        assert lease.next_of([ann, bob, eve], {}, {"ann": "07:59", "bob": "07:58"}) == eve
        assert lease.next_of([ann, bob], {"ann": 1, "bob": 1}, {"ann": "07:58", "bob": "07:59"}) == ann
        assert lease.next_of([], {}, {}) is None

    async def test_who_starts_many_does_not_keep_others_waiting(self, writer: Writer, clock: FixedClock) -> None:
        a1, a2, a3, b1, c1, b2 = await _queued(writer, clock, "ann", "ann", "ann", "bob", "eve", "bob")
        order = []
        for _ in range(6):
            run = await probe.taken(writer, heavy=1)
            order.append(run.id)
            clock.advance(timedelta(seconds=1))
            await runs.done(writer, run, Outcome((), "probe 1"))
        assert order == [a1, b1, c1, a2, b2, a3]
        assert await lease.take(writer) is None

    async def test_who_has_one_running_waits_for_those_who_have_none(self, writer: Writer, clock: FixedClock) -> None:
        a1, a2, b1 = await _queued(writer, clock, "ann", "ann", "bob")
        assert [(await probe.taken(writer)).id for _ in range(3)] == [a1, b1, a2]


class TestLimit:
    @pytest.fixture
    async def another(self, target: Target, writer: Writer) -> AsyncIterator[Writer]:
        """Another server process of the same database, as far as one can be had here: with connections of its own."""
        async with await Database.connect(target) as database:
            await given.warm(database)
            await given.warm(writer.database)
            yield replace(writer, database=database, ids=RandomIds(writer.clock))

    async def test_two_who_take_at_once_take_no_run_twice_and_no_more_than_may_run(self, writer: Writer, another: Writer) -> None:
        ids = {(await runs.queue(writer, "probe", {})).id for _ in range(8)}
        taken = [run for run in await asyncio.gather(*(lease.take(each, heavy=3) for each in (writer, another) * 4)) if run]
        assert len(taken) == len({run.id for run in taken}) == 3
        assert await lease.take(writer, heavy=3) is await lease.take(another, heavy=3) is None
        for run in taken:
            await runs.done(writer, run, Outcome((), "probe 1"))
        rest = [run for run in await asyncio.gather(*(lease.take(each, heavy=9) for each in (writer, another) * 4)) if run]
        assert len(rest) == 5
        assert {run.id for run in (*taken, *rest)} == ids

    async def test_light_runs_do_not_wait_behind_heavy_ones(self, writer: Writer, clock: FixedClock) -> None:
        heavy = await _queued(writer, clock, "ann", "ann")
        await world.people(writer, "eve")
        light = (await runs.start(by(writer, "ann"), "introductions", {"to": "eve"})).id
        assert ANALYSES["introductions"].light
        assert [(await probe.taken(writer, heavy=1)).id for _ in range(2)] == [heavy[0], light]
        assert await lease.take(writer) is None

    async def test_a_process_that_carries_out_a_light_run_takes_no_other(self, writer: Writer) -> None:
        await world.people(writer, "eve")
        await runs.start(writer, "introductions", {"to": "eve"})
        assert await lease.take(writer, light=False) is None
        heavy = (await runs.start(writer, "probe", {})).id
        run = await lease.take(writer, light=False)
        assert run
        assert run.id == heavy

    async def test_a_run_of_the_command_line_counts_and_does_not_wait(self, writer: Writer) -> None:
        await runs.start(writer, "probe", {})
        await runs.begin(writer, "probe", {})
        assert await lease.take(writer, heavy=1) is None
        assert await lease.take(writer, heavy=2)


async def test_introductions_of_a_past_day_are_no_light_run(writer: Writer) -> None:
    await world.people(writer, "ann", "eve")
    past, light = [(await runs.start(writer, "introductions", {"to": "eve", "asOf": day})).id for day in ("2026-05-01", None)]
    taken = await lease.take(writer, heavy=0)
    assert taken
    assert (taken.id, taken.light) == (light, True)
    assert await lease.take(writer, heavy=0) is None
    assert await lease.heavy_waits(writer)
    heavy = await lease.take(writer, light=False)
    assert heavy
    assert (heavy.id, heavy.light) == (past, False)


async def test_a_run_that_is_put_back_has_seen_nothing_yet(writer: Writer) -> None:
    run = await runs.begin(writer, "probe", {})
    await runs.sign(writer, run, 0.1, fingerprint="7 2026-07-01 abc")
    await lease.put_back(writer, run)
    assert "fingerprint" not in await probe.state(writer, run.id)
