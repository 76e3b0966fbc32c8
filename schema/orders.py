"""Orders and their lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.projection.declare import computed, end, link, node, prop, tie
from schema.money import Money, shown
from schema.nodes import Node
from schema.scalars import CurrencyCode, DateTime, Decimal

if TYPE_CHECKING:
    from schema.parties import Party
    from schema.people import Person
    from schema.products import Product


@tie("CONTAINS", lasting=False)
class OrderLine:
    """One product of an order (订单行)."""

    product: Product = end("What was ordered (产品).", "end")
    quantity: Decimal = prop("How many units (数量).", scaled=True, filter=True)
    unit_price: Money = computed("Price of one unit, before the discount (单价).", shown, "this.unit_price", "start.currency")
    discount: Decimal = prop("Share taken off, 0 to 1 (折扣).", scaled=True, filter=True)
    unit_cost: Money | None = computed("Cost of one unit (单位成本).", shown, "this.unit_cost", "start.currency")
    total: Money = computed("Quantity × price × (1 − discount) (合计).", shown, "this.total", "start.currency")


@node("Order")
class Order(Node):
    """A purchase by a party (订单)."""

    number: str | None = prop("Our number of it (订单号).", filter=True, order=True)
    buyer: Party = link("Who bought (买方).", "(this)<-[:BOUGHT]-(node:Party)")
    seller: Person | None = link("Who of ours sold (销售员).", "(this)<-[:SOLD]-(node:Person)", pick="node.id")
    partner: Party | None = link("The partner who brought it (带来订单的合作伙伴).", "(this)<-[:BROUGHT]-(node:Party)", pick="node.id")
    ordered_at: DateTime = prop("When it was placed (下单时间).", filter=True, order=True)
    cancelled_at: DateTime | None = prop("When it was cancelled (取消时间).", filter=True, order=True)
    currency: CurrencyCode = prop("Currency (货币).", filter=True, order=True)
    lines: list[OrderLine] = link("What was ordered (订单行).", "(this)-[tie:CONTAINS]->(node:Product)", pick="tie.place")
    total: Money = computed("The exact sum of its lines (总额).", shown, "this.total", "this.currency", order=True, by="this.total")
    margin: Money | None = computed(
        "Total less costs; null unless every line has a unit cost (毛利).",
        shown,
        "this.margin",
        "this.currency",
        order=True,
        by="this.margin",
    )
    version: int = prop("Raised by every change (版本).")
