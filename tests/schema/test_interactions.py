"""Interactions through the API: who took part, by which address, whom it regarded, and what may be said of it."""

from __future__ import annotations

from typing import Any

import pytest

from graph.writing import Writer
from tests.graph import given
from tests.schema.asking import done
from tests.schema.conftest import Api
from tests.schema.listing import Listing
from tests.schema.refusals import EMPTY, NOT_FOUND, STALE, refuses, too_long
from tests.schema.test_orders import FUTURE

ALL = """id version channel direction occurredAt endedAt subject summary sentiment purpose outcome visibility
    participants { role address party { name } } regarding { __typename ... on Party { name } ... on Product { category } }"""
AT = "2026-06-01T00:00:00Z"
SAME = "2026-06-01T00:00:00.000000Z"


@pytest.fixture
async def company(writer: Writer) -> dict[str, str]:
    """Eve and Dan are ours, Ann and 李娜 are with 艾克美, Bo with nobody."""
    found = {"own": await given.own(writer), "acme": await given.organization(writer, "艾克美")}
    for name, organization in {"Eve": "own", "Dan": "own", "Ann": "acme", "李娜": "acme", "Bo": ""}.items():
        found[name] = await given.person(writer, name)
        if organization:
            await given.position(writer, found[name], found[organization], since="2020")
    return found


def seats(company: dict[str, str], **roles: str) -> list[dict[str, str]]:
    """`seats(company, FROM="Eve", TO="Ann 李娜 x@y.example")`."""
    each = [(role, one) for role, whom in roles.items() for one in whom.split()]
    return [{"role": role, "party": company[one]} if one in company else {"role": role, "address": one} for role, one in each]


async def record(api: Api, company: dict[str, str], channel: str = "EMAIL", at: str = AT, **more: Any) -> str:
    """Capitals are roles, small letters fields."""
    roles = {name: more.pop(name) for name in list(more) if name.isupper()}
    input = {"channel": channel, "occurredAt": at, "participants": seats(company, **roles), **more}
    return str((await done(api, "interactionRecord", input))["id"])


async def shown(api: Api, id: str, selection: str) -> Any:
    return (await api(f"query($id: ID!) {{ interaction(id: $id) {{ {selection} }} }}", id=id))["interaction"]


async def test_every_field_is_written_read_changed_and_cleared(api: Api, company: dict[str, str]) -> None:
    tea = (await done(api, "productCreate", {"name": "Tea", "category": "绿茶"}))["id"]
    first: dict[str, Any] = {
        "channel": "MEAL",
        "occurredAt": "2026-06-01T08:00:00+08:00",
        "endedAt": "2026-06-01T02:00:00Z",
        "direction": "INBOUND",
    }
    first |= {
        "subject": "端午晚宴",
        "summary": "谈了\n新合同",
        "sentiment": 0.25,
        "purpose": "NEGOTIATE",
        "outcome": "下周报价",
        "visibility": "TEAM",
    }
    people = seats(company, FROM="Eve", ATTENDEE="李娜 Kunde@Example.COM")
    made = await done(api, "interactionRecord", {**first, "participants": people, "regarding": [tea]}, ALL)
    seats_shown = [(p["role"], p["address"], (p["party"] or {}).get("name")) for p in made.pop("participants")]
    assert sorted(seats_shown, key=str) == [
        ("ATTENDEE", "Kunde@example.com", None),
        ("ATTENDEE", None, "李娜"),
        ("FROM", None, "Eve"),
    ]
    assert sorted(made.pop("regarding"), key=str) == [
        {"__typename": "Organization", "name": "艾克美"},
        {"__typename": "Product", "category": "绿茶"},
    ]
    assert made == {**first, "id": made["id"], "version": 1, "occurredAt": SAME, "endedAt": "2026-06-01T02:00:00.000000Z"}
    second: dict[str, Any] = {
        "channel": "EMAIL",
        "occurredAt": "2025-01-01T00:00:00.000000Z",
        "endedAt": "2025-01-01T00:00:00.000000Z",
        "direction": "OUTBOUND",
    }
    second |= {"subject": "Re: 合同", "summary": "x", "sentiment": -1, "purpose": "CARE", "outcome": "none", "visibility": "PRIVATE"}
    changed = await done(
        api,
        "interactionUpdate",
        {"id": made["id"], "version": 1, **second, "participants": seats(company, FROM="Bo", CC="Dan"), "regarding": [company["acme"]]},
        ALL,
    )
    assert changed == {
        **second,
        "id": made["id"],
        "version": 2,
        "participants": [
            {"role": "CC", "address": None, "party": {"name": "Dan"}},
            {"role": "FROM", "address": None, "party": {"name": "Bo"}},
        ],
        "regarding": [{"__typename": "Organization", "name": "艾克美"}],
    }
    nothing = dict.fromkeys(("endedAt", "subject", "summary", "sentiment", "purpose", "outcome", "direction", "regarding"))
    cleared = await done(api, "interactionUpdate", {"id": made["id"], "version": 2, **nothing}, ALL)
    # Without a direction of its own it has the one that follows from who was ours.
    assert cleared == {**changed, **nothing, "version": 3, "direction": "INBOUND", "regarding": []}
    assert await done(api, "interactionDelete", {"id": made["id"], "version": 3}) is None
    assert await shown(api, made["id"], "id") is None


@pytest.mark.parametrize(
    ("roles", "direction"),
    [
        ({"FROM": "Eve", "TO": "Ann"}, "OUTBOUND"),
        ({"FROM": "Ann", "TO": "Eve"}, "INBOUND"),
        ({"FROM": "Eve", "TO": "Dan own"}, "INTERNAL"),
        ({"FROM": "Ann", "TO": "李娜"}, "EXTERNAL"),
        ({"ATTENDEE": "Ann Eve"}, "OUTBOUND"),
        ({"FROM": "own", "TO": "acme"}, "OUTBOUND"),
    ],
)
async def test_the_direction_follows_from_who_was_ours(api: Api, company: dict[str, str], roles: dict[str, str], direction: str) -> None:
    assert await shown(api, await record(api, company, **roles), "direction") == {"direction": direction}


@pytest.mark.parametrize(
    ("fields", "what", "said"),
    [
        ({"occurredAt": "2026-07-01T08:05:00.000001Z"}, "InvalidInput IN_FUTURE occurredAt", FUTURE),
        ({"endedAt": "2026-07-01T08:06:00Z"}, "InvalidInput IN_FUTURE endedAt", FUTURE),
        ({"endedAt": "2026-05-31T23:59:59Z"}, "InvalidInput OUT_OF_RANGE endedAt", "lies before occurredAt|早于开始时间"),
        ({"subject": "长" * 201}, "InvalidInput TOO_LONG subject", too_long(200)),
        ({"summary": "长" * 20001}, "InvalidInput TOO_LONG summary", too_long(20000)),
        ({"outcome": "长" * 2001}, "InvalidInput TOO_LONG outcome", too_long(2000)),
        ({"sentiment": 1.01}, "InvalidInput OUT_OF_RANGE sentiment", "it must be at most 1|不得大于 1"),
        ({"sentiment": -1.01}, "InvalidInput OUT_OF_RANGE sentiment", "it must be at least -1|不得小于 -1"),
        ({"participants": []}, "InvalidInput REQUIRED participants", "somebody must have taken part|至少需要一位参与者"),
        ({"participants": [{"role": "TO"}]}, "InvalidInput INVALID participants.0", "a party or an address, one of them|二者择一"),
        (
            {"participants": [{"role": "TO", "party": "Ann", "address": "a@b.example"}]},
            "InvalidInput INVALID participants.0",
            "a party or an address, one of them|二者择一",
        ),
        ({"participants": [{"role": "TO", "party": "tea"}]}, "NotFound NOT_FOUND participants.0.party", NOT_FOUND),
        ({"participants": [{"role": "TO", "party": ""}]}, "InvalidInput INVALID participants.0", "a party or an address|二者择一"),
        (
            {"participants": [{"role": "TO", "address": f"a{i}@b.example"} for i in range(1001)]},
            "InvalidInput TOO_LONG participants",
            "it has 1001 items|共 1001 项",
        ),
        ({"regarding": ["0190"]}, "NotFound NOT_FOUND regarding.0", NOT_FOUND),
        ({"regarding": [""]}, "InvalidInput REQUIRED regarding.0", EMPTY),
    ],
)
async def test_what_an_interaction_cannot_be(api: Api, company: dict[str, str], fields: dict[str, Any], what: str, said: str) -> None:
    company |= {"tea": (await done(api, "productCreate", {"name": "Tea"}))["id"]}
    if "participants" in fields:
        fields = {
            "participants": [
                {**seat, **({"party": company.get(seat["party"], "")} if "party" in seat else {})} for seat in fields["participants"]
            ]
        }
    id = await record(api, company, FROM="Eve", TO="Ann")
    new = {"channel": "CALL", "occurredAt": AT, "participants": seats(company, FROM="Eve"), **fields}
    await refuses(api, "interactionRecord", new, what, said)
    await refuses(api, "interactionUpdate", {"id": id, "version": 1, **fields}, what, said)
    await refuses(api, "interactionDelete", {"id": id, "version": 2}, "Stale STALE version", STALE)


async def test_a_clock_may_be_five_minutes_ahead(api: Api, company: dict[str, str]) -> None:
    id = await record(api, company, at="2026-07-01T16:05:00+08:00", endedAt="2026-07-01T08:05:00Z", FROM="Eve", TO="Ann")
    assert await shown(api, id, "occurredAt") == {"occurredAt": "2026-07-01T08:05:00.000000Z"}


async def test_an_address_takes_part_as_whoever_has_it(api: Api, company: dict[str, str], writer: Writer) -> None:
    zoe = await given.person(
        writer, "Zoé", contactPoints=[{"kind": "EMAIL", "value": "zoe@acme.example"}, {"kind": "MOBILE", "value": "13800138000"}]
    )
    desk = await given.organization(writer, "Desk", contactPoints=[{"kind": "EMAIL", "value": "info@desk.example"}])
    company |= {"Zoé": zoe, "Desk": desk}
    id = await record(api, company, FROM="ZOE@ACME.example", TO="+86138-0013-8000 info@desk.example nobody@x.example")
    taken = (await shown(api, id, "participants { role address party { id } }"))["participants"]
    assert {(p["role"], p["address"], (p["party"] or {}).get("id")) for p in taken} == {
        ("FROM", "ZOE@acme.example", zoe),
        ("TO", "+8613800138000", zoe),
        ("TO", "info@desk.example", desk),
        ("TO", "nobody@x.example", None),
    }


async def test_past_mail_of_an_address_is_connected_once_somebody_has_it(api: Api, company: dict[str, str], writer: Writer) -> None:
    id = await record(api, company, FROM="Eve", TO="kim@new.example")
    fields = {"name": "Kim", "contactPoints": [{"kind": "EMAIL", "value": "Kim@NEW.example"}]}
    last = "id lastInteractionAt interactions { nodes { id } } acquaintances { edges { node { name } tie { interactionCount } } }"
    kim = await done(api, "personCreate", fields, last)
    assert kim == {
        "id": kim["id"],
        "lastInteractionAt": SAME,
        "interactions": {"nodes": [{"id": id}]},
        "acquaintances": {"edges": [{"node": {"name": "Eve"}, "tie": {"interactionCount": 1}}]},
    }
    participants = (await shown(api, id, "participants { role address party { name } }"))["participants"]
    assert {"role": "TO", "address": "kim@new.example", "party": {"name": "Kim"}} in participants
    # A second owner takes nothing from the first.
    other = await done(api, "personCreate", {**fields, "name": "Kim 2"}, last)
    assert other["interactions"] == {"nodes": []}
    # Between two owners nobody can tell whose it is, and a third one does not get it either.
    await record(api, company, FROM="Eve", TO="kim@new.example")
    third = await done(api, "personCreate", {**fields, "name": "Kim 3"}, last)
    assert third["interactions"] == {"nodes": []}


async def test_interactions_stay_with_the_account_they_regarded(api: Api, company: dict[str, str]) -> None:
    id = await record(api, company, FROM="Eve", TO="Ann")
    ann = await api("query($id: ID!) { person(id: $id) { position { id } } }", id=company["Ann"])
    await done(api, "positionEnd", {"id": ann["person"]["position"]["id"], "until": "2026-06-15"})
    mail = Listing(api, "interactions", "id", of=f'organization(id: "{company["acme"]}")')
    assert await mail.rows() == await mail.rows("through: [PEOPLE]") == [id]
    assert await mail.rows("through: [SELF]") == []
    assert await mail.rows("through: []") == []
    await record(api, company, at="2026-06-20T00:00:00Z", FROM="Eve", TO="Ann")
    assert await mail.rows() == [id]


async def test_interactions_are_filtered_sorted_and_paged(api: Api, company: dict[str, str]) -> None:
    await record(api, company, "CALL", "2026-01-01T00:00:00Z", FROM="Eve", TO="Ann", subject="A 报价", sentiment=0.5, purpose="RENEW")
    await record(api, company, "MEAL", "2026-02-01T00:00:00Z", ATTENDEE="Ann Bo", subject="B", endedAt="2026-02-01T01:00:00Z")
    await record(
        api, company, "EMAIL", "2026-03-01T00:00:00Z", FROM="x@y.example", TO="Eve", subject="C", sentiment=-0.5, visibility="TEAM"
    )
    found = Listing(api, "interactions", "subject")
    for condition, expected in {
        "channel: { in: [CALL, EMAIL] }": "AC",
        "direction: { eq: EXTERNAL }": "B",
        'occurredAt: { gt: "2026-01-01T08:00:00+08:00" }': "BC",
        "endedAt: { isNull: false }": "B",
        'subject: { contains: "报价" }': "A",
        "sentiment: { lt: 0 }": "C",
        "sentiment: { ne: 0.5 }": "C",
        "purpose: { eq: RENEW }": "A",
        "visibility: { ne: EVERYONE }": "C",
        'participants: { some: { party: { name: { eq: "Ann" } } } }': "AB",
        'participants: { some: { address: { eq: "x@y.example" } } }': "C",
        "participants: { some: { role: { eq: FROM } } }": "AC",
        "participants: { all: { role: { eq: ATTENDEE } } }": "B",
        "participants: { none: { address: { isNull: false } } }": "AB",
        "participants: { some: { party: {} } }": "ABC",
        "participants: { all: { party: {} } }": "AB",
        'participants: { none: { party: { name: { eq: "Eve" } } } }': "B",
        "not: { channel: { eq: CALL } }": "BC",
    }.items():
        assert "".join(s[0] for s in await found.where(condition)) == expected, condition
    for order, expected in {
        "{ occurredAt: DESC }": "CBA",
        "{ sentiment: ASC }": "CAB",
        "{ sentiment: DESC }": "ACB",
        "{ endedAt: DESC }, { occurredAt: ASC }": "BAC",
    }.items():
        for rows in (found.rows(f"orderBy: [{order}]"), found.forward(f"orderBy: [{order}]"), found.backward(f"orderBy: [{order}]", 1)):
            assert "".join(s[0] for s in await rows) == expected, order
