from __future__ import annotations

from typing import Any

import pytest

from graph.writing import Writer
from tests.graph import given, world
from tests.graph.contacts import (
    AT,
    correct,
    direction_of,
    last,
    reach,
    record,
    regarded,
)


async def test_the_direction_follows_from_who_is_ours(writer: Writer) -> None:
    us, acme = await world.organization(writer, own=True), await world.organization(writer)
    ours, mate, ann, bob = [await world.person(writer) for _ in range(4)]
    for person in (ours, mate):
        await world.position(writer, person, us)
    await world.position(writer, ann, acme)

    async def direction(**seats: Any) -> str:
        return await direction_of(writer, await record(writer, **seats))

    assert await direction(FROM=ann, TO=ours) == "INBOUND"
    assert await direction(FROM="x@acme.cn", TO=[ours, ann]) == "INBOUND"
    assert await direction(FROM=ours, TO=[ann, mate]) == "OUTBOUND"
    assert await direction(ATTENDEE=[ours, ann]) == "OUTBOUND"
    assert await direction(FROM=us, TO=ann) == "OUTBOUND"
    assert await direction(FROM=ours, TO=mate) == "INTERNAL"
    assert await direction(FROM=ours, TO=us) == "INTERNAL"
    assert await direction(FROM=ann, TO=bob) == "EXTERNAL"
    assert await direction(FROM=ann, TO=ours, direction="EXTERNAL") == "EXTERNAL"


async def test_our_domain_is_ours(writer: Writer) -> None:
    await world.organization(writer, own=True, domains=["us.cn"])
    ann = await world.person(writer)
    id = await record(writer, FROM="new@us.cn", TO=ann)
    assert await direction_of(writer, id) == "OUTBOUND"


@pytest.mark.parametrize(
    ("address", "direction"),
    [
        ("new@us.cn", "OUTBOUND"),
        ("New@US.cn", "OUTBOUND"),
        ("new@second.cn", "OUTBOUND"),
        ("new@mail.us.cn", "EXTERNAL"),
        ("new@notus.cn", "EXTERNAL"),
        ("us.cn@acme.cn", "EXTERNAL"),
        ("new@acme.cn", "EXTERNAL"),
        ("new@gone.cn", "EXTERNAL"),
        ("+8613812345678", "EXTERNAL"),
    ],
)
async def test_whoever_writes_from_a_domain_of_ours_is_ours(writer: Writer, address: str, direction: str) -> None:
    await world.organization(writer, own=True, domains=["us.cn", "second.cn"])
    await world.organization(writer, own=False, domains=["acme.cn"])
    await world.remove(writer, await world.organization(writer, own=True, domains=["gone.cn"]))
    id = await record(writer, FROM=address, TO=await world.person(writer))
    assert await direction_of(writer, id) == direction


async def test_an_address_of_our_domain_that_one_of_theirs_has_is_theirs(writer: Writer) -> None:
    await world.organization(writer, own=True, domains=["us.cn"])
    ann, bob = await world.person(writer), await world.person(writer)
    await reach(writer, ann, "EMAIL|guest@us.cn")
    assert await direction_of(writer, await record(writer, FROM="guest@us.cn", TO=bob)) == "EXTERNAL"


async def test_the_day_decides_who_is_ours_in_our_time_zone(writer: Writer) -> None:
    us, ann, bob = await world.organization(writer, own=True), await world.person(writer), await world.person(writer)
    await world.position(writer, ann, us, since="2026-06-02", until="2026-06-03")
    instants = ("2026-06-01T15:59:59Z", "2026-06-01T16:00:00Z", "2026-06-02T15:59:59Z", "2026-06-02T16:00:00Z")
    found = [await direction_of(writer, await record(writer, at=at, FROM=ann, TO=bob)) for at in instants]
    assert found == ["EXTERNAL", "OUTBOUND", "OUTBOUND", "EXTERNAL"]


async def test_it_regards_whom_the_others_were_with(writer: Writer) -> None:
    us, acme, beta, gone = [await world.organization(writer, own=own) for own in (True, False, False, False)]
    ours, ann, bob, cid = [await world.person(writer) for _ in range(4)]
    await world.position(writer, ours, us)
    await world.position(writer, ours, gone)
    await world.position(writer, ann, acme, primary=True, since="2026")
    await world.position(writer, ann, beta, primary=False)
    await world.position(writer, bob, gone, until="2026-06-01")
    await world.position(writer, cid, gone, deleted_at="2026")
    mail = await record(writer, FROM=ours, TO=[ann, bob, cid])
    assert await regarded(writer, mail) == {acme}
    assert await last(writer, acme) == AT
    assert await last(writer, beta) is None
    before = await record(writer, at="2025-12-01T00:00:00Z", FROM=ours, TO=ann)
    assert await regarded(writer, before) == {beta}


async def test_without_a_primary_position_it_regards_all(writer: Writer) -> None:
    acme, beta, ann = await world.organization(writer), await world.organization(writer), await world.person(writer)
    for organization in (acme, beta):
        await world.position(writer, ann, organization, primary=False)
    assert await regarded(writer, await record(writer, FROM=ann)) == {acme, beta}


async def test_what_is_named_is_regarded_besides(writer: Writer) -> None:
    acme, beta, ann, product = (
        await world.organization(writer),
        await world.organization(writer),
        await world.person(writer),
        await world.product(writer),
    )
    await world.position(writer, ann, acme)
    id = await record(writer, FROM=ann, regarding=[beta, product, acme])
    assert await regarded(writer, id) == {acme, beta, product}
    await correct(writer, id, regarding=[product])
    assert await regarded(writer, id) == {product}
    assert (await last(writer, acme), await last(writer, beta)) == (None, None)


async def test_old_mail_stays_with_the_old_account(writer: Writer) -> None:
    acme, beta, ann, bob = (
        await world.organization(writer),
        await world.organization(writer),
        await world.person(writer),
        await world.person(writer),
    )
    job = await world.position(writer, ann, acme)
    id = await record(writer, FROM=ann)
    await given.run(writer.database, "MATCH (n:Node {id: $id}) SET n.until = '2026-01-01'", id=job)
    await world.position(writer, ann, beta)
    await correct(writer, id, subject="Hello", regarding=[], channel="LETTER")
    assert await regarded(writer, id) == {acme}
    await correct(writer, id, 2, participants=[{"role": "FROM", "party": ann}, {"role": "TO", "party": bob}])
    assert await regarded(writer, id) == {beta}
    assert (await last(writer, acme), await last(writer, beta)) == (None, AT)


async def test_a_given_direction_stays_until_it_is_taken_back(writer: Writer) -> None:
    us, ours, ann = await world.organization(writer, own=True), await world.person(writer), await world.person(writer)
    await world.position(writer, ours, us)
    id = await record(writer, FROM=ann, TO=ours, direction="EXTERNAL")
    swapped = [{"role": "FROM", "party": ours}, {"role": "TO", "party": ann}]
    await correct(writer, id, participants=swapped)
    assert await direction_of(writer, id) == "EXTERNAL"
    await correct(writer, id, 2, direction=None)
    assert await direction_of(writer, id) == "OUTBOUND"
    await correct(
        writer, id, 3, participants=list(reversed([{**seat, "role": role} for seat, role in zip(swapped, ("TO", "FROM"), strict=True)]))
    )
    assert await direction_of(writer, id) == "INBOUND"
