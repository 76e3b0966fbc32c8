"""Who knows whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graph.acquaintances import AcquaintanceBasis, Closeness
from graph.analyses.reasons import Reason as Found
from graph.analyses.reasons import ReasonCode
from graph.metrics import warmth
from graph.projection.declare import computed, end, expression, prop, tie
from schema.nodes import Node
from schema.reasons import shown
from schema.scalars import DateTime

if TYPE_CHECKING:
    from schema.people import Person
    from schema.reasons import Reason

_OUT, _BACK = (
    "CASE WHEN this.`out` > 0 THEN this.`out` ELSE 0.0 END * $decay",
    "CASE WHEN this.`in` > 0 THEN this.`in` ELSE 0.0 END * $decay",
)
_LOW = f"CASE WHEN {_OUT} < {_BACK} THEN {_OUT} ELSE {_BACK} END"
_HIGH = f"CASE WHEN {_OUT} < {_BACK} THEN {_BACK} ELSE {_OUT} END"
_WARM = f"0.8 * (1.0 - exp(-({_LOW}) / 5.0)) + 0.2 * (1.0 - exp(-({_HIGH}) / 5.0))"
_FLOOR = "CASE this.closeness " + " ".join(f"WHEN '{k}' THEN {v}" for k, v in warmth.CLOSENESS_FLOORS.items()) + " ELSE 0.0 END"
STRENGTH = f"CASE WHEN {_WARM} > {_FLOOR} THEN {_WARM} ELSE {_FLOOR} END"

ACQUAINTED = """(tie.count > 0 AND tie.first_at < $over OR (tie.declared OR tie.until IS NOT NULL)
    AND (tie.since IS NULL OR tie.since <= $day) AND (tie.until IS NULL OR tie.until > $day))"""
"""On a day two people know each other since their first interaction, or for the period that somebody declared."""


def reasons(out: float | None, back: float | None, closeness: str | None, language: str, decay: float) -> list[dict[str, Any]]:
    """What contact both ways, contact one way and a declared closeness give to the strength of a tie."""
    found = warmth.strength((out or 0.0) * decay, (back or 0.0) * decay, closeness)
    parts = {ReasonCode.MUTUAL: found.mutual, ReasonCode.ONE_SIDED: found.one_sided, ReasonCode.DECLARED: found.floor}
    warm = found.mutual + found.one_sided >= found.floor
    shares = {
        code: value / found.value if found.value and (code is not ReasonCode.DECLARED) == warm else 0.0 for code, value in parts.items()
    }
    return [shown(Found(code, value, None, shares[code]), language) for code, value in parts.items() if value]


@tie("KNOWS", symmetric=True)
class Acquaintance(Node):
    """Two people know each other; kept by their interactions, or declared (认识关系)."""

    parties: list[Person] = end("The two people, in the order of their ids (双方).", "both")
    strength: float = expression(
        "From 0 to below 1: contact both ways counts most and fades by half in 180 days (关系强度).",
        STRENGTH,
        filter=True,
        order=True,
        digits=9,
    )
    bases: list[AcquaintanceBasis] = prop("Where they know each other from (相识基础).", filter=True)
    closeness: Closeness | None = prop("How close, as somebody declared (亲密程度).", filter=True, order=True)
    interaction_count: int = prop("How many interactions joined them (互动次数).", name="count", filter=True, order=True)
    first_interaction_at: DateTime | None = prop("The first of these (首次互动时间).", name="first_at", filter=True, order=True)
    last_interaction_at: DateTime | None = prop("The last of these (最近互动时间).", name="last_at", filter=True, order=True)
    reasons: list[Reason] = computed(
        "What makes up the strength (强度构成).", reasons, "this.`out`", "this.`in`", "this.closeness", takes=("language", "decay")
    )
    version: int = prop("Raised by changes of what was declared (版本).")
