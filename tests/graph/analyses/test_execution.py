from __future__ import annotations

import asyncio
import threading
import time
from contextlib import suppress
from dataclasses import replace

import pytest

from graph.analyses import ANALYSES, execution, runs
from graph.analyses.kept import keeper
from graph.analyses.rows import Outcome
from graph.analyses.watch import Cancelled, Late, Stopped, Watch
from graph.database import Unavailable
from graph.errors import Message, Problems, Refused
from graph.fields import Reference
from graph.writing import Writer
from tests.graph import given
from tests.graph.analyses import probe

pytestmark = pytest.mark.usefixtures("probing")


async def test_a_run_that_takes_too_long_fails(writer: Writer) -> None:
    with pytest.raises(Late):
        await execution.run(writer, "probe", {"seconds": 5}, seconds=0.2)
    [run] = await given.rows(writer.database, "MATCH (run:AnalysisRun) RETURN run.status, run.problem_en")
    assert list(run) == ["FAILED", "it took longer than 0.2 s; ask for less, or raise GUANXI_RUN_SECONDS"]


async def test_who_waits_for_a_run_sees_its_progress_and_may_stop_it(writer: Writer) -> None:
    seen: list[float] = []
    waiting = asyncio.create_task(execution.run(writer, "probe", {"seconds": 10}, progress=seen.append))
    async with asyncio.timeout(5):
        while max(seen, default=0) < 0.4:
            await asyncio.sleep(0.02)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    [run] = await given.rows(writer.database, "MATCH (run:AnalysisRun) RETURN run.status")
    assert run["run.status"] == "CANCELLED"


async def test_a_cancel_is_heard_without_waiting_for_the_sign_of_life(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execution, "_SIGN", 10**9)
    working = asyncio.create_task(execution.run(writer, "probe", {"seconds": 10}))
    await probe.only(writer, "RUNNING")
    id = await given.value(writer.database, "MATCH (run:AnalysisRun) RETURN run.id")
    await runs.cancel(writer, Reference(id=id))
    async with asyncio.timeout(5):
        with pytest.raises(Cancelled):
            await working
    assert (await probe.state(writer, id))["status"] == "CANCELLED"


@pytest.mark.parametrize("how", ["late", "cancelled", "stopped"])
async def test_a_run_is_left_when_its_thread_has_ended(writer: Writer, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    begun, ended = threading.Event(), threading.Event()

    def compute(_: str, __: probe.Probe, watch: Watch) -> Outcome:
        begun.set()
        with suppress(Stopped):
            while True:
                time.sleep(0.01)
                watch.check()
        time.sleep(0.3)
        ended.set()
        return Outcome([], "probe 1")

    monkeypatch.setitem(ANALYSES, "probe", replace(ANALYSES["probe"], compute=compute))
    working = asyncio.create_task(execution.run(writer, "probe", {}, seconds=1 if how == "late" else 60))
    assert await asyncio.to_thread(begun.wait, 10)
    if how == "stopped":
        working.cancel()
    elif how == "cancelled":
        id = await given.value(writer.database, "MATCH (run:AnalysisRun) RETURN run.id")
        await runs.cancel(writer, Reference(id=id))
    with pytest.raises({"late": Late, "cancelled": Cancelled, "stopped": asyncio.CancelledError}[how]):
        await working
    assert ended.is_set()
    status = await given.value(writer.database, "MATCH (run:AnalysisRun) RETURN run.status")
    assert status == ("FAILED" if how == "late" else "CANCELLED")


async def test_a_run_that_would_take_too_much_memory_is_refused_before_it_loads(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    async def load(_: Writer, __: probe.Probe) -> str:
        raise AssertionError("loaded")

    monkeypatch.setitem(ANALYSES, "probe", replace(ANALYSES["probe"], load=load))
    monkeypatch.setattr(keeper(writer.database), "limit", 999)
    with pytest.raises(
        Refused, match=r"on 10 nodes and 20 ties the run takes 0.001 MB, and may take 0.000999; raise GUANXI_NETWORK_MEMORY"
    ):
        await execution.run(writer, "probe", {})
    [run] = await given.rows(writer.database, "MATCH (run:AnalysisRun) RETURN run.status, run.estimate_memory_bytes, run.problem_zh")
    assert list(run)[:2] == ["FAILED", 1_000]
    assert "0.001 MB" in run["run.problem_zh"]
    monkeypatch.setattr(keeper(writer.database), "limit", 1_000)
    with pytest.raises(AssertionError, match="loaded"):
        await execution.run(writer, "probe", {})


async def test_the_loop_is_free_while_a_run_computes(writer: Writer) -> None:
    working = asyncio.create_task(execution.run(writer, "probe", {"seconds": 0.3}))
    longest = 0.0
    while not working.done():
        before = time.perf_counter()
        await asyncio.sleep(0.001)
        longest = max(longest, time.perf_counter() - before)
    await working
    assert longest < 0.1


async def test_what_goes_wrong_is_raised_and_kept(writer: Writer) -> None:
    with pytest.raises(Refused, match="nobody knows anybody"):
        await execution.run(writer, "probe", {"fail": "load"})
    with pytest.raises(ZeroDivisionError):
        await execution.run(writer, "probe", {"fail": "bug"})
    found = await given.rows(writer.database, "MATCH (run:AnalysisRun) RETURN run.status, run.problem_zh ORDER BY run.problem_en")
    assert [list(row) for row in found] == [["FAILED", "内部错误，详见服务器日志"], ["FAILED", "to：没有人认识任何人"]]


async def test_several_problems_at_once_are_kept_by_the_first(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    async def load(_: Writer, __: probe.Probe) -> str:
        raise Problems([Refused(Message("first", "一")), Refused(Message("second", "二"))])

    monkeypatch.setitem(ANALYSES, "probe", replace(ANALYSES["probe"], load=load))
    with pytest.raises(Problems):
        await execution.run(writer, "probe", {})
    assert await given.value(writer.database, "MATCH (run:AnalysisRun) RETURN run.problem_en") == "first"


async def test_a_load_that_takes_too_long_is_ended(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    async def load(_: Writer, __: probe.Probe) -> str:
        await asyncio.sleep(60)
        return "facts"

    monkeypatch.setitem(ANALYSES, "probe", replace(ANALYSES["probe"], load=load))
    with pytest.raises(Late):
        await execution.run(writer, "probe", {}, seconds=0.1)
    assert await given.value(writer.database, "MATCH (run:AnalysisRun) RETURN run.status") == "FAILED"


async def test_a_run_outlives_a_database_that_is_away_while_it_computes(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execution, "_SIGN", 1)
    unsteady = probe.Unsteady(writer.database)
    working = asyncio.create_task(execution.run(unsteady.of(writer), "probe", {"seconds": 1}))
    await probe.only(writer, "RUNNING", progress=0.45)
    unsteady.away = True
    await asyncio.sleep(0.3)
    unsteady.away = False
    finished = await working
    assert (await probe.state(writer, finished.run.id))["status"] == "DONE"


async def test_a_database_that_stays_away_fails_the_run(writer: Writer) -> None:
    unsteady = probe.Unsteady(writer.database)
    working = asyncio.create_task(execution.run(unsteady.of(writer), "probe", {"seconds": 0.5}))
    await probe.only(writer, "RUNNING")
    unsteady.away = True
    with pytest.raises(Unavailable):
        await working
    # Nobody could say so then; who sweeps later finds that the process is silent.
    assert await given.value(writer.database, "MATCH (run:AnalysisRun) RETURN run.status") == "RUNNING"
