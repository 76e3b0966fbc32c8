from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from graph import changes, positions
from graph.changes import ChangeAction
from graph.errors import Invalid, NotFound, ProblemCode, Problems, Refused, Stale, WriteProblem
from graph.fields import Reference
from graph.positions import PositionStart, PositionUpdate
from graph.writing import Writer, Written
from tests.graph import given, log
from tests.graph.positions import chain, end, ends, primary, update


async def test_a_position_is_stored_whole(writer: Writer, acme: str, ann: str) -> None:
    boss = await given.position(writer, None, acme, title="Boss")
    fields = {"kind": "DIRECTOR", "title": "采购 Director", "department": "Purchasing", "seniority": "DIRECTOR", "since": "2020-05"}
    id = await given.position(writer, ann, acme, reportsTo=boss, **fields)
    stored = await given.node(writer.database, id)
    assert {"采购", "caigou", "cg", "director", "purchasing"} <= set(stored.pop("search_text").split())
    assert stored == {**fields, "id": id, "version": 1, "primary": True, "created_at": writer.now(), "updated_at": writer.now()}
    assert await ends(writer.database, id) == (acme, ann, boss)
    change = (await log.after(writer.database, 3))[0]
    assert (change.action, change.subjects) == (ChangeAction.START, (id,))
    assert {field.name: field.after for field in change.fields}["reportsTo"] == boss
    about = await given.rows(writer.database, "MATCH (:Node {id: $id})-[:ABOUT]->(n) RETURN n.id", id=change.id)
    assert {row[0] for row in about} == {id, acme, ann}


async def test_a_position_may_be_vacant_filled_and_vacated(writer: Writer, acme: str, ann: str) -> None:
    id = await given.position(writer, None, acme, title="CFO")
    assert (await ends(writer.database, id), await primary(writer, id)) == ((acme, None, None), [False])
    await update(writer, id, person=ann)
    assert (await ends(writer.database, id), await primary(writer, id)) == ((acme, ann, None), [True])
    await update(writer, id, person=None)
    assert (await ends(writer.database, id), await primary(writer, id)) == ((acme, None, None), [False])


async def test_an_update_moves_and_changes(writer: Writer, acme: str, ann: str) -> None:
    boss, bob = await given.position(writer, None, acme), await given.person(writer, "Bob")
    other = await given.organization(writer, "Other")
    id = await given.position(writer, ann, acme, title="Buyer", department="Purchasing")
    await update(writer, id, person=bob, organization=other, reportsTo=boss, title="销售", department=None, seniority="TOP")
    stored = await given.node(writer.database, id)
    assert (stored["title"], stored["seniority"], stored["version"]) == ("销售", "TOP", 2)
    assert ("department" in stored, stored["search_text"].split()[0]) == (False, "销售")
    assert await ends(writer.database, id) == (other, bob, boss)
    change = (await log.after(writer.database, 0))[-1]
    assert {field.name: (field.before, field.after) for field in change.fields} == {
        "person": (ann, bob),
        "organization": (acme, other),
        "reportsTo": (None, boss),
        "title": ("Buyer", "销售"),
        "department": ("Purchasing", None),
        "seniority": (None, "TOP"),
    }
    await update(writer, id, reportsTo=None)
    assert await ends(writer.database, id) == (other, bob, None)


async def test_the_same_again_changes_nothing(writer: Writer, acme: str, ann: str) -> None:
    id = await given.position(writer, ann, acme, title="Buyer")
    await update(writer, id, title="Buyer", person=ann, organization=acme, reportsTo=None, primary=True)
    assert (await given.node(writer.database, id))["version"] == 1


async def test_every_end_must_be_there(writer: Writer, acme: str, ann: str) -> None:
    id = await given.position(writer, ann, acme)
    for field, wrong in [("organization", ann), ("organization", "7"), ("person", acme), ("reportsTo", acme), ("reportsTo", "7")]:
        for attempt in (
            positions.start(writer, PositionStart.parse({"organization": acme, field: wrong})),
            update(writer, id, **{field: wrong}),
        ):
            with pytest.raises(NotFound) as caught:
                await attempt
            assert (caught.value.missing_id, caught.value.path) == (wrong, (field,))
    with pytest.raises(NotFound) as caught:
        await given.position(writer, ann, acme, endsPosition="7")
    assert caught.value.path == ("endsPosition",)


@pytest.mark.parametrize("field", ["organization", "kind", "primary"])
async def test_what_a_position_always_has_cannot_be_cleared(field: str) -> None:
    with pytest.raises(Problems) as caught:
        PositionUpdate.parse({"id": "1", "version": 1, field: None})
    assert [(problem.code, problem.path) for problem in caught.value.problems] == [(ProblemCode.REQUIRED, (field,))]


async def test_a_position_cannot_end_before_it_starts(writer: Writer, acme: str, ann: str) -> None:
    id = await given.position(writer, ann, acme, since="2020-05")
    for attempt in (
        given.position(writer, ann, acme, since="2020", until="2019"),
        update(writer, id, until="2020-04"),
        end(writer, id, "2019-12-31"),
        given.position(writer, ann, acme, since="2019", endsPosition=id),
    ):
        with pytest.raises(Invalid) as caught:
            await attempt
        assert caught.value.code is ProblemCode.OUT_OF_RANGE


async def test_ending_is_today_unless_a_day_is_given(writer: Writer, acme: str, ann: str) -> None:
    first, second = await given.position(writer, ann, acme), await given.position(writer, ann, acme)
    await end(writer, first)
    await end(writer, second, "2026-12")
    assert [(await given.node(writer.database, id))["until"] for id in (first, second)] == ["2026-07-01", "2026-12"]
    assert [change.action for change in await log.after(writer.database, 4)] == [ChangeAction.END, ChangeAction.END]
    await end(writer, first)
    assert await changes.head(writer.database) == 6


async def test_a_move_ends_one_position_and_starts_another(writer: Writer, acme: str, ann: str) -> None:
    old = await given.position(writer, ann, acme, since="2020")
    new = await given.position(writer, ann, await given.organization(writer, "Other"), since="2026-06-15", endsPosition=old)
    stored = await given.node(writer.database, old)
    assert (stored["until"], stored["version"]) == ("2026-06-15", 2)
    assert await primary(writer, old, new) == [True, True]
    change = (await log.after(writer.database, 0))[-1]
    assert change.subjects == (new, old)
    assert (f"{old}.until", None, "2026-06-15") in [(field.name, field.before, field.after) for field in change.fields]


async def test_a_move_is_today_if_nothing_is_said_and_leaves_what_is_over(writer: Writer, acme: str, ann: str) -> None:
    old = await given.position(writer, ann, acme)
    past = await given.position(writer, ann, acme, until="2020")
    await given.position(writer, ann, acme, endsPosition=old)
    await given.position(writer, ann, acme, endsPosition=past)
    assert [(await given.node(writer.database, id))["until"] for id in (old, past)] == ["2026-07-01", "2020"]


async def test_a_move_ends_no_position_of_somebody_else(writer: Writer, acme: str, ann: str) -> None:
    vacant, other = await given.position(writer, None, acme), await given.position(writer, await given.person(writer, "Bob"), acme)
    for position in (vacant, other):
        for person in (ann, None):
            with pytest.raises(Invalid) as caught:
                await given.position(writer, person, acme, endsPosition=position)
            assert caught.value.path == ("endsPosition",)


async def test_nobody_reports_to_themselves_by_any_way(writer: Writer, acme: str) -> None:
    ids = await chain(writer, acme, 4)
    for superior in ids:
        with pytest.raises(Refused) as caught:
            await update(writer, ids[-1], reportsTo=superior)
        assert (caught.value.code, caught.value.path) == (ProblemCode.CYCLE, ("reportsTo",))
    await update(writer, ids[0], reportsTo=ids[2])


async def test_a_deleted_position_closes_no_circle(writer: Writer, acme: str) -> None:
    first, middle, last = await chain(writer, acme, 3)
    await positions.delete(writer, Reference(id=middle))
    await update(writer, last, reportsTo=first)


async def test_eight_at_once_close_no_circle(writer: Writer, acme: str) -> None:
    ids = [await given.position(writer, None, acme) for _ in range(8)]
    ring = (update(writer, junior, reportsTo=senior) for junior, senior in zip(ids, [*ids[1:], ids[0]], strict=True))
    outcomes = await asyncio.gather(*ring, return_exceptions=True)
    assert Counter(type(outcome) for outcome in outcomes) == {Written: 7, Refused: 1}
    assert await given.value(writer.database, "MATCH (a:Position)-[:REPORTS_TO*1..8]->(a) RETURN count(a)") == 0


async def test_eight_at_once_close_no_circle_through_others(writer: Writer, acme: str) -> None:
    """No two of them touch the same position: what stands between theirs is there already."""
    pairs = [await chain(writer, acme, 2) for _ in range(8)]
    await given.warm(writer.database)
    ring = (update(writer, one[1], reportsTo=two[0]) for one, two in zip(pairs, [*pairs[1:], pairs[0]], strict=True))
    outcomes = await asyncio.gather(*ring, return_exceptions=True)
    assert Counter(type(outcome) for outcome in outcomes) == {Written: 7, Refused: 1}


async def test_a_deleted_position_is_gone(writer: Writer, acme: str, ann: str) -> None:
    id = await given.position(writer, ann, acme)
    with pytest.raises(Stale):
        await positions.delete(writer, Reference(id=id, version=2))
    await positions.delete(writer, Reference(id=id, version=1))
    assert (await given.node(writer.database, id))["deleted_at"] == writer.now()
    for attempt in (update(writer, id, title="Boss"), end(writer, id), positions.delete(writer, Reference(id=id))):
        with pytest.raises(NotFound):
            await attempt
    with pytest.raises(WriteProblem):
        await given.position(writer, ann, acme, reportsTo=id)


async def test_a_start_may_be_repeated(writer: Writer, acme: str, ann: str) -> None:
    start = PositionStart.parse({"person": ann, "organization": acme, "idempotencyKey": "k"})
    assert await positions.start(writer, start) == await positions.start(writer, start)
    assert await given.value(writer.database, "MATCH (q:Position) RETURN count(q)") == 1


async def test_of_eight_updates_of_one_version_one_wins(writer: Writer, acme: str) -> None:
    id = await given.position(writer, None, acme)
    attempts = (positions.update(writer, PositionUpdate(id=id, version=1, title=f"T{number}")) for number in range(8))
    outcomes = Counter(type(outcome) for outcome in await asyncio.gather(*attempts, return_exceptions=True))
    assert outcomes == {Written: 1, Stale: 7}
