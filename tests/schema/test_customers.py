"""Customers through the API; what every role has in common is in `test_roles.py`, revenue in `test_revenue.py`."""

from __future__ import annotations

from typing import Any

import pytest

from graph.projection.context import Viewer
from graph.writing import Writer
from tests.graph import given
from tests.schema.asking import done
from tests.schema.conftest import Api
from tests.schema.listing import Listing

SHOWN = "since until stage segment"
FIELDS = {"since": "2024-01-01", "until": "2027-01-01", "stage": "GROWING", "segment": "B2B"}


async def customers(api: Api, writer: Writer) -> dict[str, str]:
    """Three customers, and one that is not any more; name → id of the period."""
    await given.own(writer)
    periods = {
        "Acme": {"stage": "GROWING", "segment": "B2B", "since": "2024-01-01"},
        "李娜": {"stage": "PROSPECT", "segment": "B2C", "since": "2025-01-01", "until": "2027-01-01"},
        "华为": {},
        "Gone": {"stage": "LOST", "until": "2020-01-01"},
    }
    ids = {}
    for name, fields in periods.items():
        party = await (given.person if name == "李娜" else given.organization)(writer, name)
        ids[name] = (await done(api, "customerStart", {"party": party, **fields}))["id"]
    return ids


async def test_every_field_is_written_read_back_and_cleared(api: Api, writer: Writer) -> None:
    own, acme = await given.own(writer), await given.organization(writer, "华为技术有限公司")
    shown = f"{SHOWN} id version party {{ __typename name }} own {{ name }} revenue {{ amount }} suppliers {{ totalCount }}"
    made = await done(api, "customerStart", {"party": acme, "own": own, **FIELDS}, shown)
    around = {"party": {"__typename": "Organization", "name": "华为技术有限公司"}, "own": {"name": "We 我们"}}
    derived = {"revenue": {"amount": "0.00"}, "suppliers": {"totalCount": 0}}
    assert made == {**FIELDS, "id": made["id"], "version": 1, **around, **derived}
    for version, field in enumerate(FIELDS, 1):
        made |= {field: None, "version": version + 1}
        assert await done(api, "customerUpdate", {"id": made["id"], "version": version, field: None}, shown) == made


@pytest.mark.parametrize("stage", ["PROSPECT", "ONBOARDING", "GROWING", "MATURE", "DECLINING", "LOST"])
async def test_a_customer_comes_to_every_stage(api: Api, writer: Writer, stage: str) -> None:
    ids = await customers(api, writer)
    await done(api, "customerUpdate", {"id": ids["华为"], "version": 1, "stage": stage, "segment": "B2C"})
    assert "华为" in await Listing(api, "customers").where(f"customer: {{ stage: {{ eq: {stage} }}, segment: {{ eq: B2C }} }}")


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("stage: { eq: GROWING }", "Acme"),
        ("stage: { ne: GROWING }", "李娜"),
        ("stage: { in: [GROWING, PROSPECT] }", "Acme 李娜"),
        ("stage: { notIn: [GROWING] }", "李娜"),
        ("stage: { isNull: true }", "华为"),
        ("stage: { eq: LOST }", ""),
        ("segment: { eq: B2C }", "李娜"),
        ('since: { gte: "2024-01-01", lt: "2025-01-01" }', "Acme"),
        ("until: { isNull: false }", "李娜"),
        ('party: { name: { eq: "Acme" } }', "Acme"),
        ("party: { type: { in: [PERSON] } }", "李娜"),
        ("own: { own: { eq: true } }", "Acme 华为 李娜"),
        ("suppliers: { none: {} }", "Acme 华为 李娜"),
        ("or: [{ segment: { eq: B2C } }, { not: { stage: { isNull: false } } }]", "华为 李娜"),
    ],
)
async def test_customers_are_found_by(api: Api, writer: Writer, condition: str, found: str) -> None:
    await customers(api, writer)
    assert await Listing(api, "customers").where(f"customer: {{ {condition} }}") == found.split()
    assert await Listing(api, "parties").where(f"customer: {{ {condition} }}") == found.split()


@pytest.mark.parametrize(
    ("key", "ascending", "descending"),
    [
        ("stage", "李娜 Acme 华为", "Acme 李娜 华为"),
        ("segment", "Acme 李娜 华为", "李娜 Acme 华为"),
        ("since", "Acme 李娜 华为", "李娜 Acme 华为"),
        ("until", "李娜 Acme 华为", "李娜 Acme 华为"),
    ],
)
async def test_customers_are_sorted_by(api: Api, writer: Writer, key: str, ascending: str, descending: str) -> None:
    await customers(api, writer)
    listing = Listing(api, "customers")
    for way, names in (("ASC", ascending), ("DESC", descending)):
        order = f"orderBy: [{{ customer: {{ {key}: {way} }} }}, {{ name: ASC }}]"
        assert await listing.rows(order) == await listing.forward(order, 1) == await listing.backward(order, 1) == names.split()


async def test_a_customer_leads_to_who_supplies_what_it_bought(api: Api, writer: Writer) -> None:
    await given.own(writer)
    acme = await given.organization(writer, "Acme")
    customer = (await done(api, "customerStart", {"party": acme}))["id"]
    for number, name in enumerate(["Bolt", "Nut", "秘密"]):
        supplier = await given.organization(writer, name, notes="secret" if name == "秘密" else None)
        lines = []
        for _ in range(2):
            product = await done(api, "productCreate", {"name": f"{name} part", "supplier": supplier, "unitPrice": "1", "currency": "CNY"})
            lines.append({"product": product["id"], "quantity": "1"})
        await done(api, "orderRecord", {"buyer": acme, "orderedAt": f"2026-0{number + 1}-01T00:00:00Z", "lines": lines})
    suppliers = Listing(api, "suppliers", of=f'node(id: "{customer}")', on="Customer")
    order = "orderBy: [{ name: DESC }]"
    assert await suppliers.forward(order) == await suppliers.backward(order) == ["秘密", "Nut", "Bolt"]
    assert (await suppliers.count(), await suppliers.where('name: { startsWith: "N" }')) == (3, ["Nut"])
    assert await Listing(api, "customers").where('customer: { suppliers: { some: { name: { eq: "秘密" } } } }') == ["Acme"]
    api.viewer = Viewer("user:2", "Bob", rules={"Organization": "coalesce(node.notes, '') <> 'secret'"})
    assert (await suppliers.rows(order), await suppliers.count()) == (["Nut", "Bolt"], 2)
    assert await Listing(api, "customers").where('customer: { suppliers: { some: { name: { eq: "秘密" } } } }') == []


async def test_a_hidden_stage_can_be_neither_read_nor_searched_nor_sorted(api: Api, writer: Writer) -> None:
    ids = await customers(api, writer)
    api.viewer = Viewer("user:2", "Bob", hidden=frozenset({"Customer.stage"}))
    told: Any = [("You may not read Customer.stage.", ["customers"])]
    assert await api.errors("{ customers { nodes { customer { stage } } } }") == told
    assert await api.errors("{ customers(where: { customer: { stage: { eq: LOST } } }) { totalCount } }") == told
    assert await api.errors("{ customers(orderBy: [{ customer: { stage: ASC } }]) { nodes { id } } }") == told
    assert (await api("query($id: ID!) { node(id: $id) { ... on Customer { segment } } }", id=ids["Acme"]))["node"] == {"segment": "B2B"}
