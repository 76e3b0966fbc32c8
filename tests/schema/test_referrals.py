"""Referrals through the API: who recommended us to whom, and how it went on."""

from __future__ import annotations

from typing import Any

import pytest

from graph.writing import Writer
from tests.graph import given
from tests.schema.asking import ask, done
from tests.schema.conftest import Api
from tests.schema.hiding import strict
from tests.schema.listing import Listing
from tests.schema.refusals import NOT_FOUND, REQUIRED, STALE, refuses, too_long
from tests.schema.test_orders import FUTURE

ALL = """id version referrer { name } referred { name } occurredAt channel status qualifiedAt closedAt wouldHaveJoinedAnyway
    reward { amount currency } note"""
AT = "2026-06-01T00:00:00Z"
GOING_ON = "the same party has referred it already, and that referral still goes on|同一推荐人对其的推荐仍在进行中"
TIMES = "a referral is made, then qualified, then closed|时间须依次为推荐、确认、结案"


@pytest.fixture
async def parties(writer: Writer) -> dict[str, str]:
    """Two organizations and a person."""
    return {
        "acme": await given.organization(writer, "艾克美"),
        "bolt": await given.organization(writer, "Bolt"),
        "li": await given.person(writer, "李娜"),
    }


async def referral(api: Api, referrer: str, referred: str, at: str = AT, **fields: Any) -> str:
    return str((await done(api, "referralRecord", {"referrer": referrer, "referred": referred, "occurredAt": at, **fields}))["id"])


async def test_every_field_is_written_read_changed_and_cleared(api: Api, parties: dict[str, str]) -> None:
    first = {
        "referrer": parties["li"],
        "referred": parties["acme"],
        "occurredAt": "2026-06-01T08:00:00+08:00",
        "channel": "WECHAT",
        "wouldHaveJoinedAnyway": False,
        "reward": "888.885",
        "note": "饭局上\n介绍的",
    }
    made = await done(api, "referralRecord", first, ALL)
    assert made == {
        "id": made["id"],
        "version": 1,
        "referrer": {"name": "李娜"},
        "referred": {"name": "艾克美"},
        "occurredAt": "2026-06-01T00:00:00.000000Z",
        "channel": "WECHAT",
        "status": "OPEN",
        "qualifiedAt": None,
        "closedAt": None,
        "wouldHaveJoinedAnyway": False,
        "reward": {"amount": "888.89", "currency": "CNY"},
        "note": "饭局上\n介绍的",
    }
    second = {"referrer": parties["acme"], "referred": parties["bolt"], "occurredAt": "2025-01-01T00:00:00Z", "channel": "CALL"}
    rest = {"wouldHaveJoinedAnyway": True, "reward": "-1", "rewardCurrency": "usd", "note": "by phone"}
    changed = await done(api, "referralUpdate", {"id": made["id"], "version": 1, **second, **rest}, ALL)
    assert changed == {
        **made,
        "version": 2,
        "referrer": {"name": "艾克美"},
        "referred": {"name": "Bolt"},
        "occurredAt": "2025-01-01T00:00:00.000000Z",
        "channel": "CALL",
        "wouldHaveJoinedAnyway": True,
        "reward": {"amount": "-1.00", "currency": "USD"},
        "note": "by phone",
    }
    nothing = dict.fromkeys(("channel", "wouldHaveJoinedAnyway", "reward", "rewardCurrency", "note"))
    cleared = await done(api, "referralUpdate", {"id": made["id"], "version": 2, **nothing}, ALL)
    assert cleared == {**changed, "version": 3, **{name: None for name in nothing if name != "rewardCurrency"}}
    assert await done(api, "referralDelete", {"id": made["id"], "version": 3}) is None
    assert await Listing(api, "referrals", "note").count() == 0


@pytest.mark.parametrize(
    ("fields", "what", "said"),
    [
        ({"occurredAt": "2026-07-01T08:05:01Z"}, "InvalidInput IN_FUTURE occurredAt", FUTURE),
        ({"referred": "acme"}, "Refused REFUSED referred", "nobody refers itself; name another party|不能推荐自己"),
        ({"referred": "bolt"}, "Duplicate DUPLICATE referred", GOING_ON),
        ({"referrer": "0190"}, "NotFound NOT_FOUND referrer", NOT_FOUND),
        ({"referred": "order"}, "NotFound NOT_FOUND referred", NOT_FOUND),
        ({"note": "x" * 2001}, "InvalidInput TOO_LONG note", too_long(2000)),
        ({"reward": "1000000000000.01"}, "InvalidInput OUT_OF_RANGE reward", "between -1000000000000 and|必须在 -1000000000000 与"),
        ({"reward": "0.0000001"}, "InvalidInput OUT_OF_RANGE reward", "more than 6 decimals|小数超过 6 位"),
    ],
)
async def test_what_a_referral_cannot_be(
    api: Api, writer: Writer, parties: dict[str, str], fields: dict[str, Any], what: str, said: str
) -> None:
    going = await referral(api, parties["acme"], parties["bolt"])
    fields = {name: parties.get(value, value) if isinstance(value, str) else value for name, value in fields.items()}
    fields = {name: going if value == "order" else value for name, value in fields.items()}
    other = await referral(api, parties["acme"], parties["li"])
    new = {"referrer": parties["acme"], "referred": parties["li"], "occurredAt": AT, **fields}
    await refuses(api, "referralUpdate", {"id": other, "version": 1, **fields}, what, said)
    problem = await refuses(api, "referralRecord", new, what, said)
    assert problem.get("existing", {"id": going}) == {"id": going}
    nobody = {"id": other, "version": 1, "referrer": None}
    await refuses(api, "referralUpdate", nobody, "InvalidInput REQUIRED referrer", REQUIRED)


async def test_a_closed_referral_makes_room_for_another(api: Api, parties: dict[str, str]) -> None:
    one = await referral(api, parties["acme"], parties["bolt"])
    again = {"referrer": parties["acme"], "referred": parties["bolt"], "occurredAt": AT}
    await done(api, "referralQualify", {"id": one})
    await refuses(api, "referralRecord", again, "Duplicate DUPLICATE referred", GOING_ON)
    await referral(api, parties["li"], parties["bolt"])
    await done(api, "referralClose", {"id": one, "outcome": "LOST"})
    await done(api, "referralRecord", again)


async def test_a_referral_goes_from_open_to_qualified_to_closed(api: Api, parties: dict[str, str]) -> None:
    id = await referral(api, parties["acme"], parties["bolt"])
    early = {"id": id, "qualifiedAt": "2026-05-31T00:00:00Z"}
    await refuses(api, "referralQualify", early, "InvalidInput OUT_OF_RANGE occurredAt", TIMES)
    await refuses(api, "referralQualify", {**early, "qualifiedAt": "2026-07-02T00:00:00Z"}, "InvalidInput IN_FUTURE qualifiedAt", FUTURE)
    at = "status qualifiedAt closedAt"
    qualified = {"status": "QUALIFIED", "qualifiedAt": "2026-06-02T00:00:00.000000Z", "closedAt": None}
    assert await done(api, "referralQualify", {**early, "qualifiedAt": "2026-06-02T00:00:00Z", "version": 1}, at) == qualified
    await refuses(api, "referralQualify", {"id": id}, "Refused REFUSED id", "the referral is qualified already|该推荐状态为“已确认”")
    await refuses(api, "referralQualify", {"id": id, "version": 1}, "Stale STALE version", STALE)
    won = {"id": id, "outcome": "WON", "closedAt": "2026-06-01T12:00:00Z"}
    await refuses(api, "referralClose", won, "InvalidInput OUT_OF_RANGE occurredAt", TIMES)
    await refuses(api, "referralClose", {**won, "closedAt": "2026-07-02T00:00:00Z"}, "InvalidInput IN_FUTURE closedAt", FUTURE)
    assert await done(api, "referralClose", {**won, "closedAt": None}, at) == qualified | {
        "status": "WON",
        "closedAt": "2026-07-01T08:00:00.000000Z",
    }
    for name, input in (("referralClose", {"id": id, "outcome": "LOST"}), ("referralQualify", {"id": id})):
        await refuses(api, name, input, "Refused REFUSED id", "the referral is won already|该推荐状态为“已成交”")
    later = {"id": id, "version": 3, "occurredAt": "2026-06-03T00:00:00Z"}
    await refuses(api, "referralUpdate", later, "InvalidInput OUT_OF_RANGE occurredAt", TIMES)


async def test_referrals_are_filtered_sorted_and_paged(api: Api, parties: dict[str, str]) -> None:
    acme, bolt, li = parties["acme"], parties["bolt"], parties["li"]
    await referral(api, acme, bolt, "2026-01-01T00:00:00Z", note="A", channel="CALL", reward="5", wouldHaveJoinedAnyway=True)
    b = await referral(api, li, bolt, "2026-02-01T00:00:00Z", note="B", reward="7")
    c = await referral(api, bolt, li, "2026-03-01T00:00:00Z", note="C", channel="WECHAT", wouldHaveJoinedAnyway=False)
    await done(api, "referralClose", {"id": b, "outcome": "WON"})
    await done(api, "referralQualify", {"id": c})
    found = Listing(api, "referrals", "note")
    for condition, expected in {
        "status: { eq: WON }": "B",
        "status: { in: [OPEN, QUALIFIED] }": "AC",
        "channel: { notIn: [CALL] }": "C",
        "channel: { isNull: true }": "B",
        "wouldHaveJoinedAnyway: { eq: false }": "C",
        "wouldHaveJoinedAnyway: { ne: true }": "C",
        'occurredAt: { lt: "2026-02-01T08:00:00+08:00" }': "A",
        'referrer: { name: { eq: "李娜" } }': "B",
        'referred: { name: { eq: "Bolt" } }': "AB",
        "closedAt: { isNull: false }": "B",
        'or: [{ qualifiedAt: { gte: "2026-07-01T08:00:00Z" } }, { channel: { eq: CALL } }]': "AC",
    }.items():
        assert "".join(await found.where(condition)) == expected, condition
    for order, expected in {
        "{ reward: ASC }": "ABC",
        "{ reward: DESC }": "BAC",
        "{ closedAt: ASC }, { occurredAt: DESC }": "BCA",
        "{ channel: DESC }": "CAB",
        "{ status: ASC }": "ACB",
    }.items():
        assert "".join(await found.rows(f"orderBy: [{order}]")) == expected, order
        assert "".join(await found.forward(f"orderBy: [{order}]", 1)) == expected
        assert "".join(await found.backward(f"orderBy: [{order}]", 1)) == expected
    for field, expected in {"referralsMade": "C", "referralsReceived": "AB"}.items():
        assert "".join(await Listing(api, field, "note", of=f'organization(id: "{bolt}")').rows()) == expected


async def test_a_referral_is_hidden_by_itself_and_by_either_party(api: Api, writer: Writer, parties: dict[str, str]) -> None:
    spy = await given.organization(writer, "Spy", notes="secret")
    acme, bolt, li = parties["acme"], parties["bolt"], parties["li"]
    await referral(api, acme, bolt, note="A", reward="1")
    hidden = [
        await referral(api, acme, li, note="secret"),
        await referral(api, spy, bolt, note="C"),
        await referral(api, acme, spy, note="D"),
    ]
    api.viewer = strict("Referral", "Organization", hidden=("Referral.reward",))
    assert (await api("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=hidden))["nodes"] == [None] * 3
    assert await Listing(api, "referrals", "note").where("") == ["A"]
    assert await Listing(api, "referralsMade", "note", of=f'organization(id: "{acme}")').where("") == ["A"]
    assert await Listing(api, "referralsReceived", "note", of=f'organization(id: "{bolt}")').where("") == ["A"]
    assert await Listing(api, "people").where("referralsReceived: { some: {} }") == []
    assert await Listing(api, "organizations").where('referralsMade: { some: { referred: { name: { eq: "Spy" } } } }') == []
    for document in ("{ referrals { nodes { reward { amount } } } }", "{ referrals(orderBy: [{ reward: ASC }]) { totalCount } }"):
        assert await api.errors(document) == [("You may not read Referral.reward.", ["referrals"])]


async def test_a_hidden_referral_that_is_in_the_way_is_not_shown(api: Api, parties: dict[str, str]) -> None:
    await referral(api, parties["acme"], parties["bolt"], note="secret")
    api.viewer = strict("Referral")
    again = {"referrer": parties["acme"], "referred": parties["bolt"], "occurredAt": AT}
    (problem,) = (await ask(api, "referralRecord", again))["problems"]
    assert (problem["code"], problem["existing"]) == ("DUPLICATE", None)
