"""Influence, as the newest run of the analysis left it on the party."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import strawberry

from graph.analyses.influence import NetworkLevel
from graph.projection.declare import computed, part_of, prop, unfold, value
from schema.reasons import lists, unfold_reasons
from schema.scalars import DateTime

if TYPE_CHECKING:
    from schema.reasons import Reason


@value
class ScorePoint:
    """A score at an earlier time (历史得分)."""

    as_of: DateTime = strawberry.field(description="When it was computed (截至时间).")
    score: float = strawberry.field(description="The score then (得分).")
    rank: int = strawberry.field(description="The rank then (排名).")


def trail(at: list[str] | None, scores: list[float] | None, ranks: list[int] | None) -> list[dict[str, Any]]:
    """Parallel lists as points, oldest first."""
    return [{"asOf": a, "score": s, "rank": r} for a, s, r in zip(at or [], scores or [], ranks or [], strict=True)]


@part_of
class Influence:
    """How much weight a party has in its network, from 0 to 100 (影响力)."""

    level: NetworkLevel = prop("In which network (网络层级).", name="influence_level", filter=True)
    score: float = prop("The score; the greatest is 100 (得分).", name="influence_score", filter=True, order=True)
    rank: int = prop("1 is the most influential (排名).", name="influence_rank", filter=True, order=True)
    percentile: float = prop("Per cent of the others that score lower (百分位).", name="influence_percentile", filter=True, order=True)
    as_of: DateTime = prop("When it was computed (截至时间).", name="influence_as_of", filter=True, order=True)
    formula: str = prop("Which formula, with its version (公式).", name="influence_formula")
    reasons: list[Reason] = unfold(
        "What the score is made of, the greatest parts first (得分构成).",
        unfold_reasons,
        *lists("influence_"),
        reference="influence_reason_parties",
        unless="network_opt_out",
    )
    trail: list[ScorePoint] = computed(
        "Earlier scores (历史).", trail, "this.influence_trail_at", "this.influence_trail_scores", "this.influence_trail_ranks"
    )
