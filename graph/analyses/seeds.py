"""Seeds (种子人选): whom to win first so that word spreads furthest."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np
from pydantic import Field, ValidationInfo, field_validator

from graph.analyses import networks, ties
from graph.analyses.networks import NetworkLevel, Weights
from graph.analyses.reasons import Reason, ReasonCode, folded
from graph.analyses.registry import analysis, between
from graph.analyses.rows import NodeScore, Outcome, RowKind
from graph.analyses.watch import Watch
from graph.errors import Message, ProblemCode, refused
from graph.fields import Fields, Id, many, references, wrong
from graph.network import FloatArray, IntArray, Network
from graph.network.influence_maximisation import most_influential
from graph.network.spread import Spread, spread
from graph.writing import Writer

__all__ = ["SeedsParameters"]

_SIMULATIONS = 2_000
_MOST = 1_000
_Cost = Annotated[float, between(0.01, 1e9)]
_NOBODY = Message(
    "nobody is left to be won: all are ours or excluded; set `ours`, or name candidates",
    "没有可争取的对象：均为我方人员或已被排除；请设置 ours 或指定候选人",
)


class SeedCost(Fields):
    """What it costs to win a party (争取成本)."""

    party: Id = Field(description="Who (关系方)")
    cost: _Cost = Field(description="What it costs to win them, in the unit of the budget (成本)")


class SeedsParameters(Weights):
    """How many to win or for how much, how easily word passes, and who counts."""

    level: NetworkLevel = Field(default=NetworkLevel.PEOPLE, description="The network (网络层级)")
    count: Annotated[int, between(1, _MOST)] = Field(
        default=10, description="How many to win; it does not count where there is a budget (人数)"
    )
    budget: _Cost | None = Field(default=None, description="What winning all of them may cost, in any unit (预算)")
    chance: Annotated[float, between(0.001, 1)] = Field(
        default=0.1, description="How likely word passes over a tie of full strength; over weaker ones less likely (传播概率)"
    )
    candidates: Annotated[list[Id], many(1_000)] | None = Field(
        default=None, description="Only these may be won; all but our own if absent (候选人)"
    )
    excluded: Annotated[list[Id], many(1_000)] | None = Field(default=None, description="Not these (排除)")
    ours: bool = Field(default=False, description="Whether our own may be chosen without being named as candidates (是否含我方人员)")
    cost: _Cost = Field(default=1.0, description="What of the budget it takes to win somebody (成本)")
    costs: Annotated[list[SeedCost], many(1_000)] | None = Field(
        default=None, description="Whom it takes more or less to win: `party` and `cost`; they need a budget (各自成本)"
    )
    seed: Annotated[int, between(0, 2**31 - 1)] = Field(default=1, description="The same one finds the same (随机种子)")

    @field_validator("costs")
    @classmethod
    def _paid_for(cls, costs: list[SeedCost] | None, info: ValidationInfo) -> list[SeedCost] | None:
        if costs and info.data.get("budget", 0) is None:
            raise wrong("costs need a budget; give one", "指定成本时须同时给出预算", ProblemCode.REQUIRED)
        named = Counter(each.party for each in costs or ())
        if twice := next((party for party, times in named.items() if times > 1), None):
            raise wrong(f"{twice} has two costs; give one", f"{twice} 有两个成本，请只保留一个", ProblemCode.DUPLICATE)
        return costs


@dataclass(frozen=True)
class Facts:
    """The networks, and who of them is ours: our organizations and whoever has a position there."""

    networks: networks.Facts
    ours: Collection[str]


async def _load(writer: Writer, parameters: SeedsParameters) -> Facts:
    facts, database = await networks.load(writer, parameters), writer.database
    ours = {*await ties.own(database), *await ties.team(database, facts.moment.day)}
    known = set(facts.ids[parameters.level])
    for id, path in references(parameters):
        if id not in known:
            raise networks.absent(facts, parameters.level, id, *path)
    return Facts(facts, ours)


@analysis(
    "seeds",
    title=("Seeds", "种子人选"),
    purpose=(
        "Whom to win first so that word of mouth spreads furthest, and how close that choice is to the best possible.",
        "应先争取哪些人，口碑才能传播得最远；并给出与最优方案差距的保证。",
    ),
    formula=(
        "expected reach of independent cascades (Kempe, Kleinberg & Tardos 2003), made large by OPIM-C (Tang et al. 2018)",
        "独立级联模型的期望触达（Kempe, Kleinberg & Tardos 2003），用 OPIM-C 求最大（Tang et al. 2018）",
    ),
    complexity=(
        "O((n + m) · sets drawn), which double until the certificate holds; memory O(n + m + members of all sets)",
        "O((n + m) · 抽样集合数)，集合数逐次加倍直至证书成立；内存 O(n + m + 各集合成员总数)",
    ),
    rows=RowKind.NODE_SCORE,
    parameters=SeedsParameters,
    estimate=ties.estimate,
    load=_load,
)
def seeds(facts: Facts, parameters: SeedsParameters, watch: Watch) -> Outcome:
    """Those to win, in the order of their choice; the score is how many more are reached in the mean with them than with those before.

    Word passes over a tie with the given chance times its weight, once. The formula says how many are reached in all, and the share of
    the best possible that is certain with a probability of 99 %. With a budget they are chosen by how much they add for what they cost.
    Reasons are how often they had not heard it yet, and how many more hear it by way of each of those they are tied to. Our own pass word
    on, but need not be won; who opted out neither passes word on nor is won.
    """
    network = networks.network(facts.networks, parameters.level, parameters, watch.part(0, 0.1).at)
    chances = replace(network, weights=np.minimum(parameters.chance * network.weights, 1.0))
    may = _may_be_won(network, parameters, facts.ours)
    budget, costs = _budget(network, parameters, may)
    found = most_influential(chances, budget, costs=costs, candidates=may, seed=parameters.seed, tick=watch.part(0.1, 0.8).at)
    word = spread(chances, found.nodes, simulations=_SIMULATIONS, seed=parameters.seed, tick=watch.part(0.8, 1).at)
    rows = [_row(network, node, word, place) for place, node in enumerate(found.nodes.tolist())]
    told = f"{found.spread:.1f} reached, at least {found.ratio:.0%} of the best possible"
    if parameters.budget is not None:
        told += f", for {costs[found.nodes].sum():.12g} of {parameters.budget:.12g}"
    formula = f"seeds 3: {told}; chance {parameters.chance:g}, seed {parameters.seed}; {parameters.told(parameters.level)}"
    nobody = len(network) and not len(may) and parameters.candidates is None
    return Outcome(rows, formula, notes=(_NOBODY,) if nobody else ())


def _may_be_won(network: Network, parameters: SeedsParameters, ours: Collection[str]) -> IntArray:
    named, excluded = parameters.candidates, set(parameters.excluded or ())
    if named is None and not parameters.ours:
        excluded |= set(ours)
    may = range(len(network)) if named is None else [network.place[id] for id in named]
    return np.setdiff1d(may, [network.place[id] for id in excluded if id in network.place]).astype(np.int64)


def _budget(network: Network, parameters: SeedsParameters, may: IntArray) -> tuple[float, FloatArray]:
    """How much there is, and what each takes of it; a number of seeds where there is no budget. `may` be won."""
    if parameters.budget is None:
        return min(parameters.count, max(len(network), 1)), np.ones(len(network))
    costs = np.full(len(network), parameters.cost)
    for each in parameters.costs or ():
        costs[network.place[each.party]] = each.cost
    if len(may) > _MOST and np.sort(costs[may])[: _MOST + 1].sum() <= parameters.budget:
        en = f"budget: it could win more than {_MOST:,}, the most there may be; lower it, raise `cost`, or name candidates"
        raise refused(en, f"budget：该预算可争取超过 {_MOST:,} 个对象（上限），请降低预算、提高 cost 或指定候选人", "budget")
    return parameters.budget, costs


def _row(network: Network, node: int, word: Spread, place: int) -> NodeScore:
    gain = float(word.gains[place])
    heard = defaultdict[str, float](float)
    for other, value in zip(network.neighbours(node), word.through[place].tolist(), strict=True):
        heard[network.ids[other]] += value
    parts = [(ReasonCode.UNHEARD, float(word.own[place]), None), *((ReasonCode.SPREAD, value, party) for party, value in heard.items())]
    reasons = folded(Reason(code, value, None, value / gain, party) for code, value, party in parts if value)
    return NodeScore(network.ids[node], gain, place + 1, reasons)
