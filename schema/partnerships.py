"""Partnerships between other parties."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.partners import PartnerKind
from graph.projection.declare import end, prop, tie
from schema.nodes import Node
from schema.scalars import Date

if TYPE_CHECKING:
    from schema.parties import Party


@tie("PARTNERS_WITH", symmetric=True)
class Partnership(Node):
    """Two parties work together; it reads the same from both (合作关系)."""

    parties: list[Party] = end("The two parties, in the order of their ids (双方).", "both")
    kind: PartnerKind | None = prop("What sort of partnership (类别).", filter=True, order=True)
    since: Date | None = prop("From this day on, inclusive (起).", filter=True, order=True)
    until: Date | None = prop("Until this day, exclusive (止).", filter=True, order=True)
    version: int = prop("Raised by every change (版本).")
