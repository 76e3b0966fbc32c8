"""Who knows whom in a large company: 100,000 people, 1,000,000 acquaintances, a hundred of the people ours. The same every time."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, LiteralString
from uuid import UUID

import numpy as np

from benchmarks.network import graph
from graph.database import Database
from graph.metrics.warmth import DEFAULT

OURS = 100
NODES, TIES = 2_000, 5_000
DAY = "2026-07-01T00:00:00.000000Z"

_COUNT: LiteralString = "MATCH ()-[k:KNOWS]->() RETURN count(k)"
_OURS: LiteralString = "CREATE (o:Node:Party:Organization) SET o = $o"
_PEOPLE: LiteralString = "UNWIND $rows AS row CREATE (n:Node:Party:Person) SET n = row"
_POSITIONS: LiteralString = """
UNWIND $rows AS row MATCH (p:Node {id: row.person}) MATCH (o:Node {id: 'us'})
CREATE (p)-[:HOLDS]->(x:Node:Position)-[:AT]->(o) SET x = row.position
"""
# As the product makes them: what is set afterwards no longer fits where the embedded engine has put the tie, and takes two reads.
_KNOWS: LiteralString = """
UNWIND $rows AS row MATCH (a:Node {id: row.a}) MATCH (b:Node {id: row.b})
CREATE (a)-[:KNOWS {
  id: row.id, pair: row.pair, out: row.out, `in`: row.back, count: row.count, first_at: row.at, last_at: row.at, weights: row.weights,
  declared: row.declared, closeness: row.closeness, bases: [], version: 1, created_at: row.at, updated_at: row.at
}]->(b)
"""


async def load(database: Database, people: int, ties: int) -> None:
    """Into a migrated database, unless they are there, with what a run before has added: batched, without the log."""
    if (await database.read(_COUNT))[0][0] >= ties:
        return
    await _write(database, _OURS, [{"id": "us", "name": "Us", "own": True, **_always()}], one="o")
    await _write(
        database, _PEOPLE, ({"id": person(n), "name": f"Person {n}", "network_opt_out": False, **_always()} for n in range(people))
    )
    await _write(database, _POSITIONS, ({"person": person(n), "position": _position(n)} for n in range(OURS)))
    await _write(database, _KNOWS, _acquaintances(people, ties), size=TIES)


def person(number: int) -> str:
    """The id of a person, as long as ids are."""
    return _id(7, number)


def _id(kind: int, number: int) -> str:
    return str(UUID(int=0x019F << 112 | kind << 76 | 2 << 62 | number))


def _always() -> dict[str, Any]:
    return {"version": 1, "created_at": DAY, "updated_at": DAY}


def _position(number: int) -> dict[str, Any]:
    return {"id": _id(8, number), "kind": "EMPLOYEE", "primary": True, **_always()}


def _acquaintances(people: int, ties: int) -> Iterator[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        graph.write(Path(folder) / "graph.npz", people, ties)
        found = np.load(Path(folder) / "graph.npz")
        ends = np.sort(np.column_stack([found["a"], found["b"]]), axis=1).tolist()
        weights = found["weight"].tolist()
    scale = 1 / DEFAULT.decay(DAY)
    for number, ((a, b), weight) in enumerate(zip(ends, weights, strict=True)):
        declared = number % 50 == 0
        tie = {"id": _id(9, number), "pair": f"{person(a)}|{person(b)}", "out": 8 * weight * scale, "back": 5 * weight * scale}
        tie |= {"count": 1 + number % 40, "declared": declared, "closeness": "KNOWN" if declared else None, "weights": DEFAULT.version}
        yield {"a": person(a), "b": person(b), "at": DAY, **tie}


async def _write(database: Database, query: LiteralString, rows: Any, *, size: int = NODES, one: str = "") -> None:
    left = iter(rows)
    while batch := list(islice(left, size)):
        parameters = {one: batch[0]} if one else {"rows": batch}
        await database.write(lambda transaction, parameters=parameters: transaction.run(query, parameters), seconds=300)  # type: ignore[misc]
