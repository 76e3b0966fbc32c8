"""Key people (关键人物): in the thick of the network, and within reach of our team."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np
from pydantic import Field, ValidationInfo, field_validator

from graph.analyses import networks, ties
from graph.analyses.networks import NetworkLevel, Weights
from graph.analyses.ranking import ranked
from graph.analyses.reasons import Reason, ReasonCode, folded
from graph.analyses.registry import analysis, between
from graph.analyses.rows import NodeScore, Outcome, RowKind
from graph.analyses.watch import Watch
from graph.errors import ProblemCode
from graph.fields import wrong
from graph.network.cohesion import core_numbers
from graph.network.reach import reach
from graph.writing import Writer

__all__ = ["KeyPeopleParameters"]

Part = Annotated[float, between(0, 1)]


class KeyPeopleParameters(Weights):
    """What makes somebody a key person, and how far our team reaches."""

    core: Part = Field(default=0.5, description="How much the density around them counts (紧密度权重)")
    closeness: Part = Field(default=0.5, description="How much their closeness to our team counts (亲近度权重)")
    steps: Annotated[int, between(1, 5)] = Field(default=3, description="How many steps away from our team they may be (最多步数)")

    @field_validator("closeness")
    @classmethod
    def _something_counts(cls, value: float, info: ValidationInfo) -> float:
        if not value and not info.data.get("core", 1):
            raise wrong("one of core and closeness must be above 0", "core 与 closeness 至少一项须大于 0", ProblemCode.OUT_OF_RANGE)
        return value


@dataclass(frozen=True)
class Facts:
    """The networks, and our team."""

    networks: networks.Facts
    team: Collection[str]


async def _load(writer: Writer, parameters: KeyPeopleParameters) -> Facts:
    found = await networks.load(writer, parameters)
    return Facts(found, await ties.team(writer.database, found.moment.day))


@analysis(
    "key_people",
    title=("Key people", "关键人物"),
    purpose=(
        "Whom of the others to know: those in the thick of the network who are close to our team.",
        "应当结识的外部关键人物：处于网络核心且与我方团队亲近的人。",
    ),
    formula=(
        "score ∝ core · (core number / the largest) + closeness · (strength of the strongest way from our team)",
        "得分 ∝ core ·（核数 / 最大核数）+ closeness ·（我方团队到其最强路径的强度）",
    ),
    complexity=(
        "O(k m) for k steps and m ties; memory O(n + m)",
        "k 步、m 条关系：O(k m)；内存 O(n + m)",
    ),
    rows=RowKind.NODE_SCORE,
    parameters=KeyPeopleParameters,
    estimate=ties.estimate,
    load=_load,
)
def key_people(facts: Facts, parameters: KeyPeopleParameters, watch: Watch) -> Outcome:
    """People who are not ours, ranked by two things that are told as reasons; scaled so that the best has 100.

    The core number is the largest k such that one is in a part of the network where everybody has k ties or more. The closeness is the
    strength of the strongest way from our team, the product of its ties. Who opted out is left out.
    """
    network = networks.network(facts.networks, NetworkLevel.PEOPLE, parameters, watch.part(0, 0.2).at)
    team = [network.place[id] for id in facts.team if id in network.place]
    cores = core_numbers(network, tick=watch.part(0.2, 0.4).at).astype(np.float64)
    # No tie is surer than sure, whatever its kind counts.
    sure = replace(network, weights=np.minimum(network.weights, 1.0))
    near = reach(sure, team, parameters.steps, tick=watch.part(0.4, 0.6).at).strength
    parts = {ReasonCode.CORE: parameters.core * cores / max(cores.max(initial=0), 1), ReasonCode.CLOSE_TO_US: parameters.closeness * near}
    others = np.setdiff1d(np.arange(len(network)), team)
    whole = sum(parts.values(), np.zeros(len(network)))[others]
    ranking = ranked(whole)
    factor = 100 / whole.max(initial=0) if whole.max(initial=0) > 0 else 0.0
    rows = []
    for rank, place in enumerate(watch.part(0.6, 1).over(ranking.order.tolist()), start=1):
        node = int(others[place])
        reasons = _reasons({code: float(values[node]) * factor for code, values in parts.items()})
        rows.append(NodeScore(network.ids[node], float(ranking.scores[place]), rank, reasons))
    formula = f"key_people 1: core {parameters.core:g}, closeness {parameters.closeness:g}; {parameters.told(NetworkLevel.PEOPLE)}"
    return Outcome(rows, formula, notes=ties.nobody_ours(facts.team))


def _reasons(parts: dict[ReasonCode, float]) -> tuple[Reason, ...]:
    whole = sum(parts.values())
    return folded(Reason(code, value, None, value / whole) for code, value in parts.items() if value)
