"""Reach (触达范围): whom our team can get to know, over whom, and how well."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field

from graph.analyses import kept, ties
from graph.analyses.days import AsOf, Moment
from graph.analyses.reasons import Reason, ReasonCode
from graph.analyses.registry import analysis, between
from graph.analyses.rows import Outcome, PathRow, RowKind
from graph.analyses.watch import Watch
from graph.fields import Id, many
from graph.metrics import warmth
from graph.network import Network
from graph.network.reach import Reach, reach
from graph.writing import Writer

__all__ = ["ReachParameters"]


class ReachParameters(AsOf):
    """From whom, and how far."""

    PEOPLE: ClassVar = ("from",)

    from_: Annotated[list[Id], many(1_000)] | None = Field(
        default=None, alias="from", description="Those who set out; all at our own organizations if absent (起点)"
    )
    steps: Annotated[int, between(1, 5)] = Field(default=2, description="At most so many steps (最多步数)")
    least: Annotated[float, between(0, 1)] = Field(default=0.0, description="Only ways at least so strong (最低强度)")


@dataclass(frozen=True)
class Facts:
    """Who knows whom how well, and who sets out."""

    network: Network
    starts: Collection[str]


async def _load(writer: Writer, parameters: ReachParameters) -> Facts:
    moment = Moment.of(writer, parameters)
    found = await kept.acquaintances(writer.database, moment)
    starts = await ties.team(writer.database, moment.day) if parameters.from_ is None else parameters.from_
    return Facts(await asyncio.to_thread(ties.network, found, moment.instant), starts)


@analysis(
    "reach",
    title=("Reach", "触达范围"),
    purpose=(
        "Whom our team can get to know within a few steps, over whom, and how strong that way is.",
        "我方团队在几步之内可以触达谁、经由谁、关系有多强。",
    ),
    formula=(
        "strength of a way = Π strength of its steps; for each person the strongest way of at most so many steps",
        "路径强度 = 各步强度之积 Π；对每个人取限定步数内最强的一条",
    ),
    complexity=(
        "O(k m) for k steps and m ties; memory O(k n + m)",
        "k 步、m 条关系：O(k m)；内存 O(k n + m)",
    ),
    rows=RowKind.PATH,
    parameters=ReachParameters,
    estimate=ties.estimate,
    load=_load,
)
def reach_of_team(facts: Facts, parameters: ReachParameters, watch: Watch) -> Outcome:
    """For each person whom the team can reach the strongest way there, the strongest of all first; a reason for each step.

    Those who set out are not among them. Of equally strong ways the one with fewer steps counts. Who opted out is on no way.
    """
    network = facts.network
    starts = [network.place[id] for id in facts.starts if id in network.place]
    found = reach(network, starts, parameters.steps, tick=watch.part(0, 0.5).at)
    away = np.flatnonzero((found.steps > 0) & (found.strength >= parameters.least))
    order = away[np.lexsort((away, found.steps[away], -found.strength[away]))]
    rows = [_row(network, found, node) for node in watch.part(0.5, 1).over(order.tolist())]
    formula = f"reach 1: at most {parameters.steps} steps; {warmth.DEFAULT.version}"
    return Outcome(rows, formula, notes=ties.nobody_ours(facts.starts) if parameters.from_ is None else ())


def _row(network: Network, found: Reach, node: int) -> PathRow:
    way = found.way(node)
    reasons = [Reason(ReasonCode.STEP, float(network.weights[network.entry(a, b)]), party=network.ids[b]) for a, b in pairwise(way)]
    return PathRow(tuple(network.ids[each] for each in way), float(found.strength[node]), tuple(reasons))
