from __future__ import annotations

import asyncio

from graph.rebuild import rebuild
from graph.writing import Writer
from tests.graph import world
from tests.graph.contacts import (
    AT,
    EARLIER,
    LATER,
    correct,
    delete,
    last,
    record,
    regarded,
    seats_of,
    tie,
    ties,
    warmth,
)


async def test_last_contact_follows_records_corrections_and_deletions(writer: Writer) -> None:
    acme, ann, bob = await world.organization(writer), await world.person(writer), await world.person(writer)
    await world.position(writer, ann, acme)

    async def latest() -> list[str | None]:
        return [await last(writer, party) for party in (ann, bob, acme)]

    first = await record(writer, at=AT, FROM=ann, TO=bob)
    await record(writer, at=EARLIER, FROM=ann, TO=bob)
    assert await latest() == [AT, AT, AT]
    second = await record(writer, at=LATER, ATTENDEE=[ann])
    assert await latest() == [LATER, AT, LATER]
    await correct(writer, second, occurredAt=EARLIER, participants=[{"role": "TO", "party": bob}])
    assert await latest() == [AT, AT, AT]
    await delete(writer, first)
    assert await latest() == [EARLIER, EARLIER, EARLIER]


async def test_a_person_that_is_regarded_was_not_in_touch(writer: Writer) -> None:
    acme, ann, bob = await world.organization(writer), await world.person(writer), await world.person(writer)
    await record(writer, at=LATER, FROM=ann, regarding=[bob, acme])
    await record(writer, at=EARLIER, FROM=[acme, bob])
    assert (await last(writer, bob), await last(writer, acme)) == (EARLIER, LATER)
    await delete(writer, await record(writer, at=AT, FROM=bob))
    assert await last(writer, bob) == EARLIER
    assert (await rebuild(writer)).last_contacts == 0


async def test_neither_scores_nor_mail_raise_a_version(writer: Writer) -> None:
    ann, bob = await world.person(writer), await world.person(writer)
    await delete(writer, await record(writer, FROM=ann, TO=bob))
    assert (await world.properties(writer, ann))["version"] == 1
    assert "_lock" not in await world.properties(writer, ann)


async def test_acquaintance_follows_records_corrections_and_deletions(writer: Writer) -> None:
    ann, bob, cid = sorted([await world.person(writer) for _ in range(3)])
    id = await record(writer, FROM=ann, TO=bob, CC=cid)
    assert (await warmth(writer, ann, bob), await warmth(writer, ann, cid), await warmth(writer, bob, cid)) == ((1, 0), (0.5, 0), None)
    await correct(writer, id, participants=[{"role": "FROM", "party": bob}, {"role": "TO", "party": ann}])
    assert (await warmth(writer, ann, bob), await warmth(writer, ann, cid)) == ((0, 1), None)
    await correct(writer, id, 2, channel="MEAL")
    assert await warmth(writer, ann, bob) == (6, 6)
    await delete(writer, id)
    assert await ties(writer) == {}


async def test_the_ends_of_an_acquaintance_are_right_after_deletions(writer: Writer) -> None:
    ann, bob = await world.person(writer), await world.person(writer)
    ids = {at: await record(writer, at=at, FROM=ann, TO=bob) for at in (AT, EARLIER, LATER)}
    found = await tie(writer, ann, bob)
    assert found
    assert (found["first_at"], found["last_at"], found["count"], found["version"]) == (EARLIER, LATER, 3, 1)
    await delete(writer, ids[LATER])
    await delete(writer, ids[EARLIER])
    left = await tie(writer, ann, bob)
    assert left
    assert (left["first_at"], left["last_at"], left["count"], left["id"]) == (AT, AT, 1, found["id"])
    assert await warmth(writer, ann, bob) == (1, 0)


async def test_a_crowd_knows_nobody_but_was_in_touch(writer: Writer) -> None:
    ann, *others = [await world.person(writer) for _ in range(3)]
    many = [f"x{n}@acme.cn" for n in range(18)]
    id = await record(writer, FROM=ann, TO=[*others, *many])
    assert (await world.properties(writer, id))["crowd"] is True
    assert await ties(writer) == {}
    assert await last(writer, ann) == AT
    await correct(writer, id, participants=[{"role": "FROM", "party": ann}, *({"role": "TO", "party": other} for other in others)])
    assert (await world.properties(writer, id))["crowd"] is False
    assert len(await ties(writer)) == 2


async def test_organizations_do_not_know_people_nor_make_a_crowd(writer: Writer) -> None:
    ann, bob = await world.person(writer), await world.person(writer)
    organizations = [await world.organization(writer) for _ in range(20)]
    await record(writer, "MEETING", ATTENDEE=[ann, bob, *organizations])
    assert await warmth(writer, ann, bob) == (4, 4)
    assert len(await ties(writer)) == 1


async def test_who_opted_out_still_has_interactions(writer: Writer) -> None:
    ann, bob = await world.person(writer, network_opt_out=True), await world.person(writer)
    await record(writer, FROM=ann, TO=bob)
    assert await warmth(writer, ann, bob) == (1, 0)


async def test_a_correction_keeps_who_was_deleted_since(writer: Writer) -> None:
    ann, bob = await world.person(writer), await world.person(writer)
    id = await record(writer, FROM=ann, TO=[bob, "x@acme.cn"], regarding=[bob])
    await world.remove(writer, bob)
    await correct(writer, id, occurredAt=EARLIER)
    assert await seats_of(writer, id) == {("FROM", ann, None), ("TO", bob, None), ("TO", "EMAIL|x@acme.cn", "x@acme.cn")}
    assert await regarded(writer, id) == {bob}
    assert (await last(writer, ann), await last(writer, bob)) == (EARLIER, EARLIER)


async def test_writers_of_common_people_lose_nothing(writer: Writer) -> None:
    people = sorted([await world.person(writer) for _ in range(3)])
    ids = await asyncio.gather(*(record(writer, "MEETING", ATTENDEE=people[n % 3 :] + people[: n % 3]) for n in range(12)))
    assert {found["count"] for found in (await ties(writer)).values()} == {12}
    await asyncio.gather(*(delete(writer, id) for id in ids[:8]))
    assert {(found["count"], round(found["out"], 6) == round(found["in"], 6)) for found in (await ties(writer)).values()} == {(4, True)}
    assert await warmth(writer, people[0], people[2]) == (16, 16)
