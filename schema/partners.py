"""Partners: periods in which a party is a partner of one of our companies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.partners import PartnerKind
from graph.projection.declare import end, prop, tie
from schema.nodes import Node
from schema.scalars import Date

if TYPE_CHECKING:
    from schema.organizations import Organization
    from schema.parties import Party


@tie("PARTNER_OF")
class Partner(Node):
    """A period as partner of one of our companies (合作伙伴关系)."""

    party: Party = end("The partner (合作伙伴).", "start")
    own: Organization = end("Our company (本公司).", "end")
    since: Date | None = prop("From this day on, inclusive (起).", filter=True, order=True)
    until: Date | None = prop("Until this day, exclusive (止).", filter=True, order=True)
    version: int = prop("Raised by every change (版本).")
    kind: PartnerKind | None = prop("What sort of partner (类别).", filter=True, order=True)
    tier: str | None = prop("Tier of the partner programme (等级).", filter=True, order=True)
