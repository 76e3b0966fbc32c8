from __future__ import annotations

import asyncio
from typing import Any

import pytest

from graph import acquaintances
from graph.acquaintances import AcquaintanceStart, AcquaintanceUpdate
from graph.errors import Duplicate, Invalid, NotFound, ProblemCode, Problems, Refused, Stale
from graph.fields import Ending, Reference
from graph.rebuild import rebuild
from graph.writing import Writer, Written
from tests.graph import given, world
from tests.graph.contacts import delete, record, tie, ties, warmth


async def declare(writer: Writer, *parties: str, **more: Any) -> str:
    return (await acquaintances.start(writer, AcquaintanceStart.parse({"parties": list(parties), **more}))).id


async def change(writer: Writer, id: str, version: int = 1, **more: Any) -> Written:
    return await acquaintances.update(writer, AcquaintanceUpdate.parse({"id": id, "version": version, **more}))


async def end(writer: Writer, id: str, until: str | None = None) -> Written:
    return await acquaintances.end(writer, Ending.parse({"id": id, "until": until}))


async def take_back(writer: Writer, id: str) -> Written:
    return await acquaintances.delete(writer, Reference(id=id))


async def two(writer: Writer) -> tuple[str, str]:
    return await world.person(writer, "Ann"), await world.person(writer, "Bob")


async def declared(writer: Writer, one: str, other: str) -> dict[str, Any]:
    found = await tie(writer, one, other)
    assert found
    return {name: found.get(name) for name in ("declared", "bases", "closeness", "since", "until", "count", "version")}


BARE = {"declared": False, "bases": [], "closeness": None, "since": None, "until": None}


async def test_two_people_know_each_other_because_somebody_says_so(writer: Writer) -> None:
    ann, bob = await two(writer)
    id = await declare(writer, bob, ann, bases=["CLASSMATE", "FRIEND", "FRIEND"], closeness="GOOD", since="2019")
    said = {
        "declared": True,
        "bases": ["CLASSMATE", "FRIEND"],
        "closeness": "GOOD",
        "since": "2019",
        "until": None,
        "count": 0,
        "version": 1,
    }
    assert await declared(writer, ann, bob) == said
    assert await warmth(writer, ann, bob) == (0, 0)
    found = await world.tie(writer, id)
    assert (found["source"], found["target"], found["type"]) == (ann, bob, "KNOWS")
    assert await world.log(writer, ann) == await world.log(writer, bob) == ["START"]
    (logged,) = await world.changes(writer)
    assert logged.subjects == (id,)
    assert {field.name: field.after for field in logged.fields} == {
        "parties": f'["{ann}", "{bob}"]',
        "bases": '["CLASSMATE", "FRIEND"]',
        "closeness": "GOOD",
        "since": "2019",
    }


async def test_it_is_a_floor_beside_what_interactions_show(writer: Writer) -> None:
    ann, bob = await two(writer)
    first = await record(writer, FROM=ann, TO=bob)
    known = await tie(writer, ann, bob)
    assert known
    assert await declare(writer, ann, bob, closeness="CLOSE") == known["id"]
    assert (await declared(writer, ann, bob))["version"] == 2
    second = await record(writer, FROM=bob, TO=ann)
    assert await warmth(writer, ann, bob) == (1, 1)
    await delete(writer, first)
    await delete(writer, second)
    assert await warmth(writer, ann, bob) == (0, 0)
    assert await declared(writer, ann, bob) == {**BARE, "declared": True, "closeness": "CLOSE", "count": 0, "version": 2}
    assert (await rebuild(writer)).acquaintances == 0


@pytest.mark.parametrize("parties", [[], ["1"], ["1", "2", "3"]])
def test_it_takes_two(parties: list[str]) -> None:
    with pytest.raises(Problems) as caught:
        AcquaintanceStart.parse({"parties": parties})
    assert [(problem.path, problem.code) for problem in caught.value.problems] == [(("parties",), ProblemCode.INVALID)]


async def test_both_are_people_and_not_the_same(writer: Writer) -> None:
    (ann, bob), acme = await two(writer), await world.organization(writer)
    with pytest.raises(Refused):
        await declare(writer, ann, ann)
    await world.remove(writer, bob)
    for missing in (acme, bob, "7"):
        with pytest.raises(NotFound) as caught:
            await declare(writer, ann, missing)
        assert (caught.value.missing_id, caught.value.path) == (missing, ("parties",))
    assert await ties(writer) == {}


async def test_it_is_declared_once(writer: Writer) -> None:
    ann, bob = await two(writer)
    id = await declare(writer, ann, bob)
    with pytest.raises(Duplicate) as caught:
        await declare(writer, bob, ann, closeness="CLOSE")
    assert (caught.value.existing_id, caught.value.path) == (id, ("parties",))
    assert (await declared(writer, ann, bob))["closeness"] is None


async def test_of_many_that_declare_it_one_does(writer: Writer) -> None:
    ann, bob = await two(writer)
    outcomes = await asyncio.gather(
        *(declare(writer, ann, bob) for _ in range(6)), *(record(writer, FROM=ann, TO=bob) for _ in range(3)), return_exceptions=True
    )
    assert sum(isinstance(outcome, Duplicate) for outcome in outcomes) == 5
    assert (await declared(writer, ann, bob))["count"] == 3


@pytest.mark.parametrize("since", ["2026-07-02", "2026-08", "2027"])
async def test_nothing_begins_in_the_future(writer: Writer, since: str) -> None:
    ann, bob = await two(writer)
    with pytest.raises(Invalid) as caught:
        await declare(writer, ann, bob, since=since)
    assert (caught.value.code, caught.value.path) == (ProblemCode.IN_FUTURE, ("since",))
    id = await declare(writer, ann, bob, since="2026-07-01")
    with pytest.raises(Invalid):
        await change(writer, id, since=since)


async def test_what_was_declared_can_be_changed(writer: Writer) -> None:
    ann, bob = await two(writer)
    id = await declare(writer, ann, bob, bases=["ALUMNI"], closeness="GOOD", since="2019")
    await change(writer, id, closeness="CLOSE", bases=None)
    assert await declared(writer, ann, bob) == {**BARE, "declared": True, "closeness": "CLOSE", "since": "2019", "count": 0, "version": 2}
    await change(writer, id, 2, closeness="CLOSE", parties=[bob, ann])
    assert len(await world.changes(writer)) == 2
    with pytest.raises(Stale):
        await change(writer, id, 1, closeness=None)
    with pytest.raises(Refused) as caught:
        await change(writer, id, 2, parties=[ann, await world.person(writer)])
    assert caught.value.path == ("parties",)
    await world.remove(writer, bob)
    with pytest.raises(NotFound):
        await change(writer, id, 2, closeness=None)


async def test_what_interactions_show_cannot_be_taken_back(writer: Writer) -> None:
    ann, bob = await two(writer)
    await record(writer, FROM=ann, TO=bob)
    found = await tie(writer, ann, bob)
    assert found
    for attempt in (change(writer, found["id"], closeness="GOOD"), end(writer, found["id"]), take_back(writer, found["id"])):
        with pytest.raises(Refused) as caught:
            await attempt
        assert caught.value.path == ("id",)
    for attempt in (change(writer, ann), end(writer, "7"), take_back(writer, "7")):
        with pytest.raises(NotFound):
            await attempt


async def test_a_declaration_that_ends_leaves_what_interactions_show(writer: Writer) -> None:
    ann, bob = await two(writer)
    await record(writer, FROM=ann, TO=bob)
    id = await declare(writer, ann, bob, bases=["ALUMNI"], closeness="GOOD", since="2019")
    await end(writer, id, "2026-07-01")
    assert await declared(writer, ann, bob) == {**BARE, "bases": ["ALUMNI"], "count": 1, "version": 3}
    assert {(field.name, field.before, field.after) for field in (await world.changes(writer))[-1].fields} == {
        ("until", None, "2026-07-01"),
        ("closeness", "GOOD", None),
    }


async def test_a_declaration_that_ends_alone_is_kept_as_the_past(writer: Writer) -> None:
    ann, bob = await two(writer)
    id = await declare(writer, ann, bob, closeness="GOOD", since="2019")
    await end(writer, id)
    past = {**BARE, "since": "2019", "until": "2026-07-01", "count": 0, "version": 2}
    assert await declared(writer, ann, bob) == past
    assert (await rebuild(writer)).acquaintances == 0
    assert await declared(writer, ann, bob) == past
    with pytest.raises(Refused):
        await end(writer, id)
    assert await declare(writer, ann, bob, closeness="KNOWN") == id
    assert await declared(writer, ann, bob) == {**BARE, "declared": True, "closeness": "KNOWN", "count": 0, "version": 3}


async def test_new_interactions_end_the_past(writer: Writer) -> None:
    ann, bob = await two(writer)
    await end(writer, await declare(writer, ann, bob, closeness="GOOD"))
    id = await record(writer, FROM=ann, TO=bob)
    assert await declared(writer, ann, bob) == {**BARE, "count": 1, "version": 2}
    await delete(writer, id)
    assert await ties(writer) == {}


@pytest.mark.parametrize(("until", "code"), [("2026-07-02", ProblemCode.IN_FUTURE), ("2018-12-31", ProblemCode.OUT_OF_RANGE)])
async def test_it_ends_between_its_beginning_and_today(writer: Writer, until: str, code: ProblemCode) -> None:
    id = await declare(writer, *await two(writer), since="2019")
    with pytest.raises(Invalid) as caught:
        await end(writer, id, until)
    assert (caught.value.code, caught.value.path) == (code, ("until",))


async def test_a_declaration_can_be_taken_back(writer: Writer) -> None:
    ann, bob = await two(writer)
    id = await declare(writer, ann, bob, bases=["ALUMNI"], closeness="GOOD", since="2019")
    with pytest.raises(Stale):
        await acquaintances.delete(writer, Reference(id=id, version=7))
    await take_back(writer, id)
    assert await ties(writer) == {}
    assert await world.log(writer, bob) == ["START", "DELETE"]
    with pytest.raises(NotFound):
        await take_back(writer, id)
    id = await declare(writer, ann, bob, closeness="GOOD")
    await end(writer, id)
    await take_back(writer, id)
    await record(writer, FROM=ann, TO=bob)
    id = await declare(writer, ann, bob, bases=["ALUMNI"], closeness="GOOD", since="2019")
    await take_back(writer, id)
    assert await declared(writer, ann, bob) == {**BARE, "count": 1, "version": 3}
    assert await warmth(writer, ann, bob) == (1, 0)


async def test_the_same_key_declares_once(writer: Writer) -> None:
    ann, bob = await two(writer)
    assert await declare(writer, ann, bob, idempotencyKey="k") == await declare(writer, ann, bob, idempotencyKey="k")
    assert await given.value(writer.database, "MATCH ()-[k:KNOWS]->() RETURN count(k)") == 1
