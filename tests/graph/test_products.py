from __future__ import annotations

from typing import Any

import pytest

from graph import products
from graph.errors import Duplicate, Invalid, NotFound, ProblemCode, Problems, Stale
from graph.fields import Reference
from graph.products import ProductCreate, ProductUpdate
from graph.text import sort_name
from graph.writing import Writer
from tests.graph import given, world

IDENTIFIER = {"system": "sku", "value": "T-1"}


async def _created(writer: Writer, **fields: Any) -> str:
    return (await products.create(writer, ProductCreate.parse({"name": "龙井茶 Tea", **fields}))).id


async def _updated(writer: Writer, id: str, version: int, **fields: Any) -> None:
    await products.update(writer, ProductUpdate.parse({"id": id, "version": version, **fields}))


async def _suppliers(writer: Writer, id: str) -> list[str]:
    rows = await given.rows(writer.database, "MATCH (s)-[:OFFERS]->(:Node {id: $id}) RETURN s.id AS id", id=id)
    return [row["id"] for row in rows]


async def _keys(writer: Writer, id: str) -> list[str | None]:
    query = "MATCH (:Node {id: $id})-[:IDENTIFIED_BY]->(i:Identifier) RETURN i.key AS key ORDER BY i.id"
    return [row["key"] for row in await given.rows(writer.database, query, id=id)]


async def test_a_product_is_created_with_its_price(writer: Writer) -> None:
    id = await _created(writer, category="Drinks", unitPrice="18.5", unitCost="0.000001", currency="usd")
    assert await world.labels(writer, id) == {"Node", "Product"}
    product = await world.properties(writer, id)
    assert (product["name"], product["category"]) == ("龙井茶 Tea", "Drinks")
    assert (product["unit_price"], product["unit_cost"], product["currency"]) == (18_500_000, 1, "USD")
    assert (product["version"], product["created_at"]) == (1, writer.now())
    assert "longjing" in product["search_text"]
    assert "drinks" in product["search_text"]
    assert product["sort_name"] == sort_name("龙井茶 Tea")


async def test_a_price_without_currency_is_in_the_companys(writer: Writer) -> None:
    assert (await world.properties(writer, await _created(writer, unitCost="1")))["currency"] == "CNY"
    assert "currency" not in await world.properties(writer, await _created(writer))


async def test_a_price_keeps_its_currency(writer: Writer) -> None:
    id = await _created(writer, unitPrice="1", currency="EUR")
    with pytest.raises(Invalid) as caught:
        await _updated(writer, id, 1, currency=None)
    assert (caught.value.code, caught.value.path) == (ProblemCode.REQUIRED, ("currency",))
    await _updated(writer, id, 1, currency=None, unitPrice=None)
    assert {"currency", "unit_price"}.isdisjoint(await world.properties(writer, id))


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("unitPrice", "-0.01", "OUT_OF_RANGE"),
        ("unitPrice", "1000000000000.1", "OUT_OF_RANGE"),
        ("unitCost", "0.0000001", "OUT_OF_RANGE"),
        ("unitCost", "NaN", "INVALID"),
        ("currency", "XYZ", "INVALID"),
        ("name", " ", "REQUIRED"),
        ("name", "x" * 201, "TOO_LONG"),
        ("name", "a\x00b", "INVALID"),
        ("name", None, "REQUIRED"),
    ],
)
def test_bad_values_are_named_by_their_field(field: str, value: str | None, code: str) -> None:
    with pytest.raises(Problems) as caught:
        ProductCreate.parse({"name": "Tea", field: value})
    assert [(problem.code, problem.path) for problem in caught.value.problems] == [(code, (field,))]


async def test_a_supplier_is_set_changed_and_cleared(writer: Writer) -> None:
    mill, farm = await world.organization(writer, "Mill"), await world.person(writer, "Farmer")
    id = await _created(writer, supplier=mill)
    assert await _suppliers(writer, id) == [mill]
    await _updated(writer, id, 1, supplier=farm)
    assert await _suppliers(writer, id) == [farm]
    await _updated(writer, id, 2, category="Drinks")
    assert await _suppliers(writer, id) == [farm]
    await _updated(writer, id, 3, supplier=None)
    assert await _suppliers(writer, id) == []
    assert await world.log(writer, mill) == ["CREATE", "UPDATE"]
    assert await world.log(writer, farm) == ["UPDATE", "UPDATE"]


async def test_the_supplier_must_be_a_party(writer: Writer) -> None:
    for missing in ("nobody", await world.product(writer)):
        with pytest.raises(NotFound) as caught:
            await _created(writer, supplier=missing)
        assert (caught.value.missing_id, caught.value.path) == (missing, ("supplier",))


async def test_a_new_name_is_found_and_sorted_by(writer: Writer) -> None:
    id = await _created(writer, category="Drinks")
    await _updated(writer, id, 1, name="Coffee")
    product = await world.properties(writer, id)
    assert (product["sort_name"], product["search_text"], product["version"]) == ("coffee", "coffee drinks", 2)


async def test_an_update_that_changes_nothing_leaves_no_trace(writer: Writer) -> None:
    mill = await world.organization(writer, "Mill")
    id = await _created(writer, supplier=mill, unitPrice="1", identifiers=[IDENTIFIER])
    await _updated(writer, id, 1, supplier=mill, unitPrice="1.0", name="龙井茶 Tea", identifiers=[IDENTIFIER])
    assert (await world.properties(writer, id))["version"] == 1
    assert len(await world.changes(writer)) == 1


async def test_the_log_names_what_changed(writer: Writer) -> None:
    id = await _created(writer, unitPrice="1.50")
    await _updated(writer, id, 1, unitPrice="2", name="Coffee")
    fields = [[(field.name, field.before, field.after) for field in change.fields] for change in await world.changes(writer)]
    assert fields == [
        [("name", None, "龙井茶 Tea"), ("unitPrice", None, "1.5"), ("currency", None, "CNY")],
        [("name", "龙井茶 Tea", "Coffee"), ("unitPrice", "1.5", "2")],
    ]


async def test_an_old_version_is_stale(writer: Writer) -> None:
    id = await _created(writer)
    await _updated(writer, id, 1, name="Coffee")
    for stale in (_updated(writer, id, 1, name="Milk"), products.delete(writer, Reference(id=id, version=1))):
        with pytest.raises(Stale):
            await stale


async def test_a_deleted_product_comes_back_with_its_identifiers(writer: Writer) -> None:
    id = await _created(writer, identifiers=[IDENTIFIER])
    await products.delete(writer, Reference(id=id))
    assert await _keys(writer, id) == [None]
    with pytest.raises(NotFound):
        await _updated(writer, id, 2, name="Coffee")
    with pytest.raises(NotFound):
        await products.delete(writer, Reference(id=id))
    await products.restore(writer, Reference(id=id, version=2))
    assert await _keys(writer, id) == ["sku|T-1"]
    product = await world.properties(writer, id)
    assert ("deleted_at" in product, product["version"]) == (False, 3)
    assert [change.action for change in await world.changes(writer)] == ["CREATE", "DELETE", "RESTORE"]


async def test_restoring_what_is_there_does_nothing(writer: Writer) -> None:
    id = await _created(writer)
    await products.restore(writer, Reference(id=id))
    assert (await world.properties(writer, id))["version"] == 1
    assert len(await world.changes(writer)) == 1
    with pytest.raises(NotFound):
        await products.restore(writer, Reference(id="nothing"))


async def test_a_product_whose_identifier_was_taken_does_not_come_back(writer: Writer) -> None:
    first = await _created(writer, identifiers=[IDENTIFIER])
    await products.delete(writer, Reference(id=first))
    second = await _created(writer, identifiers=[IDENTIFIER])
    with pytest.raises(Duplicate) as caught:
        await products.restore(writer, Reference(id=first))
    assert caught.value.existing_id == second


async def test_a_product_has_no_identifier_of_another(writer: Writer) -> None:
    first = await _created(writer, identifiers=[IDENTIFIER])
    with pytest.raises(Duplicate) as caught:
        await _created(writer, identifiers=[IDENTIFIER])
    assert (caught.value.existing_id, caught.value.path) == (first, ("identifiers", "0"))


async def test_a_create_sent_twice_is_done_once(writer: Writer) -> None:
    id = await _created(writer, idempotencyKey="k")
    assert await _created(writer, idempotencyKey="k") == id
    assert await given.value(writer.database, "MATCH (n:Product) RETURN count(n)") == 1
