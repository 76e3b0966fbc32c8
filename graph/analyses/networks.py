"""The two networks that analyses are computed on, of people and of organizations: who takes part, and how they are tied on a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, LiteralString

import numpy as np
from pydantic import Field

from graph.analyses import kept, ties
from graph.analyses.days import AsOf, Moment
from graph.analyses.reasons import ReasonCode
from graph.analyses.registry import between
from graph.analyses.ties import Ends
from graph.metrics import warmth
from graph.network import FloatArray, Layer, Network, strongest
from graph.periods import valid
from graph.terms import Term
from graph.writing import Writer


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
RETURN a.id, collect(b.id)""",
        ReasonCode.REFERRAL: """
MATCH (a:Person)-[:MADE]->(r:Referral)-[:LED_TO]->(b:Person) WHERE r.deleted_at IS NULL AND r.occurred_at < $at
RETURN a.id, collect(b.id)""",
    },
    NetworkLevel.ORGANIZATIONS: {
        ReasonCode.OWNERSHIP: f"""
MATCH (a:Organization)-[t:OWNS]->(b:Organization) WHERE t.deleted_at IS NULL AND {valid("t")} RETURN a.id, collect(b.id)""",
        ReasonCode.PARTNERSHIP: f"""
MATCH (a:Organization)-[t:PARTNERS_WITH]->(b:Organization) WHERE t.deleted_at IS NULL AND {valid("t")} RETURN a.id, collect(b.id)""",
        ReasonCode.SUPPLY: f"""
MATCH (a:Organization)-[t:SUPPLIES]->(b:Organization) WHERE t.deleted_at IS NULL AND {valid("t")} RETURN a.id, collect(b.id)""",
        ReasonCode.REFERRAL: """
MATCH (a:Organization)-[:MADE]->(r:Referral)-[:LED_TO]->(b:Organization) WHERE r.deleted_at IS NULL AND r.occurred_at < $at
RETURN a.id, collect(b.id)""",
    },
}


@dataclass(frozen=True)
class Facts:
    """What holds at an instant: who takes part, who knows whom how well, who (a) works at what (b), and the other ties by kind."""

    moment: Moment
    ids: Mapping[NetworkLevel, Sequence[str]]
    acquaintances: Ends
    strengths: FloatArray
    members: Ends
    others: Mapping[NetworkLevel, Mapping[ReasonCode, Ends]]


async def load(writer: Writer, given: AsOf) -> Facts:
    """Reads them all, each kind in one statement."""
    database, moment = writer.database, Moment.of(writer, given)
    found, people = await kept.acquaintances(database, moment)
    organizations = (await database.read(_ORGANIZATIONS))[0][0]
    return Facts(
        moment=moment,
        ids={NetworkLevel.PEOPLE: people, NetworkLevel.ORGANIZATIONS: organizations},
        acquaintances=found.ends,
        strengths=ties.strengths(found, moment.instant),
        members=await ties.ends(database, ties.MEMBERS, moment),
        others={level: {kind: await ties.ends(database, query, moment) for kind, query in kinds.items()} for level, kinds in _TIES.items()},
    )


def network(facts: Facts, level: NetworkLevel, weights: Weights) -> Network:
    """The network of one level, each tie with its kind's weight; kinds are numbered as in KINDS."""
    counting = weights.of(level)
    base = (facts.acquaintances, facts.strengths) if level is NetworkLevel.PEOPLE else folded(facts)
    layers = []
    for number, kind in enumerate(KINDS[level]):
        ends, strengths = (facts.others[level][kind], None) if kind in facts.others[level] else base
        layers.append(Layer(number, ends.a, ends.b, counting[kind] * (np.ones(len(ends.a)) if strengths is None else strengths)))
    return strongest(facts.ids[level], layers)


def folded(facts: Facts) -> tuple[Ends, FloatArray]:
    """Organizations whose people know each other, and how well these do together: `1 − exp(−Σ strength / 5)`."""
    taking_part = set(facts.ids[NetworkLevel.PEOPLE])
    employers: dict[str, set[str]] = defaultdict(set)
    for person, organization in zip(facts.members.a, facts.members.b, strict=True):
        if person in taking_part:
            employers[person].add(organization)
    sums: dict[tuple[str, str], float] = defaultdict(float)
    for a, b, strength in zip(facts.acquaintances.a, facts.acquaintances.b, facts.strengths.tolist(), strict=True):
        for pair in {(min(x, y), max(x, y)) for x in employers.get(a, ()) for y in employers.get(b, ()) if x != y}:
            sums[pair] += strength
    ends = Ends(tuple(a for a, _ in sums), tuple(b for _, b in sums))
    return ends, ties.saturation(np.array(list(sums.values()), np.float64))
