"""Reads who knows whom: everybody in one streaming read, or some people alone."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping
from typing import Any, LiteralString, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph.analyses.kept.columns import Columns, Tie, from_day, level, placed
from graph.analyses.ties import in_columns, takes_part
from graph.database import Database

__all__ = ["Post", "everybody", "some", "team"]

_SECONDS = 300.0
# The engine's own numbers stand for both ends: a third of the bytes of ids. Ties without labels at their ends are read in the order in
# which they are stored: at 1,000,000 ties twice as fast as with labels.
_EVERYBODY: LiteralString = f"""
MATCH (n:Person) WHERE {takes_part("n")}
WITH id(n) % $groups AS part, collect(id(n)) AS numbers, collect(n.id) AS ids
RETURN numbers, ids
"""
_KNOWS: LiteralString = """
MATCH (n)-[k:KNOWS]->(other) WHERE k.deleted_at IS NULL
WITH id(k) % $groups AS part, collect(id(n)) AS a, collect(id(other)) AS b, collect(k.out) AS out, collect(k.`in`) AS back,
  collect(CASE WHEN k.declared THEN coalesce(k.closeness, '') + ' ' + coalesce(k.since, '') ELSE '' END) AS declared
RETURN a, b, out, back, declared
"""
_SOME: LiteralString = f"""
UNWIND $ids AS id
MATCH (n:Node {{id: id}}) WHERE n:Person AND {takes_part("n")}
OPTIONAL MATCH (n)-[k:KNOWS]-(other:Person) WHERE k.deleted_at IS NULL
RETURN id, collect(CASE WHEN k IS NOT NULL THEN
  [other.id, k.out, k.`in`, CASE WHEN k.declared THEN k.closeness END, CASE WHEN k.declared THEN k.since END] END)
"""
_TEAM: LiteralString = """
MATCH (o:Organization {own: true})<-[:AT]-(x:Position)<-[:HOLDS]-(n:Person)
WHERE o.deleted_at IS NULL AND x.deleted_at IS NULL
RETURN collect([n.id, x.id, x.since, x.until])
"""


class Post(NamedTuple):
    """Somebody's position at an own organization, and when."""

    person: str
    position: str
    since: str | None
    until: str | None


async def everybody(database: Database) -> Columns:
    """All acquaintances of all who take part, in one streaming read."""
    parts = [_part(*row) async for row in in_columns(database, _KNOWS)]
    ids: dict[int, str] = {}
    async for row in in_columns(database, _EVERYBODY):
        ids |= zip(row["numbers"], row["ids"], strict=True)
    return await asyncio.to_thread(_columns, ids, parts)


async def some(database: Database, people: Collection[str]) -> tuple[list[str], list[Tie]]:
    """Those of `people` who take part, and all their acquaintances."""
    rows = await database.read(_SOME, {"ids": sorted(people)}, seconds=_SECONDS)
    return [row[0] for row in rows], [Tie.between(row[0], *found) for row in rows for found in row[1]]


async def team(database: Database) -> tuple[Post, ...]:
    """Every position at an own organization, whenever it is or was held."""
    return tuple(Post(*row) for row in (await database.read(_TEAM))[0][0])


_Part = tuple[NDArray[Any], ...]


def _part(a: list[int], b: list[int], out: list[float], back: list[float], declared: list[str]) -> _Part:
    """One row in columns: as objects a million ties would take ten times the memory."""
    levels, days = np.zeros(len(a), np.uint8), np.zeros(len(a), np.int32)
    for row, told in enumerate(declared):
        if told:
            closeness, _, since = told.partition(" ")
            levels[row], days[row] = level(closeness), from_day(since)
    part = np.array(a, np.int64), np.array(b, np.int64), np.array(out, np.float64), np.array(back, np.float64), levels, days
    if len({len(column) for column in part}) > 1:
        raise ValueError("an acquaintance lacks a sum")
    return part


def _columns(ids: Mapping[int, str], parts: Iterable[_Part]) -> Columns:
    place = placed(ids.values())
    numbers = np.array(sorted(ids), np.int64)
    places = np.array([place[ids[number]] for number in numbers.tolist()], np.int32)
    a, b, *more = (np.concatenate(column) for column in zip(_part([], [], [], [], []), *parts, strict=True))
    a, b = (_found(numbers, places, each) for each in (a, b))
    kept = (a >= 0) & (b >= 0) & (a != b)
    columns: list[NDArray[Any]] = [each[kept] for each in (a, b, *more)]
    return Columns(place, *columns)


def _found(numbers: NDArray[np.int64], places: NDArray[np.int32], wanted: NDArray[np.int64]) -> NDArray[np.int32]:
    """The place of each number, -1 for one that is not there."""
    if not len(numbers):
        return np.full(len(wanted), -1, np.int32)
    at = np.searchsorted(numbers, wanted).clip(max=len(numbers) - 1)
    return np.where(numbers[at] == wanted, places[at], np.int32(-1))
