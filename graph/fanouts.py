"""How many ties of a type a node usually has: what the row estimate of a read goes by. Kept in the graph, measured now and then."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, LiteralString

from graph.clock import Clock, instant
from graph.database import Database, Transaction

__all__ = ["kept", "measure"]

SHARE = 0.99
FRESH = timedelta(days=1)

# One pass over all ties for each direction: how many nodes have how many ties of a type.
_FROM: LiteralString = "MATCH (n)-[t]->() WITH n, type(t) AS type, count(*) AS ties RETURN type, ties, count(*)"
_TO: LiteralString = "MATCH (n)<-[t]-() WITH n, type(t) AS type, count(*) AS ties RETURN type, ties, count(*)"
_KEPT: LiteralString = "MATCH (s:Statistics {name: 'fanouts'}) RETURN s.at, s.values"
_KEEP: LiteralString = """
MERGE (s:Statistics {name: 'fanouts'})
SET s.at = $at, s.values = $values
"""


async def kept(database: Database, clock: Clock) -> Mapping[str, float]:
    """`{"HOLDS>": 3.0, "HOLDS<": 1.0, …}`: ties of a type that start or end at a node, at the 99th percentile; at most a day old."""
    rows = await database.read(_KEPT)
    if rows and rows[0][0] > instant(clock.now() - FRESH):
        return dict(json.loads(rows[0][1]))
    return await measure(database, clock)


async def measure(database: Database, clock: Clock) -> Mapping[str, float]:
    """Measure now, and keep it."""
    found = _percentiles(await database.read(_FROM), ">") | _percentiles(await database.read(_TO), "<")
    values = {"at": instant(clock.now()), "values": json.dumps(found)}

    async def work(transaction: Transaction) -> None:
        await transaction.run(_KEEP, values)

    await database.write(work)
    return found


def _percentiles(rows: list[Any], way: str) -> dict[str, float]:
    counts: dict[str, list[tuple[int, int]]] = {}
    for type_, ties, nodes in rows:
        counts.setdefault(type_, []).append((ties, nodes))
    return {type_ + way: _percentile(sorted(histogram)) for type_, histogram in counts.items()}


def _percentile(histogram: list[tuple[int, int]]) -> float:
    """The number of ties that the given share of nodes does not exceed."""
    left = SHARE * sum(nodes for _, nodes in histogram)
    for ties, nodes in histogram:
        left -= nodes
        if left <= 0:
            return float(ties)
    return float(histogram[-1][0])
