"""Who knows whom, and who works where: a hundred of the people are ours, the others at organizations of some twenty, of whom one leads.
Each organization supplies the next two. The same every time.
"""

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

OURS, STAFF = 100, 20
NODES, TIES = 2_000, 5_000
DAY = "2026-07-01T00:00:00.000000Z"

_COUNT: LiteralString = "MATCH ()-[k:KNOWS]->() RETURN count(k)"
_FIRMS: LiteralString = "MATCH (o:Organization) RETURN count(o)"
_ORGANIZATIONS: LiteralString = "UNWIND $rows AS row CREATE (o:Node:Party:Organization) SET o = row"
_PEOPLE: LiteralString = "UNWIND $rows AS row CREATE (n:Node:Party:Person) SET n = row"
_POSITIONS: LiteralString = """
UNWIND $rows AS row MATCH (p:Node {id: row.person}) MATCH (o:Node {id: row.organization})
CREATE (p)-[:HOLDS]->(x:Node:Position)-[:AT]->(o) SET x = row.position
"""
_REPORTS: LiteralString = """
UNWIND $rows AS row MATCH (x:Node {id: row.position}) MATCH (y:Node {id: row.leader}) CREATE (x)-[:REPORTS_TO]->(y)
"""
_SUPPLIES: LiteralString = """
UNWIND $rows AS row MATCH (a:Node {id: row.a}) MATCH (b:Node {id: row.b}) CREATE (a)-[t:SUPPLIES]->(b) SET t = row.supply
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
        if (await database.read(_FIRMS))[0][0] == 1:
            raise RuntimeError("this folder has a world of before, in which nobody works; give another GUANXI_BENCHMARK_FOLDER")
        return
    firms = 1 + _works_at(people - 1)
    await _write(database, _ORGANIZATIONS, ({"id": _firm(n), "name": f"Firm {n}", "own": n == 0, **_always()} for n in range(firms)))
    await _write(
        database, _PEOPLE, ({"id": person(n), "name": f"Person {n}", "network_opt_out": False, **_always()} for n in range(people))
    )
    held = ({"person": person(n), "organization": _firm(_works_at(n)), "position": _position(n)} for n in range(people))
    await _write(database, _POSITIONS, held)
    led = ({"position": _id(8, n), "leader": _id(8, _leader(n))} for n in range(people) if n != _leader(n))
    await _write(database, _REPORTS, led)
    supplies = ({"a": _firm(n), "b": _firm((n + by) % firms), "supply": _supply(n, by)} for n in range(firms) for by in (1, 2) if firms > 2)
    await _write(database, _SUPPLIES, supplies)
    await _write(database, _KNOWS, _acquaintances(people, ties), size=TIES)


def person(number: int) -> str:
    """The id of a person, as long as ids are."""
    return _id(7, number)


def _id(kind: int, number: int) -> str:
    return str(UUID(int=0x019F << 112 | kind << 76 | 2 << 62 | number))


def _always() -> dict[str, Any]:
    return {"version": 1, "created_at": DAY, "updated_at": DAY}


def _firm(number: int) -> str:
    return _id(6, number)


def _works_at(number: int) -> int:
    """Ours first, then firm by firm."""
    return 0 if number < OURS else 1 + (number - OURS) // STAFF


def _leader(number: int) -> int:
    return 0 if number < OURS else number - (number - OURS) % STAFF


def _supply(number: int, by: int) -> dict[str, Any]:
    return {"id": _id(5, 2 * number + by), "category": f"Category {by}", **_always()}


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


async def _write(database: Database, query: LiteralString, rows: Any, *, size: int = NODES) -> None:
    left = iter(rows)
    while batch := list(islice(left, size)):
        await database.write(lambda transaction, batch=batch: transaction.run(query, {"rows": batch}), seconds=300)  # type: ignore[misc]
