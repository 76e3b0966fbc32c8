"""Whom the parameters of an analysis name: they must be there when it is asked for, and who may not read them reads nothing of it."""

from __future__ import annotations

from collections.abc import Collection
from typing import LiteralString

from graph.analyses.days import AsOf, Moment
from graph.database import Transaction
from graph.errors import Invalid, NotFound, Problems
from graph.fields import Fields, references
from graph.writing import Writer

__all__ = ["check", "of", "tie", "tie_anew"]

_THERE: LiteralString = """
UNWIND $ids AS id
MATCH (n:Node {id: id}) WHERE n:Party AND n.deleted_at IS NULL
RETURN n.id, n:Person
"""
_NAMED: LiteralString = "MATCH (:Node {id: $id})-[:NAMES]->(n) RETURN n.id"
_FORGET: LiteralString = "MATCH (:Node {id: $id})-[named:NAMES]->() DELETE named"
_NAME: LiteralString = """
MATCH (run:Node {id: $id})
UNWIND $ids AS id
MATCH (n:Node {id: id}) WHERE n:Party
CREATE (run)-[:NAMES]->(n)
"""


async def check(writer: Writer, given: Fields, *path: str) -> None:
    """Raises Problems: NotFound for a party that is not there, or no person where one is asked for; OUT_OF_RANGE for a day to come."""
    named = dict(references(given))
    found = dict(map(tuple, await writer.database.read(_THERE, {"ids": list(named)}))) if named else {}
    people = getattr(type(given), "PEOPLE", ())
    if missing := [(id, field) for id, field in named.items() if id not in found or (field[0] in people and not found[id])]:
        raise Problems([NotFound(id, *path, *field) for id, field in missing])
    if isinstance(given, AsOf):
        try:
            Moment.of(writer, given)
        except Invalid as problem:
            raise problem.at(*path, *problem.path) from None


async def tie(transaction: Transaction, id: str, naming: Collection[str]) -> None:
    """Ties a new run or schedule to the parties that its parameters name."""
    if naming:
        await transaction.run(_NAME, {"id": id, "ids": sorted(set(naming))})


async def tie_anew(transaction: Transaction, id: str, naming: Collection[str]) -> None:
    """Ties a schedule to other parties than before."""
    await transaction.run(_FORGET, {"id": id})
    await tie(transaction, id, naming)


async def of(transaction: Transaction, id: str) -> list[str]:
    """The parties that the parameters of a run or schedule name."""
    return [row[0] for row in await transaction.run(_NAMED, {"id": id})]
