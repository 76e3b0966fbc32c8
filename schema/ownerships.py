"""Ownership between parties."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.ownerships import OwnershipKind
from graph.projection.declare import end, prop, tie
from schema.nodes import Node
from schema.scalars import Date, Decimal

if TYPE_CHECKING:
    from schema.organizations import Organization
    from schema.parties import Party


@tie("OWNS")
class Ownership(Node):
    """A share that one party holds in an organization (持股关系)."""

    owner: Party = end("Who owns (股东).", "start")
    owned: Organization = end("What is owned (被投资方).", "end")
    kind: OwnershipKind = prop("What sort of holding (类别).", filter=True, order=True)
    share: Decimal | None = prop("Share of the whole, 0 to 1 (持股比例).", scaled=True, filter=True, order=True)
    controlling: bool = prop("The owner controls it (是否控股).", filter=True)
    since: Date | None = prop("From this day on, inclusive (起).", filter=True, order=True)
    until: Date | None = prop("Until this day, exclusive (止).", filter=True, order=True)
    version: int = prop("Raised by every change (版本).")
