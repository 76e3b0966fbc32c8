"""Supply between parties."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.projection.connections import Connection
from graph.projection.declare import end, link, prop, tie
from schema.nodes import Node
from schema.scalars import Date

if TYPE_CHECKING:
    from schema.parties import Party
    from schema.products import Product


@tie("SUPPLIES")
class Supply(Node):
    """One party supplies another (供应关系)."""

    supplier: Party = end("Who supplies (供应方).", "start")
    buyer: Party = end("Who is supplied (采购方).", "end")
    category: str | None = prop("What is supplied (类别).", filter=True, order=True)
    products: Connection[Product] | None = link("The products the supplier offers (产品).", "(start)-[:OFFERS]->(node:Product)")
    since: Date | None = prop("From this day on, inclusive (起).", filter=True, order=True)
    until: Date | None = prop("Until this day, exclusive (止).", filter=True, order=True)
    version: int = prop("Raised by every change (版本).")
