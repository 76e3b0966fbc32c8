"""Customers: periods in which a party is a customer of one of our companies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.customers import CustomerSegment, CustomerStage
from graph.projection.connections import Connection
from graph.projection.declare import end, link, prop, tie, total
from schema.money import Money, shown
from schema.nodes import Node
from schema.scalars import Date

if TYPE_CHECKING:
    from schema.organizations import Organization
    from schema.parties import Party


@tie("CUSTOMER_OF")
class Customer(Node):
    """A period as customer of one of our companies (客户关系)."""

    party: Party = end("The customer (客户).", "start")
    own: Organization = end("Our company (本公司).", "end")
    since: Date | None = prop("From this day on, inclusive (起).", filter=True, order=True)
    until: Date | None = prop("Until this day, exclusive (止).", filter=True, order=True)
    version: int = prop("Raised by every change (版本).")
    stage: CustomerStage | None = prop("Where in the lifecycle (生命周期阶段).", filter=True, order=True)
    segment: CustomerSegment | None = prop("Business or consumer (客户类型).", filter=True, order=True)
    revenue: Money | None = total(
        "The exact sum of its orders, cancelled ones left out; null over several currencies (收入).",
        shown,
        "(start)-[:BOUGHT]->(order:Order)",
        "order.total",
        "order.currency",
        where="order.cancelled_at IS NULL",
        between="order.ordered_at",
    )
    suppliers: Connection[Party] | None = link(
        "Who supplies the products it bought (其所购产品的供应商).",
        "(start)-[:BOUGHT]->(:Order)-[:CONTAINS]->(:Product)<-[:OFFERS]-(node:Party)",
    )
