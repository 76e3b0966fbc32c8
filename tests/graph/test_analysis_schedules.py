"""Analyses that start by themselves. The clock stands at a Wednesday, 16:00 in Shanghai."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from graph import analysis_schedules, changes
from graph.analyses import execution, pruning, schedules
from graph.analyses.runner import Runner
from graph.analysis_schedules import AnalysisScheduleCreate, AnalysisScheduleUpdate
from graph.clock import FixedClock
from graph.database import Database, Target
from graph.errors import NotFound, Problems, Stale, WriteProblem
from graph.fields import Reference
from graph.ids import RandomIds
from graph.writing import Author, Writer
from tests.graph import given
from tests.graph.analyses import probe, world

SYSTEM = Author("system", "System")


async def _schedule(writer: Writer, cron: str = "0 6 * * *", **analysis: Any) -> str:
    input = AnalysisScheduleCreate.parse({"analysis": analysis or {"networkHealth": {}}, "cron": cron})
    return (await analysis_schedules.create(writer, input)).id


async def _update(writer: Writer, id: str, version: int, **fields: Any) -> None:
    await analysis_schedules.update(writer, AnalysisScheduleUpdate.parse({"id": id, "version": version, **fields}))


async def _due(writer: Writer) -> list[str]:
    return await schedules.start_due(replace(writer, author=SYSTEM))


async def _runs(writer: Writer) -> list[tuple[Any, ...]]:
    query = "MATCH (run:AnalysisRun) RETURN run.analysis, run.status, run.started_by ORDER BY run.queued_at, run.id"
    return [tuple(row) for row in await given.rows(writer.database, query)]


async def _last(writer: Writer, id: str) -> list[str]:
    rows = await given.rows(writer.database, "MATCH (:Node {id: $id})-[:STARTED]->(run) RETURN run.id", id=id)
    return [row[0] for row in rows]


def _to(clock: FixedClock, at: str) -> None:
    clock.advance(datetime.fromisoformat(at) - clock.now())


class TestWriting:
    async def test_a_schedule_knows_when_it_is_due_next_where_the_company_is(self, writer: Writer) -> None:
        kept = await given.node(writer.database, await _schedule(writer, " 30  6 * * 1-5 ", influence={"alpha": 0.5}))
        assert (kept["analysis"], kept["cron"], kept["version"]) == ("influence", "30 6 * * 1-5", 1)
        assert '"alpha":0.5' in kept["parameters"]
        assert '"damping":0.85' in kept["parameters"]
        assert kept["next_at"] == "2026-07-01T22:30:00.000000Z"
        assert (kept["created_by"], kept["created_by_label"]) == ("user:1", "USER:1")

    @pytest.mark.parametrize(
        ("cron", "at"),
        [
            ("0 16 * * *", "2026-07-02T08:00:00.000000Z"),
            ("1 16 * * *", "2026-07-01T08:01:00.000000Z"),
            ("*/15 * * * *", "2026-07-01T08:15:00.000000Z"),
            ("0 0 1 1 *", "2026-12-31T16:00:00.000000Z"),
            ("0 9 * * mon", "2026-07-06T01:00:00.000000Z"),
            ("0 0 29 2 *", "2028-02-28T16:00:00.000000Z"),
        ],
    )
    async def test_when_expressions_are_due(self, writer: Writer, cron: str, at: str) -> None:
        assert schedules.next_at(writer, cron) == at

    async def test_days_are_those_of_the_company_also_when_clocks_change(self, writer: Writer, clock: FixedClock) -> None:
        berlin = replace(writer, customs=replace(writer.customs, time_zone="Europe/Berlin"))
        assert schedules.next_at(berlin, "0 6 * * *") == "2026-07-02T04:00:00.000000Z"
        _to(clock, "2026-10-24T12:00:00+00:00")
        assert schedules.next_at(berlin, "0 6 * * *") == "2026-10-25T05:00:00.000000Z"

    @pytest.mark.parametrize(
        ("cron", "reason"),
        [
            ("0 6 * *", "Wrong number of fields"),
            ("0 0 6 * * *", "Wrong number of fields"),
            ("60 6 * * *", "Bad minute"),
            ("0 0 30 2 *", "Bad day-of-month"),
            ("@daily", "Wrong number of fields"),
            ("every morning at six o'clock", "Bad minute"),
        ],
    )
    async def test_a_bad_expression_is_refused_by_name_with_an_example(self, writer: Writer, cron: str, reason: str) -> None:
        with pytest.raises(Problems) as raised:
            await _schedule(writer, cron)
        (problem,) = raised.value.problems
        assert problem.path == ("cron",)
        assert f"cron: it is not a cron expression ({reason})" in problem.message("en")
        assert "such as 0 6 * * 1-5" in problem.message("en")
        assert "例如 0 6 * * 1-5" in problem.message("zh")

    async def test_parameters_have_the_bounds_of_the_analysis(self, writer: Writer) -> None:
        with pytest.raises(Problems) as raised:
            await _schedule(writer, influence={"alpha": 1})
        assert raised.value.problems[0].path == ("analysis", "influence", "alpha")

    @pytest.mark.parametrize("analysis", [{}, {"influence": {}, "networkHealth": {}}])
    async def test_one_analysis_a_schedule(self, writer: Writer, analysis: dict[str, Any]) -> None:
        with pytest.raises(WriteProblem, match="exactly one"):
            await analysis_schedules.create(writer, AnalysisScheduleCreate.parse({"analysis": analysis, "cron": "0 6 * * *"}))

    async def test_it_can_be_changed_and_deleted(self, writer: Writer) -> None:
        id = await _schedule(writer)
        await _update(writer, id, 1, cron="0 7 * * *")
        kept = await given.node(writer.database, id)
        assert (kept["version"], kept["next_at"], kept["analysis"]) == (2, "2026-07-01T23:00:00.000000Z", "network_health")
        await _update(writer, id, 2, analysis={"influence": {}})
        await _update(writer, id, 3, cron="0 7 * * *")
        kept = await given.node(writer.database, id)
        assert (kept["version"], kept["analysis"], kept["cron"]) == (3, "influence", "0 7 * * *")
        with pytest.raises(Stale):
            await _update(writer, id, 2, cron="0 8 * * *")
        await analysis_schedules.delete(writer, Reference(id=id, version=3))
        with pytest.raises(NotFound):
            await _update(writer, id, 4, cron="0 8 * * *")

    async def test_every_write_is_in_the_log_and_none_changes_what_is_analysed(self, writer: Writer) -> None:
        before = await changes.state(writer.database)
        id = await _schedule(writer)
        await _update(writer, id, 1, cron="0 7 * * *")
        await analysis_schedules.delete(writer, Reference(id=id))
        assert [(action.value, fields) for _, action, fields in await probe.log(writer)][1:] == [
            ("UPDATE", {"cron": "0 7 * * *"}),
            ("DELETE", {"deletedAt": writer.now()}),
        ]
        assert await changes.state(writer.database) == before


class TestStarting:
    async def test_what_is_due_starts_as_whoever_made_it_and_is_due_again_later(self, writer: Writer, clock: FixedClock) -> None:
        id = await _schedule(replace(writer, author=Author("user:7", "Seven")))
        assert await _due(writer) == []
        _to(clock, "2026-07-02T06:00:00+08:00")
        assert await _due(writer) == [id]
        assert await _runs(writer) == [("network_health", "QUEUED", "user:7")]
        assert (await given.node(writer.database, id))["next_at"] == "2026-07-02T22:00:00.000000Z"
        assert len(await _last(writer, id)) == 1
        assert await _due(writer) == []

    async def test_missed_times_are_caught_up_once(self, writer: Writer, clock: FixedClock) -> None:
        id = await _schedule(writer, "0 * * * *")
        _to(clock, "2026-07-09T12:34:00+08:00")
        assert await _due(writer) == [id]
        assert await _due(writer) == []
        assert len(await _runs(writer)) == 1
        assert (await given.node(writer.database, id))["next_at"] == "2026-07-09T05:00:00.000000Z"

    async def test_its_last_run_is_the_newest(self, writer: Writer, clock: FixedClock) -> None:
        id = await _schedule(writer)
        seen = []
        for day in (2, 3):
            _to(clock, f"2026-07-0{day}T06:00:00+08:00")
            await _due(writer)
            seen += await _last(writer, id)
        assert len(set(seen)) == len(await _runs(writer)) == 2
        assert await _last(writer, id) == seen[1:]

    async def test_what_would_be_the_same_again_is_not_computed_again(self, writer: Writer, clock: FixedClock) -> None:
        id = await _schedule(writer, "0 * * * *", networkHealth={"level": "PEOPLE"})
        done = (await execution.run(writer, "network_health", {"level": "PEOPLE"})).run.id
        _to(clock, "2026-07-01T17:00:00+08:00")
        assert await _due(writer) == [id]
        assert await _last(writer, id) == [done]
        assert len(await _runs(writer)) == 1
        await given.person(writer)
        _to(clock, "2026-07-01T18:00:00+08:00")
        await _due(writer)
        assert await _last(writer, id) != [done]
        assert len(await _runs(writer)) == 2

    async def test_the_deleted_start_nothing(self, writer: Writer, clock: FixedClock) -> None:
        await analysis_schedules.delete(writer, Reference(id=await _schedule(writer)))
        _to(clock, "2026-07-02T06:00:00+08:00")
        assert await _due(writer) == []

    async def test_what_no_version_of_today_understands_fails_and_tells_why(self, writer: Writer, clock: FixedClock) -> None:
        old, wrong = await _schedule(writer), await _schedule(writer)
        await world.change(writer, old, analysis="alchemy")
        await world.change(writer, wrong, parameters='{"speed": 1}')
        async with Runner(replace(writer, author=SYSTEM), every=0.02):
            _to(clock, "2026-07-02T06:00:00+08:00")
            async with asyncio.timeout(20):
                while [status for _, status, _ in await _runs(writer)] != ["FAILED", "FAILED"]:
                    await asyncio.sleep(0.02)

    async def test_a_run_that_is_kept_no_more_leaves_the_schedule(self, writer: Writer, clock: FixedClock) -> None:
        id = await _schedule(writer)
        _to(clock, "2026-07-02T06:00:00+08:00")
        await _due(writer)
        await given.run(writer.database, "MATCH (run:AnalysisRun) SET run.status = 'FAILED', run.finished_at = $now", now=writer.now())
        clock.advance(timedelta(minutes=1))
        await execution.run(writer, "network_health", {})
        assert len(await pruning.prune(writer, "network_health", 1)) == 1
        assert await _last(writer, id) == []
        _to(clock, "2026-07-03T06:00:00+08:00")
        assert await _due(writer) == [id]

    @pytest.fixture
    async def another(self, target: Target, writer: Writer) -> AsyncIterator[Writer]:
        """Another server process of the same database, as far as one can be had here: with connections of its own."""
        async with await Database.connect(target) as database:
            await given.warm(database)
            await given.warm(writer.database)
            yield replace(writer, database=database, ids=RandomIds(writer.clock))

    async def test_of_processes_that_come_at_once_one_starts_it(self, writer: Writer, another: Writer, clock: FixedClock) -> None:
        made = {await _schedule(writer) for _ in range(3)}
        _to(clock, "2026-07-02T06:00:00+08:00")
        started = await asyncio.gather(*(_due(each) for each in (writer, another) * 4))
        assert sorted(id for ids in started for id in ids) == sorted(made)
        assert len(await _runs(writer)) == 3
        assert all([len(await _last(writer, id)) == 1 for id in made])

    async def test_a_server_starts_what_is_due(self, writer: Writer, clock: FixedClock) -> None:
        await world.people(writer, "ann", "bob")
        await _schedule(writer, influence={"level": "PEOPLE"})
        async with Runner(replace(writer, author=SYSTEM), every=0.02):
            await asyncio.sleep(0.2)
            assert await _runs(writer) == []
            _to(clock, "2026-07-02T06:00:00+08:00")
            async with asyncio.timeout(20):
                while await _runs(writer) != [("influence", "DONE", "user:1")]:
                    await asyncio.sleep(0.02)
        assert (await world.properties(writer, "ann"))["influence_rank"] == 1
