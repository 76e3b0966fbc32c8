"""Products through the API: exact prices, suppliers, and who may see which."""

from __future__ import annotations

from typing import Any

import pytest

from graph.writing import Writer
from tests.graph import given
from tests.schema.asking import done
from tests.schema.conftest import Api
from tests.schema.hiding import strict
from tests.schema.refusals import EMPTY, NOT_FOUND, STALE, refuses, too_long

ALL = """id version name category supplier { name } unitPrice { amount amountMinor currency } unitCost { amount amountMinor currency }
    identifiers { system value }"""


def money(amount: str, minor: str, currency: str) -> dict[str, str]:
    return {"amount": amount, "amountMinor": minor, "currency": currency}


async def product(api: Api, name: str = "Tea", **fields: Any) -> str:
    return str((await done(api, "productCreate", {"name": name, **fields}))["id"])


async def names(api: Api, arguments: str = "") -> list[str]:
    return [n["name"] for n in (await api(f"{{ products{arguments} {{ nodes {{ name }} }} }}"))["products"]["nodes"]]


async def test_every_field_is_written_read_changed_and_cleared(api: Api, writer: Writer) -> None:
    farm, mill = await given.organization(writer, "茶园"), await given.person(writer, "李娜")
    first = {
        "name": " 龙井  茶 ",
        "category": "绿茶",
        "supplier": farm,
        "unitPrice": "1234.565",
        "unitCost": "0.000001",
        "currency": "CNY",
        "identifiers": [{"system": "sku", "value": "LJ-1"}],
    }
    made = await done(api, "productCreate", first, ALL)
    assert made == {
        "id": made["id"],
        "version": 1,
        "name": "龙井 茶",
        "category": "绿茶",
        "supplier": {"name": "茶园"},
        "unitPrice": money("1234.57", "123457", "CNY"),
        "unitCost": money("0.00", "0", "CNY"),
        "identifiers": [{"system": "sku", "value": "LJ-1"}],
    }
    second = {"name": "Oolong", "category": "Tea", "supplier": mill, "unitPrice": "1000000000000", "unitCost": "2.5", "currency": "JPY"}
    changed = await done(api, "productUpdate", {"id": made["id"], "version": 1, **second, "identifiers": []}, ALL)
    assert changed == {
        "id": made["id"],
        "version": 2,
        "name": "Oolong",
        "category": "Tea",
        "supplier": {"name": "李娜"},
        "unitPrice": money("1000000000000", "1000000000000", "JPY"),
        "unitCost": money("3", "3", "JPY"),
        "identifiers": [],
    }
    nothing = dict.fromkeys(("category", "supplier", "unitPrice", "unitCost", "currency", "identifiers"))
    cleared = await done(api, "productUpdate", {"id": made["id"], "version": 2, **nothing}, ALL)
    assert cleared == {"id": made["id"], "version": 3, "name": "Oolong", "identifiers": []} | dict.fromkeys(
        ("category", "supplier", "unitPrice", "unitCost")
    )
    same = await done(api, "productUpdate", {"id": made["id"], "version": 3, "name": "Oolong"}, "version")
    assert same["version"] == 3


@pytest.mark.parametrize(
    ("fields", "what", "said"),
    [
        ({"name": "\u3000"}, "InvalidInput REQUIRED name", EMPTY),
        ({"name": "x" * 201}, "InvalidInput TOO_LONG name", too_long(200)),
        (
            {"unitPrice": "-0.01"},
            "InvalidInput OUT_OF_RANGE unitPrice",
            "it must lie between 0 and 1000000000000|必须在 0 与 1000000000000 之间",
        ),
        (
            {"unitPrice": "1000000000000.000001"},
            "InvalidInput OUT_OF_RANGE unitPrice",
            "it must lie between 0 and 1000000000000|必须在 0 与 1000000000000 之间",
        ),
        (
            {"unitCost": "0.0000001"},
            "InvalidInput OUT_OF_RANGE unitCost",
            "it has more than 6 decimals; round it|小数超过 6 位，请四舍五入",
        ),
        ({"supplier": "0190"}, "NotFound NOT_FOUND supplier", NOT_FOUND),
        (
            {"identifiers": [{"system": "a|b", "value": "1"}]},
            "InvalidInput INVALID identifiers.0.system",
            "which stands between system and value; leave it out|含有分隔符",
        ),
        (
            {"identifiers": [{"system": "sku", "value": "taken"}]},
            "Duplicate DUPLICATE identifiers.0",
            "another one has 'taken' of 'sku'|“sku”的“taken”已属于另一对象",
        ),
    ],
)
async def test_what_a_product_cannot_be(api: Api, writer: Writer, fields: dict[str, Any], what: str, said: str) -> None:
    await product(api, identifiers=[{"system": "sku", "value": "taken"}])
    await refuses(api, "productCreate", {"name": "Cup", **fields}, what, said)
    id = await product(api, "Pot")
    await refuses(api, "productUpdate", {"id": id, "version": 1, **fields}, what, said)


async def test_an_amount_needs_its_currency(api: Api) -> None:
    assert await done(api, "productCreate", {"name": "Cup", "unitPrice": "1"}, "unitPrice { currency }") == {
        "unitPrice": {"currency": "CNY"}
    }
    id = await product(api, unitPrice="1", currency="USD")
    taken = {"id": id, "version": 1, "currency": None}
    await refuses(
        api,
        "productUpdate",
        taken,
        "InvalidInput REQUIRED currency",
        "an amount means nothing without its currency; give one, or clear the amount too|金额须有币种，请填写币种或同时清空金额",
    )
    assert (await done(api, "productUpdate", {**taken, "unitPrice": None}, "unitPrice { amount }"))["unitPrice"] is None


async def test_deleted_products_free_their_identifiers_and_come_back(api: Api) -> None:
    sku = [{"system": "sku", "value": "1"}]
    id = await product(api, "Tea", identifiers=sku)
    assert await done(api, "productDelete", {"id": id}) is None
    assert await names(api) == []
    other = await product(api, "Cup", identifiers=sku)
    taken = "id: another one has '1' of 'sku'; use that one|id：“sku”的“1”已属于另一对象"
    double = await refuses(api, "productRestore", {"id": id}, "Duplicate DUPLICATE id", taken)
    assert double["existing"] == {"id": other}
    await done(api, "productUpdate", {"id": other, "version": 1, "identifiers": []})
    assert (await done(api, "productRestore", {"id": id}, "name identifiers { value }")) == {"name": "Tea", "identifiers": [{"value": "1"}]}
    await refuses(api, "productDelete", {"id": id, "version": 9}, "Stale STALE version", STALE)


async def test_products_are_filtered_sorted_and_paged(api: Api, writer: Writer) -> None:
    farm = await given.organization(writer, "Farm")
    await product(api, "茶", category="Drinks", supplier=farm, unitPrice="10.5")
    await product(api, "Cup", category="Things", unitPrice="2.000001")
    await product(api, "Ärmel")
    assert await names(api, "(orderBy: [{ name: ASC }])") == ["Ärmel", "Cup", "茶"]
    assert await names(api, "(orderBy: [{ unitPrice: ASC }])") == ["Cup", "茶", "Ärmel"]
    assert await names(api, "(orderBy: [{ unitPrice: DESC }])") == ["茶", "Cup", "Ärmel"]
    assert await names(api, "(orderBy: [{ category: DESC }, { name: ASC }])") == ["Cup", "茶", "Ärmel"]
    assert await names(api, "(orderBy: [{ category: ASC }], last: 2)") == ["Cup", "Ärmel"]
    assert await names(api, '(where: { category: { eq: "drinks" } })') == []
    assert await names(api, '(where: { category: { eq: "drinks", mode: INSENSITIVE } })') == ["茶"]
    assert await names(api, '(where: { supplier: { name: { startsWith: "Fa" } } })') == ["茶"]
    assert await names(api, "(where: { category: { isNull: true } })") == ["Ärmel"]


async def test_a_strict_viewer_meets_hidden_products_nowhere(api: Api, writer: Writer) -> None:
    buyer = await given.organization(writer, "Acme")
    plain, hidden = await product(api, "Tea", unitPrice="1"), await product(api, "Sabre", category="secret", unitPrice="2")
    lines = [{"product": id, "quantity": "1"} for id in (plain, hidden)]
    await done(api, "orderRecord", {"buyer": buyer, "orderedAt": "2026-01-01T00:00:00Z", "lines": lines})
    api.viewer = strict("Product")
    document = """query($id: ID!) { product(id: $id) { id } node(id: $id) { id } nodes(ids: [$id]) { id }
        products { totalCount nodes { name } } orders { nodes { lines { product { name } } } } }"""
    assert await api(document, id=hidden) == {
        "product": None,
        "node": None,
        "nodes": [None],
        "products": {"totalCount": 1, "nodes": [{"name": "Tea"}]},
        "orders": {"nodes": [{"lines": [{"product": {"name": "Tea"}}]}]},
    }
    by_line = '{ orders(where: { lines: { some: { product: { name: { eq: "Sabre" } } } } }) { totalCount } }'
    assert (await api(by_line))["orders"]["totalCount"] == 0


async def test_a_hidden_supplier_is_no_supplier(api: Api, writer: Writer) -> None:
    farm = await given.organization(writer, "Farm", notes="secret")
    await product(api, "Tea", supplier=farm)
    api.viewer = strict("Organization", hidden=("Product.unitCost",))
    assert (await api("{ products { nodes { supplier { name } } } }"))["products"]["nodes"] == [{"supplier": None}]
    assert await names(api, '(where: { supplier: { name: { eq: "Farm" } } })') == []
    for document in ("{ products { nodes { unitCost { amount } } } }", "{ products(orderBy: [{ unitCost: ASC }]) { totalCount } }"):
        assert await api.errors(document) == [("You may not read Product.unitCost.", ["products"])]
