"""The lines of an order: priced by its products where they say nothing themselves, totals exact to the millionth."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from graph import money
from graph.database import Record, Transaction
from graph.errors import NotFound, ProblemCode, Problems, WriteProblem, invalid
from graph.fields import exact, stored
from graph.orders.fields import OrderLineFields

_PRODUCTS = """
MATCH (product:Node) WHERE product.id IN $ids AND product:Product AND (product.deleted_at IS NULL OR product.id IN $kept)
RETURN product.id AS id, product.unit_price AS unit_price, product.unit_cost AS unit_cost, product.currency AS currency
"""

_LINES = """
MATCH (:Node {id: $id})-[line:CONTAINS]->(product:Node)
RETURN properties(line) AS line, product.id AS product ORDER BY line.place
"""

_REMOVE = "MATCH (:Node {id: $id})-[line:CONTAINS]->() DELETE line"

_ADD = """
MATCH (purchase:Node {id: $id})
UNWIND $lines AS line
MATCH (product:Node {id: line.product})
CREATE (purchase)-[:CONTAINS {place: line.place, quantity: line.quantity, unit_price: line.unit_price, discount: line.discount,
    unit_cost: line.unit_cost, total: line.total}]->(product)
"""

Line = dict[str, Any]
"""What the graph keeps of a line, with the id of its product."""


async def read(transaction: Transaction, id: str) -> list[Line]:
    """The lines of an order, in their order."""
    return [{"unit_cost": None, **row["line"], "product": row["product"]} for row in await transaction.run(_LINES, {"id": id})]


async def put(transaction: Transaction, id: str, lines: Sequence[Line]) -> None:
    """Makes `lines` those of the order, in the place of others."""
    await transaction.run(_REMOVE, {"id": id})
    await transaction.run(_ADD, {"id": id, "lines": list(lines)})


async def priced(transaction: Transaction, given: Sequence[OrderLineFields], currency: str, kept: Collection[str] = ()) -> list[Line]:
    """The lines that `given` makes in `currency`. A deleted product counts only if its id is `kept`. Raises Problems, each by its line."""
    ids = list({line.product for line in given})
    products = {row["id"]: row for row in await transaction.run(_PRODUCTS, {"ids": ids, "kept": list(kept)})}
    lines, problems = [], []
    for place, line in enumerate(given):
        try:
            lines.append(_priced(line, place, products.get(line.product), currency))
        except WriteProblem as problem:
            problems.append(problem)
    if problems:
        raise Problems(problems)
    return lines


def _priced(given: OrderLineFields, place: int, product: Record | None, currency: str) -> Line:
    path = "lines", str(place)
    if product is None:
        raise NotFound(given.product, *path, "product")
    usual: Mapping[str, Any] = product if product["currency"] == currency else {}
    price = usual.get("unit_price") if given.unit_price is None else stored(given.unit_price)
    cost = stored(given.unit_cost) if "unit_cost" in given.model_fields_set else usual.get("unit_cost")
    if price is None:
        name = ".".join((*path, "unitPrice"))
        en = f"{name}: the product has no price in {currency}; give one"
        raise invalid(en, f"{name}：该产品没有 {currency} 价格，请填写单价", *path, "unitPrice", code=ProblemCode.REQUIRED)
    quantity, discount = stored(given.quantity), stored(given.discount) or 0
    total = money.check(money.line_total(quantity, price, discount), *path)
    return {
        "product": given.product,
        "place": place,
        "quantity": quantity,
        "unit_price": price,
        "discount": discount,
        "unit_cost": cost,
        "total": total,
    }


def sums(lines: Sequence[Line]) -> dict[str, int | None]:
    """Total and margin of an order; the margin is None unless every line has a cost."""
    total = sum(line["total"] for line in lines)
    if any(line["unit_cost"] is None for line in lines):
        return {"total": money.check(total, "lines"), "margin": None}
    margin = total - sum(money.cost(line["quantity"], line["unit_cost"]) for line in lines)
    return {"total": money.check(total, "lines"), "margin": money.check(margin, "lines")}


def shown(lines: Iterable[Line]) -> str | None:
    """Lines as the log shows them."""
    entries = [
        {"product": line["product"], "quantity": _text(line["quantity"]), "unitPrice": _text(line["unit_price"])}
        | {"discount": _text(line["discount"]), "unitCost": _text(line["unit_cost"])}
        for line in lines
    ]
    return json.dumps(entries) if entries else None


def _text(number: int | None) -> str | None:
    return None if number is None else str(exact(number))
