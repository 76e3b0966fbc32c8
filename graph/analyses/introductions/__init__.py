"""Introductions (引荐): by whom we get to know somebody, along the strongest ties between people."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Annotated, ClassVar, LiteralString

from pydantic import Field

from graph.analyses import kept, ties
from graph.analyses.days import AsOf, Moment
from graph.analyses.kept import Known, keeper
from graph.analyses.reasons import Reason, ReasonCode
from graph.analyses.registry import analysis, between
from graph.analyses.rows import Outcome, PathRow, RowKind
from graph.analyses.watch import Watch
from graph.clock import Clock
from graph.database import Database
from graph.errors import NotFound
from graph.fields import Id, many
from graph.metrics import warmth
from graph.network import Network
from graph.network.paths import strongest_paths
from graph.network.threads import Tick, silent
from graph.periods import valid
from graph.writing import Writer

__all__ = ["IntroductionPath", "IntroductionStep", "IntroductionsParameters", "introductions"]

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
    Refused where the network would take more memory than it may. O(steps · m) for m acquaintances in memory.
    """
    day = day or clock.now().date().isoformat()
    known, newest = await keeper(database).recent()
    sought = await _sought(database, known, to, day, positions) or ()
    if sources is None:
        sources = [person for person, held in known.ours(day).items() if positions is None or not held.isdisjoint(positions)]
    # A strength fades by a millionth a minute; the network of one is kept for that long.
    search = _Search(known, clock.now().replace(second=0, microsecond=0), day, sought, sources, first)
    hidden = _hidden(known, readable)
    while True:
        async with known.turns:
            found = await asyncio.to_thread(search.paths, hidden)
        if newest or not (gone := await _gone(database, found)):
            return found
        hidden |= {known.place[id] for id in gone}


async def _sought(database: Database, known: Known, to: str, day: str, positions: Collection[str] | None = None) -> Collection[str] | None:
    if to in known.place:
        return [to]
    rows = await database.read(_SOUGHT, {"id": to, "day": day})
    return {person for position, person in rows[0][1] if person and (positions is None or position in positions)} if rows else None


async def _gone(database: Database, found: Collection[IntroductionPath]) -> set[str]:
    """Those on the paths who no longer take part: they are in no path at once, however new the network is."""
    people = {id for path in found for step in path.steps for id in (step.source, step.target)}
    return people - await ties.present(database, people)


def _hidden(known: Known, readable: Readable) -> set[int]:
    if readable is None:
        return set()
    allowed = readable if callable(readable) else readable.__contains__
    return {position for id, position in known.place.items() if not allowed(id)}


@dataclass(frozen=True)
class _Search:
    known: Known
    at: datetime
    day: str
    sought: Collection[str]
    sources: Collection[str]
    first: int

    def paths(self, hidden: Collection[int] = (), tick: Tick = silent) -> list[IntroductionPath]:
        weighted = self.known.at(self.at, self.day)
        sources, targets = self._places(self.sources), self._places(self.sought)
        found = strongest_paths(weighted, sources, targets, self.first, steps=STEPS, hidden=hidden, tick=tick)
        return [IntroductionPath(path.strength, tuple(self._step(weighted, a, b) for a, b in pairwise(path.nodes))) for path in found]

    def _places(self, ids: Iterable[str]) -> list[int]:
        place = self.known.place
        return [place[id] for id in ids if id in place]

    def _step(self, weighted: Network, a: int, b: int) -> IntroductionStep:
        strength = float(weighted.weights[weighted.entry(a, b)])
        return IntroductionStep(weighted.ids[a], weighted.ids[b], strength, self.known.reasons(a, b, self.at, self.day))


class IntroductionsParameters(AsOf):
    """Who is sought, and by whom."""

    PEOPLE: ClassVar = ("from",)

    to: Id = Field(description="The person, or the organization of which anybody will do (引荐对象)")
    from_: Annotated[list[Id], many(1_000)] | None = Field(
        default=None, alias="from", description="Those who may introduce; all now at our own organizations if absent (起点)"
    )
    first: Annotated[int, between(1, 20)] = Field(default=3, description="How many paths (条数)")


async def _load(writer: Writer, parameters: IntroductionsParameters) -> _Search:
    moment = Moment.of(writer, parameters)
    known = await kept.at(writer.database, moment)
    sought = await _sought(writer.database, known, parameters.to, moment.day)
    if sought is None:
        raise NotFound(parameters.to, "to")
    sources = known.ours(moment.day) if parameters.from_ is None else parameters.from_
    return _Search(known, moment.instant, moment.day, sought, sources, parameters.first)


@analysis(
    "introductions",
    title=("Introductions", "引荐路径"),
    purpose=(
        "Who of us gets to know somebody by whom: the strongest paths between people, at most five steps long.",
        "我方谁可以通过谁认识对方：人与人之间最强的引荐路径，最多五步。",
    ),
    formula=(
        "strength of a path = Π strength of its steps; the k greatest of all simple paths (Yen)",
        "路径强度 = 各步强度之积 Π；取全部简单路径中最强的 k 条（Yen 算法）",
    ),
    complexity=(
        "O(5 m) for m ties, then O(25 m log m) a path at worst; memory O(n + m)",
        "m 条关系：先 O(5 m)，此后每条路径最坏 O(25 m log m)；内存 O(n + m)",
    ),
    rows=RowKind.PATH,
    parameters=IntroductionsParameters,
    estimate=ties.estimate,
    load=_load,
    light=True,
)
def strongest_introductions(search: _Search, parameters: IntroductionsParameters, watch: Watch) -> Outcome:
    """The strongest paths of at most five steps to a person, or to any of the people at an organization that day; a reason for each step.

    A path starts with one of those named, or of those who are at an own organization, and holds no other of them. Who opted out is in none.
    """
    rows = [
        PathRow(
            (path.steps[0].source, *(step.target for step in path.steps)),
            path.strength,
            tuple(Reason(ReasonCode.STEP, step.strength, party=step.target) for step in path.steps),
        )
        for path in search.paths(tick=watch.at)
    ]
    watch.at(1)
    formula = f"introductions 1: at most {STEPS} steps; {warmth.DEFAULT.version}"
    return Outcome(rows, formula, notes=ties.nobody_ours(search.sources) if parameters.from_ is None else ())
