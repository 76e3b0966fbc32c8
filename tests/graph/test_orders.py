from __future__ import annotations

import asyncio
import csv
import json
import os
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from graph import money, orders, products
from graph.clock import FixedClock
from graph.errors import Invalid, NotFound, ProblemCode, Problems, Refused, Stale, WriteProblem
from graph.fields import Reference, exact, scaled
from graph.orders import OrderCancel, OrderRecord, OrderUpdate
from graph.products import ProductCreate
from graph.writing import Writer
from tests.graph import given, world

NORTHWIND = Path(__file__).parents[2] / "../shared/data/northwind"
BEFORE = "2026-06-01T08:00:00Z"


@pytest.fixture
async def buyer(writer: Writer) -> str:
    return await world.organization(writer, "Buyer")


@pytest.fixture
async def tea(writer: Writer) -> str:
    return (await products.create(writer, ProductCreate.parse({"name": "Tea", "unitPrice": "10", "unitCost": "6"}))).id


async def _recorded(writer: Writer, buyer: str, *lines: dict[str, Any], **more: Any) -> str:
    fields = {"buyer": buyer, "orderedAt": BEFORE, "lines": lines, **more}
    return (await orders.record(writer, OrderRecord.parse(fields))).id


async def _updated(writer: Writer, id: str, version: int, **fields: Any) -> None:
    await orders.update(writer, OrderUpdate.parse({"id": id, "version": version, **fields}))


async def _lines(writer: Writer, id: str) -> list[dict[str, Any]]:
    query = "MATCH (:Node {id: $id})-[line:CONTAINS]->(p:Node) RETURN properties(line) AS line, p.id AS product ORDER BY line.place"
    return [{**row["line"], "product": row["product"]} for row in await given.rows(writer.database, query, id=id)]


async def _parties(writer: Writer, id: str) -> dict[str, str]:
    rows = await given.rows(writer.database, "MATCH (p:Party)-[t]->(:Order {id: $id}) RETURN type(t) AS type, p.id AS id", id=id)
    return {row["type"]: row["id"] for row in rows}


def _problems(caught: pytest.ExceptionInfo[Problems]) -> list[tuple[ProblemCode, tuple[str, ...]]]:
    return [(problem.code, problem.path) for problem in caught.value.problems]


async def test_an_order_keeps_who_what_and_how_much(writer: Writer, buyer: str, tea: str) -> None:
    seller, partner = await world.person(writer, "Seller"), await world.organization(writer, "Partner")
    line = {"product": tea, "quantity": "3", "unitPrice": "7.7", "discount": "0.15", "unitCost": "5"}
    id = await _recorded(writer, buyer, line, number="A-1", seller=seller, partner=partner, currency="EUR")
    assert await world.labels(writer, id) == {"Node", "Order"}
    assert await world.properties(writer, id) == {
        "id": id,
        "number": "A-1",
        "ordered_at": "2026-06-01T08:00:00.000000Z",
        "currency": "EUR",
        "total": 19_635_000,
        "margin": 4_635_000,
        "version": 1,
        "created_at": writer.now(),
        "updated_at": writer.now(),
    }
    assert await _parties(writer, id) == {"BOUGHT": buyer, "SOLD": seller, "BROUGHT": partner}
    (stored,) = await _lines(writer, id)
    assert stored == {
        "product": tea,
        "place": 0,
        "quantity": 3_000_000,
        "unit_price": 7_700_000,
        "discount": 150_000,
        "unit_cost": 5_000_000,
        "total": 19_635_000,
    }


async def test_nothing_is_stored_as_a_float(writer: Writer, buyer: str, tea: str) -> None:
    id = await _recorded(writer, buyer, {"product": tea, "quantity": "0.1", "discount": "0.3"})
    values = [*(await world.properties(writer, id)).values(), *(await _lines(writer, id))[0].values()]
    assert not any(isinstance(value, float) for value in values)


async def test_prices_costs_and_currency_that_are_absent_are_the_usual(writer: Writer, buyer: str, tea: str) -> None:
    id = await _recorded(writer, buyer, {"product": tea, "quantity": "2"})
    order, (line,) = await world.properties(writer, id), await _lines(writer, id)
    assert (line["unit_price"], line["unit_cost"], line["discount"]) == (10_000_000, 6_000_000, 0)
    assert (order["currency"], order["total"], order["margin"]) == ("CNY", 20_000_000, 8_000_000)


async def test_an_order_keeps_the_prices_it_was_made_at(writer: Writer, buyer: str, tea: str) -> None:
    id = await _recorded(writer, buyer, {"product": tea, "quantity": "2"})
    await products.update(writer, products.ProductUpdate(id=tea, version=1, unit_price=Decimal(99)))
    await _updated(writer, id, 1, number="A-1")
    assert (await world.properties(writer, id))["total"] == 20_000_000


@pytest.mark.parametrize("currency", ["USD", None])
async def test_a_price_in_another_currency_or_none_is_asked_for(writer: Writer, buyer: str, currency: str | None) -> None:
    price: dict[str, Any] = {"unit_price": 1, "currency": currency} if currency else {}
    plain = await world.product(writer, **price)
    with pytest.raises(Problems) as caught:
        await _recorded(writer, buyer, {"product": plain, "quantity": "1"})
    assert _problems(caught) == [(ProblemCode.REQUIRED, ("lines", "0", "unitPrice"))]
    await _recorded(writer, buyer, {"product": plain, "quantity": "1", "unitPrice": "3"})


async def test_a_cost_in_another_currency_is_no_cost(writer: Writer, buyer: str, tea: str) -> None:
    id = await _recorded(writer, buyer, {"product": tea, "quantity": "1", "unitPrice": "3"}, currency="USD")
    assert "unit_cost" not in (await _lines(writer, id))[0]


async def test_a_line_without_a_cost_leaves_the_margin_open(writer: Writer, buyer: str, tea: str) -> None:
    lines: list[dict[str, Any]] = [{"product": tea, "quantity": "1"}, {"product": tea, "quantity": "1", "unitCost": None}]
    id = await _recorded(writer, buyer, *lines)
    order = await world.properties(writer, id)
    assert ("margin" in order, order["total"]) == (False, 20_000_000)
    await _updated(writer, id, 1, lines=lines[:1])
    assert (await world.properties(writer, id))["margin"] == 4_000_000


async def test_one_product_may_stand_in_two_lines(writer: Writer, buyer: str, tea: str) -> None:
    line = {"product": tea, "quantity": "1"}
    id = await _recorded(writer, buyer, line, {**line, "discount": "1"}, line)
    assert [(line["place"], line["total"]) for line in await _lines(writer, id)] == [(0, 10_000_000), (1, 0), (2, 10_000_000)]
    assert (await world.properties(writer, id))["total"] == 20_000_000


async def test_sums_are_of_the_lines_unrounded(writer: Writer, buyer: str, tea: str) -> None:
    lines = [{"product": tea, "quantity": "1", "unitPrice": "0.004"}] * 5
    order = await world.properties(writer, await _recorded(writer, buyer, *lines))
    assert order["total"] == 20_000
    assert str(money.shown(order["total"], "CNY")) == "0.02"


@pytest.mark.parametrize("lines", [[], None])
def test_an_order_needs_a_line(lines: Sequence[Any] | None) -> None:
    for model, more in ((OrderRecord, {"buyer": "b", "orderedAt": BEFORE}), (OrderUpdate, {"id": "x", "version": 1})):
        with pytest.raises(Problems) as caught:
            model.parse({**more, "lines": lines})
        assert _problems(caught) == [(ProblemCode.REQUIRED, ("lines",))]


def test_an_order_has_at_most_a_thousand_lines() -> None:
    line = {"product": "p", "quantity": "1"}
    fields = {"buyer": "b", "orderedAt": BEFORE}
    assert len(OrderRecord.parse({**fields, "lines": [line] * 1000}).lines) == 1000
    with pytest.raises(Problems) as caught:
        OrderRecord.parse({**fields, "lines": [line] * 1001})
    assert _problems(caught) == [(ProblemCode.TOO_LONG, ("lines",))]


async def test_a_thousand_lines_are_stored(writer: Writer, buyer: str, tea: str) -> None:
    id = await _recorded(writer, buyer, *[{"product": tea, "quantity": "1"}] * 1000)
    assert (await world.properties(writer, id))["total"] == 10_000_000_000
    assert len(await _lines(writer, id)) == 1000


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("quantity", "0", "OUT_OF_RANGE"),
        ("quantity", "-1", "OUT_OF_RANGE"),
        ("quantity", "1.0000001", "OUT_OF_RANGE"),
        ("quantity", "Infinity", "INVALID"),
        ("quantity", None, "REQUIRED"),
        ("discount", "1.1", "OUT_OF_RANGE"),
        ("discount", "-0.1", "OUT_OF_RANGE"),
        ("unitPrice", "1e13", "OUT_OF_RANGE"),
        ("product", None, "REQUIRED"),
        ("colour", "red", "INVALID"),
    ],
)
def test_bad_lines_are_named_by_their_place(field: str, value: str | None, code: str) -> None:
    line = {"product": "p", "quantity": "1"}
    with pytest.raises(Problems) as caught:
        OrderRecord.parse({"buyer": "b", "orderedAt": BEFORE, "lines": [line, line | {field: value}]})
    assert _problems(caught) == [(code, ("lines", "1", field))]


async def test_a_total_of_more_than_64_bits_is_refused(writer: Writer, buyer: str, tea: str) -> None:
    huge = {"product": tea, "quantity": "1000000000", "unitPrice": "1000000000000"}
    with pytest.raises(Problems) as caught:
        await _recorded(writer, buyer, {"product": tea, "quantity": "1"}, huge)
    assert _problems(caught) == [(ProblemCode.OUT_OF_RANGE, ("lines", "1"))]
    large = {"product": tea, "quantity": "9", "unitPrice": "1000000000000", "unitCost": "0"}
    with pytest.raises(Invalid) as total:
        await _recorded(writer, buyer, large, large)
    assert (total.value.code, total.value.path) == (ProblemCode.OUT_OF_RANGE, ("lines",))
    with pytest.raises(Invalid):
        await _recorded(writer, buyer, large | {"unitCost": "-1000000000000"})


async def test_every_product_that_is_missing_is_named(writer: Writer, buyer: str, tea: str) -> None:
    gone = await world.product(writer)
    await world.remove(writer, gone)
    with pytest.raises(Problems) as caught:
        await _recorded(writer, buyer, *({"product": id, "quantity": "1"} for id in ("nothing", tea, gone, buyer)))
    assert _problems(caught) == [(ProblemCode.NOT_FOUND, ("lines", place, "product")) for place in ("0", "2", "3")]


@pytest.mark.parametrize("field", ["buyer", "seller", "partner"])
async def test_who_took_part_must_be_there(writer: Writer, buyer: str, tea: str, field: str) -> None:
    with pytest.raises(NotFound) as caught:
        await _recorded(writer, **{"buyer": buyer, field: "nobody"}, lines=[{"product": tea, "quantity": "1"}])
    assert (caught.value.missing_id, caught.value.path) == ("nobody", (field,))
    assert await given.value(writer.database, "MATCH (n:Order) RETURN count(n)") == 0


async def test_the_seller_is_a_person(writer: Writer, buyer: str, tea: str) -> None:
    with pytest.raises(NotFound):
        await _recorded(writer, buyer, {"product": tea, "quantity": "1"}, seller=buyer)


@pytest.mark.parametrize(("ahead", "fits"), [(timedelta(minutes=5), True), (timedelta(minutes=5, microseconds=1), False)])
async def test_a_time_that_has_not_come_is_refused(
    writer: Writer, clock: FixedClock, buyer: str, tea: str, ahead: timedelta, fits: bool
) -> None:
    line = {"product": tea, "quantity": "1"}
    id, later = await _recorded(writer, buyer, line), (clock.now() + ahead).isoformat()
    for field, work in (
        ("orderedAt", lambda: _recorded(writer, buyer, line, orderedAt=later)),
        ("orderedAt", lambda: _updated(writer, id, 1, orderedAt=later)),
        ("cancelledAt", lambda: orders.cancel(writer, OrderCancel.parse({"id": id, "cancelledAt": later}))),
    ):
        if fits:
            await work()
            continue
        with pytest.raises(Invalid) as caught:
            await work()
        assert (caught.value.code, caught.value.path) == (ProblemCode.IN_FUTURE, (field,))


async def test_an_update_sets_clears_and_leaves(writer: Writer, buyer: str, tea: str) -> None:
    seller, other = await world.person(writer, "Seller"), await world.organization(writer, "Other")
    id = await _recorded(writer, buyer, {"product": tea, "quantity": "1"}, number="A-1", seller=seller)
    await _updated(writer, id, 1, number=None, seller=None, buyer=other)
    order = await world.properties(writer, id)
    assert ("number" in order, order["total"], order["version"]) == (False, 10_000_000, 2)
    assert await _parties(writer, id) == {"BOUGHT": other}
    assert await world.log(writer, seller) == ["RECORD", "UPDATE"]
    assert await world.log(writer, other) == ["UPDATE"]


async def test_new_lines_take_the_place_of_the_old(writer: Writer, buyer: str, tea: str) -> None:
    id = await _recorded(writer, buyer, {"product": tea, "quantity": "1"}, {"product": tea, "quantity": "2"})
    await _updated(writer, id, 1, lines=[{"product": tea, "quantity": "5", "unitPrice": "9"}])
    assert [(line["quantity"], line["total"]) for line in await _lines(writer, id)] == [(5_000_000, 45_000_000)]
    order = await world.properties(writer, id)
    assert (order["total"], order["margin"], order["version"]) == (45_000_000, 15_000_000, 2)


async def test_a_line_keeps_a_product_that_was_deleted_meanwhile(writer: Writer, buyer: str, tea: str) -> None:
    id = await _recorded(writer, buyer, {"product": tea, "quantity": "1"})
    await products.delete(writer, Reference(id=tea))
    await _updated(writer, id, 1, lines=[{"product": tea, "quantity": "2"}])
    with pytest.raises(Problems):
        await _recorded(writer, buyer, {"product": tea, "quantity": "2"})


async def test_another_currency_leaves_the_numbers_and_cannot_be_cleared(writer: Writer, buyer: str, tea: str) -> None:
    id = await _recorded(writer, buyer, {"product": tea, "quantity": "1"})
    await _updated(writer, id, 1, currency="EUR")
    order = await world.properties(writer, id)
    assert (order["currency"], order["total"]) == ("EUR", 10_000_000)
    with pytest.raises(Invalid) as caught:
        await _updated(writer, id, 2, currency=None)
    assert (caught.value.code, caught.value.path) == (ProblemCode.REQUIRED, ("currency",))
    with pytest.raises(Problems) as priceless:
        await _updated(writer, id, 2, lines=[{"product": tea, "quantity": "1"}])
    assert _problems(priceless) == [(ProblemCode.REQUIRED, ("lines", "0", "unitPrice"))]


async def test_an_update_that_changes_nothing_leaves_no_trace(writer: Writer, buyer: str, tea: str) -> None:
    lines = [{"product": tea, "quantity": "1", "unitCost": None}]
    id = await _recorded(writer, buyer, *lines, number="A-1")
    await _updated(writer, id, 1, number="A-1", lines=lines, buyer=buyer, seller=None, orderedAt=BEFORE)
    assert (await world.properties(writer, id))["version"] == 1
    assert len(await world.changes(writer)) == 2


async def test_the_log_shows_lines_and_total(writer: Writer, buyer: str, tea: str) -> None:
    id = await _recorded(writer, buyer, {"product": tea, "quantity": "1.5"})
    await _updated(writer, id, 1, lines=[{"product": tea, "quantity": "2", "unitCost": None}])
    recorded, updated = [{field.name: field for field in change.fields} for change in (await world.changes(writer))[1:]]
    assert {name: field.after for name, field in recorded.items() if name != "lines"} == {
        "orderedAt": "2026-06-01T08:00:00.000000Z",
        "currency": "CNY",
        "total": "15",
        "buyer": buyer,
    }
    assert json.loads(recorded["lines"].after or "") == [
        {"product": tea, "quantity": "1.5", "unitPrice": "10", "discount": "0", "unitCost": "6"}
    ]
    assert updated["lines"].before == recorded["lines"].after
    assert (updated["total"].before, updated["total"].after) == ("15", "20")
    assert await world.log(writer, id) == await world.log(writer, buyer) == ["RECORD", "UPDATE"]


async def test_an_order_is_cancelled_once(writer: Writer, clock: FixedClock, buyer: str, tea: str) -> None:
    id = await _recorded(writer, buyer, {"product": tea, "quantity": "1"})
    with pytest.raises(Invalid) as caught:
        await orders.cancel(writer, OrderCancel.parse({"id": id, "cancelledAt": "2026-05-31T00:00:00Z"}))
    assert (caught.value.code, caught.value.path) == (ProblemCode.OUT_OF_RANGE, ("cancelledAt",))
    await orders.cancel(writer, OrderCancel(id=id, version=1))
    order = await world.properties(writer, id)
    assert (order["cancelled_at"], order["version"], order["total"]) == (writer.now(), 2, 10_000_000)
    with pytest.raises(Refused):
        await orders.cancel(writer, OrderCancel(id=id))
    clock.advance(timedelta(hours=1))
    with pytest.raises(Invalid):
        await _updated(writer, id, 2, orderedAt="2026-07-01T08:30:00Z")
    await _updated(writer, id, 2, number="A-1")


async def test_old_versions_are_stale_and_deleted_ones_gone(writer: Writer, buyer: str, tea: str) -> None:
    id = await _recorded(writer, buyer, {"product": tea, "quantity": "1"})
    await _updated(writer, id, 1, number="A-1")
    for stale in (
        _updated(writer, id, 1, number="A-2"),
        orders.cancel(writer, OrderCancel(id=id, version=1)),
        orders.delete(writer, Reference(id=id, version=1)),
    ):
        with pytest.raises(Stale):
            await stale
    await orders.delete(writer, Reference(id=id, version=2))
    assert (await world.properties(writer, id))["deleted_at"] == writer.now()
    for gone in (_updated(writer, id, 3), orders.cancel(writer, OrderCancel(id=id)), orders.delete(writer, Reference(id=buyer))):
        with pytest.raises(NotFound):
            await gone


async def test_updates_at_once_lose_none(writer: Writer, buyer: str, tea: str) -> None:
    id = await _recorded(writer, buyer, {"product": tea, "quantity": "1"})
    updates = (_updated(writer, id, 1, lines=[{"product": tea, "quantity": str(place)}]) for place in range(2, 7))
    outcomes = await asyncio.gather(*updates, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes].count(Stale) == 4
    (line,) = await _lines(writer, id)
    assert line["total"] == (await world.properties(writer, id))["total"]


async def test_a_record_sent_twice_is_done_once(writer: Writer, buyer: str, tea: str) -> None:
    line = {"product": tea, "quantity": "1"}
    id = await _recorded(writer, buyer, line, idempotencyKey="k")
    assert await _recorded(writer, buyer, line, idempotencyKey="k") == id
    with pytest.raises(WriteProblem) as caught:
        await _recorded(writer, buyer, line, line, idempotencyKey="k")
    assert caught.value.code == ProblemCode.KEY_REUSED
    assert await given.value(writer.database, "MATCH (n:Order) RETURN count(n)") == 1


def test_the_totals_of_a_real_business_are_exact() -> None:
    if not NORTHWIND.is_dir():
        assert not os.environ.get("CI"), f"{NORTHWIND} is missing"
        pytest.skip(f"{NORTHWIND} is not there")
    with (NORTHWIND / "order-details.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    values = ([scaled(Decimal(row[name])) for name in ("quantity", "unitPrice", "discount")] for row in rows)
    total = sum(money.line_total(*numbers) for numbers in values)
    assert exact(total) == Decimal("1265793.0395")
    assert f"{money.shown(total, 'USD'):,}" == "1,265,793.04"
