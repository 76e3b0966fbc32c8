"""Similar parties (相似对象): who is like a party by whom both are tied to."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import Field

from graph.analyses import networks, ties
from graph.analyses.likeness import Likeness, LikenessMeasure, pair
from graph.analyses.networks import NetworkLevel
from graph.analyses.registry import analysis
from graph.analyses.rows import Outcome, RowKind
from graph.analyses.watch import Watch
from graph.fields import Id
from graph.network.similarity import most_similar
from graph.writing import Writer

__all__ = ["SimilarPartiesParameters"]


class SimilarPartiesParameters(Likeness):
    """To whom, in which network, and how it is measured."""

    party: Id = Field(description="Whom the others are compared with (对象)")
    level: NetworkLevel | None = Field(default=None, description="The network; that of the party if absent (网络层级)")
    measure: LikenessMeasure = Field(default=LikenessMeasure.JACCARD, description="How what two have in common counts (相似度算法)")


@dataclass(frozen=True)
class Facts:
    """The networks, and that of the party."""

    networks: networks.Facts
    level: NetworkLevel


async def _load(writer: Writer, parameters: SimilarPartiesParameters) -> Facts:
    facts = await networks.load(writer, parameters)
    levels = [parameters.level] if parameters.level else list(NetworkLevel)
    level = next((each for each in levels if parameters.party in facts.ids[each]), None)
    if level is None:
        raise networks.absent(facts, levels[0], parameters.party, "party")
    return Facts(facts, level)


@analysis(
    "similar_parties",
    title=("Similar parties", "相似对象"),
    purpose=(
        "Who is most like a party, by the neighbours that both have: where one was won, the like may be.",
        "哪些对象与某一对象最相似：依据双方共同的邻居；赢得其一，便可寻找同类。",
    ),
    formula=(
        "|N(a) ∩ N(b)| / |N(a) ∪ N(b)| (Jaccard 1901), or another of the measures",
        "|N(a) ∩ N(b)| / |N(a) ∪ N(b)|（Jaccard 1901），或选用其他指标",
    ),
    complexity=(
        "O(Σ degree) over the party's neighbours; memory O(n + m)",
        "对该方的邻居求和 O(Σ 度)；内存 O(n + m)",
    ),
    rows=RowKind.PAIR_SCORE,
    parameters=SimilarPartiesParameters,
    estimate=ties.estimate,
    load=_load,
)
def similar_parties(facts: Facts, parameters: SimilarPartiesParameters, watch: Watch) -> Outcome:
    """The parties most like the given one, the most alike first, tied to it or not; the neighbours in common are the reasons.

    Who opted out is in no pair and no reason.
    """
    network = networks.network(facts.networks, facts.level, parameters, watch.part(0, 0.4).at)
    node = network.place[parameters.party]
    found = most_similar(network, parameters.first, parameters.measure.kernel, nodes=[node], tick=watch.part(0.4, 0.8).at)
    rows = [pair(network, node, other, score, parameters.measure) for other, score in watch.part(0.8, 1).over(found.of(0))]
    return Outcome(rows, f"similar_parties 1: {parameters.measure.value.lower()}; {parameters.told(facts.level)}")
