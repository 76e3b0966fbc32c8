"""Scores that parties have are of one run: also when it ends before its time."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from graph.analyses import ANALYSES, execution, keeping, lease, results, runs, stored
from graph.analyses.rows import Outcome, Scores
from graph.analyses.runs import Run
from graph.clock import FixedClock
from graph.database import Unavailable
from graph.errors import Refused
from graph.fields import Reference
from graph.writing import Writer
from tests.graph import given
from tests.graph.analyses import probe, world

pytestmark = pytest.mark.usefixtures("probing")
PEOPLE = [f"p{number:02}" for number in range(40)]


async def _scored_by(writer: Writer) -> set[str | None]:
    return {row[0] for row in await given.rows(writer.database, "MATCH (n:Person) RETURN DISTINCT n.influence_run")}


async def _scores(writer: Writer) -> set[tuple[Any, ...]]:
    return {tuple(row) for row in await given.rows(writer.database, "MATCH (n:Person) RETURN DISTINCT n.influence_score, n.influence_rank")}


async def _dies_while_writing(writer: Writer, run: Run) -> None:
    """Its process ends when some parties have the new scores, and others not yet."""
    working = asyncio.create_task(execution.execute(writer, run))
    async with asyncio.timeout(20):
        while not (await probe.state(writer, run.id)).get("keeping") or run.id not in await _scored_by(writer):
            await asyncio.sleep(0.002)
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    assert len(await _scored_by(writer)) == 2
    await world.change(writer, run.id, process=probe.GONE)


async def _half_written(writer: Writer, clock: FixedClock) -> str:
    """A run that was put back after its process had died while it wrote."""
    id = (await runs.start(writer, "influence", {"alpha": 0.5})).id
    await _dies_while_writing(writer, await probe.taken(writer))
    clock.advance(timedelta(minutes=2))
    await lease.sweep(writer)
    return id


async def _fails_twice(writer: Writer, monkeypatch: pytest.MonkeyPatch, *, batch: int) -> str:
    """A run whose database did not answer that batch of what it keeps, neither time."""
    id, unsteady = (await runs.start(writer, "influence", {"alpha": 0.5})).id, probe.Unsteady(writer.database)
    for _ in range(2):
        await _fails(writer, unsteady, monkeypatch, batch=batch)
    return id


async def _trails(writer: Writer) -> set[int]:
    """How many points the histories of people have."""
    rows = await writer.database.read("MATCH (n:Person) RETURN DISTINCT size(n.influence_trail_at), size(n.influence_trail_ranks)")
    return {each for row in rows for each in row}


async def _fails(writer: Writer, unsteady: probe.Unsteady, monkeypatch: pytest.MonkeyPatch, *, batch: int) -> None:
    with monkeypatch.context() as patch:
        _goes_away(patch, unsteady, batch=batch)
        with pytest.raises(Unavailable):
            await execution.execute(unsteady.of(writer), await probe.taken(writer))


class TestHalfWrittenScores:
    @pytest.fixture
    async def before(self, writer: Writer, monkeypatch: pytest.MonkeyPatch) -> str:
        """A first run has ranked everybody; from now on scores are written one by one."""
        await world.people(writer, *PEOPLE)
        done = await execution.run(writer, "influence", {})
        monkeypatch.setattr(results, "_PARTIES", 1)
        return done.run.id

    async def test_who_takes_over_writes_all_of_them_again(self, writer: Writer, clock: FixedClock, before: str) -> None:
        id = await _half_written(writer, clock)
        await execution.execute(writer, await probe.taken(writer))
        assert await _scored_by(writer) == {id}
        kept = {each: await probe.state(writer, each) for each in (before, id)}
        assert [kept[each]["on_parties"] for each in (before, id)] == [[], ["PEOPLE", "ORGANIZATIONS"]]
        assert kept[id]["status"] == "DONE"

    async def test_after_a_second_death_nobody_has_any_until_the_next_run(self, writer: Writer, clock: FixedClock, before: str) -> None:
        id = (await runs.start(writer, "influence", {"alpha": 0.5})).id
        for _ in range(2):
            await _dies_while_writing(writer, await probe.taken(writer))
            clock.advance(timedelta(minutes=2))
            await lease.sweep(writer)
            await given.run(writer.database, "MATCH (n:Person {id: 'p39'}) SET n.influence_run = $before", before=before)
        failed = await probe.state(writer, id)
        assert (failed["status"], failed.get("keeping"), failed.get("on_parties")) == ("FAILED", None, [])
        assert "both were taken from them" in failed["notes_en"][0]
        assert await _scores(writer) == {(None, None)}
        # The history is what it was: of the run that failed no point, all of the runs before.
        assert await _trails(writer) == {1}
        # What the first run found is no answer to anybody who wants it on the parties.
        assert await stored.find(writer, ANALYSES["influence"], ANALYSES["influence"].parameters()) is None
        next = (await execution.run(writer, "influence", {})).run.id
        assert await _scored_by(writer) == {next}
        assert await _trails(writer) == {2}
        assert [(await probe.state(writer, each)).get("on_parties") for each in (before, id)] == [[], []]

    async def test_a_run_put_back_goes_on_and_cannot_be_cancelled(self, writer: Writer, clock: FixedClock, before: str) -> None:
        id = await _half_written(writer, clock)
        with pytest.raises(Refused, match="has begun to keep its results"):
            await runs.cancel(writer, Reference(id=id))
        # Another run that puts its own there makes them whole: then nothing is lost.
        other = (await execution.run(writer, "influence", {"alpha": 0.7})).run.id
        await runs.cancel(writer, Reference(id=id))
        assert await _scored_by(writer) == {other}

    @pytest.mark.parametrize("where", ["load", "wait"])
    async def test_what_fails_before_it_writes_again_leaves_none(
        self, writer: Writer, clock: FixedClock, monkeypatch: pytest.MonkeyPatch, before: str, where: str
    ) -> None:
        id = await _half_written(writer, clock)
        other: list[str] = []

        async def load(_: Writer, __: Any) -> Any:
            if where == "wait":
                other.append((await execution.run(writer, "influence", {"alpha": 0.7})).run.id)
            raise AssertionError("cannot be read")

        run = await probe.taken(writer)
        with pytest.raises(AssertionError, match="cannot be read"):
            await execution.execute(writer, replace(run, analysis=replace(run.analysis, load=load)))
        assert (await probe.state(writer, id))["status"] == "FAILED"
        # Those of a run that has put all of its own there meanwhile stay.
        assert await _scored_by(writer) == {other[0] if other else None}

    async def test_what_fails_waits_for_a_run_that_writes_and_leaves_its_scores(
        self, writer: Writer, clock: FixedClock, before: str
    ) -> None:
        id = await _half_written(writer, clock)
        other = await runs.begin(writer, "influence", {"alpha": 0.7})
        assert await keeping.may_begin(writer, other.id, "influence", ("PEOPLE", "ORGANIZATIONS"))
        run = await probe.taken(writer)
        failing = asyncio.create_task(keeping.fail(writer, id, "influence", run.author, stored.answered("another")))
        await asyncio.sleep(0.5)
        assert (failing.done(), len(await _scored_by(writer))) == (False, 2)
        await given.run(writer.database, "MATCH (n:Person) SET n.influence_run = $id", id=other.id)
        await runs.done(writer, other, Outcome((), "influence", Scores({}, writer.now(), ("PEOPLE", "ORGANIZATIONS"))))
        await failing
        assert await _scored_by(writer) == {other.id}

    async def test_what_has_written_nothing_leaves_those_of_before(
        self, writer: Writer, monkeypatch: pytest.MonkeyPatch, before: str
    ) -> None:
        id = await _fails_twice(writer, monkeypatch, batch=1)
        failed = await probe.state(writer, id)
        assert (failed["status"], failed["on_parties"], failed.get("notes_en")) == ("FAILED", [], None)
        assert await _scored_by(writer) == {before}

    async def test_a_run_of_today_that_goes_on_tomorrow_leaves_none(self, writer: Writer, clock: FixedClock, before: str) -> None:
        today = writer.today()
        id = (await runs.start(writer, "influence", {"alpha": 0.5, "asOf": today})).id
        await _dies_while_writing(writer, await probe.taken(writer))
        clock.advance(timedelta(days=1))
        await lease.sweep(writer)
        await execution.execute(writer, await probe.taken(writer))
        done = await probe.state(writer, id)
        assert (done["status"], done["on_parties"], "both were taken from them" in done["notes_en"][-1]) == ("DONE", [], True)
        assert await _scores(writer) == {(None, None)}

    async def test_what_was_taken_over_meanwhile_is_left_alone(self, writer: Writer, before: str) -> None:
        run = await runs.begin(writer, "influence", {"alpha": 0.5})
        assert await keeping.may_begin(writer, run.id, "influence", ("PEOPLE",))
        await given.run(writer.database, "MATCH (n:Person {id: 'p01'}) SET n.influence_run = $id", id=run.id)
        await world.change(writer, run.id, process=probe.GONE)
        assert await keeping.withdraw(writer, run.id, "influence") == ()
        await keeping.fail(writer, run.id, "influence", run.author, stored.answered("another"))
        left = await probe.state(writer, run.id)
        assert (left["status"], left["on_parties"]) == ("RUNNING", ["PEOPLE"])
        assert await _scored_by(writer) == {before, run.id}

    async def test_rows_of_a_run_that_is_done_stay(self, writer: Writer) -> None:
        await world.people(writer, "ann", "bob")
        done = await execution.run(writer, "influence", {})
        assert await keeping.withdraw(writer, done.run.id, "influence") == ()
        assert await given.value(writer.database, "MATCH (row:AnalysisRow) RETURN count(row)") == 2

    async def test_referral_value_too(self, writer: Writer) -> None:
        await world.people(writer, *PEOPLE)
        run = await runs.begin(writer, "referral_value", {})
        assert await keeping.may_begin(writer, run.id, "referral_value", ("ALL",))
        await given.run(writer.database, "MATCH (n:Person {id: 'p01'}) SET n.referral_run = $id, n.referral_crv = 7.0", id=run.id)
        await given.run(writer.database, "MATCH (n:Person {id: 'p02'}) SET n.referral_run = 'before', n.referral_crv = 8.0")
        await keeping.fail(writer, run.id, "referral_value", run.author, stored.answered("another"))
        assert await given.value(writer.database, "MATCH (n:Person) WHERE n.referral_crv IS NOT NULL RETURN count(n)") == 0
        assert (await probe.state(writer, run.id))["on_parties"] == []

    async def test_a_command_that_is_interrupted_leaves_none(self, writer: Writer, before: str) -> None:
        working = asyncio.create_task(execution.run(writer, "influence", {"alpha": 0.5}))
        async with asyncio.timeout(20):
            while len(await _scored_by(writer)) < 2:
                await asyncio.sleep(0.002)
        working.cancel()
        with pytest.raises(asyncio.CancelledError):
            await working
        assert await _scores(writer) == {(None, None)}
        [run] = await given.rows(writer.database, "MATCH (r:AnalysisRun) WHERE r.status = 'CANCELLED' RETURN r.on_parties, r.notes_zh")
        assert (run[0], "均已清除" in run[1][0]) == ([], True)

    async def test_a_database_that_goes_away_meanwhile_puts_the_run_back_once(
        self, writer: Writer, monkeypatch: pytest.MonkeyPatch, before: str
    ) -> None:
        id, unsteady = (await runs.start(writer, "influence", {"alpha": 0.5})).id, probe.Unsteady(writer.database)
        await _fails(writer, unsteady, monkeypatch, batch=20)
        assert await _scored_by(writer) == {before, id}
        back = await probe.state(writer, id)
        assert (back["status"], back["takeovers"], back.get("keeping"), back.get("problem_en")) == ("QUEUED", 1, None, None)
        await execution.execute(writer, await probe.taken(writer))
        assert await _scored_by(writer) == {id}
        assert (await probe.state(writer, id))["status"] == "DONE"

    async def test_the_second_time_it_fails_with_its_reason(self, writer: Writer, monkeypatch: pytest.MonkeyPatch, before: str) -> None:
        id = await _fails_twice(writer, monkeypatch, batch=20)
        failed = await probe.state(writer, id)
        assert (failed["status"], failed["problem_en"]) == ("FAILED", "the database did not do its part; try again")
        next = (await execution.run(writer, "influence", {})).run.id
        assert await _scored_by(writer) == {next}


def _goes_away(patch: pytest.MonkeyPatch, unsteady: probe.Unsteady, *, batch: int) -> None:
    """The database does not answer that batch of what is kept."""
    write, batches = results._write, itertools.count(1)

    async def kept(*given: Any) -> Any:
        unsteady.away = next(batches) == batch
        try:
            return await write(*given)
        finally:
            unsteady.away = False

    patch.setattr(results, "_write", kept)


class TestKeeping:
    async def test_scores_of_one_analysis_are_put_on_parties_by_one_run_at_a_time(self, writer: Writer, clock: FixedClock) -> None:
        first, second = [await runs.begin(writer, "influence", {}) for _ in range(2)]
        other = await runs.begin(writer, "referral_value", {})
        assert await keeping.may_begin(writer, first.id, "influence", ("PEOPLE",))
        assert not await keeping.may_begin(writer, second.id, "influence", ("PEOPLE",))
        assert await keeping.may_begin(writer, second.id, "influence", ())
        assert await keeping.may_begin(writer, other.id, "referral_value", ("ALL",))
        await world.change(writer, first.id, process=probe.GONE)
        clock.advance(timedelta(minutes=2))
        assert await keeping.may_begin(writer, second.id, "influence", ("PEOPLE",))

    async def test_a_run_waits_until_the_other_has_ended(self, writer: Writer) -> None:
        await world.people(writer, "ann", "bob")
        first = await runs.begin(writer, "influence", {})
        await keeping.may_begin(writer, first.id, "influence", ("PEOPLE",))
        waiting = asyncio.create_task(execution.run(writer, "influence", {"alpha": 0.5}))
        await asyncio.sleep(1)
        assert (waiting.done(), await _scored_by(writer)) == (False, {None})
        await runs.failed(writer, first.id, writer.author, stored.answered("another"))
        id = (await waiting).run.id
        assert await _scored_by(writer) == {id}
