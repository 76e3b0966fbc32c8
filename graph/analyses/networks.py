"""The two networks that analyses are computed on, of people and of organizations: who takes part, and how they are tied on a day."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, LiteralString, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from graph.analyses import kept, ties
from graph.analyses.days import AsOf, Moment
from graph.analyses.reasons import ReasonCode
from graph.analyses.registry import between
from graph.analyses.ties import Ends
from graph.errors import NotFound, WriteProblem, refused
from graph.metrics import warmth
from graph.network import FloatArray, IntArray, Layer, Network, strongest
from graph.network.threads import Tick, one, silent
from graph.periods import valid
from graph.terms import Term
from graph.writing import Writer

Places = NDArray[np.int32]


class NetworkLevel(Term):
    """Which network a score is of (网络层级)."""

    PEOPLE = "People", "人"
    ORGANIZATIONS = "Organizations", "组织"


KINDS: Mapping[NetworkLevel, tuple[ReasonCode, ...]] = {
    NetworkLevel.PEOPLE: (ReasonCode.ACQUAINTANCE, ReasonCode.REFERRAL, ReasonCode.REPORTING),
    NetworkLevel.ORGANIZATIONS: (
        ReasonCode.PEOPLE,
        ReasonCode.REFERRAL,
        ReasonCode.OWNERSHIP,
        ReasonCode.PARTNERSHIP,
        ReasonCode.SUPPLY,
    ),
}
"""The kinds of ties of each network; the earlier counts where two of a pair are equally strong."""

Weight = Annotated[float, between(0, 10)]


class Weights(AsOf):
    """The day, and how much each kind of tie counts. The strongest tie of a pair does."""

    acquaintance: Weight = Field(default=1.0, description="People: weight of an acquaintance of full strength (熟人权重)")
    reporting: Weight = Field(default=0.5, description="People: weight of a reporting line (汇报关系权重)")
    referral: Weight = Field(default=0.7, description="People and organizations: weight of a referral (推荐权重)")
    ownership: Weight = Field(default=0.5, description="Organizations: weight of an ownership (股权权重)")
    partnership: Weight = Field(default=0.5, description="Organizations: weight of a partnership (合作权重)")
    supply: Weight = Field(default=0.4, description="Organizations: weight of a supply (供应权重)")
    people: Weight = Field(default=1.0, description="Organizations: weight of their people's acquaintances together (人员往来权重)")

    def of(self, level: NetworkLevel) -> dict[ReasonCode, float]:
        """The weights that count in one network, by kind."""
        return {kind: getattr(self, kind.value.lower()) for kind in KINDS[level]}

    def told(self, level: NetworkLevel) -> str:
        """What a formula says of them."""
        return ", ".join(f"{kind.value.lower()} {weight:g}" for kind, weight in self.of(level).items()) + f"; {warmth.DEFAULT.version}"


_ORGANIZATIONS: LiteralString = "MATCH (n:Organization) WHERE n.deleted_at IS NULL RETURN collect(n.id)"
_TIES: Mapping[NetworkLevel, Mapping[ReasonCode, LiteralString]] = {
    NetworkLevel.PEOPLE: {
        ReasonCode.REPORTING: f"""
MATCH (a:Person)-[:HOLDS]->(x:Position)-[:REPORTS_TO]->(y:Position)<-[:HOLDS]-(b:Person)
WHERE x.deleted_at IS NULL AND y.deleted_at IS NULL AND {valid("x")} AND {valid("y")}
WITH id(x) % $groups AS part, collect(a.id) AS a, collect(b.id) AS b RETURN a, b""",
        ReasonCode.REFERRAL: """
MATCH (a:Person)-[:MADE]->(r:Referral)-[:LED_TO]->(b:Person) WHERE r.deleted_at IS NULL AND r.occurred_at < $at
WITH id(r) % $groups AS part, collect(a.id) AS a, collect(b.id) AS b RETURN a, b""",
    },
    NetworkLevel.ORGANIZATIONS: {
        ReasonCode.OWNERSHIP: f"""
MATCH (a:Organization)-[t:OWNS]->(b:Organization) WHERE t.deleted_at IS NULL AND {valid("t")}
WITH id(t) % $groups AS part, collect(a.id) AS a, collect(b.id) AS b RETURN a, b""",
        ReasonCode.PARTNERSHIP: f"""
MATCH (a:Organization)-[t:PARTNERS_WITH]->(b:Organization) WHERE t.deleted_at IS NULL AND {valid("t")}
WITH id(t) % $groups AS part, collect(a.id) AS a, collect(b.id) AS b RETURN a, b""",
        ReasonCode.SUPPLY: f"""
MATCH (a:Organization)-[t:SUPPLIES]->(b:Organization) WHERE t.deleted_at IS NULL AND {valid("t")}
WITH id(t) % $groups AS part, collect(a.id) AS a, collect(b.id) AS b RETURN a, b""",
        ReasonCode.REFERRAL: """
MATCH (a:Organization)-[:MADE]->(r:Referral)-[:LED_TO]->(b:Organization) WHERE r.deleted_at IS NULL AND r.occurred_at < $at
WITH id(r) % $groups AS part, collect(a.id) AS a, collect(b.id) AS b RETURN a, b""",
    },
}


class Placed(NamedTuple):
    """Ties of one kind, a column each: the positions of both ends, -1 for what does not take part, and how strong they are."""

    a: Places
    b: Places
    strength: FloatArray


@dataclass(frozen=True)
class Facts:
    """What holds at an instant: who takes part, in the order of ids, and the ties. Members: who (a) works at what (b)."""

    moment: Moment
    ids: Mapping[NetworkLevel, Sequence[str]]
    acquaintances: Placed
    members: Ends
    others: Mapping[NetworkLevel, Mapping[ReasonCode, Ends]]


async def load(writer: Writer, given: AsOf) -> Facts:
    """Reads them all, each kind in one statement."""
    database, moment = writer.database, Moment.of(writer, given)
    found = await kept.acquaintances(database, moment)
    organizations = sorted((await database.read(_ORGANIZATIONS))[0][0])
    return Facts(
        moment=moment,
        ids={NetworkLevel.PEOPLE: found.people, NetworkLevel.ORGANIZATIONS: organizations},
        acquaintances=Placed(found.a, found.b, await asyncio.to_thread(ties.strengths, found, moment.instant)),
        members=await ties.ends(database, ties.MEMBERS, moment),
        others={level: {kind: await ties.ends(database, query, moment) for kind, query in kinds.items()} for level, kinds in _TIES.items()},
    )


def absent(facts: Facts, level: NetworkLevel, id: str, *path: str) -> WriteProblem:
    """What to raise for a party that one network lacks: refused where it is in another one, NotFound where it takes part in none."""
    if not any(id in ids for ids in facts.ids.values()):
        return NotFound(id, *path)
    field = ".".join(path)
    en = f"{field}: it is not in the network of {level.en.lower()}; choose another level"
    return refused(en, f"{field}：该方不在“{level.zh}”网络中，请更换 level", *path)


def network(facts: Facts, level: NetworkLevel, weights: Weights, tick: Tick = silent) -> Network:
    """The network of one level, each tie with its kind's weight; kinds are numbered as in KINDS."""
    return one(lambda: _network(facts, level, weights), tick)


def _network(facts: Facts, level: NetworkLevel, weights: Weights) -> Network:
    counting, place = weights.of(level), ties.positions(facts.ids[level])
    base = facts.acquaintances if level is NetworkLevel.PEOPLE else folded(facts)
    layers = []
    for number, kind in enumerate(KINDS[level]):
        found = _located(place, facts.others[level][kind]) if kind in facts.others[level] else base
        layers.append(Layer(number, found.a, found.b, counting[kind] * found.strength))
    return strongest(facts.ids[level], layers)


def _located(place: Mapping[str, int], ends: Ends) -> Placed:
    return Placed(*ties.placed(place, ends), np.ones(len(ends.a)))


def folded(facts: Facts) -> Placed:
    """Organizations whose people know each other, and how well these do together: `1 − exp(−Σ strength / 5)`."""
    employees, employers = _members(facts)
    starts = np.searchsorted(employees, np.arange(len(facts.ids[NetworkLevel.PEOPLE]) + 1))
    counts, (a, b, strength) = np.diff(starts), facts.acquaintances
    ways = counts[a] * counts[b]
    # A row for each employer of one with each of the other.
    tie = np.repeat(np.arange(len(a)), ways)
    first, second = np.divmod(np.arange(len(tie)) - np.repeat(np.cumsum(ways) - ways, ways), counts[b][tie])
    x, y = employers[starts[a[tie]] + first], employers[starts[b[tie]] + second]
    size = max(len(facts.ids[NetworkLevel.ORGANIZATIONS]), 1)
    pair = np.minimum(x, y) * size + np.maximum(x, y)
    order = np.lexsort((tie, pair))
    order = order[(x != y)[order]]
    pair, tie = pair[order], tie[order]
    # Two who share employers tie these once.
    new = np.append(True, (np.diff(pair) != 0) | (np.diff(tie) != 0))[: len(pair)]
    pairs, number = np.unique(pair[new], return_inverse=True)
    sums = np.bincount(number, strength[tie[new]], len(pairs)).astype(np.float64)
    low, high = np.divmod(pairs, size)
    return Placed(low.astype(np.int32), high.astype(np.int32), ties.saturation(sums))


def _members(facts: Facts) -> tuple[Places, IntArray]:
    """Who works where: the positions of people, ascending, and of their organizations, each pair once."""
    ends = zip(NetworkLevel, (facts.members.a, facts.members.b), strict=True)
    people, organizations = (ties.located(ties.positions(facts.ids[level]), ids) for level, ids in ends)
    kept = (people >= 0) & (organizations >= 0)
    size = max(len(facts.ids[NetworkLevel.ORGANIZATIONS]), 1)
    pairs = np.unique(people[kept].astype(np.int64) * size + organizations[kept])
    return (pairs // size).astype(np.int32), pairs % size
