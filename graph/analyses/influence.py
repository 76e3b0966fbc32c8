"""Influence (影响力): who counts because of whom they are tied to, and how much each of these adds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Annotated, Any, LiteralString

import numpy as np
from pydantic import Field, ValidationInfo, field_validator

from graph.analyses import networks, ties
from graph.analyses.networks import KINDS, Facts, NetworkLevel, Weight, Weights
from graph.analyses.ranking import Explained, Ranking, blend, ranked
from graph.analyses.reasons import ReasonCode, WhenAsked, packed
from graph.analyses.registry import Estimate, analysis, between
from graph.analyses.rows import NodeScore, OnParties, Outcome, RowKind, Scored, Scores
from graph.analyses.watch import Watch
from graph.errors import ProblemCode, refused
from graph.fields import wrong
from graph.network import IntArray, Network, centrality
from graph.network.centrality import Centrality, NotConverged
from graph.terms import Term
from graph.writing import Writer

__all__ = ["CentralityMeasure", "InfluenceParameters", "NetworkLevel", "influence"]

VERSION = 1


class CentralityMeasure(Term):
    """How influence is measured (中心性算法)."""

    KATZ = "Katz: one's own, and what the neighbours pass on", "Katz 中心性"
    PAGERANK = "PageRank: what the neighbours share out among theirs", "PageRank"
    EIGENVECTOR = "Eigenvector: only what the neighbours pass on", "特征向量中心性"
    HITS = "HITS: hubs and authorities", "HITS"
    BETWEENNESS = "Betweenness: how often one stands between others", "中介中心性"
    BLEND = "A weighted mean of the others, each scaled so that its largest is 100", "加权综合"


_BLENDED = tuple(measure for measure in CentralityMeasure if measure is not CentralityMeasure.BLEND)


class InfluenceParameters(Weights, Scored):
    """What influence is computed from."""

    level: NetworkLevel | None = Field(default=None, description="The network; both if absent (网络层级)")
    measure: CentralityMeasure = Field(default=CentralityMeasure.KATZ, description="How it is measured (中心性算法)")
    alpha: Annotated[float, between(0, 0.99)] = Field(
        default=0.95, description="Katz: how much is passed on, as a share of the most that converges (衰减系数)"
    )
    damping: Annotated[float, between(0, 0.99)] = Field(default=0.85, description="PageRank: how much is passed on (阻尼系数)")
    katz: Weight = Field(default=1.0, description="Blend: weight of Katz (Katz 权重)")
    pagerank: Weight = Field(default=1.0, description="Blend: weight of PageRank (PageRank 权重)")
    eigenvector: Weight = Field(default=0.0, description="Blend: weight of the eigenvector (特征向量权重)")
    hits: Weight = Field(default=0.0, description="Blend: weight of HITS (HITS 权重)")
    betweenness: Weight = Field(default=0.0, validate_default=True, description="Blend: weight of betweenness (中介权重)")

    @field_validator("betweenness")
    @classmethod
    def _something_to_blend(cls, value: float, info: ValidationInfo) -> float:
        blend = info.data.get("measure") is CentralityMeasure.BLEND
        if blend and not value and not any(info.data.get(measure.value.lower(), 1) for measure in _BLENDED[:-1]):
            raise wrong("a blend needs a measure with a weight above 0", "加权综合至少需要一个权重大于 0 的算法", ProblemCode.OUT_OF_RANGE)
        return value

    def blended(self) -> dict[CentralityMeasure, float]:
        """The share of each measure that counts; they add up to 1."""
        if self.measure is not CentralityMeasure.BLEND:
            return {self.measure: 1.0}
        weights = {measure: float(getattr(self, measure.value.lower())) for measure in _BLENDED}
        return {measure: weight / sum(weights.values()) for measure, weight in weights.items() if weight}

    def formula(self, level: NetworkLevel) -> str:
        """What a score says it was computed by: version, measures, weights."""
        constant = {CentralityMeasure.KATZ: f" α {self.alpha:g}", CentralityMeasure.PAGERANK: f" d {self.damping:g}"}
        measures = [(m.value.lower() + constant.get(m, ""), share) for m, share in self.blended().items()]
        told = " + ".join(name if len(measures) == 1 else f"{share:.3g} {name}" for name, share in measures)
        return f"influence {VERSION}: {told}; {self.told(level)}"


# Measured on two cores: betweenness looks from each node at each tie once.
_SECONDS_A_VISIT = 1.2e-8
_OWN = ("level", "score", "rank", "percentile", "as_of", "formula", "run", "trail_at", "trail_scores", "trail_ranks")
# Who was deleted or opted out since the facts were read gets no score. A run that was taken over may have been here before.
_WRITE: LiteralString = f"""
UNWIND $rows AS row
MATCH (n:Node {{id: row.id}}) WHERE {ties.takes_part("n")}
WITH n, row.properties AS given, CASE WHEN n.influence_run = $run THEN -1 ELSE 24 END AS before
SET n += given {{.*,
  influence_run: $run,
  influence_as_of: $as_of,
  influence_trail_at: (coalesce(n.influence_trail_at, [])[..before] + $as_of)[-24..],
  influence_trail_scores: (coalesce(n.influence_trail_scores, [])[..before] + given.influence_score)[-24..],
  influence_trail_ranks: (coalesce(n.influence_trail_ranks, [])[..before] + given.influence_rank)[-24..]
}}
"""
_CLEAR: LiteralString = """
MATCH (n:Party) WHERE n.influence_run <> $run AND n.influence_level IN $levels
WITH n LIMIT $batch
SET n += $nothing
RETURN count(n)
"""
_WITHDRAW: LiteralString = """
MATCH (n:Party) WHERE n.influence_run IS NOT NULL AND n.influence_level IN $levels
WITH n LIMIT $batch
WITH n, $nothing AS nothing, CASE WHEN n.influence_run = $run THEN -1 ELSE 24 END AS before
SET n += nothing {.*,
  influence_trail_at: n.influence_trail_at[..before],
  influence_trail_scores: n.influence_trail_scores[..before],
  influence_trail_ranks: n.influence_trail_ranks[..before]
}
RETURN count(n)
"""
_WROTE: LiteralString = "MATCH (n:Party) WHERE n.influence_run = $run RETURN n.id LIMIT 1"
_KEPT = OnParties(tuple(f"influence_{name}" for name in (*_OWN, *packed(()))), _WRITE, _CLEAR, _WITHDRAW, _WROTE)


async def _estimate(writer: Writer, parameters: InfluenceParameters) -> Estimate:
    found = await ties.estimate(writer, parameters)
    between = CentralityMeasure.BETWEENNESS in parameters.blended()
    return found.longer(found.nodes * found.edges * _SECONDS_A_VISIT) if between else found


async def _load(writer: Writer, parameters: InfluenceParameters) -> Facts:
    return await networks.load(writer, parameters)


@analysis(
    "influence",
    title=("Influence", "影响力"),
    purpose=(
        "Who counts, among people and among organizations, because of whom they are tied to; and what each of these adds.",
        "在人与组织两个层级上，谁因其关系而有影响力，以及每个邻居贡献了多少。",
    ),
    formula=(
        "x = α/λ · A·x + 1 (Katz), scaled so that the largest is 100; A: the strongest tie of each pair, λ: its largest eigenvalue",
        "x = α/λ · A·x + 1（Katz），缩放使最大值为 100；A：每对之间最强的关系，λ：其最大特征值",
    ),
    complexity=(
        "O(m) an iteration for m ties, some 60 iterations; betweenness O(n·m); memory O(n + m)",
        "m 条关系：每次迭代 O(m)，约 60 次；介数中心性 O(n·m)；内存 O(n + m)",
    ),
    rows=RowKind.NODE_SCORE,
    parameters=InfluenceParameters,
    estimate=_estimate,
    load=_load,
    kept=_KEPT,
)
def influence(facts: Facts, parameters: InfluenceParameters, watch: Watch) -> Outcome:
    """Katz centrality, or another, of each network: scaled to 0…100, ranked and explained.

    People are tied by acquaintance (its strength), reporting lines and referrals; organizations by ownership, partnership, supply and
    referrals, and by their people's acquaintances together, `1 − exp(−Σ strength / 5)`. The strongest tie of a pair counts, if it holds
    on the day. Who opted out is left out altogether. A score is what one has of one's own (1) and what each neighbour passes on: its
    reasons, whose shares add up to 1; betweenness is all one's own. Rank 1 is the best, equals in the order of their ids; the percentile
    says how many per cent of the others score lower. Scores of a past day are rows of the run; those on the parties stay what is so now.
    """
    levels = [parameters.level] if parameters.level else list(NetworkLevel)
    rows: list[NodeScore] = []
    scored: list[_Scored] = []
    for done, level in enumerate(levels):
        part = watch.part(done / len(levels), (done + 1) / len(levels))
        network = networks.network(facts, level, parameters, part.part(0, 0.1).at)
        found = _measured(network, parameters, part.part(0.1, 0.9).at)
        scored.append(_Scored(level, parameters.measure, network, found, parameters.formula(level)))
        rows += scored[-1].rows(part.part(0.9, 1))
    scores = Scores(_OnParties(scored), facts.moment.at, tuple(level.value for level in levels))
    return Outcome(rows, " | ".join(each.formula for each in scored), scores)


@dataclass(frozen=True)
class _Scored:
    """The scores of one network."""

    level: NetworkLevel
    measure: CentralityMeasure
    network: Network
    found: Centrality
    formula: str

    def rows(self, watch: Watch) -> Iterator[NodeScore]:
        """The best first."""
        ranking, why = self.ranking, self._explained(self.ranking.order)
        for place, node in enumerate(watch.over(ranking.order.tolist())):
            yield NodeScore(self.network.ids[node], float(ranking.scores[node]), place + 1, WhenAsked(partial(why.__getitem__, place)))

    def on_party(self, node: int) -> dict[str, Any]:
        """The properties of one party."""
        return {
            "influence_level": self.level.value,
            "influence_formula": self.formula,
            "influence_score": float(self.ranking.scores[node]),
            "influence_rank": int(self._ranks[node]),
            "influence_percentile": float(self.ranking.percentiles[node]),
            **packed(self._why[node], "influence_"),
        }

    @cached_property
    def ranking(self) -> Ranking:
        return ranked(self.found.scores)

    @cached_property
    def _ranks(self) -> IntArray:
        ranks = np.empty(len(self.network), np.int64)
        ranks[self.ranking.order] = np.arange(1, len(ranks) + 1)
        return ranks

    @cached_property
    def _why(self) -> Explained:
        return self._explained()

    def _explained(self, order: IntArray | None = None) -> Explained:
        own = ReasonCode.BETWEEN if self.measure is CentralityMeasure.BETWEENNESS else ReasonCode.OWN
        return Explained(self.network, self.found, KINDS[self.level], own, order)


class _OnParties(Mapping[str, Mapping[str, Any]]):
    """The properties of each party, worked out whenever they are asked for."""

    def __init__(self, scored: Sequence[_Scored]) -> None:
        self._places = {id: (each, node) for each in scored for node, id in enumerate(each.network.ids)}

    def __getitem__(self, party: str) -> dict[str, Any]:
        scored, node = self._places[party]
        return scored.on_party(node)

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def _measured(network: Network, parameters: InfluenceParameters, tick: Callable[[float], None]) -> Centrality:
    blended = parameters.blended().items()
    try:
        return blend([(_centrality(network, measure, parameters, tick), share) for measure, share in blended])
    except NotConverged:
        raise refused(
            "this measure does not converge in this network; choose another one", "该指标在此网络中不收敛，请改用其他指标"
        ) from None


def _centrality(network: Network, measure: CentralityMeasure, parameters: InfluenceParameters, tick: Callable[[float], None]) -> Centrality:
    match measure:
        case CentralityMeasure.KATZ:
            return centrality.katz(network, parameters.alpha, tick=tick)
        case CentralityMeasure.PAGERANK:
            return centrality.pagerank(network, parameters.damping, tick=tick)
        case CentralityMeasure.EIGENVECTOR:
            return centrality.eigenvector(network, tick=tick)
        case CentralityMeasure.HITS:
            return centrality.hits(network, tick=tick)
        case _:
            return centrality.betweenness(network, tick=tick)
