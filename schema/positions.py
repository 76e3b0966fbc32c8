"""Positions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.positions import PositionKind, Seniority
from graph.projection.connections import Connection
from graph.projection.declare import expression, link, node, prop
from schema.nodes import Node
from schema.scalars import PartialDate

if TYPE_CHECKING:
    from schema.organizations import Organization
    from schema.people import Person

CURRENT = "(this.since IS NULL OR this.since <= $today) AND (this.until IS NULL OR this.until > $today)"


@node("Position")
class Position(Node):
    """A position at an organization, for a time; vacant where nobody holds it (职位)."""

    organization: Organization = link("Where it is (所在组织).", "(this)-[:AT]->(node:Organization)")
    person: Person | None = link("Who holds it; null: vacant, or not known yet (任职者).", "(this)<-[:HOLDS]-(node:Person)")
    kind: PositionKind = prop("What sort of position (类别).", filter=True, order=True)
    title: str | None = prop("Title (职务).", filter=True, order=True)
    department: str | None = prop("Department (部门).", filter=True, order=True)
    seniority: Seniority | None = prop("Rank in the organization (级别).", filter=True, order=True)
    primary: bool = prop("The main one among those the person holds (是否主要职位).", filter=True)
    since: PartialDate | None = prop("From then on, inclusive (起).", filter=True, order=True)
    until: PartialDate | None = prop("Until then, exclusive (止).", filter=True, order=True)
    current: bool = expression("Held today (是否现任).", CURRENT, filter=True)
    reports_to: Position | None = link("The superior position (汇报对象).", "(this)-[:REPORTS_TO]->(node:Position)")
    reports: Connection[Position] | None = link("Positions that report to it (下属).", "(this)<-[:REPORTS_TO]-(node:Position)")
    version: int = prop("Raised by every change (版本).")
