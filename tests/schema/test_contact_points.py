"""The contact points of people and organizations through the API."""

from __future__ import annotations

from typing import Any

import pytest

from graph.projection.context import Viewer
from graph.writing import Writer
from tests.graph import given
from tests.graph.contacts import record
from tests.schema.asking import done
from tests.schema.conftest import Api
from tests.schema.listing import Listing
from tests.schema.refusals import EMPTY, problems, refuses, too_long

SHOWN = "contactPoints { kind value extension primary verifiedAt }"
EXAMPLE = "+8613812345678, bare numbers are taken as CN|请写成 +8613812345678"
PAGE = "is not a web address; write it like https://example.com|不是有效网址，请写成 https://example.com"


def point(kind: str, value: str, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "value": value, **more}


async def person(api: Api, *points: dict[str, Any], selection: str = "id version", name: str = "Ann") -> Any:
    return await done(api, "personCreate", {"name": name, "contactPoints": list(points)}, selection)


@pytest.mark.parametrize(
    ("kind", "value", "stored", "extension"),
    [
        ("EMAIL", "Ann.Berg@ACME.Example", "Ann.Berg@acme.example", None),
        ("EMAIL", "李娜@例子.公司", "李娜@例子.公司", None),
        ("MOBILE", "138 0013-8000", "+8613800138000", None),
        ("MOBILE", "0049 170 1234567", "+491701234567", None),
        ("LANDLINE", "(0571) 8888 6666 ext. 12", "+8657188886666", "12"),
        ("LANDLINE", "+1 650-253-0000", "+16502530000", None),
        ("WEBSITE", "WWW.Acme.example/", "https://www.acme.example", None),
        ("LINKEDIN", "linkedin.com/in/ann", "https://linkedin.com/in/ann", None),
        ("WECHAT", " Zhang  Wei ", "Zhang Wei", None),
        ("WECOM", "张伟", "张伟", None),
        ("DINGTALK", "zw-88", "zw-88", None),
        ("OTHER", "Telegram @zw", "Telegram @zw", None),
    ],
)
async def test_an_address_is_brought_into_its_standard_form(
    api: Api, writer: Writer, kind: str, value: str, stored: str, extension: str | None
) -> None:
    ways: list[tuple[str, dict[str, Any]]] = [("person", {}), ("organization", {"kind": "COMPANY"})]
    for noun, fields in ways:
        made = await done(api, f"{noun}Create", {"name": "李", **fields, "contactPoints": [point(kind, value)]}, SHOWN)
        found = {"kind": kind, "value": stored, "extension": extension, "primary": True, "verifiedAt": None}
        assert made["contactPoints"] == [found]
    assert await Listing(api, "parties").count(f'where: {{ contactPoints: {{ some: {{ value: {{ eq: "{stored}" }} }} }} }}') == 2


@pytest.mark.parametrize(
    ("points", "what", "said"),
    [
        ([point("EMAIL", "ann")], "INVALID contactPoints.0.value", "it is not an e-mail address|不是有效的电子邮箱，请核对"),
        ([point("EMAIL", "a@b.cn, c@d.cn")], "INVALID contactPoints.0.value", "not an e-mail address|不是有效的电子邮箱"),
        ([point("OTHER", "x"), point("MOBILE", "12")], "INVALID contactPoints.1.value", EXAMPLE),
        ([point("LANDLINE", "+999 1234567")], "INVALID contactPoints.0.value", EXAMPLE),
        ([point("WEBSITE", "acme")], "INVALID contactPoints.0.value", PAGE),
        ([point("LINKEDIN", "ftp://acme.example")], "INVALID contactPoints.0.value", PAGE),
        ([point("WECHAT", "  ")], "REQUIRED contactPoints.0.value", EMPTY),
        ([point("WECHAT", "x" * 201)], "TOO_LONG contactPoints.0.value", too_long(200)),
        ([point("LANDLINE", "057188886666", extension="1" * 21)], "TOO_LONG contactPoints.0.extension", too_long(20)),
        ([point("OTHER", str(n)) for n in range(51)], "TOO_LONG contactPoints", "51 items; at most 50|共 51 项，最多 50 项"),
        (
            [point("EMAIL", "A@b.cn"), point("EMAIL", "a@B.cn", primary=True)],
            "INVALID contactPoints.1.value",
            "it is there twice; leave one out|重复出现，请删除其一",
        ),
        (
            [point("EMAIL", "a@b.cn", primary=True), point("EMAIL", "c@b.cn", primary=True)],
            "INVALID contactPoints.1.primary",
            "another of its kind is primary; choose one|同类中已有首选，请只选一个",
        ),
        (
            [point("EMAIL", "a@b.cn", verifiedAt="2026-07-01T16:05:01+08:00")],
            "IN_FUTURE contactPoints.0.verifiedAt",
            "2026-07-01T08:05:01.000000Z lies in the future|在未来，事实的时间不得晚于现在",
        ),
    ],
)
async def test_a_wrong_address_is_told_by_its_place(api: Api, writer: Writer, points: list[Any], what: str, said: str) -> None:
    await refuses(api, "personCreate", {"name": "Ann", "contactPoints": points}, f"InvalidInput {what}", said)
    acme = await given.organization(writer)
    await refuses(api, "organizationUpdate", {"id": acme, "version": 1, "contactPoints": points}, f"InvalidInput {what}", said)


async def test_all_wrong_addresses_are_told_at_once(api: Api) -> None:
    wrong = [point("EMAIL", "x"), point("EMAIL", "a@b.cn"), point("MOBILE", "1"), point("EMAIL", "A@b.cn")]
    told = await problems(api, "personCreate", {"name": "Ann", "contactPoints": wrong})
    assert [".".join(problem["path"]) for problem in told] == [f"contactPoints.{place}.value" for place in (0, 2, 3)]


async def test_one_of_each_kind_is_primary(api: Api, writer: Writer) -> None:
    points = [point("EMAIL", "a@x.cn"), point("MOBILE", "13800138000"), point("EMAIL", "b@x.cn", primary=True), point("EMAIL", "c@x.cn")]
    made = await person(api, *points, point("LANDLINE", "057188886666"), selection=f"id email phone {SHOWN}")
    assert (made["email"], made["phone"]) == ("b@x.cn", "+8613800138000")
    assert [p["value"] for p in made["contactPoints"] if p["primary"]] == ["b@x.cn", "+8657188886666", "+8613800138000"]
    assert [p["value"] for p in made["contactPoints"]][:3] == ["b@x.cn", "a@x.cn", "c@x.cn"]
    fewer = {"id": made["id"], "version": 1, "contactPoints": [point("EMAIL", "c@x.cn"), point("EMAIL", "a@x.cn")]}
    changed = await done(api, "personUpdate", fewer, f"email phone {SHOWN}")
    assert (changed["email"], changed["phone"]) == ("c@x.cn", None)
    assert [p["value"] for p in changed["contactPoints"] if p["primary"]] == ["c@x.cn"]


async def test_the_same_address_stays_the_same_object(api: Api) -> None:
    verified = point("EMAIL", "Ann@x.cn", verifiedAt="2026-07-01T16:04:59+08:00")
    made = await person(api, point("EMAIL", "ann@X.cn"), point("WECHAT", "ann"), selection="id contactPoints { id value }")
    (mail, wechat), shown = made["contactPoints"], "version contactPoints { id value verifiedAt }"
    changed = await done(api, "personUpdate", {"id": made["id"], "version": 1, "contactPoints": [verified]}, shown)
    assert changed["contactPoints"] == [{"id": mail["id"], "value": "Ann@x.cn", "verifiedAt": "2026-07-01T08:04:59.000000Z"}]
    same = {"id": made["id"], "version": 2, "contactPoints": [verified | {"verifiedAt": "2026-07-01T08:04:59Z"}]}
    assert await done(api, "personUpdate", same, shown) == changed
    nodes = await api("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=[mail["id"], wechat["id"]])
    assert nodes["nodes"] == [{"id": mail["id"]}, None]
    for version, nothing in ((2, None), (3, list[Any]())):
        emptied = await done(api, "personUpdate", {"id": made["id"], "version": version, "contactPoints": nothing}, shown)
        assert emptied == {"version": 3, "contactPoints": []}


async def test_an_address_that_is_added_takes_the_mail_of_the_past(api: Api, writer: Writer) -> None:
    ann, bo = await given.person(writer, "Ann"), await given.person(writer, "Bo")
    mail = await record(writer, FROM=bo, TO="ann@x.cn")
    document = "query($id: ID!) { interaction(id: $id) { participants { role party { name } } } }"
    assert {"role": "TO", "party": None} in (await api(document, id=mail))["interaction"]["participants"]
    claimed = {"id": ann, "version": 1, "contactPoints": [point("EMAIL", "Ann@X.cn")]}
    assert (await done(api, "personUpdate", claimed, "lastInteractionAt"))["lastInteractionAt"] == "2026-06-01T02:00:00.000000Z"
    assert {"role": "TO", "party": {"name": "Ann"}} in (await api(document, id=mail))["interaction"]["participants"]
    assert await Listing(api, "people").where('acquaintances: { some: { node: { name: { eq: "Bo" } } } }') == ["Ann"]


async def test_colleagues_may_share_an_address(api: Api) -> None:
    desk = point("LANDLINE", "057188886666")
    for name in ("Ann", "Bo"):
        assert (await person(api, desk, selection="phone", name=name)) == {"phone": "+8657188886666"}
    assert await Listing(api, "people").where('phone: { eq: "+8657188886666" }') == ["Ann", "Bo"]


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("some: { kind: { in: [EMAIL, WECHAT] } }", "Ann Bo"),
        ('some: { value: { endsWith: "@x.cn" }, primary: { eq: false } }', "Ann"),
        ('some: { verifiedAt: { gte: "2026-06-01T00:00:00+08:00" } }', "Bo"),
        ("some: { verifiedAt: { isNull: true } }", "Ann"),
        ("none: { kind: { eq: EMAIL } }", "Bo Cai"),
        ("all: { kind: { ne: WECHAT } }", "Ann Cai"),
    ],
)
async def test_people_are_found_by_their_contact_points(api: Api, condition: str, found: str) -> None:
    await person(api, point("EMAIL", "a@x.cn"), point("EMAIL", "b@x.cn"))
    await person(api, point("WECHAT", "bo", verifiedAt="2026-06-01T00:00:00Z"), name="Bo")
    await person(api, name="Cai")
    assert await Listing(api, "people").where(f"contactPoints: {{ {condition} }}") == found.split()


async def test_contact_points_are_read_by_kind(api: Api) -> None:
    made = await person(api, point("EMAIL", "a@x.cn"), point("WECHAT", "ann"), point("EMAIL", "b@x.cn"))
    document = "query($id: ID!, $kind: ContactPointKind) { person(id: $id) { contactPoints(kind: $kind) { value } } }"
    for kind, values in (("EMAIL", ["a@x.cn", "b@x.cn"]), ("WECHAT", ["ann"]), ("MOBILE", []), (None, ["a@x.cn", "b@x.cn", "ann"])):
        assert [p["value"] for p in (await api(document, id=made["id"], kind=kind))["person"]["contactPoints"]] == values


async def test_the_contact_points_of_who_is_deleted_or_hidden_are_nowhere(api: Api, writer: Writer) -> None:
    shown = "id contactPoints { id }"
    gone = await person(api, point("EMAIL", "gone@x.cn"), selection=shown)
    hidden = await done(api, "personCreate", {"name": "H", "notes": "secret", "contactPoints": [point("EMAIL", "h@x.cn")]}, shown)
    await done(api, "personDelete", {"id": gone["id"]})
    api.viewer = Viewer("user:2", "Bob", rules={"Person": "coalesce(node.notes, '') <> 'secret'"})
    for owner in (gone, hidden):
        data = await api("query($id: ID!) { node(id: $id) { ... on ContactPoint { value } } }", id=owner["contactPoints"][0]["id"])
        assert data["node"] is None
    assert await Listing(api, "people").where('contactPoints: { some: { value: { endsWith: "@x.cn" } } }') == []
    assert await Listing(api, "people").where('email: { endsWith: "@x.cn" }') == []


async def test_contact_points_that_are_hidden_themselves_give_neither_mail_nor_number(api: Api) -> None:
    made = await person(api, point("EMAIL", "secret@x.cn"), point("EMAIL", "b@x.cn"), point("MOBILE", "13800138000"))
    api.viewer = Viewer("user:2", "Bob", rules={"ContactPoint": "node.kind = 'EMAIL' AND NOT node.value STARTS WITH 'secret'"})
    data = await api("query($id: ID!) { person(id: $id) { email phone contactPoints { value } } }", id=made["id"])
    assert data["person"] == {"email": "b@x.cn", "phone": None, "contactPoints": [{"value": "b@x.cn"}]}
    assert await Listing(api, "people").where('email: { startsWith: "secret" }') == []
    assert await Listing(api, "people").where("contactPoints: { some: { kind: { eq: MOBILE } } }") == []
