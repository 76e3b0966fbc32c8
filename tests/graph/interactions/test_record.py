from __future__ import annotations

import json
from typing import Any

import pytest

from graph import interactions
from graph.clock import FixedClock
from graph.database import Transaction
from graph.errors import Invalid, NotFound, ProblemCode, Problems, Stale
from graph.fields import Reference
from graph.interactions import InteractionRecord
from graph.text import search_text
from graph.writing import Writer
from tests.graph import given, world
from tests.graph.contacts import AT, EARLIER, LATER, correct, delete, last, record, seats, seats_of, tie, warmth


async def test_what_is_recorded_is_stored(writer: Writer) -> None:
    ann, bob = await world.person(writer, "Ann"), await world.person(writer, "Bob")
    more: dict[str, Any] = {
        "endedAt": LATER,
        "subject": "报价 Q3",
        "summary": "a\nb",
        "sentiment": 1,
        "purpose": "NEGOTIATE",
        "outcome": "yes",
        "visibility": "TEAM",
    }
    id = await record(writer, FROM=ann, TO=bob, **more)
    assert await world.properties(writer, id) == {
        "id": id,
        "channel": "EMAIL",
        "occurred_at": AT,
        "ended_at": LATER,
        "subject": "报价 Q3",
        "summary": "a\nb",
        "sentiment": 1.0,
        "purpose": "NEGOTIATE",
        "outcome": "yes",
        "visibility": "TEAM",
        "direction": "EXTERNAL",
        "direction_given": False,
        "crowd": False,
        "search_text": search_text("报价 Q3"),
        "version": 1,
        "created_at": writer.now(),
        "updated_at": writer.now(),
    }
    assert await seats_of(writer, id) == {("FROM", ann, None), ("TO", bob, None)}
    assert await world.labels(writer, id) == {"Node", "Interaction"}


async def test_the_log_tells_it_to_all_whom_it_concerns(writer: Writer) -> None:
    acme = await world.organization(writer)
    ann, bob = await world.person(writer), await world.person(writer)
    await world.position(writer, bob, acme)
    id = await record(writer, FROM=ann, TO=bob)
    await correct(writer, id, subject="Hello")
    await delete(writer, id)
    for party in (ann, bob, acme, id):
        assert await world.log(writer, party) == ["RECORD", "UPDATE", "DELETE"]
    first, second, third = await world.changes(writer)
    assert ("participants", None, json.dumps([["FROM", ann], ["TO", bob]])) in {(f.name, f.before, f.after) for f in first.fields}
    assert [(f.name, f.before, f.after) for f in second.fields] == [("subject", None, "Hello")]
    assert [f.name for f in third.fields] == ["deletedAt"]


async def test_everybody_visible_is_the_default(writer: Writer) -> None:
    id = await record(writer, FROM=await world.person(writer))
    assert (await world.properties(writer, id))["visibility"] == "EVERYONE"


@pytest.mark.parametrize(
    ("fields", "path", "code"),
    [
        ({"participants": []}, "participants", ProblemCode.REQUIRED),
        ({"participants": [{"role": "TO"}]}, "participants.0", ProblemCode.INVALID),
        ({"participants": [{"role": "TO", "party": "1", "address": "a@b.cn"}]}, "participants.0", ProblemCode.INVALID),
        ({"participants": [{"role": "HOST", "party": "1"}]}, "participants.0.role", ProblemCode.INVALID),
        ({"participants": [{"role": "TO", "party": str(n)} for n in range(1001)]}, "participants", ProblemCode.TOO_LONG),
        ({"channel": "FAX"}, "channel", ProblemCode.INVALID),
        ({"channel": None}, "channel", ProblemCode.REQUIRED),
        ({"occurredAt": "2026-06-01T10:00:00"}, "occurredAt", ProblemCode.INVALID),
        ({"sentiment": 1.1}, "sentiment", ProblemCode.OUT_OF_RANGE),
        ({"sentiment": float("nan")}, "sentiment", ProblemCode.INVALID),
        ({"sentiment": float("inf")}, "sentiment", ProblemCode.INVALID),
        ({"subject": "x" * 201}, "subject", ProblemCode.TOO_LONG),
        ({"subject": "a\x00b"}, "subject", ProblemCode.INVALID),
        ({"summary": "\ud800"}, "summary", ProblemCode.INVALID),
        ({"visibility": None}, "visibility", ProblemCode.REQUIRED),
        ({"colour": "red"}, "colour", ProblemCode.INVALID),
    ],
)
def test_wrong_input_is_named(fields: dict[str, Any], path: str, code: ProblemCode) -> None:
    right = {"channel": "CALL", "occurredAt": AT, "participants": [{"role": "TO", "party": "1"}]}
    with pytest.raises(Problems) as caught:
        InteractionRecord.parse({**right, **fields})
    assert [(".".join(each.path), each.code) for each in caught.value.problems] == [(path, code)]


async def test_only_what_has_come_can_be_recorded(writer: Writer, clock: FixedClock) -> None:
    ann = await world.person(writer)
    await record(writer, at="2026-07-01T08:05:00Z", FROM=ann)
    for late in ("2026-07-01T08:05:00.000001Z", "9999-12-31T23:59:59Z"):
        with pytest.raises(Invalid) as caught:
            await record(writer, at=late, FROM=ann)
        assert (caught.value.code, caught.value.path) == (ProblemCode.IN_FUTURE, ("occurredAt",))
    with pytest.raises(Invalid) as caught:
        await record(writer, at="2026-07-01T08:00:00Z", endedAt="2026-07-01T08:06:00Z", FROM=ann)
    assert (caught.value.code, caught.value.path) == (ProblemCode.IN_FUTURE, ("endedAt",))


async def test_a_wrong_address_is_named_by_its_place(writer: Writer) -> None:
    told = {"channel": "EMAIL", "occurredAt": AT, "participants": [{"role": "FROM", "address": "a@b.cn"}, {"role": "TO", "address": "?"}]}
    with pytest.raises(Invalid) as caught:
        await interactions.record(writer, InteractionRecord.parse(told))
    assert caught.value.path == ("participants", "1", "address")
    assert caught.value.message().startswith("participants.1.address: it is not an e-mail address")
    assert caught.value.message("zh").startswith("participants.1.address：不是有效的电子邮箱")


async def test_nothing_ends_before_it_begins(writer: Writer) -> None:
    ann = await world.person(writer)
    id = await record(writer, endedAt=AT, FROM=ann)
    for attempt in (record(writer, endedAt=EARLIER, FROM=ann), correct(writer, id, occurredAt=LATER), correct(writer, id, endedAt=EARLIER)):
        with pytest.raises(Invalid) as caught:
            await attempt
        assert (caught.value.code, caught.value.path) == (ProblemCode.OUT_OF_RANGE, ("endedAt",))


async def test_what_it_names_must_be_there(writer: Writer) -> None:
    ann, gone = await world.person(writer), await world.person(writer)
    product = await world.product(writer)
    await world.remove(writer, gone)
    for missing in (gone, product, "7"):
        with pytest.raises(NotFound) as caught:
            await record(writer, FROM=ann, TO=missing)
        assert (caught.value.missing_id, caught.value.path) == (missing, ("participants", "1", "party"))
    interaction = await record(writer, FROM=ann, regarding=[product])
    for missing in (gone, interaction, "7"):
        with pytest.raises(NotFound) as caught:
            await record(writer, FROM=ann, regarding=[product, missing])
        assert (caught.value.missing_id, caught.value.path) == (missing, ("regarding", "1"))
    assert await given.value(writer.database, "MATCH (n:Interaction) RETURN count(n)") == 1


async def test_a_correction_needs_the_present_version(writer: Writer) -> None:
    id = await record(writer, FROM=await world.person(writer))
    await correct(writer, id, subject="A")
    with pytest.raises(Stale):
        await correct(writer, id, subject="B")
    with pytest.raises(Stale):
        await interactions.delete(writer, Reference(id=id, version=1))
    await delete(writer, id)
    for attempt in (correct(writer, id, 2, subject="B"), delete(writer, id)):
        with pytest.raises(NotFound):
            await attempt


async def test_a_correction_without_a_difference_leaves_no_trace(writer: Writer) -> None:
    ann, bob = await world.person(writer), await world.person(writer)
    id = await record(writer, FROM=ann, TO=bob, subject="A")
    same = [{"role": "TO", "party": bob}, {"role": "FROM", "party": ann}]
    await correct(writer, id, subject="A", occurredAt=AT, participants=same, direction=None, regarding=[])
    assert (await world.properties(writer, id))["version"] == 1
    assert len(await world.changes(writer)) == 1


async def test_the_same_key_records_once(writer: Writer) -> None:
    ann, bob = await world.person(writer), await world.person(writer)
    assert await record(writer, FROM=ann, TO=bob, idempotencyKey="k") == await record(writer, FROM=ann, TO=bob, idempotencyKey="k")
    assert await warmth(writer, ann, bob) == (1, 0)


async def test_many_are_recorded_in_one_go(writer: Writer) -> None:
    acme, (ann, bob) = await world.organization(writer), [await world.person(writer) for _ in range(2)]
    await world.position(writer, bob, acme)
    mails = [
        InteractionRecord.parse(
            {"channel": "EMAIL", "occurredAt": at, "participants": seats(FROM=ann, TO=["x@acme.cn", bob]), "subject": at}
        )
        for at in (LATER, AT, EARLIER)
    ]
    told = [interactions.tell(writer, mail) for mail in mails]

    async def work(transaction: Transaction) -> None:
        await interactions.record_all(transaction, writer, [])
        await interactions.record_all(transaction, writer, told)

    await writer.database.write(work)
    single = await record(writer, subject="", FROM=ann, TO=["x@acme.cn", bob])
    names = {*await world.properties(writer, single), "subject", "search_text"}
    for each, at in zip(told, (LATER, AT, EARLIER), strict=True):
        stored = await world.properties(writer, each.id)
        assert (stored["occurred_at"], stored["direction"], set(stored)) == (at, "EXTERNAL", names)
        assert await seats_of(writer, each.id) == await seats_of(writer, single)
    found = await tie(writer, ann, bob)
    assert found
    assert (found["count"], found["first_at"], found["last_at"]) == (4, EARLIER, LATER)
    assert [await last(writer, party) for party in (ann, bob, acme)] == [LATER] * 3
    assert len(await world.changes(writer)) == 1


def test_what_can_never_be_is_refused_before_it_reaches_the_graph(writer: Writer) -> None:
    given_ = {"channel": "EMAIL", "occurredAt": "2027-01-01T00:00:00Z", "participants": [{"role": "TO", "party": "1"}]}
    with pytest.raises(Invalid):
        interactions.tell(writer, InteractionRecord.parse(given_))
