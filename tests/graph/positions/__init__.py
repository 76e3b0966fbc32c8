"""Shared by the tests of positions."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from graph import periods, positions
from graph.database import Database
from graph.positions import PositionEnding, PositionUpdate
from graph.writing import Writer, Written
from tests.graph import given


async def update(writer: Writer, id: str, **fields: Any) -> Written:
    version = (await given.node(writer.database, id))["version"]
    return await positions.update(writer, PositionUpdate.parse({"id": id, "version": version, **fields}))


async def end(writer: Writer, id: str, until: str | None = None) -> Written:
    return await positions.end(writer, PositionEnding(id=id, until=until))


async def ends(database: Database, id: str) -> tuple[str, str | None, str | None]:
    """Organization, holder, superior."""
    query = """MATCH (q:Node {id: $id})-[:AT]->(o) OPTIONAL MATCH (p)-[:HOLDS]->(q) OPTIONAL MATCH (q)-[:REPORTS_TO]->(s)
        RETURN o.id, p.id, s.id"""
    (row,) = await given.rows(database, query, id=id)
    return row[0], row[1], row[2]


async def primary(writer: Writer, *ids: str) -> list[bool]:
    return [(await given.node(writer.database, id))["primary"] for id in ids]


async def primaries_of_a_day(database: Database, person: str, day: str) -> int:
    query = "MATCH (:Node {id: $person})-[:HOLDS]->(q:Position {primary: true}) WHERE q.deleted_at IS NULL RETURN q.since, q.until"
    return sum(periods.valid_on(day, row[0], row[1]) for row in await given.rows(database, query, person=person))


async def chain(writer: Writer, acme: str, length: int) -> list[str]:
    """Each reports to the next one."""
    ids = [await given.position(writer, None, acme) for _ in range(length)]
    for junior, senior in pairwise(ids):
        await update(writer, junior, reportsTo=senior)
    return ids
