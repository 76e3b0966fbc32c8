"""The data of the read benchmark: 2,000 organizations, 10,000 people, 15,000 positions, 100,000 interactions."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString

from graph.clock import instant
from graph.database import Database

ORGANIZATIONS, PEOPLE, INTERACTIONS = 2_000, 10_000, 100_000
BATCH = 2_000

_ORGANIZATIONS: LiteralString = "UNWIND $rows AS r CREATE (n:Node:Party:Organization) SET n = r"
_PEOPLE: LiteralString = "UNWIND $rows AS r CREATE (n:Node:Party:Person) SET n = r"
_INTERACTIONS: LiteralString = "UNWIND $rows AS r CREATE (n:Node:Interaction) SET n = r"
_POSITIONS: LiteralString = """
UNWIND $rows AS r MATCH (p:Node {id: r.person}) MATCH (o:Node {id: r.organization})
CREATE (p)-[:HOLDS]->(n:Node:Position)-[:AT]->(o) SET n = r.position
"""
_TOOK_PART: LiteralString = """
UNWIND $rows AS r MATCH (p:Node {id: r.person}) MATCH (n:Node {id: r.interaction}) CREATE (p)-[:TOOK_PART {role: 'FROM'}]->(n)
"""


async def load(database: Database) -> None:
    """Into an empty, migrated database."""
    chance = random.Random(7)
    await _write(database, _ORGANIZATIONS, (_organization(chance, i) for i in range(ORGANIZATIONS)))
    await _write(database, _PEOPLE, (_person(chance, i) for i in range(PEOPLE)))
    await _write(database, _POSITIONS, _positions(chance))
    await _write(database, _INTERACTIONS, (_interaction(chance, i) for i in range(INTERACTIONS)))
    parts = ({"person": f"p{chance.randrange(PEOPLE):05}", "interaction": f"i{i:06}"} for i in range(INTERACTIONS))
    await _write(database, _TOOK_PART, parts)


async def _write(database: Database, query: LiteralString, rows: Iterator[dict[str, Any]]) -> None:
    while batch := [row for _, row in zip(range(BATCH), rows, strict=False)]:
        await database.write(lambda transaction, batch=batch: transaction.run(query, {"rows": batch}))  # type: ignore[misc]


def _at(chance: random.Random) -> str:
    return instant(datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=chance.randrange(2_000 * 86_400)))


def _organization(chance: random.Random, i: int) -> dict[str, Any]:
    name, at = f"Organization {i:04}", _at(chance)
    return {"id": f"o{i:04}", "name": name, "sort_name": name.lower(), "kind": "COMPANY", "own": i == 0, "created_at": at} | _always(at)


def _person(chance: random.Random, i: int) -> dict[str, Any]:
    name, at = f"{chance.choice(['Ada', 'Bob', 'Cy', 'Dee', 'Eve', 'Flo'])} {i % 997:03}", _at(chance)
    own = {"salutation": chance.choice(["Ms", "Mr", None]), "network_opt_out": False, "influence_score": round(chance.random() * 100, 4)}
    return {"id": f"p{i:05}", "name": name, "sort_name": name.lower(), "created_at": at, **own} | _always(at)


def _always(at: str) -> dict[str, Any]:
    return {"updated_at": at, "version": 1, "tags": [], "domains": []}


def _positions(chance: random.Random) -> Iterator[dict[str, Any]]:
    for i in range(PEOPLE):
        for k in range(chance.choice([1, 1, 2])):
            position = {
                "id": f"q{i:05}{k}",
                "kind": "EMPLOYEE",
                "title": chance.choice(["CEO", "CFO", "CTO", "Analyst"]),
                "primary": k == 0,
            }
            position |= {"since": str(chance.randrange(1990, 2026)), "version": 1}
            yield {"person": f"p{i:05}", "organization": f"o{chance.randrange(ORGANIZATIONS):04}", "position": position}


def _interaction(chance: random.Random, i: int) -> dict[str, Any]:
    at = _at(chance)
    own = {"channel": chance.choice(["CALL", "EMAIL", "MEETING"]), "direction": "INBOUND", "visibility": "EVERYONE"}
    return {"id": f"i{i:06}", "subject": f"talk {i}", "occurred_at": at, "version": 1, **own}
