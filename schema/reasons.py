"""Reasons: what a score is made of, as far as the viewer may know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import strawberry

from graph.analyses.reasons import Reason as Found
from graph.analyses.reasons import ReasonCode
from graph.projection.declare import value

if TYPE_CHECKING:
    from schema.parties import Party

_NO_WEIGHT = -1.0
# The last bits of sums differ between machines.
DIGITS = 9


@value
class Reason:
    """One part of a score (原因)."""

    code: str = strawberry.field(description="What kind of part; it never changes (代码).")
    label: str = strawberry.field(description="The kind in the language of the request (说明).")
    value: float = strawberry.field(description="What it gave to the score (数值).")
    weight: float | None = strawberry.field(description="By which weight (权重).")
    share: float | None = strawberry.field(description="Its share of the score; shares add up to 1 (占比).")
    party: Party | None = strawberry.field(description="Whom it came from; null where nobody did, or the viewer may not know (关系方).")


def shown(reason: Found, language: str, party: Any = None) -> dict[str, Any]:
    """A reason as clients see it."""
    return {
        "code": reason.code.value,
        "label": reason.code.label(language),
        "value": round(reason.value, DIGITS),
        "weight": reason.weight,
        "share": round(reason.share, DIGITS),
        "party": party,
    }


def unfold_reasons(rows: list[list[Any]], first: int, language: str) -> list[dict[str, Any]]:
    """Rows (code, value, weight, share, party id, party) as reasons: what the viewer may not read is folded into OTHERS, the last."""
    kept, folded = [], [0.0, 0.0]
    for code, given, weight, share, reference, party in rows:
        if code == ReasonCode.OTHERS or (reference and party is None):
            folded = [folded[0] + given, folded[1] + share]
        else:
            kept.append(shown(Found(ReasonCode[code], given, None if weight == _NO_WEIGHT else weight, share), language, party))
    if any(folded):
        kept.append(shown(Found(ReasonCode.OTHERS, folded[0], None, folded[1]), language))
    return kept[:first]


def lists(prefix: str) -> tuple[str, str, str, str]:
    """The properties in which reasons are stored, in the order that `unfold_reasons` reads them."""
    return (f"{prefix}reason_codes", f"{prefix}reason_values", f"{prefix}reason_weights", f"{prefix}reason_shares")
