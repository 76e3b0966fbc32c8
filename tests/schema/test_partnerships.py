"""Partnerships through the API; what every tie has in common is in `test_ties.py`."""

from __future__ import annotations

from typing import Any

import pytest

from graph.projection.context import Viewer
from graph.writing import Writer
from tests.graph import given
from tests.schema.asking import done
from tests.schema.conftest import Api
from tests.schema.listing import Listing
from tests.schema.refusals import REQUIRED, refuses

FIELDS = {"since": "2024-01-01", "until": "2027-01-01", "kind": "TECHNOLOGY"}


async def circle(api: Api, writer: Writer) -> str:
    """Acme works together with four others, or did; it is now the first, now the second party."""
    acme = await given.organization(writer, "Acme")
    others: dict[str, dict[str, Any]] = {
        "Bolt": {"kind": "RESELLER", "since": "2020-01-01"},
        "Nut": {"kind": "CHANNEL", "since": "2010-01-01", "until": "2015-01-01"},
        "李娜": {},
        "秘密": {"kind": "TECHNOLOGY", "until": "2030-01-01"},
    }
    for place, (name, fields) in enumerate(others.items()):
        other = (
            await given.person(writer, name)
            if name == "李娜"
            else await given.organization(writer, name, notes="secret" * (name == "秘密"))
        )
        await done(api, "partnershipStart", {"parties": [acme, other] if place % 2 else [other, acme], **fields})
    return acme


async def test_every_field_is_written_read_back_and_cleared(api: Api, writer: Writer) -> None:
    first, second = await given.organization(writer, "华为"), await given.person(writer, "李娜")
    shown = "id version since until kind parties { __typename name }"
    made = await done(api, "partnershipStart", {"parties": [second, first], **FIELDS}, shown)
    parties = [{"__typename": "Organization", "name": "华为"}, {"__typename": "Person", "name": "李娜"}]
    assert made == {**FIELDS, "parties": parties, "id": made["id"], "version": 1}
    for version, field in enumerate(FIELDS, 1):
        made |= {field: None, "version": version + 1}
        assert await done(api, "partnershipUpdate", {"id": made["id"], "version": version, field: None}, shown) == made
    # The order of the parties says nothing.
    assert await done(api, "partnershipUpdate", {"id": made["id"], "version": 4, "parties": [first, second]}, shown) == made


@pytest.mark.parametrize("count", [0, 1, 3])
async def test_a_partnership_has_two_parties(api: Api, writer: Writer, count: int) -> None:
    ids = [await given.organization(writer, f"P{number}") for number in range(3)]
    said = f"it names {count} parties; a partnership has two|共有 {count} 方，合作关系须为两方"
    await refuses(api, "partnershipStart", {"parties": ids[:count]}, "InvalidInput INVALID parties", said)
    made = await done(api, "partnershipStart", {"parties": ids[:2]})
    await refuses(api, "partnershipUpdate", {"id": made["id"], "version": 1, "parties": ids[:count]}, "InvalidInput INVALID parties", said)
    await refuses(api, "partnershipUpdate", {"id": made["id"], "version": 1, "parties": None}, "InvalidInput REQUIRED parties", REQUIRED)


@pytest.mark.parametrize("kind", ["REFERRAL", "RESELLER", "TECHNOLOGY", "SERVICES", "CHANNEL", "DISTRIBUTOR", "INVESTOR", "OTHER"])
async def test_a_partnership_reads_the_same_from_both_sides(api: Api, writer: Writer, kind: str) -> None:
    parties = {name: await given.organization(writer, name) for name in ("Acme", "Bolt")}
    made = await done(api, "partnershipStart", {"parties": list(parties.values()), "kind": kind}, "id")
    for name, other in (("Acme", "Bolt"), ("Bolt", "Acme")):
        document = "query($id: ID!) { organization(id: $id) { partnerships { totalCount edges { node { name } tie { id kind } } } } }"
        data = await api(document, id=parties[name])
        edge = {"node": {"name": other}, "tie": {"id": made["id"], "kind": kind}}
        assert data["organization"]["partnerships"] == {"totalCount": 1, "edges": [edge]}
    assert await Listing(api, "parties").where(f"partnerships: {{ some: {{ kind: {{ eq: {kind} }} }} }}") == ["Acme", "Bolt"]


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("kind: { in: [RESELLER, TECHNOLOGY] }", "Bolt 秘密"),
        ("kind: { ne: RESELLER }", "Nut 秘密"),
        ("kind: { isNull: true }", "李娜"),
        ('since: { gt: "2010-01-01" }', "Bolt"),
        ('until: { lte: "2015-01-01" }', "Nut"),
        ("until: { isNull: true }", "Bolt 李娜"),
        ('node: { name: { eq: "Nut" } }', "Nut"),
        ('node: { name: { eq: "Acme" } }', ""),
        ("node: { type: { in: [PERSON] } }", "李娜"),
        ('parties: { some: { name: { eq: "Bolt" } } }', "Bolt"),
        ('parties: { none: { name: { eq: "Bolt" } } }', "Nut 李娜 秘密"),
        ('parties: { all: { name: { in: ["Acme", "Nut"] } } }', "Nut"),
    ],
)
async def test_partnerships_are_found_by(api: Api, writer: Writer, condition: str, found: str) -> None:
    acme = await circle(api, writer)
    assert await Listing(api, "partnerships", of=f'party(by: {{ id: "{acme}" }})').where(condition) == found.split()
    assert await Listing(api, "parties").where(f'name: {{ eq: "Acme" }}, partnerships: {{ some: {{ {condition} }} }}') == ["Acme"] * bool(
        found
    )


@pytest.mark.parametrize(
    ("key", "ascending", "descending"),
    [
        ("kind: %s", "Bolt 秘密 Nut 李娜", "Nut 秘密 Bolt 李娜"),
        ("since: %s", "Nut Bolt 李娜 秘密", "Bolt Nut 李娜 秘密"),
        ("until: %s", "Nut 秘密 Bolt 李娜", "秘密 Nut Bolt 李娜"),
        ("node: { name: %s }", "Bolt Nut 李娜 秘密", "秘密 李娜 Nut Bolt"),
    ],
)
async def test_partnerships_are_sorted_by(api: Api, writer: Writer, key: str, ascending: str, descending: str) -> None:
    partnerships = Listing(api, "partnerships", of=f'organization(id: "{await circle(api, writer)}")')
    for way, names in (("ASC", ascending), ("DESC", descending)):
        order = f"orderBy: [{{ {key % way} }}, {{ node: {{ name: ASC }} }}]"
        assert await partnerships.rows(order) == await partnerships.forward(order) == await partnerships.backward(order) == names.split()


async def test_partnerships_come_and_go_with_the_day_and_while_one_reads(api: Api, writer: Writer) -> None:
    acme = await circle(api, writer)
    partnerships = Listing(api, "partnerships", of=f'organization(id: "{acme}")')
    days = {"2009-12-31": "李娜 秘密", "2010-01-01": "Nut 李娜 秘密", "2015-01-01": "李娜 秘密", "2030-01-01": "Bolt 李娜"}
    for day, names in days.items():
        page = await partnerships.page(f'asOf: "{day}", orderBy: [{{ node: {{ name: ASC }} }}]')
        assert ([node["name"] for node in page["nodes"]], page["totalCount"]) == (names.split(), len(names.split()))
    coming = iter(["Aa", "Zz", "Ab", "Ac"])

    async def begin() -> None:
        await done(api, "partnershipStart", {"parties": [acme, await given.organization(writer, next(coming))]})

    order = "orderBy: [{ node: { name: ASC } }]"
    assert await partnerships.forward(order, 1, begin) == ["Bolt", "Nut", "Zz", "李娜", "秘密"]


async def test_whom_one_may_not_read_is_nobodys_partner(api: Api, writer: Writer) -> None:
    acme = await circle(api, writer)
    partnerships = Listing(api, "partnerships", of=f'organization(id: "{acme}")')
    api.viewer = Viewer("user:2", "Bob", rules={"Organization": "coalesce(node.notes, '') <> 'secret'"})
    order = "orderBy: [{ until: DESC }, { node: { name: ASC } }]"
    assert await partnerships.forward(order) == await partnerships.backward(order) == ["Nut", "Bolt", "李娜"]
    assert (await partnerships.count(), await partnerships.where('until: { eq: "2030-01-01" }')) == (3, [])
    assert await Listing(api, "parties").where('partnerships: { some: { until: { eq: "2030-01-01" } } }') == []
