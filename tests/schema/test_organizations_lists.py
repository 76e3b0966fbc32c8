"""Organizations as users find, sort and page them, and what a strict viewer gets."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from graph.clock import FixedClock
from graph.projection.context import Viewer
from graph.writing import Writer
from tests.graph import given
from tests.schema.asking import done
from tests.schema.conftest import Api
from tests.schema.listing import Listing
from tests.schema.refusals import problems

STRICT = Viewer(
    "user:2", "Bob", rules={"Organization": "coalesce(node.notes, '') <> 'secret'"}, hidden=frozenset({"Organization.industry"})
)


async def market(writer: Writer, clock: FixedClock) -> dict[str, str]:
    """Four organizations, an hour apart; 秘密 is not for everybody. Name → id."""
    each: dict[str, dict[str, Any]] = {
        "Acme": {
            "legalName": "Acme GmbH",
            "industry": "Steel",
            "website": "acme.example",
            "domains": ["acme.example", "x.cn"],
            "tags": ["a"],
        },
        "Bolt": {
            "kind": "FUND",
            "industry": "steel tubes",
            "address": {"country": "DE", "region": "NW", "city": "Köln", "postalCode": "50667"},
        },
        "我方": {"own": True, "shortName": "我", "tags": ["a", "b"], "address": {"country": "CN", "district": "余杭"}},
        "秘密": {
            "kind": "SCHOOL",
            "notes": "secret",
            "industry": "教育",
            "domains": ["x.cn"],
            "identifiers": [{"system": "duns", "value": "1"}],
        },
    }
    ids = {}
    for name, fields in each.items():
        ids[name] = await given.organization(writer, name, **fields)
        clock.advance(timedelta(hours=1))
    await given.position(writer, await given.person(writer), ids["Acme"], title="CTO")
    return ids


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ('name: { in: ["Acme", "秘密"] }', "Acme 秘密"),
        ('legalName: { endsWith: "GmbH" }', "Acme"),
        ("legalName: { isNull: true }", "Bolt 我方 秘密"),
        ('shortName: { eq: "我" }', "我方"),
        ("kind: { in: [FUND, SCHOOL] }", "Bolt 秘密"),
        ("kind: { notIn: [FUND, SCHOOL] }", "Acme 我方"),
        ("own: { eq: true }", "我方"),
        ("own: { eq: false }", "Acme Bolt 秘密"),
        ('industry: { startsWith: "STEEL", mode: INSENSITIVE }', "Acme Bolt"),
        ('industry: { lt: "a" }', "Acme"),
        ('website: { contains: "acme" }', "Acme"),
        ('domains: { has: "x.cn" }', "Acme 秘密"),
        ('domains: { hasEvery: ["x.cn", "acme.example"] }', "Acme"),
        ('tags: { hasSome: ["b", "c"] }', "我方"),
        ('address: { country: { eq: "DE" }, city: { ne: "Bonn" } }', "Bolt"),
        ('address: { postalCode: { startsWith: "50" } }', "Bolt"),
        ("address: { region: { isNull: true } }", "我方"),
        ('address: { district: { eq: "余杭" } }', "我方"),
        ('createdAt: { gte: "2026-07-01T09:00:00Z", lt: "2026-07-01T18:00:00+08:00" }', "Bolt"),
        ('identifiers: { some: { system: { eq: "duns" } } }', "秘密"),
        ("positions: { none: {} }", "Bolt 我方 秘密"),
        ("lastInteractionAt: { isNull: true }", "Acme Bolt 我方 秘密"),
        ("or: []", ""),
        ("and: []", "Acme Bolt 我方 秘密"),
        ('not: { or: [{ own: { eq: true } }, { industry: { contains: "teel" } }] }', "秘密"),
    ],
)
async def test_organizations_are_found_by(api: Api, writer: Writer, clock: FixedClock, condition: str, found: str) -> None:
    await market(writer, clock)
    assert await Listing(api, "organizations").where(condition) == found.split()


@pytest.mark.parametrize(
    ("key", "ascending", "descending"),
    [
        ("name: %s", "Acme Bolt 秘密 我方", "我方 秘密 Bolt Acme"),
        ("legalName: %s", "Acme Bolt 秘密 我方", "Acme Bolt 秘密 我方"),
        ("shortName: %s", "我方 Acme Bolt 秘密", "我方 Acme Bolt 秘密"),
        ("kind: %s", "Acme 我方 秘密 Bolt", "Bolt 秘密 Acme 我方"),
        ("industry: %s", "Acme Bolt 秘密 我方", "秘密 Bolt Acme 我方"),
        ("createdAt: %s", "Acme Bolt 我方 秘密", "秘密 我方 Bolt Acme"),
        ("address: { country: %s }", "我方 Bolt Acme 秘密", "Bolt 我方 Acme 秘密"),
        ("address: { city: %s }", "Bolt Acme 秘密 我方", "Bolt Acme 秘密 我方"),
    ],
)
async def test_organizations_are_sorted_by(api: Api, writer: Writer, clock: FixedClock, key: str, ascending: str, descending: str) -> None:
    await market(writer, clock)
    listing = Listing(api, "organizations")
    for way, names in (("ASC", ascending), ("DESC", descending)):
        order = f"orderBy: [{{ {key % way} }}, {{ name: ASC }}]"
        assert await listing.rows(order) == await listing.forward(order, 3) == await listing.backward(order, 3) == names.split()


async def test_pages_are_stable_while_organizations_come_change_and_go(api: Api, writer: Writer, clock: FixedClock) -> None:
    ids = await market(writer, clock)
    turns: list[tuple[str, dict[str, Any]]] = [
        ("organizationRestore", {"id": ids["Acme"]}),
        ("organizationUpdate", {"id": ids["我方"], "version": 1, "industry": "软件"}),
        ("organizationCreate", {"name": "Zeta", "industry": "zinc"}),
        ("organizationDelete", {"id": ids["Acme"]}),
    ]

    async def turn() -> None:
        await done(api, *turns.pop())

    by_industry = "orderBy: [{ industry: ASC }]"
    assert await Listing(api, "organizations").forward(by_industry, 1, turn) == ["Acme", "Bolt", "Zeta", "秘密", "我方"]
    assert await Listing(api, "organizations").backward(by_industry) == ["Acme", "Bolt", "Zeta", "秘密", "我方"]


async def test_parties_are_organizations_and_people_together(api: Api, writer: Writer, clock: FixedClock) -> None:
    await market(writer, clock)
    parties = Listing(api, "parties")
    assert await parties.rows("orderBy: [{ name: ASC }]") == ["Acme", "Ann", "Bolt", "秘密", "我方"]
    assert (await parties.where("type: { in: [ORGANIZATION] }"), await parties.where("type: { in: [] }")) == (
        ["Acme", "Bolt", "我方", "秘密"],
        [],
    )
    assert await parties.where('type: { in: [PERSON, ORGANIZATION] }, tags: { has: "a" }') == ["Acme", "我方"]
    assert await parties.forward("orderBy: [{ address: { country: DESC } }, { name: DESC }]") == ["Bolt", "我方", "秘密", "Ann", "Acme"]


async def test_a_strict_viewer_sees_nothing_of_the_hidden(api: Api, writer: Writer, clock: FixedClock) -> None:
    ids = await market(writer, clock)
    await done(api, "ownershipStart", {"owner": ids["秘密"], "owned": ids["Acme"], "kind": "HOLDING"})
    api.viewer = STRICT
    organizations = Listing(api, "organizations")
    order = "orderBy: [{ name: DESC }]"
    assert await organizations.forward(order) == await organizations.backward(order) == ["我方", "Bolt", "Acme"]
    assert (await organizations.count(), await Listing(api, "parties").count()) == (3, 4)
    for condition in ('domains: { has: "x.cn" }', "kind: { ne: FUND }", "ownedBy: { none: { kind: { eq: HOLDING } } }"):
        assert "秘密" not in await organizations.where(condition)
    assert await organizations.where("ownedBy: { some: {} }") == []
    document = "query($id: ID!, $acme: ID!) { node(id: $id) { id } organization(id: $id) { id } party(by: { id: $id }) { id } "
    document += "of: organization(id: $acme) { ownedBy { totalCount nodes { id } } } }"
    found = await api(document, id=ids["秘密"], acme=ids["Acme"])
    assert found == {"node": None, "organization": None, "party": None, "of": {"ownedBy": {"totalCount": 0, "nodes": []}}}
    double = await problems(api, "organizationCreate", {"name": "B", "identifiers": [{"system": "duns", "value": "1"}]})
    assert [(p["code"], p["existing"]) for p in double] == [("DUPLICATE", None)]
    for asked in (
        "(where: { industry: { isNull: true } }) { totalCount }",
        "(orderBy: [{ industry: ASC }]) { nodes { id } }",
        " { nodes { industry } }",
    ):
        assert await api.errors(f"{{ organizations{asked} }}") == [("You may not read Organization.industry.", ["organizations"])]
