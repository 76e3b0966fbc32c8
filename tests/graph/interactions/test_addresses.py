from __future__ import annotations

import asyncio

import pytest

from graph import contact_points, interactions
from graph.database import Transaction
from graph.interactions import InteractionRecord
from graph.writing import Draft, Writer
from tests.graph import given, world
from tests.graph.contacts import (
    AT,
    last,
    reach,
    record,
    seats_of,
    ties,
    warmth,
)


async def test_an_address_is_whoever_has_it(writer: Writer) -> None:
    ann, bob = await world.person(writer), await world.person(writer)
    await reach(writer, ann, "EMAIL|ann@acme.cn")
    await reach(writer, bob, "PHONE|+8613812345678", primary=False)
    mail = await record(writer, FROM="Ann@ACME.cn", TO=bob)
    assert await seats_of(writer, mail) == {("FROM", ann, "Ann@acme.cn"), ("TO", bob, None)}
    assert await warmth(writer, ann, bob) == (1, 0)
    call = await record(writer, "CALL", FROM="+86 138 1234 5678", TO=ann)
    assert await seats_of(writer, call) == {("FROM", bob, "+8613812345678"), ("TO", ann, None)}


async def test_an_address_nobody_has_takes_part_itself(writer: Writer) -> None:
    ann = await world.person(writer)
    first, second = [await record(writer, FROM="X@Acme.cn", TO=ann) for _ in range(2)]
    expected = {("FROM", "EMAIL|x@acme.cn", "X@acme.cn"), ("TO", ann, None)}
    assert await seats_of(writer, first) == await seats_of(writer, second) == expected
    assert await given.value(writer.database, "MATCH (u:UnclaimedAddress) RETURN properties(u)") == {
        "match": "EMAIL|x@acme.cn",
        "value": "X@acme.cn",
    }
    assert await ties(writer) == {}
    assert await last(writer, ann) == AT


async def test_an_account_belongs_to_its_channel(writer: Writer) -> None:
    ann = await world.person(writer)
    await reach(writer, ann, "WECHAT|ann_88")
    input = {"channel": "WECHAT", "occurredAt": AT, "participants": [{"role": "TO", "address": "Ann_88"}]}
    id = (await interactions.record(writer, InteractionRecord.parse(input))).id
    assert await seats_of(writer, id) == {("TO", ann, "Ann_88")}
    id = (await interactions.record(writer, InteractionRecord.parse({**input, "channel": "DINGTALK"}))).id
    assert await seats_of(writer, id) == {("TO", "DINGTALK|ann_88", "Ann_88")}


@pytest.mark.parametrize(
    ("primaries", "winner"),
    [([False], 0), ([False, True], 1), ([True, True], None), ([False, False], None)],
    ids=["the only one", "the one with it as primary", "two primaries", "no primary"],
)
async def test_of_several_people_the_primary_one_counts(writer: Writer, primaries: list[bool], winner: int | None) -> None:
    people = [await world.person(writer) for _ in primaries]
    for person, primary in zip(people, primaries, strict=True):
        await reach(writer, person, "EMAIL|office@acme.cn", primary=primary)
    id = await record(writer, FROM="office@acme.cn")
    expected = "EMAIL|office@acme.cn" if winner is None else people[winner]
    assert await seats_of(writer, id) == {("FROM", expected, "office@acme.cn")}


async def test_people_come_before_organizations_and_the_deleted_never(writer: Writer) -> None:
    acme, ann, gone = await world.organization(writer), await world.person(writer), await world.person(writer)
    for party in (acme, ann, gone):
        await reach(writer, party, "EMAIL|info@acme.cn", primary=party != ann)
    await world.remove(writer, gone)
    assert ("FROM", ann, "info@acme.cn") in await seats_of(writer, await record(writer, FROM="info@acme.cn"))
    await world.remove(writer, ann)
    assert ("FROM", acme, "info@acme.cn") in await seats_of(writer, await record(writer, FROM="info@acme.cn"))
    await given.run(writer.database, "MATCH (c:ContactPoint) SET c.deleted_at = '2026'")
    assert ("FROM", "EMAIL|info@acme.cn", "info@acme.cn") in await seats_of(writer, await record(writer, FROM="info@acme.cn"))


@pytest.mark.parametrize(
    ("parties", "winner"),
    [
        ("o", 0),
        ("o o", None),
        ("o O", 1),
        ("O O", None),
        ("p O", 0),
        ("p p O", None),
        ("P p O", 0),
        ("P P O", None),
        ("pp", 0),
        ("Pp", 0),
        ("PP", 0),
        ("pp o", 0),
    ],
)
async def test_one_owner_of_an_address_is_found_among_people_first(writer: Writer, parties: str, winner: int | None) -> None:
    """`p` is a person, `o` an organization, in capitals with the address as primary; twice in a word: with two points of it."""
    ids = []
    for word in parties.split():
        ids.append(await (world.person if word.lower()[0] == "p" else world.organization)(writer))
        for letter in word:
            await reach(writer, ids[-1], "EMAIL|info@acme.cn", primary=letter.isupper())
    expected = "EMAIL|info@acme.cn" if winner is None else ids[winner]
    assert await seats_of(writer, await record(writer, FROM="info@acme.cn")) == {("FROM", expected, "info@acme.cn")}


async def test_writers_of_one_new_address_share_it(writer: Writer) -> None:
    ann = await world.person(writer)
    await asyncio.gather(*(record(writer, FROM="x@acme.cn", TO=ann) for _ in range(8)))
    assert await given.value(writer.database, "MATCH (u:UnclaimedAddress)-[t:TOOK_PART]->() RETURN count(t)") == 8
    assert await given.value(writer.database, "MATCH (u:UnclaimedAddress) RETURN count(u)") == 1


async def test_who_gets_an_address_while_others_record_it_gets_all_of_it(writer: Writer) -> None:
    ann, bob = await world.person(writer), await world.person(writer)
    points = [contact_points.ContactPointFields.parse({"kind": "EMAIL", "value": "x@acme.cn"})]

    async def get() -> None:
        async def work(transaction: Transaction) -> None:
            await contact_points.put(transaction, writer, Draft(), ann, points)

        await writer.database.write(work)

    async def mail() -> None:
        await record(writer, FROM="x@acme.cn", TO=bob)

    await mail()
    await asyncio.gather(*(mail() for _ in range(3)), get(), *(mail() for _ in range(4)))
    assert await given.value(writer.database, "MATCH (u:UnclaimedAddress) RETURN count(u)") == 0
    assert await given.value(writer.database, "MATCH (:Node {id: $id})-[t:TOOK_PART]->() RETURN count(t)", id=ann) == 8
    assert await warmth(writer, ann, bob) == (8, 0)
