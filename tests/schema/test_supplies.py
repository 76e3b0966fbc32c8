"""Supplies between parties through the API; what every tie has in common is in `test_ties.py`."""

from __future__ import annotations

from typing import Any

import pytest

from graph.projection.context import Viewer
from graph.writing import Writer
from tests.graph import given
from tests.schema.asking import done
from tests.schema.conftest import Api
from tests.schema.listing import Listing
from tests.schema.refusals import EMPTY, REQUIRED, problems, refuses, too_long

FIELDS = {"since": "2024-01-01", "until": "2027-01-01", "category": "锂电池"}


async def chain(api: Api, writer: Writer) -> dict[str, str]:
    """Acme is supplied by three, by Bolt twice; name → id."""
    ids = {name: await given.organization(writer, name) for name in ("Acme", "Bolt", "Nut")} | {"李": await given.person(writer, "李")}
    for supplier, fields in (
        ("Bolt", {"category": "Screws", "since": "2024-01-01"}),
        ("Bolt", {"category": "nails", "until": "2025-01-01"}),
        ("Nut", {"category": "Nuts", "since": "2023-01-01", "until": "2024-07-01"}),
        ("李", {}),
    ):
        await done(api, "supplyStart", {"supplier": ids[supplier], "buyer": ids["Acme"], **fields})
    return ids


async def test_every_field_is_written_read_back_and_cleared(api: Api, writer: Writer) -> None:
    catl, nio = await given.organization(writer, "宁德时代"), await given.organization(writer, "蔚来")
    shown = "id version since until category supplier { name } buyer { name } products { totalCount }"
    made = await done(api, "supplyStart", {"supplier": catl, "buyer": nio, **FIELDS}, shown)
    ends = {"supplier": {"name": "宁德时代"}, "buyer": {"name": "蔚来"}, "products": {"totalCount": 0}}
    assert made == {**FIELDS, **ends, "id": made["id"], "version": 1}
    for version, field in enumerate(FIELDS, 1):
        made |= {field: None, "version": version + 1}
        assert await done(api, "supplyUpdate", {"id": made["id"], "version": version, field: None}, shown) == made


async def test_what_is_wrong_is_told_by_field(api: Api, writer: Writer) -> None:
    ids = await chain(api, writer)
    ends = {"supplier": ids["Bolt"], "buyer": ids["Nut"]}
    made = await done(api, "supplyStart", ends | {"category": "类" * 200}, "id category")
    assert made["category"] == "类" * 200
    await refuses(api, "supplyStart", ends | {"category": "x" * 201}, "InvalidInput TOO_LONG category", too_long(200))
    await refuses(api, "supplyStart", ends | {"buyer": " "}, "InvalidInput REQUIRED buyer", EMPTY)
    both: dict[str, Any] = {"id": made["id"], "version": 1, "supplier": None, "buyer": None}
    wrong = await problems(api, "supplyUpdate", both)
    assert [(p["code"], p["path"]) for p in wrong] == [("REQUIRED", ["supplier"]), ("REQUIRED", ["buyer"])]
    await refuses(api, "supplyUpdate", {"id": made["id"], "version": 1, "buyer": None}, "InvalidInput REQUIRED buyer", REQUIRED)


async def test_two_parties_may_supply_one_another(api: Api, writer: Writer) -> None:
    ids = await chain(api, writer)
    await done(api, "supplyStart", {"supplier": ids["Acme"], "buyer": ids["Bolt"]})
    acme = f'organization(id: "{ids["Acme"]}")'
    assert await Listing(api, "supplies", "buyer { name }", acme).rows() == ["Bolt"]
    assert await Listing(api, "suppliedBy", "supplier { name }", acme).rows() == ["Bolt", "Bolt", "Nut", "李"]


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ('category: { contains: "nail" }', "nails"),
        ('category: { in: ["Screws", "Nuts"] }', "Nuts Screws"),
        ("category: { isNull: false }", "Nuts Screws nails"),
        ('since: { gt: "2023-01-01" }', "Screws"),
        ('until: { lte: "2025-01-01" }', "Nuts nails"),
        ('supplier: { name: { eq: "Bolt" } }', "Screws nails"),
        ("supplier: { type: { in: [PERSON] } }", "None"),
        ('buyer: { name: { eq: "Bolt" } }', ""),
        ("not: { until: { isNull: true } }", "Nuts nails"),
    ],
)
async def test_supplies_are_found_by(api: Api, writer: Writer, condition: str, found: str) -> None:
    ids = await chain(api, writer)
    supplied = Listing(api, "suppliedBy", "category", f'party(by: {{ id: "{ids["Acme"]}" }})')
    assert [str(category) for category in await supplied.where(condition)] == sorted(found.split())
    parties = await Listing(api, "parties").where(f"suppliedBy: {{ some: {{ {condition} }} }}")
    assert parties == (["Acme"] if found else [])


@pytest.mark.parametrize(
    ("key", "ascending", "descending"),
    [
        ("category", ["Nuts", "Screws", "nails", None], ["nails", "Screws", "Nuts", None]),
        ("since", ["Nuts", "Screws", "nails", None], ["Screws", "Nuts", None, "nails"]),
        ("until", ["Nuts", "nails", "Screws", None], ["nails", "Nuts", None, "Screws"]),
    ],
)
async def test_supplies_are_sorted_by(api: Api, writer: Writer, key: str, ascending: list[Any], descending: list[Any]) -> None:
    ids = await chain(api, writer)
    supplied = Listing(api, "suppliedBy", "category", f'party(by: {{ id: "{ids["Acme"]}" }})')
    for way, categories in (("ASC", ascending), ("DESC", descending)):
        order = f"orderBy: [{{ {key}: {way} }}, {{ id: {way} }}]"
        assert await supplied.rows(order) == await supplied.forward(order) == await supplied.backward(order) == categories


async def test_supplies_come_and_go_with_the_day_and_while_one_reads(api: Api, writer: Writer) -> None:
    ids = await chain(api, writer)
    supplied = Listing(api, "suppliedBy", "category", f'party(by: {{ id: "{ids["Acme"]}" }})')
    days = {"2022-12-31": ["nails"], "2023-01-01": ["Nuts", "nails"], "2024-06-30": ["Nuts", "Screws", "nails"], "2025-01-01": ["Screws"]}
    for day, categories in days.items():
        found = await supplied.page(f'asOf: "{day}", where: {{ category: {{ isNull: false }} }}, orderBy: [{{ category: ASC }}]')
        assert ([node["category"] for node in found["nodes"]], found["totalCount"]) == (categories, len(categories))

    coming = iter(["tacks", "Bolts", "rivets", "nuts"])

    async def begin() -> None:
        await done(api, "supplyStart", {"supplier": ids["Nut"], "buyer": ids["Acme"], "category": next(coming)})

    # Of those that come in after each page, one a time, only Bolts lie ahead of it.
    order = "where: { category: { isNull: false } }, orderBy: [{ category: DESC }]"
    assert await supplied.forward(order, 1, begin) == ["nails", "Screws", "Nuts", "Bolts"]


async def test_whom_one_may_not_read_supplies_nobody(api: Api, writer: Writer) -> None:
    ids = await chain(api, writer)
    secret = await given.organization(writer, "Secret", notes="secret")
    tie = (await done(api, "supplyStart", {"supplier": secret, "buyer": ids["Acme"], "category": "Secrets"}))["id"]
    supplied = Listing(api, "suppliedBy", "category", f'party(by: {{ id: "{ids["Acme"]}" }})')
    assert await supplied.count() == 5
    api.viewer = Viewer("user:2", "Bob", rules={"Organization": "coalesce(node.notes, '') <> 'secret'"})
    assert (await supplied.count(), await supplied.where('category: { eq: "Secrets" }')) == (4, [])
    assert await supplied.rows("orderBy: [{ category: DESC }], first: 2") == ["nails", "Screws"]
    assert await Listing(api, "parties").where('suppliedBy: { some: { category: { eq: "Secrets" } } }') == []
    assert (await api("query($id: ID!) { node(id: $id) { id } }", id=tie))["node"] is None
