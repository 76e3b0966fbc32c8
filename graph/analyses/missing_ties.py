"""Missing ties (潜在关系): who probably knows whom, though nobody has recorded it."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from graph.analyses import networks, ties
from graph.analyses.likeness import Likeness, LikenessMeasure, pair
from graph.analyses.networks import Facts
from graph.analyses.registry import analysis
from graph.analyses.rows import Outcome, RowKind
from graph.analyses.watch import Watch
from graph.network.similarity import most_similar
from graph.writing import Writer

__all__ = ["MissingTiesParameters"]

_EACH = 20


class MissingTiesParameters(Likeness):
    """The network, how many pairs, and how they are told."""

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
    formula="Σ 1/ln degree(w) over the common neighbours w of a and b (Adamic & Adar 2003), or another of the measures",
    complexity="O(Σ degree²) over all nodes",
    rows=RowKind.PAIR_SCORE,
    parameters=MissingTiesParameters,
    estimate=ties.estimate,
    load=_load,
)
def missing_ties(facts: Facts, parameters: MissingTiesParameters, watch: Watch) -> Outcome:
    """Pairs that have neighbours in common and no tie, the likeliest first; the neighbours in common are the reasons.

    Of each party the twenty likeliest are looked at. Who opted out is in no pair and no reason.
    """
    network = networks.network(facts, parameters.level, parameters)
    found = most_similar(network, _EACH, parameters.measure.kernel, tied=False, tick=lambda done: watch.at(0.8 * done))
    a = np.repeat(np.arange(len(network)), np.diff(found.indptr))
    low, high = np.minimum(a, found.places), np.maximum(a, found.places)
    order = np.lexsort((high, low, -np.round(found.scores, 12)))
    pairs = dict.fromkeys(zip(low[order].tolist(), high[order].tolist(), np.round(found.scores[order], 12).tolist(), strict=True))
    rows = [pair(network, *each, parameters.measure) for each in list(pairs)[: parameters.first]]
    watch.at(1)
    return Outcome(rows, f"missing_ties 1: {parameters.measure.value.lower()}; {parameters.told(parameters.level)}")
