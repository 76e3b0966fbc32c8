"""What was deleted, told from what never was. Inputs never name what their author may not read, so that this tells nobody too much."""

from __future__ import annotations

from graph.database import Transaction
from graph.errors import Message, NotFound

_RESTORES = {"Person": "personRestore", "Organization": "organizationRestore", "Product": "productRestore"}

_GONE = "MATCH (n:Node {id: $id}) WHERE n.deleted_at IS NOT NULL RETURN labels(n)"


class Deleted(NotFound):
    """What the input names was deleted; `restore` is the mutation that brings it back, if one does."""

    def __init__(self, missing_id: str, restore: str | None, *path: str) -> None:
        super().__init__(missing_id, *path)
        name = ".".join(path) or "id"
        en, zh = (f", and {restore} brings it back", f"，可用 {restore} 恢复") if restore else ("", "")
        self.text = Message(
            f"{name}: nothing of this kind has the id {missing_id!r} any more: it was deleted{en}",
            f"{name}：已没有 id 为“{missing_id}”的此类对象：它已被删除{zh}",
        )


async def missing(transaction: Transaction, id: str, *path: str) -> NotFound:
    """Why there is nothing with this id, to be raised."""
    rows = await transaction.run(_GONE, {"id": id})
    if not rows:
        return NotFound(id, *path)
    return Deleted(id, next((_RESTORES[label] for label in rows[0][0] if label in _RESTORES), None), *path)
