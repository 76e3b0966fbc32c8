"""Writes a world straight by Cypher."""

from __future__ import annotations

from collections import defaultdict
from typing import LiteralString, cast

from graph.database import Database, Transaction
from tests.graph.projection.world import Properties, World


async def write(database: Database, world: World) -> None:
    """Nodes first, then ties; those without a `:Node` label are found by a key that goes again."""

    async def rows(transaction: Transaction) -> None:
        for labels, nodes in world.nodes.items():
            await transaction.run(_literal(f"UNWIND $rows AS row CREATE (n:{labels}) SET n = row"), {"rows": nodes})
        for type_, ties in world.ties.items():
            for label, (starts, ends) in _labels(world, ties).items():
                rows = [{"a": a, "b": b, "p": p} for a, b, p in ties if a in starts and b in ends]
                found = f"MATCH (a:{label[0]}) WHERE a.id = row.a MATCH (b:{label[1]}) WHERE b.id = row.b"
                await transaction.run(_literal(f"UNWIND $rows AS row {found} CREATE (a)-[t:{type_}]->(b) SET t = row.p"), {"rows": rows})
        await transaction.run("MATCH (n:UnclaimedAddress) REMOVE n.id")
        await transaction.run("MATCH (n:Change) WITH max(n.number) AS head MATCH (c:Counter {name: 'changes'}) SET c.value = head")

    await database.write(rows)


def _labels(world: World, ties: list[tuple[str, str, Properties]]) -> dict[tuple[str, str], tuple[set[str], set[str]]]:
    label = {n["id"]: labels.split(":")[0] for labels, nodes in world.nodes.items() for n in nodes}
    found: dict[tuple[str, str], tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for start, end, _ in ties:
        starts, ends = found[label[start], label[end]]
        starts.add(start)
        ends.add(end)
    return found


def _literal(text: str) -> LiteralString:
    return cast(LiteralString, text)  # type: ignore[redundant-cast]
