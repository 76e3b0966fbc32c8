"""Products."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.projection.declare import computed, link, node, prop
from schema.money import Money, shown
from schema.nodes import Node

if TYPE_CHECKING:
    from schema.parties import Identifier, Party


@node("Product")
class Product(Node):
    """What is sold (产品)."""

    name: str = prop("The name as shown (名称).", filter=True, order=True, by="this.sort_name")
    category: str | None = prop("Category (类别).", filter=True, order=True)
    supplier: Party | None = link("Who supplies it (供应商).", "(this)<-[:OFFERS]-(node:Party)", pick="node.id")
    unit_price: Money | None = computed(
        "List price of one unit (单价).", shown, "this.unit_price", "this.currency", order=True, by="this.unit_price"
    )
    unit_cost: Money | None = computed(
        "Cost of one unit (单位成本).", shown, "this.unit_cost", "this.currency", order=True, by="this.unit_cost"
    )
    identifiers: list[Identifier] = link(
        "What other systems call it (外部标识).", "(this)-[:IDENTIFIED_BY]->(node:Identifier)", pick="node.key"
    )
    version: int = prop("Raised by every change (版本).")
