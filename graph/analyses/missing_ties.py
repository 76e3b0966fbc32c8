"""Missing ties (潜在关系): who probably knows whom, though nobody has recorded it."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from graph.analyses import networks, ties
from graph.analyses.likeness import Likeness, LikenessMeasure, pair
from graph.analyses.networks import Facts, NetworkLevel
from graph.analyses.registry import analysis
from graph.analyses.rows import Outcome, RowKind
from graph.analyses.watch import Watch
from graph.network.similarity import Alike, most_similar
from graph.network.threads import one
from graph.writing import Writer

__all__ = ["MissingTiesParameters"]

_EACH = 20


class MissingTiesParameters(Likeness):
    """The network, how many pairs, and how they are told."""

    level: NetworkLevel = Field(default=NetworkLevel.PEOPLE, description="The network (网络层级)")
    measure: LikenessMeasure = Field(default=LikenessMeasure.ADAMIC_ADAR, description="How what two have in common counts (相似度算法)")


async def _load(writer: Writer, parameters: MissingTiesParameters) -> Facts:
    return await networks.load(writer, parameters)


@analysis(
    "missing_ties",
    title=("Missing ties", "潜在关系"),
    purpose=(
        "Who probably knows whom without a tie between them on record, by whom both know.",
        "谁与谁很可能相识但尚无记录：依据双方的共同联系人推断。",
    ),
    formula=(
        "Σ 1/ln degree(w) over the common neighbours w of a and b (Adamic & Adar 2003), or another of the measures",
        "对 a、b 的共同邻居 w 求 Σ 1/ln 度(w)（Adamic & Adar 2003），或选用其他指标",
    ),
    complexity=(
        "O(Σ degree²) over all nodes; memory O(n + m)",
        "对全部节点求和 O(Σ 度²)；内存 O(n + m)",
    ),
    rows=RowKind.PAIR_SCORE,
    parameters=MissingTiesParameters,
    estimate=ties.estimate,
    load=_load,
)
def missing_ties(facts: Facts, parameters: MissingTiesParameters, watch: Watch) -> Outcome:
    """Pairs that have neighbours in common and no tie, the likeliest first; the neighbours in common are the reasons.

    Of each party the twenty likeliest are looked at. Who opted out is in no pair and no reason.
    """
    network = networks.network(facts, parameters.level, parameters, watch.part(0, 0.1).at)
    found = most_similar(network, _EACH, parameters.measure.kernel, tied=False, tick=watch.part(0.1, 0.8).at)
    pairs = one(lambda: _likeliest(found, parameters.first), watch.part(0.8, 0.9).at)
    rows = [pair(network, *each, parameters.measure) for each in watch.part(0.9, 1).over(pairs)]
    return Outcome(rows, f"missing_ties 1: {parameters.measure.value.lower()}; {parameters.told(parameters.level)}")


def _likeliest(found: Alike, first: int) -> list[tuple[int, int, float]]:
    """The `first` pairs of the greatest scores, each once; equals in the order of their places."""
    n = len(found.indptr) - 1
    a = np.repeat(np.arange(n), np.diff(found.indptr))
    pairs, at = np.unique(np.minimum(a, found.places) * n + np.maximum(a, found.places), return_index=True)
    scores = np.round(found.scores[at], 12)
    order = np.lexsort((pairs, -scores))[:first]
    low, high = np.divmod(pairs[order], max(n, 1))
    return list(zip(low.tolist(), high.tolist(), scores[order].tolist(), strict=True))
