"""Viewers who may see less than everything: `api.viewer = strict("Order", hidden=("Product.unitCost",))`."""

from __future__ import annotations

from graph.projection.context import Viewer

WORD = "secret"
"""What has it in one of its texts is hidden."""

_TEXTS = {
    "ContactPoint": "value",
    "Interaction": "subject",
    "Order": "number",
    "Organization": "notes",
    "Person": "notes",
    "Position": "title",
    "Product": "category",
    "Referral": "note",
}


def strict(*types: str, hidden: tuple[str, ...] = ()) -> Viewer:
    """Who may not read the secret ones of these types, nor these fields."""
    rules = {type_: f"coalesce(NOT node.{_TEXTS[type_]} CONTAINS '{WORD}', true)" for type_ in types}
    return Viewer("user:2", "Bob", rules=rules, hidden=frozenset(hidden))
