"""How an order is written. Its sums are kept beside it, exact, and follow its lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, LiteralString

from graph import money, nodes
from graph.changes import ChangeAction
from graph.database import Transaction
from graph.errors import ProblemCode, invalid, refused
from graph.fields import Reference, exact, stored
from graph.orders import lines
from graph.orders.fields import OrderCancel, OrderFields, OrderRecord, OrderUpdate
from graph.writing import Draft, Writer, Written, locked, write

_PARTIES: dict[str, tuple[str, LiteralString]] = {
    "buyer": ("Party", "BOUGHT"),
    "seller": ("Person", "SOLD"),
    "partner": ("Party", "BROUGHT"),
}

_CREATE = "CREATE (purchase:Node:Order) SET purchase = $properties"

_LOCK = """
MATCH (purchase:Node {id: $id}) SET purchase._lock = true REMOVE purchase._lock
WITH purchase WHERE purchase:Order AND purchase.deleted_at IS NULL
OPTIONAL MATCH (buyer:Party)-[:BOUGHT]->(purchase)
OPTIONAL MATCH (seller:Person)-[:SOLD]->(purchase)
OPTIONAL MATCH (partner:Party)-[:BROUGHT]->(purchase)
RETURN purchase {.*, buyer: buyer.id, seller: seller.id, partner: partner.id}
"""

_SET = """
MATCH (purchase:Node {id: $id})
SET purchase += $changed, purchase.updated_at = $now, purchase.version = purchase.version + 1
"""


async def record(writer: Writer, input: OrderRecord) -> Written:
    """Record an order; prices and costs that are absent are the products' (记录订单)."""
    writer.check_past(input.ordered_at, "orderedAt")

    async def work(transaction: Transaction, draft: Draft) -> str:
        id, now = writer.ids.new(), writer.now()
        given = draft.compare(input, {})
        priced = await lines.priced(transaction, input.lines, input.currency or writer.customs.currency)
        given |= lines.sums(priced)
        money.denominate(writer, draft, {}, given, "total")
        _log_lines(draft, [], priced)
        await transaction.run(_CREATE, {"properties": {**given, "id": id, "version": 1, "created_at": now, "updated_at": now}})
        await _put_parties(transaction, draft, input, {"id": id})
        await lines.put(transaction, id, priced)
        return id

    return await write(writer, ChangeAction.RECORD, work, given=input)


async def update(writer: Writer, input: OrderUpdate) -> Written:
    """Change an order; its total and margin follow (修改订单)."""
    writer.check_past(input.ordered_at, "orderedAt")

    async def work(transaction: Transaction, draft: Draft) -> str:
        before = await locked(transaction, _LOCK, input.id, version=input.version)
        changed = draft.compare(input, before)
        money.denominate(writer, draft, before, changed, "total")
        _check_order({**before, **changed})
        if input.lines is not None:
            changed |= await _put_lines(transaction, draft, input, {**before, **changed})
        await _put_parties(transaction, draft, input, before)
        await _save(transaction, writer, draft, before, changed)
        return input.id

    return await write(writer, ChangeAction.UPDATE, work, given=input)


async def cancel(writer: Writer, input: OrderCancel) -> Written:
    """Cancel an order: it stays, and counts no longer (取消订单)."""
    writer.check_past(input.cancelled_at, "cancelledAt")
    cancelled_at = stored(input.cancelled_at) or writer.now()

    async def work(transaction: Transaction, draft: Draft) -> str:
        before = await locked(transaction, _LOCK, input.id, version=input.version)
        if before.get("cancelled_at"):
            raise refused("id: the order is cancelled already", "id：该订单已取消", "id")
        _check_order({**before, "cancelled_at": cancelled_at})
        draft.set("cancelledAt", None, cancelled_at)
        await _save(transaction, writer, draft, before, {"cancelled_at": cancelled_at})
        return input.id

    return await write(writer, ChangeAction.UPDATE, work, given=input)


async def delete(writer: Writer, input: Reference) -> Written:
    """Delete an order that never was; one that is off is cancelled (删除订单)."""

    async def work(transaction: Transaction, draft: Draft) -> str:
        before = await locked(transaction, _LOCK, input.id, version=input.version)
        now = writer.now()
        draft.set("deletedAt", None, now)
        await _save(transaction, writer, draft, before, {"deleted_at": now})
        return input.id

    return await write(writer, ChangeAction.DELETE, work, given=input)


async def _put_lines(transaction: Transaction, draft: Draft, input: OrderUpdate, after: Mapping[str, Any]) -> dict[str, int | None]:
    had = await lines.read(transaction, input.id)
    priced = await lines.priced(transaction, input.lines, after["currency"], {line["product"] for line in had})
    if priced == had:
        return {}
    _log_lines(draft, had, priced)
    await lines.put(transaction, input.id, priced)
    return lines.sums(priced)


def _log_lines(draft: Draft, before: list[lines.Line], after: list[lines.Line]) -> None:
    draft.set("lines", lines.shown(before), lines.shown(after))
    total = sum(line["total"] for line in before)
    draft.set("total", str(exact(total)) if before else None, str(exact(sum(line["total"] for line in after))))


async def _put_parties(transaction: Transaction, draft: Draft, input: OrderFields, before: Mapping[str, Any]) -> None:
    for name, (label, type) in _PARTIES.items():
        had, party = before.get(name), getattr(input, name)
        if name not in input.model_fields_set or party == had:
            continue
        await nodes.find(transaction, label, party, name)
        draft.set(name, had, party)
        draft.about(had, party)
        await transaction.run(_leave(type), {"id": before["id"]})
        if party is not None:
            await transaction.run(_join(type), {"id": before["id"], "party": party})


def _leave(type: LiteralString) -> LiteralString:
    return f"MATCH ()-[part:{type}]->(:Node {{id: $id}}) DELETE part"


def _join(type: LiteralString) -> LiteralString:
    return f"MATCH (party:Node {{id: $party}}), (purchase:Node {{id: $id}}) CREATE (party)-[:{type}]->(purchase)"


def _check_order(after: Mapping[str, Any]) -> None:
    if after.get("cancelled_at") and after["cancelled_at"] < after["ordered_at"]:
        en = "cancelledAt: an order is cancelled after it is placed; give a later time"
        raise invalid(en, "cancelledAt：取消时间不得早于下单时间，请更正", "cancelledAt", code=ProblemCode.OUT_OF_RANGE)


async def _save(transaction: Transaction, writer: Writer, draft: Draft, before: Mapping[str, Any], changed: Mapping[str, Any]) -> None:
    if draft.fields:
        draft.about(before["buyer"], before["seller"], before["partner"])
        await transaction.run(_SET, {"id": before["id"], "changed": changed, "now": writer.now()})
