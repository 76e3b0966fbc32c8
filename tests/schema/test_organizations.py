"""Organizations as users write them, ours among them."""

from __future__ import annotations

from typing import Any

import pytest

from graph.writing import Writer
from tests.graph import given
from tests.schema.asking import done
from tests.schema.conftest import Api
from tests.schema.listing import Listing
from tests.schema.refusals import NOT_FOUND, REQUIRED, STALE, refuses, too_long

FIELDS: dict[str, Any] = {
    "name": "阿里巴巴",
    "shortName": "阿里",
    "legalName": "阿里巴巴（中国）有限公司",
    "kind": "GOVERNMENT",
    "own": True,
    "industry": "电子商务",
    "website": "https://www.alibaba.com/zh",
    "domains": ["alibaba.com", "例子.公司"],
    "notes": "总部：杭州\n一九九九年成立",
    "tags": ["重点客户"],
    "otherNames": [{"name": "Alibaba", "kind": "TRANSLATION"}, {"name": "淘宝", "kind": "TRADING"}],
    "address": {"country": "CN", "region": "浙江", "city": "杭州", "district": "余杭", "line": "文一西路 969 号", "postalCode": "311121"},
    "identifiers": [{"system": "uscc", "value": "91330100799655058B"}],
    "contactPoints": [{"kind": "LANDLINE", "value": "+8657185022088"}],
}
SHOWN = """id version name shortName legalName kind own industry website domains notes tags otherNames { name kind }
    address { country region city district line postalCode } identifiers { system value } contactPoints { kind value }"""
EMPTIED: dict[str, Any] = {"tags": [], "otherNames": [], "identifiers": [], "contactPoints": [], "domains": []}
FIXED = {"name", "kind", "own"}
ONLY = "this is our only own company, and roles need one; create another one first|这是唯一的我方公司，角色依赖于它，请先新建另一个"
WEB = "it is not a web address; write it like https://example.com|不是有效网址，请写成 https://example.com"
DOMAIN = "it is not a domain; write it like example.com|不是有效域名，请写成 example.com"


async def test_every_field_is_written_and_read_back(api: Api) -> None:
    made = await done(api, "organizationCreate", FIELDS, f"{SHOWN} roles createdAt")
    assert made == FIELDS | {"id": made["id"], "version": 1, "roles": ["OWN"], "createdAt": "2026-07-01T08:00:00.000000Z"}
    plain = await done(api, "organizationCreate", {"name": "A"}, "kind own domains address { city } roles")
    assert plain == {"kind": "COMPANY", "own": False, "domains": [], "address": None, "roles": []}


@pytest.mark.parametrize("field", sorted(FIELDS.keys()))
async def test_null_clears_a_field_and_no_other(api: Api, field: str) -> None:
    made = await done(api, "organizationCreate", FIELDS, SHOWN)
    input = {"id": made["id"], "version": 1, field: None}
    if field in FIXED:
        await refuses(api, "organizationUpdate", input, f"InvalidInput REQUIRED {field}", REQUIRED)
        input = {"id": made["id"], "version": 1}
    left = {} if field in FIXED else {"version": 2, field: EMPTIED.get(field)}
    assert await done(api, "organizationUpdate", input, SHOWN) == made | left


@pytest.mark.parametrize("kind", "COMPANY GOVERNMENT ASSOCIATION SCHOOL HOSPITAL FUND HOUSEHOLD OTHER".split())
async def test_an_organization_is_of_any_kind(api: Api, writer: Writer, kind: str) -> None:
    acme = await given.organization(writer, kind="OTHER" if kind == "COMPANY" else "COMPANY")
    assert await done(api, "organizationUpdate", {"id": acme, "version": 1, "kind": kind}, "kind version") == {"kind": kind, "version": 2}


@pytest.mark.parametrize(
    ("field", "value", "stored"),
    [
        ("website", "alibaba.com", "https://alibaba.com"),
        ("website", "HTTP://Alibaba.com:8080/A?b=1", "http://alibaba.com:8080/A?b=1"),
        ("domains", ["@ACME.example", "acme.EXAMPLE", "x.cn"], ["acme.example", "x.cn"]),
        ("legalName", "  Acme \t GmbH ", "Acme GmbH"),
        ("legalName", "法" * 200, "法" * 200),
        ("industry", "业" * 200, "业" * 200),
        ("industry", "  ", None),
    ],
)
async def test_values_are_brought_into_their_standard_form(api: Api, field: str, value: Any, stored: Any) -> None:
    assert await done(api, "organizationCreate", {"name": "A", field: value}, field) == {field: stored}


@pytest.mark.parametrize(
    ("input", "what", "said"),
    [
        ({"name": "x" * 201}, "TOO_LONG name", too_long(200)),
        ({"legalName": "x" * 201}, "TOO_LONG legalName", too_long(200)),
        ({"industry": "x" * 201}, "TOO_LONG industry", too_long(200)),
        ({"website": "https://a.example/" + "x" * 1_000}, "TOO_LONG website", too_long(1000)),
        ({"website": "javascript:alert(1)"}, "INVALID website", WEB),
        ({"website": "https://user:word@a.example"}, "INVALID website", WEB),
        ({"website": "localhost"}, "INVALID website", WEB),
        ({"domains": ["a.example", "no domain"]}, "INVALID domains.1", DOMAIN),
        ({"domains": [f"a{n}.example" for n in range(51)]}, "TOO_LONG domains", "51 items; at most 50|共 51 项，最多 50 项"),
        ({"address": {"region": "x" * 201}}, "TOO_LONG address.region", too_long(200)),
        ({"notes": "a\x07"}, "INVALID notes", "control characters or broken Unicode; remove them|控制字符或损坏的 Unicode，请删除"),
    ],
)
async def test_wrong_values_are_refused_by_field(api: Api, writer: Writer, input: dict[str, Any], what: str, said: str) -> None:
    await refuses(api, "organizationCreate", {"name": "Acme", **input}, f"InvalidInput {what}", said)
    update = {"id": await given.organization(writer), "version": 1, **input}
    await refuses(api, "organizationUpdate", update, f"InvalidInput {what}", said)


async def test_what_is_gone_unknown_or_a_person_is_not_found_and_an_old_version_stale(api: Api, writer: Writer) -> None:
    acme, gone = await given.organization(writer), await given.organization(writer)
    await done(api, "organizationUpdate", {"id": acme, "version": 1, "industry": "Steel"})
    await done(api, "organizationDelete", {"id": gone})
    inputs: list[tuple[str, dict[str, Any]]] = [
        ("Update", {"version": 1, "name": "B"}),
        ("Delete", {"version": 1}),
        ("Restore", {"version": 1}),
    ]
    for verb, more in inputs:
        stale = await refuses(api, f"organization{verb}", {"id": acme, **more}, "Stale STALE version", STALE)
        assert stale["current"] == {"id": acme}
        for id in (gone, await given.person(writer), "0190"):
            if (verb, id) != ("Restore", gone):
                missing = await refuses(api, f"organization{verb}", {"id": id, **more}, "NotFound NOT_FOUND id", NOT_FOUND)
                assert missing["missingId"] == id


async def test_a_key_makes_one_organization(api: Api) -> None:
    acme = {"name": "Acme", "industry": "Steel", "idempotencyKey": "k"}
    made = await done(api, "organizationCreate", acme)
    assert await done(api, "organizationCreate", acme) == made
    said = "it came with another input before; use a new key|此键已用于其他输入，请换用新键"
    await refuses(api, "organizationCreate", acme | {"own": True}, "Refused KEY_REUSED idempotencyKey", said)
    await refuses(api, "personCreate", {"name": "Acme", "idempotencyKey": "k"}, "Refused KEY_REUSED idempotencyKey", said)
    assert await Listing(api, "organizations").count() == 1


async def test_one_company_is_always_ours(api: Api, writer: Writer) -> None:
    first = await given.own(writer)
    await refuses(api, "organizationUpdate", {"id": first, "version": 1, "own": False}, "Refused REFUSED own", ONLY)
    await refuses(api, "organizationDelete", {"id": first}, "Refused REFUSED id", ONLY)
    second = await given.own(writer, "Second")
    assert await done(api, "organizationUpdate", {"id": first, "version": 1, "own": False}, "own roles") == {"own": False, "roles": []}
    await refuses(api, "organizationDelete", {"id": second}, "Refused REFUSED id", ONLY)
    assert await done(api, "organizationDelete", {"id": first}) is None


async def test_its_people_are_ours_as_long_as_the_company_is(api: Api, writer: Writer) -> None:
    await given.own(writer)
    acme, ann = await given.organization(writer), await given.person(writer)
    await given.position(writer, ann, acme, since="2020")
    employees, contacts = Listing(api, "employees"), Listing(api, "contacts")
    assert (await employees.rows(), await contacts.rows()) == ([], ["Ann"])
    await done(api, "organizationUpdate", {"id": acme, "version": 1, "own": True})
    assert (await employees.rows(), await contacts.rows()) == (["Ann"], [])
    await done(api, "organizationDelete", {"id": acme})
    assert (await employees.rows(), await contacts.rows()) == ([], ["Ann"])
    await done(api, "organizationRestore", {"id": acme})
    assert (await employees.rows(), await contacts.rows()) == (["Ann"], [])


async def test_what_is_deleted_is_nowhere_and_comes_back_whole(api: Api, writer: Writer) -> None:
    await given.own(writer)
    made = await done(api, "organizationCreate", FIELDS, SHOWN)
    ann, acme = await given.person(writer), made["id"]
    position = await given.position(writer, ann, acme, title="CTO")
    customer = (await done(api, "customerStart", {"party": acme}))["id"]
    document = """query($acme: ID!, $ann: ID!, $position: ID!, $customer: ID!) {
        organization(id: $acme) { id } nodes(ids: [$acme, $position, $customer]) { id }
        person(id: $ann) { position { id } positions { totalCount } } customers { totalCount } organizations { totalCount } }"""
    ids = {"acme": acme, "ann": ann, "position": position, "customer": customer}
    before = await api(document, **ids)
    assert before["nodes"] == [{"id": acme}, {"id": position}, {"id": customer}]
    await done(api, "organizationDelete", {"id": acme, "version": 1})
    assert await api(document, **ids) == {
        "organization": None,
        "nodes": [None, None, None],
        "person": {"position": None, "positions": {"totalCount": 0}},
        "customers": {"totalCount": 0},
        "organizations": {"totalCount": 1},
    }
    assert await done(api, "organizationRestore", {"id": acme, "version": 2}, SHOWN) == made | {"version": 3}
    assert await api(document, **ids) == before
