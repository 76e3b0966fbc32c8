"""Brokers (中间人): who stands between others, and what breaks when they leave."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np
from pydantic import Field

from graph.analyses import networks, ties
from graph.analyses.networks import NetworkLevel, Weights
from graph.analyses.ranking import ranked
from graph.analyses.reasons import Reason, ReasonCode
from graph.analyses.registry import Estimate, analysis, between
from graph.analyses.results import KEPT_ROWS
from graph.analyses.rows import NodeScore, Outcome, RowKind
from graph.analyses.watch import Watch
from graph.network import FloatArray, Network
from graph.network.betweenness import betweenness
from graph.network.cohesion import constraint
from graph.network.leaving import Leaving, leaving
from graph.network.sampling import error_bound
from graph.writing import Writer

__all__ = ["BrokersParameters"]

_LOST = 5
# Measured on two cores: from each source, each tie is looked at once, in the order of lengths.
_SECONDS_A_VISIT = 6e-8


class BrokersParameters(Weights):
    """The network, and how exactly it is looked at."""

    level: NetworkLevel = Field(default=NetworkLevel.PEOPLE, description="The network (网络层级)")
    sources: Annotated[int, between(0, 100_000)] = Field(
        default=1_000, description="Only paths from so many, drawn by chance; 0, or as many as there are: exact (抽样起点数)"
    )
    seed: Annotated[int, between(0, 2**31 - 1)] = Field(default=1, description="The same one draws the same (随机种子)")


@dataclass(frozen=True)
class Facts:
    """The networks, and our team or our own organizations."""

    networks: networks.Facts
    ours: Collection[str]


async def _load(writer: Writer, parameters: BrokersParameters) -> Facts:
    found = await networks.load(writer, parameters)
    people = parameters.level is NetworkLevel.PEOPLE
    return Facts(found, await ties.team(writer.database, found.moment.day) if people else await ties.own(writer.database))


async def _estimate(writer: Writer, parameters: BrokersParameters) -> Estimate:
    found = await ties.estimate(writer, parameters)
    return found.longer(min(parameters.sources or found.nodes, found.nodes) * found.edges * _SECONDS_A_VISIT)


@analysis(
    "brokers",
    title=("Brokers", "中间人"),
    purpose=(
        "Who stands between others who would not meet otherwise, and whom we lose sight of when they leave.",
        "谁连接着彼此不相往来的人群；其离开会让我们失去与哪些人的联系。",
    ),
    formula=(
        "betweenness, a tie being as long as 1/weight, scaled so that the largest is 100 (Brandes 2001); Burt's constraint (1992)",
        "介数中心性，关系长度为 1/权重，缩放使最大值为 100（Brandes 2001）；Burt 约束系数（1992）",
    ),
    complexity=(
        "O(s·m·log n) for s sources, n of them if exact; memory O(n + m)",
        "s 个源点（精确计算时为 n 个）：O(s·m·log n)；内存 O(n + m)",
    ),
    rows=RowKind.NODE_SCORE,
    parameters=BrokersParameters,
    estimate=_estimate,
    load=_load,
)
def brokers(facts: Facts, parameters: BrokersParameters, watch: Watch) -> Outcome:
    """Parties by the share of shortest paths between others that lead through them.

    Reasons say that share; how little those they are tied to are tied to one another (1 − Burt's constraint); how many pairs lose each
    other, and how many we cannot reach any more, when they leave; and five of these by name. The share of the score is that of the
    betweenness alone. Who opted out is left out. Drawn from some sources, the betweenness is off by no more than the formula says, at all
    parties at once, with a probability of 95 %.
    """
    network = networks.network(facts.networks, parameters.level, parameters, watch.part(0, 0.1).at)
    k = parameters.sources if 0 < parameters.sources < len(network) else None
    lengths = replace(network, weights=1 / network.weights)
    middle = betweenness(lengths, weighted=True, k=k, seed=parameters.seed, tick=watch.part(0.1, 0.6).at)
    middle = np.nan_to_num(middle)
    holes = 1 - np.nan_to_num(constraint(network, tick=watch.part(0.6, 0.7).at), nan=1.0)
    lost = leaving(network, [network.place[id] for id in facts.ours if id in network.place], tick=watch.part(0.7, 0.8).at)
    ranking = ranked(middle)
    rows = [
        NodeScore(network.ids[node], float(ranking.scores[node]), rank, _reasons(network, lost, middle, holes, node))
        for rank, node in enumerate(watch.part(0.8, 1).over(ranking.order[:KEPT_ROWS].tolist()), start=1)
    ]
    exact = (
        "exact" if k is None else f"{k} sources, seed {parameters.seed}, off by {error_bound(len(network) - 1, max(k - 1, 1)):.3f} at most"
    )
    return Outcome(rows, f"brokers 1: {exact}; {parameters.told(parameters.level)}")


def _reasons(network: Network, lost: Leaving, middle: FloatArray, holes: FloatArray, node: int) -> tuple[Reason, ...]:
    numbers = {
        ReasonCode.BETWEEN: float(middle[node]),
        ReasonCode.HOLES: float(holes[node]),
        ReasonCode.CUTS_OFF: float(lost.pairs[node]),
        ReasonCode.OUT_OF_REACH: float(lost.unreached[node]),
    }
    reasons = [Reason(code, value, None, 1.0 if code is ReasonCode.BETWEEN else 0.0) for code, value in numbers.items() if value > 0]
    if lost.unreached[node]:
        gone = lost.without(node)
        strongest = gone[np.argsort(-network.strength[gone], kind="stable")][:_LOST].tolist()
        reasons += [Reason(ReasonCode.LOSES, float(network.strength[other]), party=network.ids[other]) for other in strongest]
    return tuple(reasons)
