"""Introductions (引荐): by whom we get to know somebody, along the strongest ties between people."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Annotated, LiteralString

from pydantic import Field

from graph.analyses import ties
from graph.analyses.introductions.known import Known, known
from graph.analyses.reasons import Reason, ReasonCode
from graph.analyses.registry import analysis, between
from graph.analyses.rows import Outcome, PathRow, RowKind
from graph.analyses.watch import Watch
from graph.clock import Clock
from graph.database import Database
from graph.errors import NotFound
from graph.fields import Fields, Id, many
from graph.metrics import warmth
from graph.network.paths import strongest_paths
from graph.periods import valid
from graph.writing import Writer

__all__ = ["IntroductionParameters", "IntroductionPath", "IntroductionStep", "introductions"]

STEPS = 5
Readable = Callable[[str], bool] | Collection[str] | None

_SOUGHT: LiteralString = f"""
MATCH (n:Node {{id: $id}}) WHERE n:Party AND n.deleted_at IS NULL
OPTIONAL MATCH (n)<-[:AT]-(x:Position)<-[:HOLDS]-(p:Person)
WHERE x.deleted_at IS NULL AND {valid("x")}
RETURN n.id, collect([x.id, p.id])
"""


@dataclass(frozen=True)
class IntroductionStep:
    """Somebody introduces the next one: how strong that tie is, and why."""

    source: str
    target: str
    strength: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class IntroductionPath:
    """Steps from one of us to who is sought; as strong as their product."""

    strength: float
    steps: tuple[IntroductionStep, ...]


async def introductions(
    database: Database,
    clock: Clock,
    *,
    to: str,
    sources: Collection[str] | None = None,
    first: int = 3,
    readable: Readable = None,
    positions: Collection[str] | None = None,
    day: str | None = None,
) -> list[IntroductionPath]:
    """The `first` strongest paths of at most five steps to a person, or to any of the people now at an organization.

    A path starts with one of `sources`, or of those now at an own organization, and holds no other of them. Whoever opted out, was
    deleted or is not `readable` is in none; of what is not there, there are none. Positions are those in `positions`, if given.
    O(steps · m) for m acquaintances in memory.
    """
    day = day or clock.now().date().isoformat()
    network = await known(database, clock, day)
    sought = await _sought(database, network, to, day, positions) or ()
    if sources is None:
        sources = [person for person, held in network.ours.items() if positions is None or not held.isdisjoint(positions)]
    # A strength fades by a millionth a minute; the network of one is kept for that long.
    at = clock.now().replace(second=0, microsecond=0)
    async with network.turns:
        return await asyncio.to_thread(_paths, network, at, sought, sources, first, readable)


async def _sought(
    database: Database, network: Known, to: str, day: str, positions: Collection[str] | None = None
) -> Collection[str] | None:
    if to in network.network.place:
        return [to]
    rows = await database.read(_SOUGHT, {"id": to, "day": day})
    return {person for position, person in rows[0][1] if person and (positions is None or position in positions)} if rows else None


def _paths(
    network: Known, at: datetime, sought: Collection[str], sources: Collection[str], first: int, readable: Readable = None
) -> list[IntroductionPath]:
    def places(ids: Iterable[str]) -> list[int]:
        return [place[id] for id in ids if id in place]

    weighted, place, names = network.at(at), network.network.place, network.network.ids
    starts, ends = places(sources), places(sought)
    found = strongest_paths(weighted, starts, ends, first, steps=STEPS, hidden=_hidden(network, readable))
    return [
        IntroductionPath(
            path.strength,
            tuple(
                IntroductionStep(names[a], names[b], float(weighted.weights[weighted.entry(a, b)]), network.reasons(a, b, at))
                for a, b in pairwise(path.nodes)
            ),
        )
        for path in found
    ]


def _hidden(network: Known, readable: Readable) -> list[int]:
    if readable is None:
        return []
    allowed = readable if callable(readable) else readable.__contains__
    return [position for position, id in enumerate(network.network.ids) if not allowed(id)]


class IntroductionParameters(Fields):
    """Who is sought, and by whom."""

    to: Id = Field(description="The person, or the organization of which anybody will do (引荐对象)")
    from_: Annotated[list[Id], many(1_000)] | None = Field(
        default=None, alias="from", description="Those who may introduce; all now at our own organizations if absent (起点)"
    )
    first: Annotated[int, between(1, 20)] = Field(default=3, description="How many paths (条数)")


@dataclass(frozen=True)
class Facts:
    """The network, and the people sought."""

    at: datetime
    network: Known
    sought: Collection[str]


async def _load(writer: Writer, parameters: IntroductionParameters) -> Facts:
    network = await known(writer.database, writer.clock, writer.today())
    sought = await _sought(writer.database, network, parameters.to, writer.today())
    if sought is None:
        raise NotFound(parameters.to, "to")
    return Facts(writer.clock.now(), network, sought)


@analysis(
    "introductions",
    title=("Introductions", "引荐路径"),
    purpose=(
        "Who of us gets to know somebody by whom: the strongest paths between people, at most five steps long.",
        "我方谁可以通过谁认识对方：人与人之间最强的引荐路径，最多五步。",
    ),
    formula="strength of a path = Π strength of its steps; the k greatest of all simple paths (Yen)",
    complexity="O(5 m) for m ties, then O(25 m log m) a path at worst",
    rows=RowKind.PATH,
    parameters=IntroductionParameters,
    estimate=ties.estimate,
    load=_load,
    light=True,
)
def strongest_introductions(facts: Facts, parameters: IntroductionParameters, watch: Watch) -> Outcome:
    """The strongest paths of at most five steps to a person, or to any of the people now at an organization; a reason for each step.

    A path starts with one of those named, or of those now at an own organization, and holds no other of them. Who opted out is in none.
    """
    paths = _paths(
        facts.network, facts.at, facts.sought, parameters.from_ if parameters.from_ is not None else facts.network.ours, parameters.first
    )
    rows = [
        PathRow(
            (path.steps[0].source, *(step.target for step in path.steps)),
            path.strength,
            tuple(Reason(ReasonCode.STEP, step.strength, party=step.target) for step in path.steps),
        )
        for path in paths
    ]
    watch.at(1)
    return Outcome(rows, f"introductions 1: at most {STEPS} steps; {warmth.DEFAULT.version}")
