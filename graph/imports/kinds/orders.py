"""Orders from files, and their lines, which come in a file of their own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, LiteralString

from graph import orders
from graph.database import Transaction
from graph.errors import Message, NotFound, Problems, WriteProblem
from graph.fields import Fields, exact
from graph.imports import cells
from graph.imports.batches import Batch, Kind, Row
from graph.imports.columns import Column
from graph.imports.keys import ORDER, ORDER_LINE, PARTY, PRODUCT
from graph.orders import OrderFields, OrderLineFields, OrderUpdate, lines
from graph.writing import Writer

_ORDER_COLUMNS = (
    Column("key", required=True),
    Column("number", ("number",)),
    Column("customer_key", names=PARTY, label="Party", required=True),
    Column("ordered_at", ("ordered_at",), cells.instant, required=True),
    Column("seller_key", names=PARTY, label="Person"),
    Column("partner_key", names=PARTY, label="Party"),
    Column("currency", ("currency",)),
)
_ENDS = {"customer_key": "buyer", "seller_key": "seller", "partner_key": "partner"}
_LINE_COLUMNS = (
    Column("order_key", names=ORDER, label="Order", required=True, kept=True),
    Column("product_key", ("product",), names=PRODUCT, label="Product", required=True, kept=True),
    Column("quantity", ("quantity",), cells.number, required=True),
    Column("unit_price", ("unit_price",), cells.number),
    Column("discount", ("discount",), cells.number),
    Column("unit_cost", ("unit_cost",), cells.number),
)
_CREATE: LiteralString = "UNWIND $rows AS row CREATE (purchase:Node:Order) SET purchase = row"
_BOTH: LiteralString = "UNWIND $rows AS row MATCH (party:Node {id: row.party}) MATCH (purchase:Node {id: row.purchase}) "
_TIES: dict[str, LiteralString] = {
    "buyer": _BOTH + "CREATE (party)-[:BOUGHT]->(purchase)",
    "seller": _BOTH + "CREATE (party)-[:SOLD]->(purchase)",
    "partner": _BOTH + "CREATE (party)-[:BROUGHT]->(purchase)",
}
_LOCK: LiteralString = """
UNWIND $ids AS id
MATCH (purchase:Node {id: id}) SET purchase._lock = true REMOVE purchase._lock
WITH purchase WHERE purchase.deleted_at IS NULL
OPTIONAL MATCH (purchase)-[line:CONTAINS]->()
RETURN purchase.id AS id, purchase.currency AS currency, collect(properties(line)) AS lines
"""
_ADD: LiteralString = """
UNWIND $lines AS line
MATCH (purchase:Node {id: line.purchase})
MATCH (product:Node {id: line.product})
CREATE (purchase)-[:CONTAINS {place: line.place, quantity: line.quantity, unit_price: line.unit_price, discount: line.discount,
    unit_cost: line.unit_cost, total: line.total}]->(product)
"""
_SUM: LiteralString = """
UNWIND $rows AS row
MATCH (purchase:Node {id: row.id})
SET purchase += row.sums, purchase.updated_at = $now, purchase.version = purchase.version + 1
"""


@dataclass(frozen=True)
class Orders(Kind):
    """Orders without their lines: nothing is sold until these come."""

    def parsed(self, cells_given: Mapping[str, str], writer: Writer) -> Fields:
        given = super().parsed(cells_given, writer)
        writer.check_past(getattr(given, "ordered_at", None), "orderedAt")
        return given

    async def create(self, transaction: Transaction, batch: Batch) -> None:
        rows, now = batch.accepted, batch.writer.now()
        stamps = {**lines.sums([]), "version": 1, "created_at": now, "updated_at": now}
        for row in rows:
            row.id = batch.writer.ids.new()
        usual = {"currency": batch.writer.customs.currency}
        await transaction.run(_CREATE, {"rows": [{**usual, **row.stored, **stamps, "id": row.id} for row in rows]})
        for column, end in _ENDS.items():
            ties = [{"party": party.id, "purchase": row.id} for row in rows if (party := batch.named(row, column))]
            await transaction.run(_TIES[end], {"rows": ties})

    async def correct(self, batch: Batch, row: Row) -> None:
        given = self.corrected(row, batch.writer)
        for column, end in _ENDS.items():
            if column in row.changed:
                party = batch.named(row, column)
                given[end] = party.id if party else None
        if "currency" in given:
            given["currency"] = given["currency"] or batch.writer.customs.currency
        version, _ = await _stored(batch, row)
        await orders.update(batch.writer, OrderUpdate.parse({**given, "id": row.id, "version": version}))


_STORED: LiteralString = """
MATCH (purchase:Node {id: $id}) WHERE purchase:Order AND purchase.deleted_at IS NULL
OPTIONAL MATCH (purchase)-[line:CONTAINS]->(product:Node)
RETURN purchase.version AS version, properties(line) AS line, product.id AS product ORDER BY line.place
"""


async def _stored(batch: Batch, row: Row) -> tuple[int, list[lines.Line]]:
    """Version and lines of the order of a row."""
    found = await batch.writer.database.read(_STORED, {"id": row.id})
    if not found:
        raise NotFound(row.id, "id")
    return found[0]["version"], [{"unit_cost": None, **each["line"], "product": each["product"]} for each in found if each["line"]]


@dataclass(frozen=True)
class OrderLines(Kind):
    """Lines of orders: an order has one for each product; its total and margin follow."""

    async def create(self, transaction: Transaction, batch: Batch) -> None:
        for row in batch.accepted:
            order = batch.named(row, "order_key")
            row.id = order.id if order else ""
        found = await transaction.run(_LOCK, {"ids": sorted({row.id for row in batch.accepted})})
        had = {each["id"]: [{"unit_cost": None, **line} for line in each["lines"]] for each in found}
        currencies = {each["id"]: each["currency"] for each in found}
        priced: dict[int, lines.Line] = {}
        for currency in sorted(set(currencies.values())):
            priced |= await _priced(transaction, batch, [row for row in batch.accepted if currencies[row.id] == currency], currency)
        added, sums = _added(batch, had, priced)
        await transaction.run(_ADD, {"lines": added})
        await transaction.run(_SUM, {"rows": sums, "now": batch.writer.now()})

    async def correct(self, batch: Batch, row: Row) -> None:
        version, stored = await _stored(batch, row)
        product = batch.named(row, "product_key")
        mine = [line for line in stored if product and line["product"] == product.id]
        if not mine:
            batch.refuse(row, "", "the order has no such line any more", "该订单已无此行")
            return
        line = next((line for line in mine if str(line["place"]) == row.part), mine[0])
        given = self.corrected(row, batch.writer)
        entries = [_entry(each) | (given if each is line else {}) for each in stored]
        await orders.update(batch.writer, OrderUpdate.parse({"id": row.id, "version": version, "lines": entries}))


async def _priced(transaction: Transaction, batch: Batch, rows: list[Row], currency: str) -> dict[int, lines.Line]:
    """Line of the file → line of the order. Refuses rows without a price."""
    while rows:
        given = [row.model.model_copy(update={"product": product.id}) for row in rows if (product := batch.named(row, "product_key"))]
        try:
            return {row.line: line for row, line in zip(rows, await lines.priced(transaction, given, currency), strict=True)}
        except Problems as problems:
            for problem in problems.problems:
                batch.refuse_for(rows[int(problem.path[1])], _of_line(problem))
        rows = [row for row in rows if row.line not in batch.refusals]
    return {}


def _of_line(problem: WriteProblem) -> WriteProblem:
    """The same problem, told of the line itself."""
    name, short = ".".join(problem.path), ".".join(problem.path[2:])
    text = Message(problem.text.en.replace(name, short, 1), problem.text.zh.replace(name, short, 1))
    return WriteProblem(text, *problem.path[2:], code=problem.code)


def _added(
    batch: Batch, had: Mapping[str, list[lines.Line]], priced: Mapping[int, lines.Line]
) -> tuple[list[lines.Line], list[dict[str, Any]]]:
    """The new lines with their places, and the sums of the orders that get them."""
    by_order: dict[str, list[Row]] = defaultdict(list)
    for row in batch.accepted:
        by_order[row.id].append(row)
    added, sums = [], []
    for id, rows in by_order.items():
        first = max((line["place"] for line in had[id]), default=-1) + 1
        new = [{**priced[row.line], "place": first + place, "purchase": id} for place, row in enumerate(rows)]
        try:
            sums.append({"id": id, "sums": lines.sums([*had[id], *new])})
        except WriteProblem as problem:
            _refuse_all(batch, rows, problem)
            continue
        for row, line in zip(rows, new, strict=True):
            row.part = str(line["place"])
        added += new
    return added, sums


def _refuse_all(batch: Batch, rows: Iterable[Row], problem: WriteProblem) -> None:
    for row in rows:
        batch.refuse_for(row, problem)


def _entry(line: lines.Line) -> dict[str, Any]:
    """A stored line as the input of an update."""
    numbers = {name: exact(line[name]) for name in ("quantity", "unit_price", "discount")}
    return {"product": line["product"], **numbers, "unit_cost": None if line["unit_cost"] is None else exact(line["unit_cost"])}


ORDERS = Orders("orders", ORDER, OrderFields, _ORDER_COLUMNS, labels=frozenset({"Order"}))
ORDER_LINES = OrderLines("order_lines", ORDER_LINE, OrderLineFields, _LINE_COLUMNS, key=("order_key", "product_key"))
