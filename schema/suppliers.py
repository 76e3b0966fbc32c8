"""Suppliers: periods in which a party is a supplier of one of our companies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.projection.connections import Connection
from graph.projection.declare import end, link, prop, tie
from graph.suppliers import Criticality
from schema.nodes import Node
from schema.scalars import Date

if TYPE_CHECKING:
    from schema.organizations import Organization
    from schema.parties import Party
    from schema.products import Product


@tie("SUPPLIER_OF")
class Supplier(Node):
    """A period as supplier of one of our companies (供应商关系)."""

    party: Party = end("The supplier (供应商).", "start")
    own: Organization = end("Our company (本公司).", "end")
    since: Date | None = prop("From this day on, inclusive (起).", filter=True, order=True)
    until: Date | None = prop("Until this day, exclusive (止).", filter=True, order=True)
    version: int = prop("Raised by every change (版本).")
    category: str | None = prop("What it supplies (供应类别).", filter=True, order=True)
    criticality: Criticality | None = prop("How badly we would miss it (关键程度).", filter=True, order=True)
    products: Connection[Product] | None = link("The products it offers (产品).", "(start)-[:OFFERS]->(node:Product)")
