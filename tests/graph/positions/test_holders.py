from __future__ import annotations

import asyncio
from contextlib import suppress

from hypothesis import HealthCheck, settings
from hypothesis import given as generated
from hypothesis import strategies as st

from graph import changes, positions
from graph.errors import Invalid, Stale
from graph.fields import Reference
from graph.writing import Writer
from tests.graph import given
from tests.graph.positions import end, primaries_of_a_day, primary, update


async def test_the_first_position_is_primary_and_a_new_one_may_take_it(writer: Writer, acme: str, ann: str) -> None:
    first, second = await given.position(writer, ann, acme), await given.position(writer, ann, acme)
    assert await primary(writer, first, second) == [True, False]
    third = await given.position(writer, ann, acme, primary=True)
    assert await primary(writer, first, second, third) == [False, False, True]
    change = (await changes.after(writer.database, 0))[-1]
    assert change.subjects == (third, first)
    await update(writer, second, primary=True)
    assert await primary(writer, first, second, third) == [False, True, False]
    assert [(await given.node(writer.database, id))["version"] for id in (first, second, third)] == [2, 2, 2]


async def test_positions_that_follow_one_another_are_primary_in_turn(writer: Writer, acme: str, ann: str) -> None:
    past = await given.position(writer, ann, acme, until="2020")
    present = await given.position(writer, ann, acme, since="2020", until="2027")
    future = await given.position(writer, ann, acme, since="2027")
    assert await primary(writer, past, present, future) == [True, True, True]


async def test_a_position_of_the_past_takes_nothing_from_the_present(writer: Writer, acme: str, ann: str) -> None:
    present = await given.position(writer, ann, acme, since="2015")
    past = await given.position(writer, ann, acme, since="2014", until="2018", primary=True)
    assert await primary(writer, present, past) == [True, True]


async def test_a_position_that_is_opened_again_yields_to_the_present_one(writer: Writer, acme: str, ann: str) -> None:
    past = await given.position(writer, ann, acme, until="2020")
    present = await given.position(writer, ann, acme, since="2021")
    await update(writer, past, until=None)
    assert await primary(writer, past, present) == [False, True]
    fields = (await changes.after(writer.database, 0))[-1].fields
    assert [(field.name, field.before, field.after) for field in fields] == [("until", "2020", None), ("primary", "true", "false")]


async def test_who_is_given_a_position_keeps_their_primary_one(writer: Writer, acme: str, ann: str) -> None:
    bob = await given.person(writer, "Bob")
    hers, his = await given.position(writer, ann, acme), await given.position(writer, bob, acme)
    await update(writer, his, person=ann)
    assert await primary(writer, hers, his) == [True, False]
    vacant = await given.position(writer, None, acme)
    await update(writer, vacant, person=ann, primary=True)
    assert await primary(writer, hers, his, vacant) == [False, False, True]


async def test_a_deleted_position_is_primary_no_more(writer: Writer, acme: str, ann: str) -> None:
    await positions.delete(writer, Reference(id=await given.position(writer, ann, acme)))
    assert await primary(writer, await given.position(writer, ann, acme)) == [True]


async def test_of_eight_primary_positions_at_once_one_is(writer: Writer, acme: str, ann: str) -> None:
    ids = [await given.position(writer, ann, acme) for _ in range(4)]
    attempts = [given.position(writer, ann, acme, primary=True) for _ in range(4)] + [update(writer, id, primary=True) for id in ids]
    outcomes = await asyncio.gather(*attempts, return_exceptions=True)
    assert not [outcome for outcome in outcomes if isinstance(outcome, BaseException) and not isinstance(outcome, Stale)]
    assert await primaries_of_a_day(writer.database, ann, "2026-07-01") == 1


YEARS = st.none() | st.sampled_from(["2024", "2025", "2026-07-01", "2026-08-01", "2027", "2028"])
STEP = st.tuples(st.integers(0, 3), YEARS, YEARS, st.none() | st.booleans())


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@generated(st.lists(STEP, min_size=1, max_size=8))
async def test_nobody_ever_has_two_primary_positions(writer: Writer, steps: list[tuple[int, str | None, str | None, bool | None]]) -> None:
    acme, ann = await given.organization(writer), await given.person(writer)
    ids: list[str] = []
    for place, since, until, wanted in steps:
        fields = {"since": since, "until": until, **({} if wanted is None else {"primary": wanted})}
        with suppress(Invalid):
            if place < len(ids):
                await update(writer, ids[place], **fields)
            else:
                ids.append(await given.position(writer, ann, acme, **fields))
        for day in ("2026-07-01", "2026-08-02", "2027-01-01", "2029-01-01"):
            assert await primaries_of_a_day(writer.database, ann, day) <= 1


async def test_who_leaves_us_becomes_a_contact(writer: Writer, ann: str) -> None:
    we = await given.own(writer)
    employee = {"Node", "Party", "Person", "Employee"}
    bob, cid, dan = [await given.person(writer, name, position={"organization": we}) for name in ("Bob", "Cid", "Dan")]
    held = [await given.value(writer.database, "MATCH (:Node {id: $id})-[:HOLDS]->(q) RETURN q.id", id=id) for id in (bob, cid, dan)]
    assert [await given.labels(writer.database, id) for id in (bob, cid, dan)] == [employee] * 3
    await end(writer, held[0], "2027")
    await positions.delete(writer, Reference(id=held[1]))
    await update(writer, held[2], person=ann)
    assert [await given.labels(writer.database, id) for id in (bob, cid, dan, ann)] == [employee | {"Contact"}] * 4
