"""Positions as users find, sort and page them, and what a strict viewer gets."""

from __future__ import annotations

from typing import Any

import pytest

from graph.positions import Seniority
from graph.projection.context import Viewer
from graph.writing import Writer
from tests.graph import given
from tests.schema.asking import done
from tests.schema.conftest import Api
from tests.schema.listing import Listing


async def chart(writer: Writer) -> dict[str, str]:
    """Acme: a head, Ann and once Bo below, and a vacant seat below Ann; name or title → id."""
    ids = {
        "acme": await given.organization(writer, "Acme"),
        "Ann": await given.person(writer, "Ann"),
        "Bo": await given.person(writer, "Bo"),
    }
    li = await given.person(writer, "李娜", notes="secret")
    head = await given.position(writer, li, ids["acme"], title="Head", seniority="TOP", since="2010", kind="OWNER")
    buyer: dict[str, Any] = {"title": "Buyer", "department": "采购部", "seniority": "MANAGER", "reportsTo": head}
    ids["Buyer"] = await given.position(writer, ids["Ann"], ids["acme"], since="2020-03", **buyer)
    await given.position(writer, ids["Bo"], ids["acme"], **buyer | {"title": "buyer, former"}, since="2015", until="2020-03")
    await given.position(writer, None, ids["acme"], title="空缺", reportsTo=ids["Buyer"], until="2027")
    return ids | {"Head": head}


def positions(api: Api, ids: dict[str, str]) -> Listing:
    return Listing(api, "positions", "title", f'organization(id: "{ids["acme"]}")')


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ('title: { startsWith: "buyer", mode: INSENSITIVE }', ["Buyer", "buyer, former"]),
        ('title: { in: ["Head", "空缺"] }', ["Head", "空缺"]),
        ('department: { contains: "采购" }', ["Buyer", "buyer, former"]),
        ("department: { isNull: true }", ["Head", "空缺"]),
        ("seniority: { in: [TOP, EXECUTIVE] }", ["Head"]),
        ("seniority: { ne: TOP }", ["Buyer", "buyer, former"]),
        ("kind: { eq: OWNER }", ["Head"]),
        ("kind: { notIn: [OWNER] }", ["Buyer", "buyer, former", "空缺"]),
        ("primary: { eq: true }", ["Buyer", "Head", "buyer, former"]),
        ("current: { eq: true }", ["Buyer", "Head", "空缺"]),
        ("current: { ne: true }", ["buyer, former"]),
        ('since: { gte: "2015", lt: "2020-03" }', ["buyer, former"]),
        ('since: { gt: "2010" }', ["Buyer", "buyer, former"]),
        ('until: { lte: "2020-03-01" }', ["buyer, former"]),
        ("until: { isNull: true }", ["Buyer", "Head"]),
        ('person: { name: { eq: "Ann" } }', ["Buyer"]),
        ("not: { person: {} }", ["空缺"]),
        ('organization: { name: { ne: "Acme" } }', []),
        ('reportsTo: { title: { eq: "Head" } }', ["Buyer", "buyer, former"]),
        ("reportsTo: { reportsTo: { kind: { eq: OWNER } } }", ["空缺"]),
        ("reports: { some: { current: { eq: true } } }", ["Buyer", "Head"]),
        ("reports: { none: {} }", ["buyer, former", "空缺"]),
    ],
)
async def test_positions_are_found_by(api: Api, writer: Writer, condition: str, found: list[str]) -> None:
    ids = await chart(writer)
    assert await positions(api, ids).where(condition) == found
    assert await Listing(api, "organizations").where(f"positions: {{ some: {{ {condition} }} }}") == (["Acme"] if found else [])


@pytest.mark.parametrize(
    ("key", "ascending", "descending"),
    [
        ("title: %s", "Buyer|Head|buyer, former|空缺", "空缺|buyer, former|Head|Buyer"),
        ("department: %s", "Buyer|buyer, former|Head|空缺", "Buyer|buyer, former|Head|空缺"),
        ("seniority: %s", "Buyer|buyer, former|Head|空缺", "Head|Buyer|buyer, former|空缺"),
        ("kind: %s", "Buyer|buyer, former|空缺|Head", "Head|Buyer|buyer, former|空缺"),
        ("since: %s", "Head|buyer, former|Buyer|空缺", "Buyer|buyer, former|Head|空缺"),
        ("until: %s", "buyer, former|空缺|Buyer|Head", "空缺|buyer, former|Buyer|Head"),
        ("person: { name: %s }", "Buyer|buyer, former|Head|空缺", "Head|buyer, former|Buyer|空缺"),
        ("reportsTo: { title: %s }", "空缺|Buyer|buyer, former|Head", "Buyer|buyer, former|空缺|Head"),
    ],
)
async def test_positions_are_sorted_by(api: Api, writer: Writer, key: str, ascending: str, descending: str) -> None:
    listing = positions(api, await chart(writer))
    for way, titles in (("ASC", ascending), ("DESC", descending)):
        order = f"orderBy: [{{ {key % way} }}, {{ title: ASC }}]"
        assert await listing.rows(order) == await listing.forward(order) == await listing.backward(order) == titles.split("|")


async def test_the_highest_rank_comes_first_when_ranks_descend(api: Api, writer: Writer) -> None:
    acme, ranks = await given.organization(writer, "Acme"), [rank.value for rank in Seniority]
    for rank in (None, *sorted(ranks)):
        await given.position(writer, await given.person(writer, rank or "-"), acme, title=rank or "-", seniority=rank)
    held = Listing(api, "positions", "title", f'organization(id: "{acme}")')
    for listing, key in ((held, "seniority: %s"), (Listing(api, "people"), "position: { seniority: %s }")):
        for way, expected in (("DESC", [*reversed(ranks), "-"]), ("ASC", [*ranks, "-"])):
            order = f"orderBy: [{{ {key % way} }}]"
            assert await listing.rows(order) == await listing.forward(order) == await listing.backward(order) == expected
    assert (ranks[0], ranks[-1]) == ("ASSISTANT", "TOP")


@pytest.mark.parametrize(
    ("day", "found"),
    [
        ("2009-12-31", ["空缺"]),
        ("2014-12-31", ["Head", "空缺"]),
        ("2015-01-01", ["Head", "buyer, former", "空缺"]),
        ("2020-02-29", ["Head", "buyer, former", "空缺"]),
        ("2020-03-01", ["Buyer", "Head", "空缺"]),
        ("2027-01-01", ["Buyer", "Head"]),
    ],
)
async def test_an_org_chart_is_that_of_the_day(api: Api, writer: Writer, day: str, found: list[str]) -> None:
    page = await positions(api, await chart(writer)).page(f'asOf: "{day}", orderBy: [{{ title: ASC }}]')
    assert ([node["title"] for node in page["nodes"]], page["totalCount"]) == (found, len(found))


async def test_pages_of_reports_stay_where_they_are_while_others_join(api: Api, writer: Writer) -> None:
    ids = await chart(writer)
    for title in ("D", "F"):
        await given.position(writer, None, ids["acme"], title=title, reportsTo=ids["Head"])
    reports, coming = Listing(api, "reports", "title", f'position(id: "{ids["Head"]}")'), iter(["A", "E", "G"])

    async def join() -> None:
        await done(api, "positionStart", {"organization": ids["acme"], "title": next(coming), "reportsTo": ids["Head"]})

    # A comes in behind the page that was read, E ahead of it, G behind.
    assert await reports.forward("orderBy: [{ title: ASC }]", 2, join) == ["Buyer", "D", "F", "buyer, former"]
    assert await reports.backward("orderBy: [{ title: ASC }]", 2, join) == ["A", "Buyer", "D", "E", "F", "buyer, former"]
    assert (await reports.count(), await reports.where("current: { eq: false }")) == (7, ["buyer, former"])


async def test_the_position_of_a_hidden_person_looks_vacant(api: Api, writer: Writer) -> None:
    ids = await chart(writer)
    api.viewer = Viewer("user:2", "Bob", rules={"Person": "coalesce(node.notes, '') <> 'secret'"}, hidden=frozenset({"Position.seniority"}))
    listing = positions(api, ids)
    data = await api("query($id: ID!) { position(id: $id) { title person { name } reportsTo { person { name } } } }", id=ids["Buyer"])
    assert data["position"] == {"title": "Buyer", "person": {"name": "Ann"}, "reportsTo": {"person": None}}
    assert (await listing.where("not: { person: {} }"), await listing.count()) == (["Head", "空缺"], 4)
    assert await listing.where('person: { name: { eq: "李娜" } }') == []
    order = "orderBy: [{ person: { name: DESC } }, { title: ASC }]"
    assert await listing.forward(order) == await listing.backward(order) == ["buyer, former", "Buyer", "Head", "空缺"]
    for arguments in ("where: { seniority: { eq: TOP } }", "orderBy: [{ seniority: ASC }]"):
        document = f'{{ organization(id: "{ids["acme"]}") {{ positions({arguments}) {{ totalCount nodes {{ id }} }} }} }}'
        assert await api.errors(document) == [("You may not read Position.seniority.", ["organization"])]


async def test_positions_at_a_hidden_organization_are_nowhere(api: Api, writer: Writer) -> None:
    ids = await chart(writer)
    secret = await given.organization(writer, "Secret", notes="secret")
    spy = await given.position(writer, ids["Ann"], secret, title="Spy", reportsTo=ids["Buyer"], primary=True)
    api.viewer = Viewer("user:2", "Bob", rules={"Organization": "coalesce(node.notes, '') <> 'secret'"})
    ann, reports = f'person(id: "{ids["Ann"]}")', Listing(api, "reports", "title", f'position(id: "{ids["Buyer"]}")')
    assert await Listing(api, "positions", "title", ann).rows() == ["Buyer"]
    assert (await reports.rows(), await reports.count()) == (["空缺"], 1)
    data = await api(
        f"query($id: ID!) {{ node(id: $id) {{ id }} position(id: $id) {{ id }} of: {ann} {{ position {{ title }} }} }}", id=spy
    )
    assert data == {"node": None, "position": None, "of": {"position": {"title": "Buyer"}}}
    assert await Listing(api, "people").where('positions: { some: { title: { eq: "Spy" } } }') == []
    assert await Listing(api, "people").where('position: { title: { eq: "Spy" } }') == []
