"""Who moved between two runs, and because of whom."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import pytest
from hypothesis import given as given_
from hypothesis import strategies as st

from graph.analyses import execution, moves, results, runs, ties
from graph.analyses.moves import Cause, MoveMetric
from graph.analyses.reasons import Reason, ReasonCode, folded
from graph.analyses.rows import GraphFact, NodeScore
from graph.errors import Invalid, Message, NotFound, Refused
from graph.writing import Writer
from tests.graph import given
from tests.graph.analyses import probe, world

pytestmark = pytest.mark.usefixtures("probing")
PEOPLE = ("ann", "bob", "eve", "joe")


async def _ranked(writer: Writer, **scores: float) -> str:
    """A run that gave these scores; each part of them came from somebody with one letter less."""
    order = sorted(scores, key=lambda party: -scores[party])
    probe.ROWS[:] = [NodeScore(party, scores[party], rank) for rank, party in enumerate(order, start=1)]
    return (await execution.run(writer, "probe", {})).run.id


async def _between(writer: Writer, start: str, end: str, metric: MoveMetric) -> list[moves.Move]:
    query = moves.FOUND + "RETURN " + moves.STANDING
    before, after = [moves.standings(row[0] for row in await given.rows(writer.database, query, run=run)) for run in (start, end)]
    return moves.between(before, after, metric)


async def _moves(writer: Writer, start: str, end: str, metric: MoveMetric = MoveMetric.RANK) -> list[tuple[str, int, float]]:
    return [
        (move.party, move.after.rank - move.before.rank, move.after.score - move.before.score)
        for move in await _between(writer, start, end, metric)
    ]


async def test_the_greatest_moves_come_first_by_rank_or_by_score(writer: Writer) -> None:
    await world.people(writer, *PEOPLE)
    start = await _ranked(writer, ann=100, bob=50, eve=40, joe=10)
    end = await _ranked(writer, ann=100, bob=39, eve=20, joe=60)
    assert await _moves(writer, start, end) == [("joe", -2, 50), ("eve", 1, -20), ("bob", 1, -11)]
    assert await _moves(writer, start, end, MoveMetric.SCORE) == [("joe", -2, 50), ("eve", 1, -20), ("bob", 1, -11)]
    assert await _moves(writer, end, start) == [("joe", 2, -50), ("eve", -1, 20), ("bob", -1, 11)]


async def test_a_score_may_move_without_a_rank_and_a_rank_by_another_s_score(writer: Writer) -> None:
    await world.people(writer, *PEOPLE)
    start = await _ranked(writer, ann=100, bob=50, eve=40, joe=10)
    end = await _ranked(writer, ann=90, bob=50, eve=60, joe=10)
    assert await _moves(writer, start, end) == [("eve", -1, 20), ("bob", 1, 0)]
    assert await _moves(writer, start, end, MoveMetric.SCORE) == [("eve", -1, 20), ("ann", 0, -10)]
    assert await _moves(writer, start, start) == []


async def test_who_is_in_one_run_alone_is_gone_or_has_opted_out_did_not_move(writer: Writer) -> None:
    await world.people(writer, *PEOPLE)
    start = await _ranked(writer, ann=100, bob=50, eve=40)
    end = await _ranked(writer, ann=10, bob=20, eve=30, joe=40)
    assert {party for party, *_ in await _moves(writer, start, end)} == {"ann", "bob", "eve"}
    await world.change(writer, "ann", network_opt_out=True)
    await world.change(writer, "bob", deleted_at=world.LONG_AGO)
    assert {party for party, *_ in await _moves(writer, start, end)} == {"eve"}


def _why(*parts: tuple[str | None, float]) -> tuple[Reason, ...]:
    return tuple(Reason(ReasonCode.ACQUAINTANCE if party else ReasonCode.OWN, value, None, 0.1, party) for party, value in parts)


async def test_causes_are_the_parts_that_changed(writer: Writer) -> None:
    await world.people(writer, *PEOPLE)
    ids = []
    for why in (_why((None, 1), ("bob", 4), ("eve", 5)), _why((None, 1), ("bob", 1), ("joe", 20))):
        probe.ROWS[:] = [NodeScore("ann", sum(reason.value for reason in why), 1, why)]
        ids.append((await execution.run(writer, "probe", {})).run.id)
    found = await _between(writer, ids[0], ids[1], MoveMetric.SCORE)
    causes = (await moves.causes(writer.database, ids[0], ids[1], found))["ann"]
    parts = [
        Cause(ReasonCode.ACQUAINTANCE, "joe", 0, 20),
        Cause(ReasonCode.ACQUAINTANCE, "eve", 5, 0),
        Cause(ReasonCode.ACQUAINTANCE, "bob", 4, 1),
    ]
    assert moves.folded(causes, {"bob", "eve", "joe"}) == parts
    assert sum(cause.change for cause in causes) == found[0].after.score - found[0].before.score
    assert moves.folded(causes, {"bob"}) == [parts[2], Cause(ReasonCode.OTHERS, None, 5, 20)]
    assert moves.folded(causes, set()) == [Cause(ReasonCode.OTHERS, None, 9, 21)]


async def test_what_one_run_kept_among_the_others_changed_as_little_as_it_may_have(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "shortened", partial(folded, most=3))
    await world.people(writer, *PEOPLE)
    ids = []
    for why in (_why(("bob", 4), ("eve", 3), ("joe", 2)), _why(("bob", 4), ("eve", 1), ("joe", 6))):
        probe.ROWS[:] = [NodeScore("ann", sum(reason.value for reason in why), 1, why)]
        ids.append((await execution.run(writer, "probe", {})).run.id)
    found = await _between(writer, ids[0], ids[1], MoveMetric.SCORE)
    causes = (await moves.causes(writer.database, ids[0], ids[1], found))["ann"]
    assert moves.folded(causes, set(PEOPLE)) == [
        Cause(ReasonCode.ACQUAINTANCE, "joe", 2, 6),
        Cause(ReasonCode.ACQUAINTANCE, "eve", 3, 1),
    ]
    assert sum(cause.change for cause in causes) == pytest.approx(11 - 9)


PARTIES = st.sampled_from([(code, party) for code in (ReasonCode.ACQUAINTANCE, ReasonCode.REPORTING) for party in "abcdef"])
PARTS = st.dictionaries(PARTIES, st.integers(-20, 40).filter(bool), max_size=8)


@given_(PARTS, PARTS, st.integers(0, 5))
def test_what_is_told_adds_up_to_the_change(before: dict[Any, int], after: dict[Any, int], most: int) -> None:
    kept = []
    for parts in (before, after):
        ordered = sorted(parts, key=lambda part: -abs(parts[part]))
        others = sum(parts[part] for part in ordered[most:])
        kept.append({part: float(parts[part]) for part in ordered[:most]} | ({(ReasonCode.OTHERS, None): float(others)} if others else {}))
    told = moves._compared(*kept)
    assert sum(cause.change for cause in told) == pytest.approx(sum(after.values()) - sum(before.values()))
    assert sum(cause.before for cause in told) == pytest.approx(sum(before.values()))


def test_who_is_named_as_something_else_is_not_among_the_others() -> None:
    acquainted, reporting, others = (ReasonCode.ACQUAINTANCE, "bob"), (ReasonCode.REPORTING, "bob"), (ReasonCode.OTHERS, None)
    assert moves._compared({acquainted: 5.0, others: 4.0}, {reporting: 7.0, others: 4.0}) == [
        Cause(*acquainted, 5.0, 0.0),
        Cause(*others, 4.0, 4.0),
        Cause(*reporting, 0.0, 7.0),
    ]


async def test_influence_moves_by_those_who_are_new_around_somebody(writer: Writer) -> None:
    await world.people(writer, *PEOPLE, "kim")
    await world.knows(writer, "ann bob", "ann eve")
    start = (await execution.run(writer, "influence", {"level": "PEOPLE"})).run.id
    await world.knows(writer, "joe bob", "joe eve", "joe kim", closeness="CLOSE")
    end = (await execution.run(writer, "influence", {"level": "PEOPLE"})).run.id
    found = await _between(writer, start, end, MoveMetric.RANK)
    assert found[0].party == "joe"
    causes = moves.folded((await moves.causes(writer.database, start, end, found))["joe"], set(PEOPLE) | {"kim"})
    assert {cause.party for cause in causes if cause.before == 0 and cause.after > 0} == {"bob", "eve", "kim"}


async def test_two_runs_are_compared_if_they_are_there_have_scores_and_are_of_one_analysis(writer: Writer) -> None:
    await world.people(writer, *PEOPLE)
    done = await _ranked(writer, ann=1)
    await moves.check(writer.database, done, done)
    influence = (await execution.run(writer, "influence", {})).run.id
    waiting = (await runs.queue(writer, "probe", {})).id
    probe.ROWS[:] = [GraphFact("fact", Message("Fact", "事实"), 1.0)]
    facts = (await execution.run(writer, "probe", {})).run.id
    for start, end, kind, said in (
        ("nothing", done, NotFound, "from: nothing of this kind"),
        (done, "ann", NotFound, "to: nothing of this kind"),
        (done, waiting, Refused, r"to: the run has no scores of parties \(QUEUED\)"),
        (facts, done, Refused, r"from: the run has no scores of parties \(DONE\)"),
        (influence, done, Invalid, "to: it is a run of probe, and `from` is one of influence"),
    ):
        with pytest.raises(kind, match=said):
            await moves.check(writer.database, start, end)
    with pytest.raises(NotFound, match="to"):
        await moves.check(writer.database, done, influence, {done})


async def test_two_runs_with_other_parameters_but_the_day_are_not_compared(writer: Writer) -> None:
    await world.people(writer, *PEOPLE)
    today, past, without, other = [
        (await execution.run(writer, "influence", given)).run.id
        for given in ({}, {"asOf": "2026-06-01"}, {"write": False}, {"acquaintance": 0.5, "damping": 0.5})
    ]
    for end in (past, without):
        await moves.check(writer.database, today, end)
    with pytest.raises(Invalid, match=r"to: it was computed with other parameters than `from` \(acquaintance, damping\)"):
        await moves.check(writer.database, today, other)


async def test_a_run_from_before_there_was_a_parameter_has_its_default(writer: Writer) -> None:
    await world.people(writer, *PEOPLE)
    before, now, other = [(await execution.run(writer, "influence", given)).run.id for given in ({}, {"write": False}, {"damping": 0.5})]
    kept = json.loads((await probe.state(writer, before))["parameters"])
    del kept["damping"]
    await world.change(writer, before, parameters=json.dumps(kept))
    await moves.check(writer.database, before, now)
    with pytest.raises(Invalid, match=r"\(damping\)"):
        await moves.check(writer.database, before, other)


async def test_who_is_present(writer: Writer) -> None:
    await world.people(writer, "ann", "bob")
    await world.people(writer, "shy", network_opt_out=True)
    await world.people(writer, "gone", deleted_at=world.LONG_AGO)
    assert await ties.present(writer.database, ["ann", "shy", "gone", "nobody"]) == {"ann"}
    assert await given.value(writer.database, "MATCH (n:Person) RETURN count(n)") == 4
