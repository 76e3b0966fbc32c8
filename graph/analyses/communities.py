"""Communities (社群): who belongs together, by how much closer they are tied to each other than to the rest."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from graph.analyses import networks, ties
from graph.analyses.networks import Facts, NetworkLevel, Weights
from graph.analyses.reasons import Reason, ReasonCode, folded
from graph.analyses.registry import analysis, between
from graph.analyses.rows import NodeGroup, Outcome, RowKind
from graph.analyses.watch import Watch
from graph.errors import Message
from graph.network import FloatArray, Network
from graph.network.communities import label_propagation, modularity
from graph.network.leiden import leiden
from graph.network.threads import Tick, one
from graph.terms import Term
from graph.writing import Writer

__all__ = ["CommunitiesParameters", "CommunityMethod"]

_TELLING = 5


class CommunityMethod(Term):
    """How communities are found (社群发现算法)."""

    LEIDEN = "Leiden: the greatest modularity, every community connected", "Leiden 算法"
    LABEL_PROPAGATION = "Label propagation: each joins most of its neighbours", "标签传播"


class CommunitiesParameters(Weights):
    """The network, and how finely it is divided."""

    level: NetworkLevel = Field(default=NetworkLevel.PEOPLE, description="The network (网络层级)")
    method: CommunityMethod = Field(default=CommunityMethod.LEIDEN, description="How they are found (社群发现算法)")
    resolution: Annotated[float, between(0.01, 100)] = Field(
        default=1.0, description="Leiden: greater ones give smaller communities (分辨率)"
    )
    smallest: Annotated[int, between(1, 1_000)] = Field(default=3, description="Only communities of so many or more (最小规模)")
    seed: Annotated[int, between(0, 2**31 - 1)] = Field(default=1, description="The same one finds the same communities (随机种子)")


async def _load(writer: Writer, parameters: CommunitiesParameters) -> Facts:
    return await networks.load(writer, parameters)


@analysis(
    "communities",
    title=("Communities", "社群"),
    purpose=(
        "Which groups the network falls into, who is at the heart of each, and where its members work.",
        "网络中存在哪些群体、各自的核心成员是谁、成员多任职于何处。",
    ),
    formula=(
        "modularity Σ_c (L_c/m − resolution · K_c²/4m²) made large by Leiden (Traag, Waltman & van Eck 2019)",
        "用 Leiden 算法（Traag, Waltman & van Eck 2019）使模块度 Σ_c (L_c/m − resolution · K_c²/4m²) 最大",
    ),
    complexity=(
        "O(m) an iteration, about; a few of them; memory O(n + m)",
        "每次迭代约 O(m)，迭代数次；内存 O(n + m)",
    ),
    rows=RowKind.NODE_GROUP,
    parameters=CommunitiesParameters,
    estimate=ties.estimate,
    load=_load,
)
def communities(facts: Facts, parameters: CommunitiesParameters, watch: Watch) -> Outcome:
    """Groups of parties, the largest first, members by how strongly they are tied inside.

    Reasons say what a group is: its five most telling members with the strength of their ties inside, and of people the five organizations
    where most of them work, more than one, with how many do. A group is called by these, one of organizations by the industry that more
    than half of its telling members share. A party is in one group alone; who opted out is in none.
    """
    network = networks.network(facts, parameters.level, parameters, watch.part(0, 0.1).at)
    labels = _found(network, parameters, watch.part(0.1, 0.7).at)
    same = labels[network.rows] == labels[network.indices]
    inside = np.bincount(network.rows, np.where(same, network.weights, 0.0), len(network)).astype(np.float64)
    employers = one(lambda: _employers(facts), watch.part(0.7, 0.7).at) if parameters.level is NetworkLevel.PEOPLE else {}
    kept = one(lambda: _groups(labels, inside, parameters.smallest), watch.part(0.7, 0.7).at)
    rows = []
    for number, group in enumerate(kept, start=1):
        rows.append(_row(network, group, inside, employers, number))
        watch.at(0.7 + 0.2 * number / len(kept))
    found = modularity(network, labels, resolution=parameters.resolution, tick=watch.part(0.9, 1).at) if len(network.indices) else 0.0
    said = f"{parameters.method.value.lower()}, resolution {parameters.resolution:g}, seed {parameters.seed}, modularity {found:.4f}"
    return Outcome(rows, f"communities 2: {said}; {parameters.told(parameters.level)}")


def _found(network: Network, parameters: CommunitiesParameters, tick: Tick) -> NDArray[np.int32]:
    if parameters.method is CommunityMethod.LEIDEN:
        return leiden(network, resolution=parameters.resolution, seed=parameters.seed, tick=tick)
    return label_propagation(network, seed=parameters.seed, tick=tick)


def _groups(labels: NDArray[np.int32], inside: FloatArray, smallest: int) -> list[list[int]]:
    """The largest first, the members of each by what they have inside."""
    groups: dict[int, list[int]] = defaultdict(list)
    order = np.lexsort((np.arange(len(inside)), -inside))
    for node, label in zip(order.tolist(), labels[order].tolist(), strict=True):
        groups[label].append(node)
    return sorted((group for group in groups.values() if len(group) >= smallest), key=lambda group: (-len(group), min(group)))


def _employers(facts: Facts) -> Mapping[str, Sequence[str]]:
    """Person → where they work."""
    found: dict[str, list[str]] = defaultdict(list)
    for person, organization in zip(facts.members.a, facts.members.b, strict=True):
        found[person].append(organization)
    return found


def _row(network: Network, group: Sequence[int], inside: FloatArray, employers: Mapping[str, Sequence[str]], number: int) -> NodeGroup:
    members = tuple(network.ids[node] for node in group)
    whole = float(inside[list(group)].sum())
    telling = [
        Reason(ReasonCode.MEMBER, float(inside[node]), None, float(inside[node]) / whole, network.ids[node])
        for node in group[:_TELLING]
        if inside[node] > 0
    ]
    return NodeGroup(Message(f"Community {number}", f"社群 {number}"), members, folded([*telling, *_common(members, employers)]))


def _common(members: Iterable[str], employers: Mapping[str, Sequence[str]]) -> list[Reason]:
    counted = Counter(organization for member in members for organization in employers.get(member, ()))
    greatest = sorted((each for each in counted.items() if each[1] > 1), key=lambda each: (-each[1], each[0]))[:_TELLING]
    return [Reason(ReasonCode.WORKING_AT, float(count), None, 0.0, id) for id, count in greatest]
