"""People as users write them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from graph.clock import FixedClock
from graph.database import Database
from graph.ids import SeededIds
from graph.writing import Writer
from tests.graph import given
from tests.schema.asking import done
from tests.schema.conftest import Api
from tests.schema.listing import Listing
from tests.schema.refusals import EMPTY, NOT_FOUND, REQUIRED, STALE, problems, refuses, too_long

FIELDS: dict[str, Any] = {
    "name": "张伟",
    "shortName": "老张",
    "familyName": "张",
    "givenName": "伟",
    "salutation": "张总",
    "networkOptOut": True,
    "notes": "爱喝茶\n不喝酒",
    "tags": ["重点", "vip"],
    "otherNames": [{"name": "David Zhang", "kind": "TRANSLATION"}, {"name": "小伟", "kind": "NICKNAME"}],
    "address": {"country": "CN", "region": "浙江省", "city": "杭州市", "district": "西湖区", "line": "文三路 1 号", "postalCode": "310012"},
    "identifiers": [{"system": "crm:salesforce", "value": "003-1"}],
    "contactPoints": [{"kind": "WECHAT", "value": "zhangwei88"}],
}
SHOWN = """id version name shortName familyName givenName salutation networkOptOut notes tags otherNames { name kind }
    address { country region city district line postalCode } identifiers { system value } contactPoints { kind value }"""
EMPTIED: dict[str, Any] = {"tags": [], "otherNames": [], "identifiers": [], "contactPoints": []}


async def test_every_field_is_written_and_read_back(api: Api) -> None:
    made = await done(api, "personCreate", FIELDS, f"{SHOWN} createdAt updatedAt roles")
    moments = dict.fromkeys(("createdAt", "updatedAt"), "2026-07-01T08:00:00.000000Z")
    assert made == FIELDS | {"id": made["id"], "version": 1, "roles": []} | moments


async def test_texts_are_stripped_composed_and_blank_ones_are_none(api: Api) -> None:
    given_ = {
        "name": "  Zoe\u0308   Ng ",
        "shortName": " ",
        "notes": " a \n b ",
        "tags": [" x ", "x"],
        "address": {"city": "", "country": "cn"},
    }
    made = await done(api, "personCreate", given_, SHOWN)
    assert (made["name"], made["shortName"], made["notes"], made["tags"]) == ("Zo\u00eb Ng", None, "a \n b", ["x"])
    assert made["address"] == dict.fromkeys(FIELDS["address"]) | {"country": "CN"}


async def test_what_an_update_leaves_out_stays(api: Api) -> None:
    made = await done(api, "personCreate", FIELDS, SHOWN)
    changed = await done(api, "personUpdate", {"id": made["id"], "version": 1, "address": {"city": "宁波市"}}, SHOWN)
    assert changed == made | {"version": 2, "address": made["address"] | {"city": "宁波市"}}


@pytest.mark.parametrize("field", sorted(FIELDS.keys() - {"name", "networkOptOut"}))
async def test_null_clears_a_field_and_no_other(api: Api, field: str) -> None:
    made = await done(api, "personCreate", FIELDS, SHOWN)
    changed = await done(api, "personUpdate", {"id": made["id"], "version": 1, field: None}, SHOWN)
    assert changed == made | {"version": 2, field: EMPTIED.get(field)}


async def test_an_update_that_changes_nothing_raises_no_version(api: Api, clock: FixedClock) -> None:
    made = await done(api, "personCreate", FIELDS, f"{SHOWN} updatedAt")
    clock.advance(timedelta(days=1))
    assert await done(api, "personUpdate", {**FIELDS, "id": made["id"], "version": 1}, f"{SHOWN} updatedAt") == made


async def test_texts_of_the_greatest_lengths_are_kept(api: Api) -> None:
    long: dict[str, Any] = dict.fromkeys(("name", "shortName", "familyName", "givenName", "salutation"), "名" * 200) | {
        "notes": "文" * 2_000
    }
    long |= {"tags": [f"{n:02}" + "签" * 48 for n in range(50)], "otherNames": [{"name": f"{n}", "kind": "OTHER"} for n in range(20)]}
    made = await done(api, "personCreate", long, SHOWN)
    assert {name: made[name] for name in long} == long


@pytest.mark.parametrize(
    ("input", "what", "said"),
    [
        ({"name": "名" * 201}, "TOO_LONG name", too_long(200)),
        ({"shortName": "x" * 201}, "TOO_LONG shortName", too_long(200)),
        ({"familyName": "x" * 201}, "TOO_LONG familyName", too_long(200)),
        ({"givenName": "x" * 201}, "TOO_LONG givenName", too_long(200)),
        ({"salutation": "x" * 201}, "TOO_LONG salutation", too_long(200)),
        ({"notes": "x" * 2_001}, "TOO_LONG notes", too_long(2000)),
        ({"tags": ["x" * 51]}, "TOO_LONG tags.0", too_long(50)),
        ({"tags": [str(n) for n in range(51)]}, "TOO_LONG tags", "51 items; at most 50|共 51 项，最多 50 项"),
        ({"otherNames": [{"name": "x" * 201}]}, "TOO_LONG otherNames.0.name", too_long(200)),
        ({"otherNames": [{"name": str(n)} for n in range(21)]}, "TOO_LONG otherNames", "at most 20|最多 20 项"),
        ({"address": {"line": "x" * 201}}, "TOO_LONG address.line", too_long(200)),
        ({"address": {"postalCode": "x" * 21}}, "TOO_LONG address.postalCode", too_long(20)),
        ({"address": {"country": "EU"}}, "INVALID address.country", "use ISO 3166 like CN|请用 ISO 3166 代码，如 CN"),
        ({"name": "a\x00b"}, "INVALID name", "control characters|控制字符"),
        ({"name": " \t"}, "REQUIRED name", EMPTY),
        ({"name": None}, "REQUIRED name", REQUIRED),
        ({"networkOptOut": None}, "REQUIRED networkOptOut", REQUIRED),
    ],
)
async def test_wrong_values_are_refused_by_field(api: Api, writer: Writer, input: dict[str, Any], what: str, said: str) -> None:
    if input.get("name", "") is not None:
        await refuses(api, "personCreate", {"name": "Ann", **input}, f"InvalidInput {what}", said)
    await refuses(api, "personUpdate", {"id": await given.person(writer), "version": 1, **input}, f"InvalidInput {what}", said)


async def test_all_that_is_wrong_is_told_at_once(api: Api) -> None:
    wrong = await problems(
        api, "personCreate", {"name": "", "salutation": "x" * 201, "position": {"organization": "a", "title": "x" * 201}}
    )
    assert [p["path"] for p in wrong] == [["name"], ["salutation"], ["position", "title"]]


async def test_an_old_version_is_stale_and_shows_the_current_object(api: Api, writer: Writer) -> None:
    ann = await given.person(writer)
    await done(api, "personUpdate", {"id": ann, "version": 1, "salutation": "Dr"})
    for name, input in (("personUpdate", {"name": "Eve"}), ("personDelete", {}), ("personRestore", {})):
        stale = await refuses(api, name, {"id": ann, "version": 1, **input}, "Stale STALE version", STALE)
        assert stale["current"] == {"id": ann}


async def test_what_is_gone_unknown_or_no_person_is_not_found(api: Api, writer: Writer) -> None:
    gone = await given.person(writer)
    await done(api, "personDelete", {"id": gone, "version": 1})
    for id in (gone, await given.organization(writer), "0190"):
        for name in ("personUpdate", "personDelete"):
            version = {"version": 1} if name == "personUpdate" else {}
            assert (await refuses(api, name, {"id": id, **version}, "NotFound NOT_FOUND id", NOT_FOUND))["missingId"] == id
    await refuses(api, "personRestore", {"id": "0190"}, "NotFound NOT_FOUND id", NOT_FOUND)


async def test_who_is_deleted_is_nowhere_and_comes_back_whole(api: Api, writer: Writer) -> None:
    acme = await given.organization(writer)
    made = await done(api, "personCreate", FIELDS | {"position": {"organization": acme, "title": "CTO"}}, f"{SHOWN} position {{ title }}")
    await done(api, "personDelete", {"id": made["id"]})
    document = "query($id: ID!, $acme: ID!) { person(id: $id) { id } node(id: $id) { id } nodes(ids: [$id]) { id } people { totalCount } "
    document += "organization(id: $acme) { positions { nodes { title person { id } } } } }"
    gone = {"person": None, "node": None, "nodes": [None], "people": {"totalCount": 0}}
    vacant = {"organization": {"positions": {"nodes": [{"title": "CTO", "person": None}]}}}
    assert await api(document, id=made["id"], acme=acme) == gone | vacant
    assert await done(api, "personRestore", {"id": made["id"]}, f"{SHOWN} position {{ title }}") == made | {"version": 3}
    assert (await done(api, "personRestore", {"id": made["id"]}, "version"))["version"] == 3


async def test_a_key_is_kept_for_thirty_days_and_for_each_user(api: Api, database: Database, clock: FixedClock, ids: SeededIds) -> None:
    ann = {"name": "Ann", "idempotencyKey": "k"}
    first = await done(api, "personCreate", ann)
    assert await done(Api(given.writer(database, clock, ids, "user:9")), "personCreate", ann) != first
    clock.advance(timedelta(days=30))
    assert await done(api, "personCreate", ann) == first
    said = "it came with another input before|此键已用于其他输入"
    await refuses(api, "personCreate", ann | {"notes": "x"}, "Refused KEY_REUSED idempotencyKey", said)
    clock.advance(timedelta(seconds=1))
    assert (await done(api, "personCreate", ann | {"notes": "x"}))["id"] != first["id"]
    await refuses(api, "personCreate", ann | {"idempotencyKey": "x" * 201}, "InvalidInput TOO_LONG idempotencyKey", too_long(200))


async def test_a_position_given_with_a_person_is_theirs(api: Api, writer: Writer) -> None:
    acme, own = await given.organization(writer), await given.own(writer)
    boss = await given.position(writer, None, acme, title="CEO")
    position: dict[str, Any] = {"organization": acme, "kind": "ADVISER", "title": "顾问", "department": "战略部", "seniority": "SENIOR"}
    position |= {"primary": True, "since": "2019-03", "until": "2030", "reportsTo": boss}
    shown = "kind title department seniority primary since until organization { id } reportsTo { id }"
    made = await done(api, "personCreate", {"name": "李娜", "position": position}, f"position {{ {shown} }} roles")
    assert made["position"] == position | {"organization": {"id": acme}, "reportsTo": {"id": boss}}
    assert (await done(api, "personCreate", {"name": "王芳", "position": {"organization": own}}, "roles"))["roles"] == ["EMPLOYEE"]
    wrong = {"name": "A", "position": {"organization": boss}}
    await refuses(api, "personCreate", wrong, "NotFound NOT_FOUND position.organization", NOT_FOUND)
    wrong = {"name": "A", "position": {"organization": acme, "since": "2020", "until": "2019"}}
    await refuses(api, "personCreate", wrong, "InvalidInput OUT_OF_RANGE position.until", "lies before since, 2020|早于开始日期 2020")
    assert await Listing(api, "people").rows() == ["李娜", "王芳"]


async def test_who_opts_out_of_the_network_loses_the_score_at_once(api: Api, writer: Writer) -> None:
    ann = await given.person(writer)
    await given.run(writer.database, "MATCH (n:Node {id: $id}) SET n.influence_score = 0.5, n.influence_rank = 1", id=ann)
    assert await Listing(api, "people").where("influence: { rank: { eq: 1 } }") == ["Ann"]
    out = await done(api, "personUpdate", {"id": ann, "version": 1, "networkOptOut": True}, "networkOptOut influence { rank }")
    assert out == {"networkOptOut": True, "influence": None}
