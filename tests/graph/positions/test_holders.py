from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as generated
from hypothesis import strategies as st

from graph import organizations, positions
from graph.errors import Invalid, Stale
from graph.fields import Reference
from graph.writing import Writer
from tests.graph import given, log
from tests.graph.positions import end, primaries_of_a_day, primary, update


async def test_the_first_position_is_primary_and_a_new_one_may_take_it(writer: Writer, acme: str, ann: str) -> None:
    first, second = await given.position(writer, ann, acme), await given.position(writer, ann, acme)
    assert await primary(writer, first, second) == [True, False]
    third = await given.position(writer, ann, acme, primary=True)
    assert await primary(writer, first, second, third) == [False, False, True]
    change = (await log.after(writer.database, 0))[-1]
    assert change.subjects == (third, first)
    await update(writer, second, primary=True)
    assert await primary(writer, first, second, third) == [False, True, False]
    assert [(await given.node(writer.database, id))["version"] for id in (first, second, third)] == [2, 2, 2]


async def test_positions_that_follow_one_another_are_primary_in_turn(writer: Writer, acme: str, ann: str) -> None:
    past = await given.position(writer, ann, acme, until="2020")
    present = await given.position(writer, ann, acme, since="2020", until="2027")
    future = await given.position(writer, ann, acme, since="2027")
    assert await primary(writer, past, present, future) == [True, True, True]


Period = tuple[str | None, str | None]


@pytest.mark.parametrize(
    ("other", "claim", "first"),
    [
        # What is over is in nobody's way, what lasts is.
        ((None, "2020"), ("2015", None), True),
        (("2015", "2026-07-01"), ("2020", None), True),
        (("2015", "2026-07-02"), ("2020", None), False),
        (("2015", "2027"), ("2020", "2027"), False),
        (("2027", None), ("2020", None), False),
        (("2027", None), ("2020", "2027"), True),
        (("2015", "2026"), (None, "2026-07-02"), True),
        # Among positions that are over, the first of those that share a day.
        (("2015", "2020"), ("2014", "2018"), False),
        (("2015", "2020"), ("2020", "2022"), True),
        (("2015", None), ("2014", "2018"), False),
        (("2015", None), ("2014", "2026-07-01"), False),
        (("2015", None), ("2014", "2015"), True),
    ],
)
async def test_a_position_is_primary_if_no_other_is_in_its_time(
    writer: Writer, acme: str, ann: str, other: Period, claim: Period, first: bool
) -> None:
    await given.position(writer, ann, acme, since=other[0], until=other[1])
    assert await primary(writer, await given.position(writer, ann, acme, since=claim[0], until=claim[1])) == [first]


@pytest.mark.parametrize(
    ("other", "claim", "stays"),
    [
        (("2015", None), ("2020", None), False),
        (("2015", "2026-07-02"), ("2020", None), False),
        (("2015", "2026-07-01"), ("2020", None), True),
        (("2015", "2020"), ("2016", None), True),
        (("2015", None), ("2014", "2026-07-01"), True),
        (("2015", None), ("2014", "2026-07-02"), False),
        (("2027", None), ("2020", None), False),
        (("2027", None), ("2020", "2027"), True),
        (("2027", "2028"), ("2027-12", None), False),
    ],
)
async def test_who_takes_the_first_place_takes_it_from_what_lasts(
    writer: Writer, acme: str, ann: str, other: Period, claim: Period, stays: bool
) -> None:
    had = await given.position(writer, ann, acme, since=other[0], until=other[1])
    taking = await given.position(writer, ann, acme, since=claim[0], until=claim[1], primary=True)
    assert await primary(writer, had, taking) == [stays, True]
    change = (await log.after(writer.database, 0))[-1]
    assert change.subjects == ((taking,) if stays else (taking, had))
    yielded = [(field.before, field.after) for field in change.fields if field.name == f"{had}.primary"]
    assert yielded == ([] if stays else [("true", "false")])
    assert (await given.node(writer.database, had))["version"] == (1 if stays else 2)


@pytest.mark.parametrize("held", [True, False])
async def test_a_position_may_say_that_it_is_not_the_main_one(writer: Writer, acme: str, ann: str, held: bool) -> None:
    assert await primary(writer, await given.position(writer, ann if held else None, acme, primary=False)) == [False]
    assert await primary(writer, await given.position(writer, None, acme, primary=True)) == [True]
    assert await primary(writer, await given.position(writer, None, acme)) == [False]


async def test_whose_company_of_ours_is_gone_is_a_contact_too(writer: Writer) -> None:
    await given.own(writer, "First")
    second = await given.own(writer, "Second")
    eve = await given.person(writer, "Eve", position={"organization": second})
    await organizations.delete(writer, Reference(id=second))
    assert await given.labels(writer.database, eve) == {"Node", "Party", "Person", "Employee", "Contact"}


@pytest.mark.parametrize(
    ("since", "until", "labels"),
    [
        (None, None, {"Employee"}),
        ("2026-07-01", None, {"Employee"}),
        ("2026-07", None, {"Employee"}),
        ("2026-07-02", None, {"Employee", "Contact"}),
        ("2026-08", None, {"Employee", "Contact"}),
        ("2020", "2021", {"Employee", "Contact"}),
        ("2020", "2030", {"Employee", "Contact"}),
    ],
)
@pytest.mark.parametrize("nested", [True, False])
async def test_who_is_with_us_for_good_is_an_employee_alone(
    writer: Writer, since: str | None, until: str | None, labels: set[str], nested: bool
) -> None:
    period = {"organization": await given.own(writer), "since": since, "until": until}
    eve = await given.person(writer, "Eve", **({"position": period} if nested else {}))
    if not nested:
        await given.position(writer, eve, period.pop("organization") or "", **period)
        labels = labels | {"Contact"}
    assert await given.labels(writer.database, eve) == {"Node", "Party", "Person"} | labels


async def test_a_position_of_the_past_takes_nothing_from_the_present(writer: Writer, acme: str, ann: str) -> None:
    present = await given.position(writer, ann, acme, since="2015")
    past = await given.position(writer, ann, acme, since="2014", until="2018", primary=True)
    assert await primary(writer, present, past) == [True, True]


async def test_a_position_that_is_opened_again_yields_to_the_present_one(writer: Writer, acme: str, ann: str) -> None:
    past = await given.position(writer, ann, acme, until="2020")
    present = await given.position(writer, ann, acme, since="2021")
    await update(writer, past, until=None)
    assert await primary(writer, past, present) == [False, True]
    fields = (await log.after(writer.database, 0))[-1].fields
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
