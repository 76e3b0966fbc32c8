"""Products: what is bought and sold."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field

from graph import identifiers, money, nodes
from graph.changes import ChangeAction
from graph.database import Transaction
from graph.fields import ABSENT, REQUIRED, Create, CurrencyCode, Fields, Id, Name, Reference, ShortText, Update, number
from graph.identifiers import Identifiers
from graph.text import search_text, sort_name
from graph.writing import Draft, Writer, Written, locked, write

__all__ = ["ProductCreate", "ProductFields", "ProductUpdate", "create", "delete", "restore", "update"]

Price = Annotated[Decimal, number(0, 10**12)]


class ProductFields(Fields):
    """What can be written of a product (产品)."""

    name: Name = Field(default=ABSENT, description="The name as shown (名称)")
    category: ShortText | None = Field(default=None, description="Category (类别)")
    supplier: Id | None = Field(default=None, description="Who supplies it (供应商)")
    unit_price: Price | None = Field(default=None, description="List price of one unit (单价)")
    unit_cost: Price | None = Field(default=None, description="Cost of one unit (单位成本)")
    currency: CurrencyCode | None = Field(default=None, description="The currency of both, the company's if absent (货币)")
    identifiers: Identifiers = Field(default=ABSENT, description="What other systems call it; the whole list (外部标识)")


class ProductCreate(ProductFields, Create):
    """A new product (产品)."""

    name: Name = REQUIRED


class ProductUpdate(ProductFields, Update):
    """A change of a product (产品)."""


_CREATE = "CREATE (product:Node:Product) SET product = $properties"

_LOCK = """
MATCH (product:Node {id: $id}) SET product._lock = true REMOVE product._lock
WITH product WHERE product:Product AND product.deleted_at IS NULL
RETURN properties(product)
"""

_LOCK_DELETED = """
MATCH (product:Node {id: $id}) SET product._lock = true REMOVE product._lock
WITH product WHERE product:Product
RETURN properties(product)
"""

_SET = """
MATCH (product:Node {id: $id})
SET product += $changed, product.updated_at = $now, product.version = product.version + 1
"""

_SUPPLIER = "MATCH (supplier:Party)-[:OFFERS]->(:Node {id: $id}) RETURN supplier.id AS id"

_TAKE_AWAY = "MATCH ()-[offer:OFFERS]->(:Node {id: $id}) DELETE offer"

_OFFER = "MATCH (supplier:Node {id: $supplier}), (product:Node {id: $id}) CREATE (supplier)-[:OFFERS]->(product)"


async def create(writer: Writer, input: ProductCreate) -> Written:
    """Create a product (新建产品)."""

    async def work(transaction: Transaction, draft: Draft) -> str:
        id, now = writer.ids.new(), writer.now()
        values = _compared(writer, draft, input, {})
        await transaction.run(_CREATE, {"properties": {**values, "id": id, "version": 1, "created_at": now, "updated_at": now}})
        await _put_parts(transaction, writer, draft, input, id)
        return id

    return await write(writer, ChangeAction.CREATE, work, given=input)


async def update(writer: Writer, input: ProductUpdate) -> Written:
    """Change a product; orders keep the prices they were made at (修改产品)."""

    async def work(transaction: Transaction, draft: Draft) -> str:
        before = await locked(transaction, _LOCK, input.id, version=input.version)
        changed = _compared(writer, draft, input, before)
        await _put_parts(transaction, writer, draft, input, input.id)
        if draft.fields:
            await transaction.run(_SET, {"id": input.id, "changed": changed, "now": writer.now()})
        return input.id

    return await write(writer, ChangeAction.UPDATE, work, given=input)


async def delete(writer: Writer, input: Reference) -> Written:
    """Delete a product; it can be restored, and orders keep it (删除产品)."""

    async def work(transaction: Transaction, draft: Draft) -> str:
        await locked(transaction, _LOCK, input.id, version=input.version)
        await identifiers.release(transaction, input.id)
        await _mark(transaction, writer, draft, input.id, None, writer.now())
        return input.id

    return await write(writer, ChangeAction.DELETE, work, given=input)


async def restore(writer: Writer, input: Reference) -> Written:
    """Restore a product that was deleted (恢复产品)."""

    async def work(transaction: Transaction, draft: Draft) -> str:
        before = await locked(transaction, _LOCK_DELETED, input.id, version=input.version)
        if before.get("deleted_at"):
            await identifiers.retake(transaction, input.id)
            await _mark(transaction, writer, draft, input.id, before["deleted_at"], None)
        return input.id

    return await write(writer, ChangeAction.RESTORE, work, given=input)


def _compared(writer: Writer, draft: Draft, input: ProductFields, before: Mapping[str, Any]) -> dict[str, Any]:
    changed = draft.compare(input, before)
    money.denominate(writer, draft, before, changed, "unit_price", "unit_cost")
    after = {**before, **changed}
    name = after["name"]
    return changed | {"sort_name": sort_name(name), "search_text": search_text(name, after.get("category"))}


async def _put_parts(transaction: Transaction, writer: Writer, draft: Draft, input: ProductFields, id: str) -> None:
    if "identifiers" in input.model_fields_set:
        await identifiers.put(transaction, writer, draft, id, input.identifiers)
    if "supplier" in input.model_fields_set:
        await _put_supplier(transaction, draft, id, input.supplier)


async def _put_supplier(transaction: Transaction, draft: Draft, id: str, supplier: str | None) -> None:
    rows = await transaction.run(_SUPPLIER, {"id": id})
    before = rows[0]["id"] if rows else None
    if supplier == before:
        return
    await nodes.find(transaction, "Party", supplier, "supplier")
    draft.set("supplier", before, supplier)
    draft.about(before, supplier)
    await transaction.run(_TAKE_AWAY, {"id": id})
    if supplier is not None:
        await transaction.run(_OFFER, {"id": id, "supplier": supplier})


async def _mark(transaction: Transaction, writer: Writer, draft: Draft, id: str, before: str | None, deleted_at: str | None) -> None:
    draft.set("deletedAt", before, deleted_at)
    await transaction.run(_SET, {"id": id, "changed": {"deleted_at": deleted_at}, "now": writer.now()})
