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

_ENDS: tuple[tuple[str, LiteralString], ...] = ((">", "n"), ("<", "other"))
_TYPES: LiteralString = "CALL db.relationshipTypes()"
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
    found = {}
    for (type_,) in await database.read(_TYPES):
        for way, end in _ENDS:
            if histogram := sorted(map(tuple, await database.read(_histogram(type_, end)))):
                found[type_ + way] = _percentile(histogram)
    values = {"at": instant(clock.now()), "values": json.dumps(found)}

    async def work(transaction: Transaction) -> None:
        await transaction.run(_KEEP, values)

    await database.write(work)
    return found


def _histogram(type_: str, end: LiteralString) -> Any:
    """How many nodes have how many ties of a type at this end.

    Only numbers of nodes are held, of one type at a time: ties of any type are sought from the nodes, whose properties would all be in
    memory at once.
    """
    # The names of types are our own.
    quoted = type_.replace("`", "``")
    return f"MATCH (n)-[:`{quoted}`]->(other) WITH id({end}) AS node, count(*) AS ties RETURN ties, count(*)"


def _percentile(histogram: list[tuple[int, int]]) -> float:
    """The number of ties that the given share of nodes does not exceed."""
    left = SHARE * sum(nodes for _, nodes in histogram)
    for ties, nodes in histogram:
        left -= nodes
        if left <= 0:
            return float(ties)
    return float(histogram[-1][0])
