"""Finding what an input names, alike for all nouns: it is there, of the right kind and not deleted, or it is NotFound."""

from __future__ import annotations

from graph.database import Transaction
from graph.errors import NotFound

__all__ = ["find", "hold"]

# Looked up by the common label, which has the index on ids; the lock outlives the property, until the commit.
_HOLD = """
MATCH (node:Node {id: $id}) SET node._lock = true REMOVE node._lock
WITH node WHERE node.deleted_at IS NULL AND $label IN labels(node)
RETURN node.id AS id
"""

_FIND = "MATCH (node:Node {id: $id}) WHERE node.deleted_at IS NULL AND $label IN labels(node) RETURN node.id AS id"


async def hold(transaction: Transaction, label: str, id: str, *path: str) -> None:
    """Locks the node `id` until the commit; NotFound unless it is a `label`."""
    if not await transaction.run(_HOLD, {"id": id, "label": label}):
        raise NotFound(id, *path)


async def find(transaction: Transaction, label: str, id: str | None, *path: str) -> None:
    """NotFound unless the node `id` is a `label`; None is nobody, and fine."""
    if id is not None and not await transaction.run(_FIND, {"id": id, "label": label}):
        raise NotFound(id, *path)
