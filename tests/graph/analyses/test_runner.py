from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import replace

import pytest

from graph.analyses import ANALYSES, processes, runs, schedules
from graph.analyses.runner import Runner
from graph.changes import ChangeAction
from graph.fields import Reference
from graph.writing import Writer
from tests.graph.analyses import probe, world

pytestmark = pytest.mark.usefixtures("probing")


async def test_a_started_run_waits_and_is_carried_out_in_the_background(writer: Writer, runner: Runner) -> None:
    written = await runs.start(writer, "probe", {"seconds": 0.1})
    assert (await probe.state(writer, written.id))["status"] in ("QUEUED", "RUNNING")
    runner.wake()
    done = await probe.until(writer, written.id, "DONE")
    assert json.loads(done["parameters"]) == {"seconds": 0.1, "fail": ""}
    assert {name: done.get(name) for name in ("progress", "row_count", "formula", "started_by", "problem_code", "keeping")} == {
        "progress": 1,
        "row_count": 0,
        "formula": "probe 1",
        "started_by": "user:1",
        "problem_code": None,
        "keeping": None,
    }
    assert [done[f"estimate_{name}"] for name in ("nodes", "edges", "seconds", "memory_bytes")] == [10, 20, 0.5, 1_000]
    assert done["started_at"] == done["finished_at"] == writer.now()


@pytest.mark.parametrize(("fail", "code", "text"), [("load", "REFUSED", "nobody knows anybody"), ("bug", "REFUSED", "internal error")])
async def test_a_run_that_fails_says_why(writer: Writer, runner: Runner, fail: str, code: str, text: str) -> None:
    id = (await runs.start(writer, "probe", {"fail": fail})).id
    failed = await probe.until(writer, id, "FAILED")
    assert failed["problem_code"] == code
    assert text in failed["problem_en"]
    assert failed["problem_zh"]
    assert (await probe.log(writer))[-1] == ("user:1", ChangeAction.ANALYSE, {"status": "FAILED"})
    await probe.until(writer, (await runs.start(writer, "probe", {})).id, "DONE")


async def test_a_working_run_can_be_cancelled(writer: Writer, runner: Runner) -> None:
    id = (await runs.start(writer, "probe", {"seconds": 10})).id
    await probe.until(writer, id, "RUNNING")
    await runs.cancel(writer, Reference(id=id))
    # The next run is taken as soon as the cancelled one has ended.
    await probe.until(writer, (await runs.start(writer, "probe", {})).id, "DONE")
    assert (await probe.state(writer, id))["status"] == "CANCELLED"
    assert [action for *_, action, _ in await probe.log(writer)].count(ChangeAction.ANALYSE) == 1


async def test_a_run_whose_process_ended_begins_anew_at_the_next_start(writer: Writer) -> None:
    dead, foreign, alive = [(await runs.begin(writer, "probe", {})).id for _ in range(3)]
    here = processes.this()
    await world.change(writer, dead, process=here.replace(here[-8:], "00000000"))
    await world.change(writer, foreign, process="another machine|1|token")
    async with Runner(replace(writer, author=probe.SYSTEM), heavy=3, every=0.02):
        done = await probe.until(writer, dead, "DONE")
    assert (done["takeovers"], done["started_by"]) == (1, "user:1")
    assert [(await probe.state(writer, id))["status"] for id in (foreign, alive)] == ["RUNNING", "RUNNING"]


async def test_a_server_that_stops_puts_its_run_back(writer: Writer) -> None:
    id = (await runs.start(writer, "probe", {"seconds": 1})).id
    async with Runner(replace(writer, author=probe.SYSTEM), every=0.02):
        await probe.until(writer, id, "RUNNING")
    back = await probe.state(writer, id)
    assert (back["status"], back["progress"], back.get("started_at")) == ("QUEUED", 0, None)
    async with Runner(replace(writer, author=probe.SYSTEM), every=0.02):
        await probe.until(writer, id, "DONE")


async def test_a_runner_goes_on_once_the_database_is_back(writer: Writer, caplog: pytest.LogCaptureFixture) -> None:
    unsteady = probe.Unsteady(writer.database)
    unsteady.away = True
    with caplog.at_level(logging.WARNING):
        async with Runner(unsteady.of(writer), every=0.02):
            await asyncio.sleep(0.1)
            unsteady.away = False
            await probe.until(writer, (await runs.start(writer, "probe", {})).id, "DONE")
    assert "the queue of analyses cannot be read" in caplog.text


async def test_a_runner_goes_on_after_what_nobody_expected(
    writer: Writer, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    start_due, broken = schedules.start_due, [ZeroDivisionError()]

    async def breaks_once(writer: Writer) -> list[str]:
        if broken:
            raise broken.pop()
        return await start_due(writer)

    monkeypatch.setattr(schedules, "start_due", breaks_once)
    async with Runner(replace(writer, author=probe.SYSTEM), every=0.02):
        await probe.until(writer, (await runs.start(writer, "probe", {})).id, "DONE")
    assert "the queue of analyses was left before its end" in caplog.text


async def test_runs_are_carried_out_one_after_another(writer: Writer, runner: Runner) -> None:
    first, second = [(await runs.queue(writer, "probe", {"seconds": 0.2})).id for _ in range(2)]
    await probe.until(writer, first, "RUNNING")
    assert (await probe.state(writer, second))["status"] == "QUEUED"
    await probe.until(writer, second, "DONE")
    assert (await probe.state(writer, first))["status"] == "DONE"


async def test_heavy_runs_are_carried_out_at_once_as_many_as_may(writer: Writer) -> None:
    async with Runner(replace(writer, author=probe.SYSTEM), heavy=2, every=0.02):
        ids = [(await runs.queue(writer, "probe", {"seconds": 0.5})).id for _ in range(3)]
        await probe.until(writer, ids[0], "RUNNING")
        await probe.until(writer, ids[1], "RUNNING")
        assert [(await probe.state(writer, id))["status"] for id in ids] == ["RUNNING", "RUNNING", "QUEUED"]
        await probe.until(writer, ids[2], "DONE")


async def test_a_light_run_is_carried_out_while_a_heavy_one_works(writer: Writer, runner: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ANALYSES, "glance", replace(ANALYSES["probe"], name="glance", light=True))
    heavy = (await runs.start(writer, "probe", {"seconds": 10})).id
    await probe.until(writer, heavy, "RUNNING")
    light = (await runs.start(writer, "glance", {})).id
    await probe.until(writer, light, "DONE")
    assert (await probe.state(writer, heavy))["status"] == "RUNNING"


async def test_a_server_that_stops_puts_all_its_runs_back(writer: Writer) -> None:
    ids = [(await runs.queue(writer, "probe", {"seconds": 5})).id for _ in range(3)]
    async with Runner(replace(writer, author=probe.SYSTEM), heavy=3, every=0.02):
        for id in ids:
            await probe.until(writer, id, "RUNNING")
    assert [(await probe.state(writer, id))["status"] for id in ids] == ["QUEUED"] * 3


async def test_when_a_run_ends_those_that_are_too_old_go(writer: Writer) -> None:
    async with Runner(replace(writer, author=probe.SYSTEM), kept=2, every=0.02):
        ids = [(await runs.queue(writer, "probe", {"fail": fail})).id for fail in ("", "bug", "", "load")]
        async with asyncio.timeout(20):
            while await _kept(writer) != set(ids[2:]):
                await asyncio.sleep(0.02)
    assert [(await probe.state(writer, id))["status"] for id in ids[2:]] == ["DONE", "FAILED"]


async def _kept(writer: Writer) -> set[str]:
    return {row[0] for row in await writer.database.read("MATCH (run:AnalysisRun) RETURN run.id")}


async def test_a_runner_that_is_woken_does_not_wait(writer: Writer) -> None:
    async with Runner(replace(writer, author=probe.SYSTEM), every=60) as runner:
        await asyncio.sleep(0.1)
        id = (await runs.start(writer, "probe", {})).id
        runner.wake()
        await probe.until(writer, id, "DONE")
