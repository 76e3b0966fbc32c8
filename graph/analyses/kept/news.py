"""What the log tells since a number: whose acquaintances may be others now."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import LiteralString

from graph.database import Database

__all__ = ["News", "since"]

_CHANGES: LiteralString = """
MATCH (c:Change) WHERE c.number > $number AND c.number <= $head
OPTIONAL MATCH (c)-[:ABOUT]->(n:Person)
RETURN c.number, c.subjects, collect(n.id)
"""
# Of an import the interactions are named, not who took part. Of a correction those who no longer do are told by ABOUT.
_MEANT: LiteralString = """
UNWIND $ids AS id
MATCH (n:Node {id: id})
OPTIONAL MATCH (n)<-[:TOOK_PART]-(p:Person)
RETURN coalesce(max(CASE WHEN n:Person OR n:Position OR n:Organization THEN 1 ELSE 0 END), 0) = 1, collect(DISTINCT p.id)
"""
_ROWS = 100


@dataclass(frozen=True)
class News:
    """Ids among which are all people who may know others now, or take part or no longer do; and whether our team may be another."""

    ids: Collection[str]
    team: bool


async def since(database: Database, number: int, head: int, most: int) -> News | None:
    """What the changes after `number` up to `head` mean; None where they do not say, or are of more than `most`."""
    subjects: set[str] = set()
    found: set[str] = set()
    changes = 0
    async for _, named, about in database.stream(_CHANGES, {"number": number, "head": head}, ahead=_ROWS):
        # A change without subjects is of everything.
        if not named:
            return None
        changes += 1
        subjects.update(named)
        found.update(named, about)
        if len(found) > most:
            return None
    # One that is missing may have been of anything.
    if changes != head - number:
        return None
    team, took_part = (await database.read(_MEANT, {"ids": sorted(subjects)}))[0] if subjects else (False, ())
    found.update(took_part)
    return News(found, team) if len(found) <= most else None
