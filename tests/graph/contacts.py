"""Interactions that tests start from, and what became of acquaintances. `record` gives the id of what it recorded."""

from __future__ import annotations

from typing import Any, LiteralString

from graph import interactions
from graph.database import Transaction
from graph.fields import Reference
from graph.interactions import InteractionRecord, InteractionUpdate
from graph.metrics.warmth import DEFAULT
from graph.writing import Writer
from tests.graph import given

AT = "2026-06-01T02:00:00.000000Z"
LATER = "2026-06-15T02:00:00.000000Z"
EARLIER = "2026-05-01T02:00:00.000000Z"

_KNOWS: LiteralString = "MATCH (a:Person)-[k:KNOWS]->(b:Person) RETURN k.pair AS pair, properties(k) AS tie, a.id AS a, b.id AS b"


def seats(**roles: str | list[str]) -> list[dict[str, str]]:
    """`seats(FROM=person, TO=["a@b.cn", other])`: whatever has an @ or begins with + is an address."""
    each = [(role, one) for role, whom in roles.items() for one in ([whom] if isinstance(whom, str) else whom)]
    return [{"role": role, "address" if "@" in one or one.startswith("+") else "party": one} for role, one in each]


async def record(writer: Writer, channel: str = "EMAIL", at: str = AT, regarding: list[str] | None = None, **more: Any) -> str:
    """`record(writer, FROM=a, TO=b)`; fields in small letters are those of the input."""
    roles = {name: more.pop(name) for name in list(more) if name.isupper()}
    input = {"channel": channel, "occurredAt": at, "participants": seats(**roles), "regarding": regarding, **more}
    return (await interactions.record(writer, InteractionRecord.parse(input))).id


async def correct(writer: Writer, id: str, version: int = 1, **fields: Any) -> None:
    await interactions.update(writer, InteractionUpdate.parse({"id": id, "version": version, **fields}))


async def delete(writer: Writer, id: str) -> None:
    await interactions.delete(writer, Reference(id=id))


async def ties(writer: Writer) -> dict[str, dict[str, Any]]:
    """Pair → stored properties of every acquaintance."""
    rows = await given.rows(writer.database, _KNOWS)
    assert all(row["pair"] == f"{row['a']}|{row['b']}" and row["a"] < row["b"] for row in rows)
    assert len({row["pair"] for row in rows}) == len(rows)
    return {row["pair"]: row["tie"] for row in rows}


async def tie(writer: Writer, one: str, other: str) -> dict[str, Any] | None:
    return (await ties(writer)).get("|".join(sorted((one, other))))


async def warmth(writer: Writer, one: str, other: str, at: str = AT) -> tuple[float, float] | None:
    """Warmth of two people at an instant, from `one` to `other` and back; None when they do not know one another."""
    found = await tie(writer, one, other)
    if found is None:
        return None
    out, back = (round(found[name] * DEFAULT.decay(at), 9) for name in ("out", "in"))
    return (out, back) if one < other else (back, out)


async def last(writer: Writer, id: str) -> str | None:
    """When a party was last in touch."""
    found = await given.value(writer.database, "MATCH (n:Node {id: $id}) RETURN n.last_interaction_at", id=id)
    return str(found) if found else None


async def reach(writer: Writer, party: str, match: str, *, primary: bool = True) -> None:
    """Gives a party a contact point, past mail apart."""
    query: LiteralString = (
        "MATCH (p:Node {id: $party}) CREATE (p)-[:REACHED_AT]->(:Node:ContactPoint {id: $id, match: $match, primary: $primary})"
    )

    async def work(transaction: Transaction) -> None:
        await transaction.run(query, {"party": party, "id": writer.ids.new(), "match": match, "primary": primary})

    await writer.database.write(work)


async def seats_of(writer: Writer, id: str) -> set[tuple[Any, ...]]:
    """Role, party or match, address of all who took part."""
    query: LiteralString = "MATCH (x)-[t:TOOK_PART]->(:Interaction {id: $id}) RETURN t.role, coalesce(x.id, x.match), t.address"
    return {tuple(row) for row in await given.rows(writer.database, query, id=id)}


async def regarded(writer: Writer, id: str) -> set[str]:
    rows = await given.rows(writer.database, "MATCH (:Interaction {id: $id})-[:REGARDS]->(n) RETURN n.id", id=id)
    return {row[0] for row in rows}


async def direction_of(writer: Writer, id: str) -> str:
    return str(await given.value(writer.database, "MATCH (n:Node {id: $id}) RETURN n.direction", id=id))
