"""Products from files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

from graph import products
from graph.database import Transaction
from graph.errors import NotFound
from graph.imports.batches import Batch, Kind, Row
from graph.imports.columns import Column, plain
from graph.imports.keys import PARTY, PRODUCT, Ask, Entry, Key, Keys
from graph.imports.kinds.parties import identify
from graph.imports.ledger import Last
from graph.products import ProductCreate, ProductFields, ProductUpdate
from graph.text import search_text, sort_name
from graph.writing import Writer

_COLUMNS = (
    Column("key", required=True),
    Column("name", ("name",), required=True),
    Column("supplier_key", names=PARTY, label="Party"),
    *plain(ProductFields, "name", "supplier", "identifiers"),
)
_CREATE: LiteralString = "UNWIND $rows AS row CREATE (product:Node:Product) SET product = row"
_OFFER: LiteralString = """
UNWIND $rows AS row
MATCH (supplier:Node {id: row.supplier})
MATCH (product:Node {id: row.product})
CREATE (supplier)-[:OFFERS]->(product)
"""
_VERSION: LiteralString = """
MATCH (product:Node {id: $id}) WHERE product:Product AND product.deleted_at IS NULL
RETURN product.version AS version
"""


@dataclass(frozen=True)
class Products(Kind):
    """What is bought and sold."""

    async def recognised(self, ask: Ask, keys: Keys, entries: Sequence[Entry]) -> dict[Key, Last]:
        """Products that have the key as an identifier already."""
        found = await keys.find(ask, [entry.key for entry in entries])
        return {key: Last(self.name, this.id) for key, this in found.items() if this.id}

    async def create(self, transaction: Transaction, batch: Batch) -> None:
        rows = batch.accepted
        for row in rows:
            row.id = batch.writer.ids.new()
        await transaction.run(_CREATE, {"rows": [_properties(batch.writer, row) for row in rows]})
        await identify(transaction, batch, rows)
        offers = [{"supplier": supplier.id, "product": row.id} for row in rows if (supplier := batch.named(row, "supplier_key"))]
        await transaction.run(_OFFER, {"rows": offers})

    async def correct(self, batch: Batch, row: Row) -> None:
        found = await batch.writer.database.read(_VERSION, {"id": row.id})
        if not found:
            raise NotFound(row.id, "id")
        given = self.corrected(row, batch.writer)
        if "supplier_key" in row.changed:
            supplier = batch.named(row, "supplier_key")
            given["supplier"] = supplier.id if supplier else None
        await products.update(batch.writer, ProductUpdate.parse({**given, "id": row.id, "version": found[0]["version"]}))


def _properties(writer: Writer, row: Row) -> dict[str, Any]:
    now = writer.now()
    given = row.stored
    if {"unit_price", "unit_cost"} & given.keys():
        given.setdefault("currency", writer.customs.currency)
    derived = {"sort_name": sort_name(given["name"]), "search_text": search_text(given["name"], given.get("category"))}
    return {**given, **derived, "id": row.id, "version": 1, "created_at": now, "updated_at": now}


PRODUCTS = Products("products", PRODUCT, ProductCreate, _COLUMNS, labels=frozenset({"Product"}))
