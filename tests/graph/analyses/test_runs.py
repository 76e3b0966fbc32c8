from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from graph.analyses import ANALYSES, execution, lease, runs
from graph.analyses.registry import Estimate
from graph.analyses.rows import Outcome
from graph.analyses.runner import Runner
from graph.analyses.watch import Cancelled
from graph.changes import ChangeAction
from graph.clock import FixedClock
from graph.database import TimedOut
from graph.errors import Message, NotFound, Problems, Refused, Stale
from graph.fields import Reference
from graph.writing import Writer
from tests.graph.analyses import probe, world

pytestmark = pytest.mark.usefixtures("probing")


async def test_a_run_is_two_changes_by_who_started_it(writer: Writer, runner: Runner) -> None:
    id = (await runs.start(writer, "probe", {})).id
    await probe.until(writer, id, "DONE")
    assert await probe.log(writer) == [
        ("user:1", ChangeAction.START, {"analysis": "probe", "parameters": '{"seconds":0.0,"fail":""}', "status": "QUEUED"}),
        ("user:1", ChangeAction.ANALYSE, {"status": "DONE"}),
    ]


async def test_runs_are_taken_in_the_order_in_which_they_were_started(writer: Writer, clock: FixedClock) -> None:
    ids = []
    for _ in range(3):
        ids.append((await runs.queue(writer, "probe", {})).id)
        clock.advance(timedelta(seconds=1))
    taken = [await lease.take(writer, heavy=9) for _ in range(4)]
    assert [run and run.id for run in taken] == [*ids, None]


async def test_what_does_not_exist_or_fit_is_not_started(writer: Writer) -> None:
    with pytest.raises(NotFound):
        await runs.start(writer, "fortune", {})
    with pytest.raises(Problems) as raised:
        await runs.start(writer, "probe", {"seconds": 11, "speed": 1})
    assert str(raised.value) == "seconds: it must lie between 0 and 10; speed: there is no such field; leave it out"
    assert await probe.log(writer) == []


async def test_a_waiting_run_can_be_cancelled(writer: Writer) -> None:
    id = (await runs.start(writer, "probe", {})).id
    await runs.cancel(writer, Reference(id=id, version=1))
    cancelled = await probe.state(writer, id)
    assert (cancelled["status"], cancelled["version"], cancelled["finished_at"]) == ("CANCELLED", 2, writer.now())
    assert await lease.take(writer) is None
    assert (await probe.log(writer))[-1][1:] == (ChangeAction.END, {"status": "CANCELLED"})


async def test_what_has_ended_or_is_being_kept_cannot_be_cancelled(writer: Writer) -> None:
    id = (await execution.run(writer, "probe", {})).run.id
    with pytest.raises(Refused, match="the run is DONE"):
        await runs.cancel(writer, Reference(id=id))
    run = await runs.begin(writer, "probe", {})
    await runs.sign(writer, run, 0.7, keeping=True)
    with pytest.raises(Refused):
        await runs.cancel(writer, Reference(id=run.id))
    with pytest.raises(Stale):
        await runs.cancel(writer, Reference(id=run.id, version=7))
    with pytest.raises(NotFound):
        await runs.cancel(writer, Reference(id="nothing"))


async def test_a_run_that_nobody_understands_any_more_fails_and_the_next_is_taken(writer: Writer) -> None:
    old, wrong = [(await runs.queue(writer, "probe", {})).id for _ in range(2)]
    await world.change(writer, old, analysis="alchemy")
    await world.change(writer, wrong, parameters='{"speed": 1}')
    next = (await runs.start(writer, "probe", {})).id
    run = await lease.take(writer)
    assert run
    assert run.id == next
    assert [(await probe.state(writer, id))["status"] for id in (old, wrong)] == ["FAILED", "FAILED"]
    assert "speed" in (await probe.state(writer, wrong))["problem_en"]


async def test_a_run_may_be_asked_for_by_a_model_of_its_parameters(writer: Writer) -> None:
    id = (await runs.start(writer, "probe", probe.Probe(seconds=0.5))).id
    run = await lease.take(writer)
    assert run
    assert (run.id, run.parameters, run.author) == (id, probe.Probe(seconds=0.5, fail=""), writer.author)


async def test_only_the_process_of_a_run_speaks_for_it(writer: Writer) -> None:
    run = await runs.begin(writer, "probe", {})
    await runs.sign(writer, run, 0.5)
    assert (await probe.state(writer, run.id))["progress"] == 0.5
    await world.change(writer, run.id, process="another machine|1|token")
    with pytest.raises(Cancelled):
        await runs.sign(writer, run, 0.6)
    await lease.put_back(writer, run)
    kept = await probe.state(writer, run.id)
    assert (kept["status"], kept["progress"]) == ("RUNNING", 0.5)


async def test_an_end_is_final(writer: Writer) -> None:
    run = await runs.begin(writer, "probe", {})
    await runs.failed(writer, run.id, run.author, Refused(Message("no", "否")))
    await runs.done(writer, run, Outcome((), "probe 1"))
    kept = await probe.state(writer, run.id)
    assert (kept["status"], kept["problem_en"], kept["problem_zh"]) == ("FAILED", "no", "否")
    assert [action for _, action, _ in await probe.log(writer)].count(ChangeAction.ANALYSE) == 1


async def test_a_run_is_queued_also_where_nobody_counts_in_time_what_it_takes(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    async def late(_: Writer, __: probe.Probe) -> Estimate:
        raise TimedOut("no answer within 30 s")

    usual = await runs.start(writer, "probe", {})
    monkeypatch.setitem(ANALYSES, "probe", replace(ANALYSES["probe"], estimate=late))
    unknown = await runs.start(writer, "probe", {"seconds": 1})
    assert [(await probe.state(writer, run.id)).get("estimate_nodes") for run in (usual, unknown)] == [10, None]
