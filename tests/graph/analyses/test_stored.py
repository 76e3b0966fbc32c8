"""The same analysis of the same graph is not computed twice."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from graph import changes, people, rebuild
from graph.analyses import ANALYSES, execution, lease, runs, stored
from graph.analyses.execution import Finished
from graph.analyses.reasons import Reason, ReasonCode
from graph.analyses.rows import GraphFact, NodeGroup, NodeScore, Outcome, PairScore, PathRow, Row
from graph.clock import FixedClock
from graph.errors import Message
from graph.fields import Reference
from graph.writing import Author, Writer
from tests.graph import given
from tests.graph.analyses import probe, world

pytestmark = pytest.mark.usefixtures("probing")


async def _run(writer: Writer, name: str = "probe", **parameters: Any) -> str:
    return (await execution.run(writer, name, parameters)).run.id


async def _answer(writer: Writer, name: str = "probe", **parameters: Any) -> str | None:
    return await stored.find(writer, ANALYSES[name], ANALYSES[name].parameters.parse(parameters))


async def test_the_same_again_is_the_run_of_before_and_says_so(writer: Writer) -> None:
    done = await _run(writer)
    written = await runs.start(writer, "probe", {"seconds": 0})
    assert written.id == done
    (warning,) = written.warnings
    assert "answered again" in warning.message("en")
    assert "直接返回已有结果" in warning.message("zh-CN")
    assert await given.value(writer.database, "MATCH (run:AnalysisRun) RETURN count(run)") == 1


async def test_other_parameters_are_another_run(writer: Writer) -> None:
    done = await _run(writer)
    other = await runs.start(writer, "probe", {"seconds": 0.1})
    assert (other.id != done, other.warnings) == (True, ())


async def test_what_waits_runs_or_failed_is_no_answer(writer: Writer) -> None:
    await runs.queue(writer, "probe", {})
    with pytest.raises(ZeroDivisionError):
        await _run(writer, fail="bug")
    assert await _answer(writer) is await _answer(writer, fail="bug") is None


async def test_the_same_start_again_gives_the_run_that_has_not_ended(writer: Writer) -> None:
    started = await asyncio.gather(*(runs.start(writer, "probe", {}) for _ in range(8)))
    (id,) = {written.id for written in started}
    assert sorted(len(written.warnings) for written in started) == [0] + 7 * [1]
    assert "has not ended yet" in next(written.warnings[0].message("en") for written in started if written.warnings)
    others = [
        await runs.start(replace(writer, author=Author("user:2", "Eve")), "probe", {}),
        await runs.start(writer, "probe", {"seconds": 0.5}),
    ]
    assert len({id, *(written.id for written in others)}) == 3
    await runs.cancel(writer, Reference(id=id))
    assert (await runs.start(writer, "probe", {})).id != id


async def test_a_run_that_began_before_a_write_is_not_given_for_one_after_it(writer: Writer) -> None:
    id = (await runs.start(writer, "probe", {})).id
    run = await lease.take(writer)
    assert run
    await runs.sign(writer, run, 0.1, fingerprint=await stored.fingerprint(writer, run.analysis))
    assert (await runs.start(writer, "probe", {})).id == id
    await given.person(writer)
    assert (await runs.start(writer, "probe", {})).id != id


async def test_runs_themselves_do_not_change_the_graph(writer: Writer) -> None:
    await given.person(writer)
    before = await changes.state(writer.database)
    done = await _run(writer, seconds=0.01)
    cancelled = await runs.start(writer, "probe", {})
    await runs.cancel(writer, Reference(id=cancelled.id))
    assert await changes.head(writer.database) == int(before) + 4
    assert await changes.state(writer.database) == before
    assert await _answer(writer, seconds=0.01) == done


async def test_any_other_write_makes_another_graph(writer: Writer) -> None:
    ann = await given.person(writer)
    done = await _run(writer)
    await people.update(writer, people.PersonUpdate.parse({"id": ann, "version": 1, "notes": "met"}))
    assert await _answer(writer) is None
    assert await _run(writer) != done


async def test_what_was_put_right_without_a_change_is_seen(writer: Writer) -> None:
    await given.person(writer)
    await _run(writer)
    head = await changes.head(writer.database)
    await rebuild.rebuild(writer)
    assert await changes.head(writer.database) == head
    assert await _answer(writer) is None


async def test_a_write_while_it_computes_is_not_taken_for_seen(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    async def load(writer: Writer, _: probe.Probe) -> str:
        await given.person(writer)
        return "facts"

    monkeypatch.setitem(ANALYSES, "probe", replace(ANALYSES["probe"], load=load))
    await _run(writer)
    assert await _answer(writer) is None


async def test_another_day_another_formula_and_other_customs_are_computed_anew(
    writer: Writer, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = await _run(writer)
    assert await _answer(replace(writer, customs=replace(writer.customs, currency="EUR"))) is None
    assert await _answer(replace(writer, customs=replace(writer.customs, company="Another"))) == done
    with monkeypatch.context() as patch:
        patch.setitem(ANALYSES, "probe", replace(ANALYSES["probe"], formula=Message("another", "另一个")))
        assert await _answer(writer) is None
    # 16:00 in Shanghai.
    clock.advance(timedelta(hours=7))
    assert await _answer(writer) == done
    clock.advance(timedelta(hours=1))
    assert await _answer(writer) is None


async def test_scores_that_a_later_run_replaced_are_written_again(writer: Writer) -> None:
    await world.people(writer, "ann", "bob")
    await world.organizations(writer, "acme", "beta")
    both, people = await _run(writer, "influence"), await _run(writer, "influence", level="PEOPLE")
    assert await _answer(writer, "influence") is None
    assert await _answer(writer, "influence", level="PEOPLE") == people
    organizations = await _run(writer, "influence", level="ORGANIZATIONS")
    assert await _answer(writer, "influence", level="PEOPLE") == people
    assert await _answer(writer, "influence", level="ORGANIZATIONS") == organizations
    kept = {id: (await probe.state(writer, id))["on_parties"] for id in (both, people, organizations)}
    assert kept == {both: [], people: ["PEOPLE"], organizations: ["ORGANIZATIONS"]}


async def test_scores_that_a_later_run_began_to_replace_are_written_again(writer: Writer) -> None:
    await world.people(writer, "ann", "bob")
    whole = await _run(writer, "influence")
    assert await _answer(writer, "influence") == whole
    broken = await runs.begin(writer, "influence", {"alpha": 0.5})
    await runs.sign(writer, broken, 0.7, keeping=True, wrote=["PEOPLE"], on_parties=["PEOPLE"])
    assert await _answer(writer, "influence") is None


ROWS: tuple[Row, ...] = (
    NodeScore("ann", 5.0, 1, (Reason(ReasonCode.ACQUAINTANCE, 2.0, 0.5, 0.4, "bob"), Reason(ReasonCode.OWN, 1.0, None, 0.6))),
    NodeGroup(Message("Group", "组"), ("bob", "ann")),
    PairScore("bob", "ann", 0.5),
    PathRow(("ann", "bob"), 0.25),
    GraphFact("density", Message("Density", "密度"), 0.75),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: type(row).__name__)
async def test_rows_come_back_as_they_were_found(writer: Writer, row: Row) -> None:
    await world.people(writer, "ann", "bob")
    probe.ROWS[:] = [row, row]
    before = await execution.run(writer, "probe", {})
    again = await execution.answered(writer, "probe", {})
    expected = Outcome([row, row], "probe 1", notes=(stored.ANSWERED,))
    assert again == Finished(before.run, before.estimate, expected)


async def test_notes_come_back_too(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    note = Message("mind this", "请注意")
    monkeypatch.setitem(ANALYSES, "probe", replace(ANALYSES["probe"], compute=lambda *_: Outcome((), "probe 1", notes=(note,))))
    await _run(writer)
    again = await execution.answered(writer, "probe", {})
    assert again
    assert again.outcome.notes == (note, stored.ANSWERED)


async def test_who_wants_all_rows_gets_no_run_that_kept_the_best_alone(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graph.analyses.results.KEPT_ROWS", 1)
    await world.people(writer, "ann", "bob")
    done = await _run(writer, "influence", level="PEOPLE")
    assert await _answer(writer, "influence", level="PEOPLE") == done
    assert await execution.answered(writer, "influence", {"level": "PEOPLE"}) is None
