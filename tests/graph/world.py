"""Parties and products that tests about ties start from, written as the graph keeps them. Each gives the id of what it made."""

from __future__ import annotations

from typing import Any, LiteralString

from graph.writing import Writer
from tests.graph import given
from tests.graph.log import Logged, after


async def organization(writer: Writer, name: str = "Acme", *, own: bool = False, **more: Any) -> str:
    return await _node(writer, "CREATE (n:Node:Party:Organization) SET n = $values", {"name": name, "own": own, **more})


async def person(writer: Writer, name: str = "Li Lei", **more: Any) -> str:
    return await _node(writer, "CREATE (n:Node:Party:Person) SET n = $values", {"name": name, **more})


async def product(writer: Writer, name: str = "Tea", **more: Any) -> str:
    return await _node(writer, "CREATE (n:Node:Product) SET n = $values", {"name": name, **more})


async def position(writer: Writer, holder: str, organization: str, **more: Any) -> str:
    id = await _node(writer, "CREATE (n:Node:Position) SET n = $values", more)
    await given.run(
        writer.database,
        "MATCH (h:Node {id: $h}), (p:Node {id: $p}), (o:Node {id: $o}) CREATE (h)-[:HOLDS]->(p)-[:AT]->(o)",
        h=holder,
        p=id,
        o=organization,
    )
    return id


async def remove(writer: Writer, id: str) -> None:
    """Deletes a node as users do."""
    await given.run(writer.database, "MATCH (n:Node {id: $id}) SET n.deleted_at = $at", id=id, at=writer.now())


async def back(writer: Writer, id: str) -> None:
    """Restores what was removed."""
    await given.run(writer.database, "MATCH (n:Node {id: $id}) REMOVE n.deleted_at", id=id)


async def properties(writer: Writer, id: str) -> dict[str, Any]:
    """The stored properties of a node."""
    return dict(await given.value(writer.database, "MATCH (n:Node {id: $id}) RETURN properties(n)", id=id))


async def labels(writer: Writer, id: str) -> set[str]:
    return set(await given.value(writer.database, "MATCH (n:Node {id: $id}) RETURN labels(n)", id=id))


async def tie(writer: Writer, id: str) -> dict[str, Any]:
    """A tie by its id: its type, the ids of its ends, its stored properties."""
    query: LiteralString = (
        "MATCH (a)-[t]->(b) WHERE t.id = $id RETURN {type: type(t), source: a.id, target: b.id, values: properties(t)} AS tie"
    )
    found = await given.value(writer.database, query, id=id)
    return {**found["values"], "type": found["type"], "source": found["source"], "target": found["target"]}


async def changes(writer: Writer) -> list[Logged]:
    """The whole log."""
    return await after(writer.database, 0)


async def log(writer: Writer, id: str) -> list[str]:
    """The actions that touched a node, in order."""
    query: LiteralString = "MATCH (c:Change)-[:ABOUT]->(n:Node {id: $id}) RETURN c.action AS action ORDER BY c.number"
    return [row["action"] for row in await given.rows(writer.database, query, id=id)]


async def _node(writer: Writer, query: LiteralString, values: dict[str, Any]) -> str:
    now, id = writer.now(), writer.ids.new()
    await given.run(writer.database, query, values={"id": id, "version": 1, "created_at": now, "updated_at": now, **values})
    return id
