"""Whom the parameters of an analysis name: they must be there when it is asked for, and who may not read them reads nothing of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, LiteralString

from graph.analyses.days import AsOf, Moment
from graph.database import Transaction
from graph.errors import Invalid, NotFound, Problems
from graph.fields import Fields, references
from graph.writing import Writer

__all__ = ["check", "tie"]

_THERE: LiteralString = """
UNWIND $ids AS id
MATCH (n:Node {id: id}) WHERE n:Party AND n.deleted_at IS NULL
RETURN n.id, n:Person
"""
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


async def tie(transaction: Transaction, id: str, parameters: str) -> None:
    """Ties a run or a schedule to the parties that its parameters, as they are stored, name."""
    await transaction.run(_FORGET, {"id": id})
    if named := sorted(set(_texts(json.loads(parameters)))):
        await transaction.run(_NAME, {"id": id, "ids": named})


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list():
            for item in value:
                yield from _texts(item)
        case dict():
            for item in value.values():
                yield from _texts(item)
