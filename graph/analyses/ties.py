"""The ties that analyses are computed on, read in columns: what is valid on a day, of those who take part."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

import numpy as np
from numpy.typing import NDArray

from graph import embedded
from graph.analyses.days import AsOf, Moment
from graph.analyses.registry import Estimate
from graph.database import Database, Record
from graph.errors import Message
from graph.metrics.warmth import DEFAULT, Warmth
from graph.network import FloatArray, Network
from graph.periods import valid
from graph.writing import Writer

__all__ = [
    "Acquaintances",
    "Ends",
    "count",
    "ends",
    "in_columns",
    "located",
    "network",
    "nobody_ours",
    "own",
    "parties",
    "placed",
    "positions",
    "present",
    "saturation",
    "stored",
    "strength",
    "strengths",
    "takes_part",
    "team",
]

_SECONDS = 300.0
# Some thousand values in one message: at 1,000,000 ties twice as fast as a row for each.
_GROUPS, _ROWS = 1_000, 20
# Measured: the interactions before a past day are read and added up again.
_SECONDS_AN_INTERACTION = 8e-5
_LARGEST = float(np.nextafter(1, 0))


def takes_part(name: LiteralString) -> LiteralString:
    """Cypher: whether the party called `name` is neither deleted nor opted out."""
    return f"{name}.deleted_at IS NULL AND NOT coalesce({name}.network_opt_out, false)"


_NOBODY_OURS = Message(
    "nobody is ours: mark our organization as own (`own: true`); our people are those who have a position there on that day",
    "没有我方组织或人员：请将我方组织标记为 `own: true`；当日在其任职者即为我方人员",
)
_PRESENT: LiteralString = f"""
UNWIND $ids AS id
MATCH (n:Node {{id: id}}) WHERE {takes_part("n")}
RETURN collect(n.id)
"""
_TEAM: LiteralString = f"""
MATCH (o:Organization {{own: true}})<-[:AT]-(x:Position)<-[:HOLDS]-(p:Person)
WHERE o.deleted_at IS NULL AND x.deleted_at IS NULL AND {valid("x")}
RETURN p.id, collect(DISTINCT x.id)
"""
_OWN: LiteralString = "MATCH (o:Organization {own: true}) WHERE o.deleted_at IS NULL RETURN collect(o.id)"
_PARTIES: LiteralString = "MATCH (n:Party) RETURN count(n)"
_INTERACTIONS: LiteralString = "MATCH (i:Interaction) RETURN count(i)"
MEMBERS: LiteralString = f"""
MATCH (p:Person)-[:HOLDS]->(x:Position)-[:AT]->(o:Organization)
WHERE x.deleted_at IS NULL AND o.deleted_at IS NULL AND {valid("x")}
WITH id(x) % $groups AS part, collect(p.id) AS a, collect(o.id) AS b
RETURN a, b
"""


@dataclass(frozen=True)
class Ends:
    """Ties of one kind: the ids of both ends, a column each."""

    a: tuple[str, ...]
    b: tuple[str, ...]


@dataclass(frozen=True)
class Acquaintances:
    """Who knows whom, among `people`, who stand in the order of their ids.

    Of each acquaintance: the positions of both ends, the stored sums of warmth a → b and b → a, the floor that a declared closeness gives.
    """

    people: Sequence[str]
    a: NDArray[np.int32]
    b: NDArray[np.int32]
    out: FloatArray
    back: FloatArray
    floor: FloatArray


async def team(database: Database, day: str) -> dict[str, frozenset[str]]:
    """Everybody with a position at an own organization on a day, and these positions."""
    return {row[0]: frozenset(row[1]) for row in await database.read(_TEAM, {"day": day})}


def nobody_ours(ours: Collection[str]) -> tuple[Message, ...]:
    """What an analysis that begins with us notes where there is nobody: else it would only find nothing."""
    return () if ours else (_NOBODY_OURS,)


async def own(database: Database) -> frozenset[str]:
    """Our own organizations."""
    return frozenset((await database.read(_OWN))[0][0])


async def ends(database: Database, query: LiteralString, moment: Moment) -> Ends:
    """The ties that `query` gives, each pair once, in the order of their ids.

    It takes $day and $at, and gives both ends as `in_columns` says.
    """
    return await asyncio.to_thread(_ends, [row async for row in in_columns(database, query, day=moment.day, at=moment.at)])


def in_columns(database: Database, query: LiteralString, **parameters: object) -> AsyncIterator[Record]:
    """The rows of a large read that gives columns of values, in as many rows as there are $groups."""
    return database.stream(query, {**parameters, "groups": _GROUPS}, seconds=_SECONDS, ahead=_ROWS)


def _ends(rows: Sequence[Record]) -> Ends:
    pairs = sorted({pair for row in rows for pair in zip(row["a"], row["b"], strict=True)})
    return Ends(tuple(a for a, _ in pairs), tuple(b for _, b in pairs))


def strengths(found: Acquaintances, at: datetime, warmth: Warmth = DEFAULT) -> FloatArray:
    """The strength of each acquaintance at an instant."""
    return strength(found.out, found.back, found.floor, at, warmth)


def strength(out: FloatArray, back: FloatArray, floor: FloatArray, at: datetime, warmth: Warmth = DEFAULT) -> FloatArray:
    """`graph.metrics.warmth.strength` over columns of stored sums."""
    decay = warmth.decay(at)
    low, high = np.minimum(out, back) * decay, np.maximum(out, back) * decay
    warm = 0.8 * saturation(low) + 0.2 * saturation(high)
    return np.minimum(np.maximum(floor, warm), _LARGEST)


def positions(ids: Iterable[str]) -> dict[str, int]:
    """Id → position."""
    return {id: position for position, id in enumerate(ids)}


def placed(place: Mapping[str, int], ends: Ends) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The positions of both ends, -1 for what has no place."""
    return located(place, ends.a), located(place, ends.b)


def located(place: Mapping[str, int], ids: Iterable[str]) -> NDArray[np.int32]:
    """The position of each, -1 for what has no place."""
    return np.array([place.get(id, -1) for id in ids], np.int32)


def network(found: Acquaintances, at: datetime) -> Network:
    """How well people know each other at an instant; ties of no strength are left out."""
    strength = strengths(found, at)
    kept = strength > 0
    return Network.of(found.people, found.a[kept], found.b[kept], strength[kept])


def saturation(warmth: FloatArray) -> FloatArray:
    """1 − exp(−warmth/5) over a column."""
    return -np.expm1(-np.maximum(warmth, 0) / 5)


async def count(database: Database) -> tuple[int, int]:
    """How many parties there are, and how many acquaintances: the size of any network is near to it."""
    return await parties(database), await stored(database, "KNOWS")


async def stored(database: Database, *types: LiteralString) -> int:
    """How many ties of these types are stored.

    Both engines know it, the embedded one by SQL alone: asked in Cypher it reads all of them (1,000,000 in 2 s).
    """
    return sum([await _stored(database, type) for type in types])


async def _stored(database: Database, type: LiteralString) -> int:
    if database.engine == "embedded":
        return int((await embedded.sql(database.target, f"SELECT count(*) AS ties FROM {type}"))[0]["ties"])
    return int((await database.read(f"MATCH ()-[t:{type}]->() RETURN count(t)"))[0][0])


async def parties(database: Database) -> int:
    """How many parties there are."""
    return int((await database.read(_PARTIES))[0][0])


async def present(database: Database, ids: Collection[str]) -> set[str]:
    """Those of the parties that take part now."""
    return set((await database.read(_PRESENT, {"ids": sorted(ids)}))[0][0]) if ids else set()


async def estimate(writer: Writer, parameters: AsOf) -> Estimate:
    """What an analysis of the whole network will take, on the day that it speaks of."""
    found = Estimate.of(*await count(writer.database))
    if not Moment.of(writer, parameters).past:
        return found
    before = int((await writer.database.read(_INTERACTIONS))[0][0])
    return found.longer(before * _SECONDS_AN_INTERACTION)
