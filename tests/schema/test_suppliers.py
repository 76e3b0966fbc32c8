"""Suppliers through the API; what every role has in common is in `test_roles.py`."""

from __future__ import annotations

from typing import Any

import pytest

from graph.projection.context import Viewer
from graph.writing import Writer
from tests.graph import given
from tests.schema.asking import done
from tests.schema.conftest import Api
from tests.schema.listing import Listing
from tests.schema.refusals import refuses, too_long

FIELDS = {"since": "2024-01-01", "until": "2027-01-01", "category": "紧固件", "criticality": "CRITICAL"}


async def suppliers(api: Api, writer: Writer) -> dict[str, str]:
    """Three suppliers, and one that is not any more; name → id of the period."""
    await given.own(writer)
    periods = {
        "Bolt": {"category": "Screws", "criticality": "HIGH"},
        "Nut": {"category": "screw nuts", "criticality": "LOW"},
        "联合": {},
        "Gone": {"category": "Screws", "until": "2020-01-01"},
    }
    parties = {name: await given.organization(writer, name) for name in periods}
    return {name: (await done(api, "supplierStart", {"party": parties[name], **fields}))["id"] for name, fields in periods.items()}


async def test_every_field_is_written_read_back_and_cleared(api: Api, writer: Writer) -> None:
    own, person = await given.own(writer), await given.person(writer, "王师傅")
    shown = "id version since until category criticality party { __typename name } own { name } products { totalCount }"
    made = await done(api, "supplierStart", {"party": person, "own": own, **FIELDS}, shown)
    around = {"party": {"__typename": "Person", "name": "王师傅"}, "own": {"name": "We 我们"}, "products": {"totalCount": 0}}
    assert made == {**FIELDS, **around, "id": made["id"], "version": 1}
    for version, field in enumerate(FIELDS, 1):
        made |= {field: None, "version": version + 1}
        assert await done(api, "supplierUpdate", {"id": made["id"], "version": version, field: None}, shown) == made


async def test_a_category_has_a_greatest_length(api: Api, writer: Writer) -> None:
    await given.own(writer)
    bolt = await given.organization(writer)
    made = await done(api, "supplierStart", {"party": bolt, "category": "类" * 200}, "id category")
    assert made["category"] == "类" * 200
    what, said = "InvalidInput TOO_LONG category", too_long(200)
    await refuses(api, "supplierStart", {"party": bolt, "category": "x" * 201}, what, said)
    await refuses(api, "supplierUpdate", {"id": made["id"], "version": 1, "category": "x" * 201}, what, said)


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ('category: { contains: "SCREW", mode: INSENSITIVE }', "Bolt Nut"),
        ('category: { startsWith: "Screw" }', "Bolt"),
        ('category: { endsWith: "nuts" }', "Nut"),
        ('category: { ne: "Screws" }', "Nut"),
        ("category: { isNull: true }", "联合"),
        ("criticality: { in: [HIGH, CRITICAL] }", "Bolt"),
        ("criticality: { notIn: [HIGH] }", "Nut"),
        ("criticality: { isNull: true }", "联合"),
        ('products: { some: { name: { eq: "M8" } } }', "Bolt"),
        ("products: { none: {} }", "Nut 联合"),
        ('party: { name: { contains: "联" } }', "联合"),
    ],
)
async def test_suppliers_are_found_by(api: Api, writer: Writer, condition: str, found: str) -> None:
    await suppliers(api, writer)
    bolt = (await api('{ suppliers(where: { name: { eq: "Bolt" } }) { nodes { id } } }'))["suppliers"]["nodes"][0]["id"]
    await done(api, "productCreate", {"name": "M8", "supplier": bolt, "unitPrice": "1", "currency": "CNY"})
    assert await Listing(api, "suppliers").where(f"supplier: {{ {condition} }}") == found.split()
    assert await Listing(api, "suppliers").where(f"not: {{ supplier: {{ {condition} }} }}") == sorted(
        {"Bolt", "Nut", "联合"} - set(found.split())
    )


@pytest.mark.parametrize(
    ("key", "ascending", "descending"),
    [("category", "Bolt Nut 联合", "Nut Bolt 联合"), ("criticality", "Nut Bolt 联合", "Bolt Nut 联合")],
)
async def test_suppliers_are_sorted_by(api: Api, writer: Writer, key: str, ascending: str, descending: str) -> None:
    await suppliers(api, writer)
    listing = Listing(api, "suppliers")
    for way, names in (("ASC", ascending), ("DESC", descending)):
        order = f"orderBy: [{{ supplier: {{ {key}: {way} }} }}]"
        assert await listing.rows(order) == await listing.forward(order, 1) == await listing.backward(order, 1) == names.split()


async def test_its_products_are_listed_but_hidden_and_deleted_ones(api: Api, writer: Writer) -> None:
    ids = await suppliers(api, writer)
    bolt = (await api('{ suppliers(where: { name: { eq: "Bolt" } }) { nodes { id } } }'))["suppliers"]["nodes"][0]["id"]
    made = {}
    for name, category in (("M6", None), ("M8", "A"), ("M10", "B"), ("Secret", "secret")):
        product: dict[str, Any] = {"name": name, "supplier": bolt, "category": category, "unitPrice": "1", "currency": "CNY"}
        made[name] = (await done(api, "productCreate", product))["id"]
    products = Listing(api, "products", of=f'node(id: "{ids["Bolt"]}")', on="Supplier")
    by_category = "orderBy: [{ category: ASC }]"
    assert await products.forward(by_category) == await products.backward(by_category) == ["M8", "M10", "Secret", "M6"]
    assert await products.where('category: { in: ["A", "B"] }') == ["M10", "M8"]
    await done(api, "productDelete", {"id": made["M10"]})
    api.viewer = Viewer("user:2", "Bob", rules={"Product": "coalesce(node.category, '') <> 'secret'"})
    assert (await products.rows(by_category), await products.count()) == (["M8", "M6"], 2)
    assert await Listing(api, "suppliers").where('supplier: { products: { some: { name: { in: ["Secret", "M10"] } } } }') == []
