"""A past day: what had happened by its end, and nothing of what came later."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from graph.analyses import execution, kept, ties
from graph.analyses.days import AsOf, Moment
from graph.analyses.rows import NodeScore
from graph.errors import Invalid, ProblemCode
from graph.metrics import warmth
from graph.writing import Writer
from tests.graph import contacts, given
from tests.graph.analyses import world


def on(writer: Writer, day: str) -> Moment:
    return Moment.of(writer, AsOf(as_of=date.fromisoformat(day)))


def test_a_day_ends_where_the_company_is(writer: Writer) -> None:
    assert writer.customs.time_zone == "Asia/Shanghai"
    assert on(writer, "2026-05-31") == Moment("2026-05-31T16:00:00.000000Z", "2026-05-31", True)
    assert on(writer, writer.today()) == Moment.of(writer, AsOf()) == Moment(writer.now(), writer.today(), False)


def test_a_day_to_come_is_refused(writer: Writer) -> None:
    with pytest.raises(Invalid) as caught:
        on(writer, "2026-07-02")
    assert (caught.value.code, caught.value.path) == (ProblemCode.OUT_OF_RANGE, ("asOf",))


async def _strengths(writer: Writer, day: str) -> dict[tuple[str, str], float]:
    moment = on(writer, day)
    found = await kept.acquaintances(writer.database, moment)
    strengths = ties.strengths(found, moment.instant).tolist()
    return {(found.people[a], found.people[b]): strength for a, b, strength in zip(found.a, found.b, strengths, strict=True)}


async def test_acquaintances_of_a_day_are_what_interactions_before_its_end_and_declarations_give(writer: Writer) -> None:
    ann, bob, eve = sorted([await given.person(writer, name) for name in ("Ann", "Bob", "Eve")])
    await contacts.record(writer, at="2026-04-01T02:00:00Z", FROM=ann, TO=bob)
    await contacts.record(writer, at="2026-05-01T02:00:00Z", FROM=bob, TO=ann)
    gone = await contacts.record(writer, at="2026-04-02T02:00:00Z", FROM=ann, TO=eve)
    await contacts.delete(writer, gone)
    await contacts.record(writer, at="2026-05-02T02:00:00Z", channel="MEAL", ATTENDEE=[ann, eve])
    at = on(writer, "2026-05-01").at
    alone = warmth.strength(
        warmth.DEFAULT.contribution("EMAIL", "2026-04-01T02:00:00Z") * warmth.DEFAULT.decay(on(writer, "2026-04-30").at), 0
    )
    out, back = [
        warmth.DEFAULT.contribution("EMAIL", day) * warmth.DEFAULT.decay(at) for day in ("2026-04-01T02:00:00Z", "2026-05-01T02:00:00Z")
    ]
    assert await _strengths(writer, "2026-03-31") == {}
    assert await _strengths(writer, "2026-04-30") == {(ann, bob): pytest.approx(alone.value)}
    assert await _strengths(writer, "2026-05-01") == {(ann, bob): pytest.approx(warmth.strength(out, back).value)}
    assert set(await _strengths(writer, "2026-05-02")) == {(ann, bob), (ann, eve)}


async def test_what_is_declared_counts_from_its_day_on(writer: Writer) -> None:
    await world.people(writer, "ann", "bob")
    await world.knows(writer, "ann bob", closeness="GOOD", since="2026-05-01")
    assert await _strengths(writer, "2026-04-30") == {}
    assert await _strengths(writer, "2026-05-01") == {("ann", "bob"): 0.6}


async def test_influence_of_a_past_day_leaves_the_scores_of_today(writer: Writer) -> None:
    ann, bob = [await given.person(writer, name) for name in ("Ann", "Bob")]
    await contacts.record(writer, at="2026-05-01T02:00:00Z", FROM=ann, TO=bob)
    await execution.run(writer, "influence", {})
    before: Any = (await world.properties(writer, ann))["influence_as_of"]
    past = await execution.run(writer, "influence", {"asOf": "2026-04-01", "level": "PEOPLE", "write": True})
    assert [row.score for row in past.outcome.rows if isinstance(row, NodeScore)] == [100, 100]
    assert all(reason.party is None for row in past.outcome.rows for reason in row.reasons)
    assert (await world.properties(writer, ann))["influence_as_of"] == before
