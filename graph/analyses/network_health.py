"""Network health (网络健康度): how well the network holds together, and on whom that hangs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import LiteralString

import numpy as np
from pydantic import Field

from graph.analyses import networks, ties
from graph.analyses.networks import NetworkLevel, Weights
from graph.analyses.reasons import MOST, Reason, ReasonCode
from graph.analyses.registry import analysis
from graph.analyses.rows import GraphFact, Outcome, RowKind
from graph.analyses.watch import Watch
from graph.customers import CustomerSegment
from graph.errors import Message
from graph.network import FloatArray, IntArray, Network
from graph.network.cohesion import clustering
from graph.network.components import Components, articulation_points, bridges, weak
from graph.network.threads import one
from graph.periods import valid
from graph.writing import Writer

__all__ = ["NetworkHealthParameters"]

_SEGMENTS: LiteralString = f"""
MATCH (p:Party)-[t:CUSTOMER_OF]->(:Organization)
WHERE p.deleted_at IS NULL AND t.deleted_at IS NULL AND t.segment IS NOT NULL AND {valid("t")}
RETURN t.segment, collect(DISTINCT p.id)
"""
_SHOWN = MOST - 1


class NetworkHealthParameters(Weights):
    """Which network."""

    level: NetworkLevel = Field(default=NetworkLevel.PEOPLE, description="The network (网络层级)")


@dataclass(frozen=True)
class Facts:
    """The networks, and the customers of each segment: organizations, or people and those who work at organizations."""

    networks: networks.Facts
    segments: Mapping[str, Sequence[str]]


async def _load(writer: Writer, parameters: NetworkHealthParameters) -> Facts:
    found = await networks.load(writer, parameters)
    rows = await writer.database.read(_SEGMENTS, {"day": found.moment.day})
    return Facts(found, {row[0]: row[1] for row in rows})


@analysis(
    "network_health",
    title=("Network health", "网络健康度"),
    purpose=(
        "How well the network holds together: its parts, who is isolated, on whom it hangs, how dense it is in each customer segment.",
        "网络整体的连通状况：分量、孤立者、单点故障，以及各客户群内部的密度。",
    ),
    formula=(
        "density = 2 m / (n (n − 1)); single points of failure: articulation points; clustering: mean share of closed triples",
        "密度 = 2 m / (n (n − 1))；单点故障：割点；聚集系数：闭合三元组的平均占比",
    ),
    complexity=(
        "O(m^1.5) for m ties; memory O(n + m)",
        "m 条关系：O(m^1.5)；内存 O(n + m)",
    ),
    rows=RowKind.GRAPH_FACT,
    parameters=NetworkHealthParameters,
    estimate=ties.estimate,
    load=_load,
)
def network_health(facts: Facts, parameters: NetworkHealthParameters, watch: Watch) -> Outcome:
    """Numbers about the whole network, each with at most nine who add most to it, and by how much.

    A segment of fewer than two who take part has no density. A single point of failure is somebody without whom some of the others are
    cut off from each other. A segment is that of the customers: the organizations, or in the network of people the customers themselves
    and who works at one.
    """
    network = networks.network(facts.networks, parameters.level, parameters, watch.part(0, 0.2).at)
    rows = [*_whole(network, watch.part(0.2, 0.8)), *_segments(network, facts, parameters.level, watch.part(0.8, 1))]
    return Outcome(rows, f"network_health 2; {parameters.told(parameters.level)}")


def _whole(network: Network, watch: Watch) -> Iterator[GraphFact]:
    parts = weak(network, tick=watch.part(0, 0.2).at)
    alone = (network.degree == 0).astype(np.int64)
    cut, tied = articulation_points(network, tick=watch.part(0.2, 0.4).at), len(network.indices) // 2
    strong = _told(network, ReasonCode.OWN, network.strength)
    many = _told(network, ReasonCode.TIED, network.degree)
    around = _told(network, ReasonCode.PART, _heads(network, parts))
    yield _fact("NODES", "Who takes part", "参与者数量", len(network), strong)
    yield _fact("TIES", "Ties", "关系数量", tied, many)
    yield _fact("DENSITY", "Density", "密度", _density(len(network), tied), many)
    mean = float(network.weights.mean()) if tied else 0.0
    yield _fact("MEAN_STRENGTH", "Mean strength of a tie", "平均关系强度", mean, strong)
    yield _fact("COMPONENTS", "Parts without a tie between them", "连通分量数量", parts.count, around)
    largest = int(parts.sizes.max(initial=0)) / max(len(network), 1)
    yield _fact("LARGEST_COMPONENT", "Share of the largest part", "最大连通分量占比", largest, around)
    yield _fact("ISOLATED", "Without any tie", "孤立者数量", int(alone.sum()), _told(network, ReasonCode.OWN, alone))
    holding = _told(network, ReasonCode.OWN, np.bincount(cut, minlength=len(network)))
    yield _fact("SINGLE_POINTS_OF_FAILURE", "Single points of failure", "单点故障数量", len(cut), holding)
    ends = bridges(network, tick=watch.part(0.4, 0.6).at)
    between = _told(network, ReasonCode.TIED, np.bincount(ends.ravel(), minlength=len(network)))
    yield _fact("BRIDGES", "Ties that alone hold parts together", "桥接关系数量", len(ends), between)
    closed = clustering(network, tick=watch.part(0.6, 1).at)
    average = float(closed.mean()) if len(network) else 0.0
    yield _fact("CLUSTERING", "Clustering", "平均聚集系数", average, _told(network, ReasonCode.CLOSED, closed))


def _heads(network: Network, parts: Components) -> IntArray:
    """Of the strongest node of each part how large that is, 0 of all others."""
    order = np.lexsort((np.arange(len(network)), -network.strength))
    _, first = np.unique(parts.labels[order], return_index=True)
    sizes = np.zeros(len(network), np.int64)
    sizes[order[first]] = parts.sizes
    return sizes


def _segments(network: Network, facts: Facts, level: NetworkLevel, watch: Watch) -> Iterator[GraphFact]:
    for number, segment in enumerate(CustomerSegment, start=1):
        tick = watch.part((number - 1) / len(CustomerSegment), number / len(CustomerSegment)).at
        members = one(partial(_members, facts, segment.value, level), tick)
        inside, degrees = one(partial(_inside, network, members), tick)
        if inside < 2:
            continue
        told = _told(network, ReasonCode.TIED, degrees)
        value = _density(inside, int(degrees.sum()) // 2)
        yield _fact(f"DENSITY_{segment.value}", f"Density among {segment.en} customers", f"{segment.zh}客户内部密度", value, told)


def _members(facts: Facts, segment: str, level: NetworkLevel) -> set[str]:
    customers = set(facts.segments.get(segment, ()))
    if level is NetworkLevel.ORGANIZATIONS:
        return customers
    working = zip(facts.networks.members.a, facts.networks.members.b, strict=True)
    return customers | {person for person, organization in working if organization in customers}


def _inside(network: Network, members: Collection[str]) -> tuple[int, IntArray]:
    """How many of them take part, and to how many of them each of them is tied."""
    marked = np.zeros(len(network), bool)
    marked[[network.place[id] for id in members if id in network.place]] = True
    return int(marked.sum()), np.bincount(network.rows[marked[network.rows] & marked[network.indices]], minlength=len(network))


def _density(nodes: int, tied: int) -> float:
    return 2 * tied / (nodes * (nodes - 1)) if nodes > 1 else 0.0


def _told(network: Network, code: ReasonCode, values: FloatArray | IntArray) -> tuple[Reason, ...]:
    """Those with the greatest values, the stronger of equals first, and the others together; each with its share of all values."""
    some, whole = np.flatnonzero(values > 0), float(values.sum())
    order = some[np.lexsort((some, -network.strength[some], -values[some]))][:_SHOWN]
    shown = zip(order.tolist(), values[order].tolist(), strict=True)
    told = tuple(Reason(code, float(value), None, value / whole, network.ids[node]) for node, value in shown)
    rest = whole - float(values[order].sum())
    return (*told, Reason(ReasonCode.OTHERS, rest, None, rest / whole)) if len(some) > _SHOWN else told


def _fact(code: str, en: str, zh: str, value: float, reasons: tuple[Reason, ...]) -> GraphFact:
    return GraphFact(code, Message(en, zh), float(value), reasons)
