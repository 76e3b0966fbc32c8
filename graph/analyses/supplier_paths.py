"""Supplier paths (供应链路径): on whom we depend behind our suppliers, and where there is no alternative."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, LiteralString, NamedTuple

import numpy as np
from pydantic import Field

from graph.analyses import ties
from graph.analyses.days import AsOf, Moment
from graph.analyses.reasons import Reason, ReasonCode
from graph.analyses.registry import Estimate, analysis, between
from graph.analyses.rows import Outcome, PathRow, RowKind
from graph.analyses.watch import Watch
from graph.network import Network
from graph.network.reach import Reach, reach
from graph.network.threads import one
from graph.periods import valid
from graph.writing import Writer

__all__ = ["SupplierPathsParameters"]

_TYPES: Sequence[LiteralString] = ("SUPPLIES", "SUPPLIER_OF")
_SUPPLIES: Sequence[LiteralString] = tuple(
    f"""
MATCH (supplier:Party)-[t:{type}]->(buyer:Party)
WHERE {ties.takes_part("supplier")} AND {ties.takes_part("buyer")} AND t.deleted_at IS NULL AND {valid("t")}
RETURN buyer.id, collect([supplier.id, coalesce(t.category, '')])
"""
    for type in _TYPES
)


class SupplierPathsParameters(AsOf):
    """How far behind our suppliers to look."""

    tiers: Annotated[int, between(1, 8)] = Field(default=3, description="How many tiers of suppliers (供应层级数)")
    least: Annotated[float, between(0, 1)] = Field(
        default=0.0, description="Only suppliers we depend on so much; 1: those without any alternative on the way (最低依赖度)"
    )


class Supply(NamedTuple):
    """Who supplies whom with what, a category or ''."""

    supplier: str
    buyer: str
    category: str


@dataclass(frozen=True)
class Facts:
    """Our own organizations, and all supplies."""

    ours: Collection[str]
    supplies: Sequence[Supply]


async def _load(writer: Writer, parameters: SupplierPathsParameters) -> Facts:
    moment = Moment.of(writer, parameters)
    found: list[Supply] = []
    for query in _SUPPLIES:
        async for buyer, suppliers in writer.database.stream(query, {"day": moment.day}):
            found += [Supply(supplier, buyer, category) for supplier, category in suppliers]
    return Facts(await ties.own(writer.database), found)


async def _estimate(writer: Writer, parameters: SupplierPathsParameters) -> Estimate:
    supplies = await ties.stored(writer.database, *_TYPES)
    return Estimate.of(min(await ties.parties(writer.database), 2 * supplies), supplies)


@analysis(
    "supplier_paths",
    title=("Supplier paths", "供应链路径"),
    purpose=(
        "On whom we depend behind our direct suppliers, tier by tier, and where nobody else could step in.",
        "直接供应商背后的多级依赖：我们依赖谁，以及哪里没有替代来源（单点故障）。",
    ),
    formula=(
        "dependence of a buyer on a supplier = 1 / suppliers of the same category; along a path the product",
        "采购方对供应商的依赖 = 1 / 同品类供应商数；沿路径相乘",
    ),
    complexity=(
        "O(k m) for k tiers and m supplies; memory O(m + rows)",
        "k 级、m 条供应关系：O(k m)；内存 O(m + 结果行数)",
    ),
    rows=RowKind.PATH,
    parameters=SupplierPathsParameters,
    estimate=_estimate,
    load=_load,
)
def supplier_paths(facts: Facts, parameters: SupplierPathsParameters, watch: Watch) -> Outcome:
    """For each supplier of any tier the path from us on which we depend on it most, the greatest dependence first.

    A strength of 1 is a single point of failure: on no step of that path is there another supplier of the category. A supply without a
    category is one of its own kind. Each step is a reason, with how much its buyer depends on it. Who opted out is on no path.
    """
    network = one(lambda: _network(facts), watch.part(0, 0.3).at)
    starts = [network.place[id] for id in facts.ours if id in network.place]
    found = reach(network, starts, parameters.tiers, tick=watch.part(0.3, 0.6).at)
    behind = np.flatnonzero((found.steps > 0) & (found.strength >= parameters.least))
    order = behind[np.lexsort((behind, found.steps[behind], -found.strength[behind]))]
    rows = [_row(network, found, node) for node in watch.part(0.6, 1).over(order.tolist())]
    return Outcome(rows, f"supplier_paths 1: {parameters.tiers} tiers", notes=ties.nobody_ours(facts.ours))


def _network(facts: Facts) -> Network:
    """From each buyer to its suppliers, the weight being how much it depends on each: for that category where it does most."""
    offers = set(facts.supplies)
    sources = Counter((each.buyer, each.category) for each in offers)
    depends: dict[tuple[str, str], float] = {}
    for each in offers:
        pair = each.buyer, each.supplier
        depends[pair] = max(depends.get(pair, 0.0), 1 / sources[each.buyer, each.category])
    ids = sorted({id for pair in depends for id in pair} | set(facts.ours))
    place = {id: position for position, id in enumerate(ids)}
    pairs = sorted(depends)
    a, b = (np.array([place[pair[end]] for pair in pairs], np.int64) for end in (0, 1))
    return Network.of(ids, a, b, np.array([depends[pair] for pair in pairs]), directed=True)


def _row(network: Network, found: Reach, node: int) -> PathRow:
    way = found.way(node)
    steps = [Reason(ReasonCode.SUPPLY, float(network.weights[network.entry(a, b)]), party=network.ids[b]) for a, b in pairwise(way)]
    return PathRow(tuple(network.ids[each] for each in way), float(found.strength[node]), tuple(steps))
