from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given as generated
from hypothesis import strategies as st

from graph import interactions, people
from graph.contact_points import ContactPointKind, guess, normal
from graph.errors import Invalid, ProblemCode, Problems
from graph.fields import Reference
from graph.interactions import InteractionRecord
from graph.metrics import warmth
from graph.people import PersonUpdate
from graph.writing import Writer
from tests.graph import given, log

MAIL = {"kind": "EMAIL", "value": "ann@example.com"}
OTHER_MAIL = {"kind": "EMAIL", "value": "ann.lee@example.com"}
PHONE = {"kind": "MOBILE", "value": "138 1234 5678"}


async def points(writer: Writer, party: str) -> list[dict[str, Any]]:
    query = """MATCH (:Node {id: $id})-[:REACHED_AT]->(p:ContactPoint) WHERE p.deleted_at IS NULL
        RETURN properties(p) ORDER BY p.kind, p.value"""
    return [dict(row[0]) for row in await given.rows(writer.database, query, id=party)]


async def update(writer: Writer, person: str, contact_points: list[dict[str, Any]] | None) -> None:
    version = (await given.node(writer.database, person))["version"]
    await people.update(writer, PersonUpdate.parse({"id": person, "version": version, "contactPoints": contact_points}))


async def problems(writer: Writer, *contact_points: dict[str, Any]) -> list[tuple[ProblemCode, tuple[str, ...]]]:
    with pytest.raises(Problems) as caught:
        await given.person(writer, contactPoints=list(contact_points))
    for problem in caught.value.problems:
        assert problem.message().startswith(".".join(problem.path))
    return [(problem.code, problem.path) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("kind", "value", "shown", "match"),
    [
        ("EMAIL", "Ann.Lee@EXAMPLE.com", "Ann.Lee@example.com", "EMAIL|ann.lee@example.com"),
        ("EMAIL", "张伟@例子.中国", "张伟@例子.中国", "EMAIL|张伟@例子.中国"),
        ("MOBILE", "138 1234 5678", "+8613812345678", "PHONE|+8613812345678"),
        ("LANDLINE", "+86 (10) 6552-9988", "+861065529988", "PHONE|+861065529988"),
        ("MOBILE", "+49 1512 3456789", "+4915123456789", "PHONE|+4915123456789"),
        ("WECHAT", "Zhang_Wei", "Zhang_Wei", "WECHAT|zhang_wei"),
        ("WEBSITE", "WWW.Example.com/", "https://www.example.com", "WEBSITE|example.com"),
        ("LINKEDIN", "https://linkedin.com/in/ann", "https://linkedin.com/in/ann", "LINKEDIN|linkedin.com/in/ann"),
    ],
)
def test_an_address_has_a_standard_form(kind: str, value: str, shown: str, match: str) -> None:
    address = normal(ContactPointKind(kind), value, "CN")
    assert (address.value, address.match) == (shown, match)
    assert normal(ContactPointKind(kind), address.value, "CN").match == match


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("EMAIL", "ann"),
        ("EMAIL", "ann@localhost"),
        ("MOBILE", "12345"),
        ("MOBILE", "ann"),
        ("MOBILE", "+86 999"),
        ("WEBSITE", "javascript:x"),
        ("LINKEDIN", "ann"),
    ],
)
def test_what_is_no_address_is_refused(kind: str, value: str) -> None:
    with pytest.raises(Invalid) as caught:
        normal(ContactPointKind(kind), value, "CN")
    assert caught.value.path == ("value",)
    assert caught.value.message("zh") != caught.value.message("en")


def test_a_bare_number_is_one_of_the_region() -> None:
    assert normal(ContactPointKind.LANDLINE, "(202) 456-1111", "US").value == "+12024561111"
    assert normal(ContactPointKind.LANDLINE, "(202) 456-1111 ext. 7", "US").extension == "7"
    assert normal(ContactPointKind.LANDLINE, "(202) 456-1111 ext. 7", "US", "8").extension == "8"


@pytest.mark.parametrize(
    ("value", "match"),
    [
        ("Ann@example.com", "EMAIL|ann@example.com"),
        ("13812345678", "PHONE|+8613812345678"),
        ("wxid_7", "WECHAT|wxid_7"),
        ("12", "WECHAT|12"),
    ],
)
def test_the_kind_of_an_address_is_guessed_from_its_text(value: str, match: str) -> None:
    assert guess(value, "CN", ContactPointKind.WECHAT).match == match


@generated(st.text(st.characters(exclude_categories=[]), max_size=50))
def test_guessing_never_fails(value: str) -> None:
    assert guess(value, "CN").match


def test_an_address_is_found_by_its_parts() -> None:
    words = normal(ContactPointKind.EMAIL, "zhang.wei@example.com", "CN").search_text.split()
    assert {"zhang", "wei", "zhangwei", "example"} <= set(words)
    assert {"8613812345678", "13812345678", "138", "5678"} <= set(normal(ContactPointKind.MOBILE, "13812345678", "CN").search_text.split())


async def test_contact_points_are_stored_in_standard_form(writer: Writer) -> None:
    ann = await given.person(writer, contactPoints=[{**MAIL, "verifiedAt": "2026-06-01T00:00:00Z"}, PHONE])
    mail, phone = await points(writer, ann)
    assert (mail["value"], mail["match"], mail["verified_at"]) == (
        "ann@example.com",
        "EMAIL|ann@example.com",
        "2026-06-01T00:00:00.000000Z",
    )
    assert (phone["value"], phone["kind"], phone["primary"]) == ("+8613812345678", "MOBILE", True)
    assert {"Node", "ContactPoint"} <= await given.labels(writer.database, mail["id"])


async def test_one_of_each_kind_is_primary(writer: Writer) -> None:
    ann = await given.person(writer, contactPoints=[MAIL, {**OTHER_MAIL, "primary": True}, PHONE])
    assert [(point["value"], point["primary"]) for point in await points(writer, ann)] == [
        ("ann.lee@example.com", True),
        ("ann@example.com", False),
        ("+8613812345678", True),
    ]
    bob = await given.person(writer, contactPoints=[MAIL, OTHER_MAIL])
    assert [point["primary"] for point in await points(writer, bob)] == [False, True]


async def test_what_is_wrong_in_the_list_is_named_together(writer: Writer) -> None:
    twice = {**OTHER_MAIL, "value": "ANN@example.com"}
    assert await problems(writer, {**MAIL, "primary": True}, {**OTHER_MAIL, "primary": True}, twice, {"kind": "MOBILE", "value": "x"}) == [
        (ProblemCode.INVALID, ("contactPoints", "1", "primary")),
        (ProblemCode.INVALID, ("contactPoints", "2", "value")),
        (ProblemCode.INVALID, ("contactPoints", "3", "value")),
    ]
    assert await problems(writer, {**MAIL, "verifiedAt": "2026-08-01T00:00:00Z"}) == [
        (ProblemCode.IN_FUTURE, ("contactPoints", "0", "verifiedAt"))
    ]


async def test_the_list_is_replaced_and_what_stays_keeps_its_id(writer: Writer) -> None:
    ann = await given.person(writer, contactPoints=[MAIL, PHONE])
    mail, phone = await points(writer, ann)
    await update(writer, ann, [OTHER_MAIL, {**MAIL, "primary": True}])
    new, kept = await points(writer, ann)
    assert (kept["id"], kept["primary"], new["primary"]) == (mail["id"], True, False)
    assert (await given.node(writer.database, phone["id"]))["deleted_at"] == writer.now()
    await update(writer, ann, None)
    assert await points(writer, ann) == []


async def test_the_same_list_changes_nothing(writer: Writer) -> None:
    ann = await given.person(writer, contactPoints=[MAIL, PHONE])
    await update(writer, ann, [PHONE, {**MAIL, "value": "ann@EXAMPLE.com"}])
    assert (await given.node(writer.database, ann))["version"] == 1
    await update(writer, ann, [{**PHONE, "extension": "7"}, MAIL])
    assert (await given.node(writer.database, ann))["version"] == 2
    assert [change.fields[0].name for change in await log.after(writer.database, 1)] == ["contactPoints"]


async def test_people_may_share_an_address(writer: Writer) -> None:
    for name in ("Ann", "Bob"):
        assert len(await points(writer, await given.person(writer, name, contactPoints=[MAIL]))) == 1


async def mail(writer: Writer, sender: str, *, at: str = "2026-05-01T00:00:00.000000Z", address: str = "EMAIL|ann@example.com") -> str:
    """From a person to an address that nobody has."""
    id = writer.ids.new()
    query = """
    CREATE (i:Node:Interaction {id: $id, channel: 'EMAIL', occurred_at: $at, crowd: false, version: 1})
    WITH i MATCH (p:Node {id: $sender}) CREATE (p)-[:TOOK_PART {role: 'FROM'}]->(i)
    MERGE (u:UnclaimedAddress {match: $match}) ON CREATE SET u.value = 'ann@example.com'
    CREATE (u)-[:TOOK_PART {role: 'TO', address: 'Ann@Example.com'}]->(i)
    """
    await given.run(writer.database, query, id=id, at=at, sender=sender, match=address)
    return id


async def took_part(writer: Writer, party: str) -> list[tuple[str, str, str]]:
    query = "MATCH (:Node {id: $id})-[t:TOOK_PART]->(i) RETURN i.id, t.role, t.address ORDER BY i.id"
    return [(row[0], row[1], row[2]) for row in await given.rows(writer.database, query, id=party)]


async def test_who_gets_an_address_gets_its_past_mail(writer: Writer) -> None:
    bob = await given.person(writer, "Bob")
    first, second = await mail(writer, bob), await mail(writer, bob, at="2026-06-01T00:00:00.000000Z")
    ann = await given.person(writer, "Ann", contactPoints=[MAIL, PHONE])
    assert await took_part(writer, ann) == [(first, "TO", "Ann@Example.com"), (second, "TO", "Ann@Example.com")]
    assert (await given.node(writer.database, ann))["last_interaction_at"] == "2026-06-01T00:00:00.000000Z"
    assert await given.value(writer.database, "MATCH (u:UnclaimedAddress) RETURN count(u)") == 0


async def test_who_gets_an_address_knows_who_wrote_to_it(writer: Writer) -> None:
    bob = await given.person(writer, "Bob")
    times = ["2026-05-01T00:00:00.000000Z", "2026-05-02T00:00:00.000000Z"]
    for at in times:
        await mail(writer, bob, at=at)
    ann = await given.person(writer, "Ann")
    await update(writer, ann, [MAIL])
    tie = await given.value(
        writer.database, "MATCH (:Node {id: $bob})-[k:KNOWS]->(:Node {id: $ann}) RETURN properties(k)", bob=bob, ann=ann
    )
    assert (tie["count"], tie["first_at"], tie["last_at"]) == (2, *times)
    assert tie["out"] == pytest.approx(sum(warmth.DEFAULT.contribution("EMAIL", at) for at in times))


async def test_deleted_mail_is_claimed_but_counts_for_nothing(writer: Writer) -> None:
    bob = await given.person(writer, "Bob")
    deleted = await mail(writer, bob)
    await given.run(writer.database, "MATCH (i:Interaction) SET i.deleted_at = '2026-06-02T00:00:00.000000Z'")
    ann = await given.person(writer, "Ann", contactPoints=[MAIL])
    assert [id for id, _, _ in await took_part(writer, ann)] == [deleted]
    assert "last_interaction_at" not in await given.node(writer.database, ann)
    assert await given.value(writer.database, "MATCH ()-[k:KNOWS]->() RETURN count(k)") == 0


async def test_an_organization_gets_its_past_mail_and_knows_nobody(writer: Writer) -> None:
    bob = await given.person(writer, "Bob")
    id = await mail(writer, bob)
    acme = await given.organization(writer, contactPoints=[MAIL])
    assert [each for each, _, _ in await took_part(writer, acme)] == [id]
    assert await given.value(writer.database, "MATCH ()-[k:KNOWS]->() RETURN count(k)") == 0


async def test_of_several_with_the_same_address_one_gets_the_mail(writer: Writer) -> None:
    bob = await given.person(writer, "Bob")
    id = await mail(writer, bob)
    people = await asyncio.gather(*(given.person(writer, f"Ann {number}", contactPoints=[MAIL]) for number in range(8)))
    assert [seat[0] for person in people for seat in await took_part(writer, person)] == [id]


async def test_the_mail_of_an_address_that_others_have_stays_where_it_is(writer: Writer) -> None:
    bob, _ = await given.person(writer, "Bob"), await given.person(writer, "Cid", contactPoints=[MAIL])
    await mail(writer, bob)
    assert await took_part(writer, await given.person(writer, "Ann", contactPoints=[MAIL])) == []
    assert await given.value(writer.database, "MATCH (u:UnclaimedAddress)-[:TOOK_PART]->() RETURN count(u)") == 1


async def test_mail_that_is_recorded_while_its_address_is_taken_finds_its_way(writer: Writer) -> None:
    bob = await given.person(writer, "Bob")
    await given.warm(writer.database)

    async def record(number: int) -> None:
        participants = [{"role": "FROM", "party": bob}, {"role": "TO", "address": f"ann{number}@example.com"}]
        fields = {"channel": "EMAIL", "occurredAt": "2026-05-01T00:00:00Z", "participants": participants}
        await interactions.record(writer, InteractionRecord.parse(fields))

    async def take(number: int) -> None:
        await given.person(writer, f"Ann {number}", contactPoints=[{"kind": "EMAIL", "value": f"ann{number}@example.com"}])

    await asyncio.gather(*(action(number) for number in range(16) for action in (record, take)))
    assert await given.value(writer.database, "MATCH (u:UnclaimedAddress) RETURN count(u)") == 0
    assert await given.value(writer.database, "MATCH (p:Person)-[:TOOK_PART {role: 'TO'}]->() RETURN count(DISTINCT p)") == 16


async def test_who_is_restored_gets_the_mail_of_the_time_between(writer: Writer) -> None:
    bob, ann = await given.person(writer, "Bob"), await given.person(writer, "Ann", contactPoints=[MAIL])
    await people.delete(writer, Reference(id=ann))
    id = await mail(writer, bob)
    await people.restore(writer, Reference(id=ann))
    assert [each for each, _, _ in await took_part(writer, ann)] == [id]
