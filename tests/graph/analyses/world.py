"""Networks that tests of analyses start from, written as the graph keeps them. Ids are names, so that results are easy to read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any, LiteralString

from graph.analyses.kept import keeper
from graph.changes import ChangeAction
from graph.clock import instant
from graph.database import Transaction
from graph.fields import Fields
from graph.metrics.warmth import DEFAULT
from graph.writing import Draft, Writer, write
from tests.graph import given

LONG_AGO = "2020-01-01T00:00:00.000000Z"

_LATER = ContextVar[list[tuple[LiteralString, dict[str, Any]]] | None]("_LATER", default=None)


@asynccontextmanager
async def at_once(writer: Writer) -> AsyncIterator[None]:
    """What the block writes comes in one transaction at its end: a commit takes as long for one tie as for all."""
    statements = list[tuple[LiteralString, dict[str, Any]]]()
    token = _LATER.set(statements)
    try:
        yield
    finally:
        _LATER.reset(token)

    async def work(transaction: Transaction) -> None:
        for query, parameters in statements:
            await transaction.run(query, parameters)

    await writer.database.write(work)
    keeper(writer.database).forget()


async def people(writer: Writer, *names: str, **more: Any) -> None:
    await _nodes(writer, "UNWIND $rows AS row CREATE (n:Node:Party:Person) SET n = row", names, {"network_opt_out": False, **more})


async def organizations(writer: Writer, *names: str, own: bool = False, **more: Any) -> None:
    await _nodes(writer, "UNWIND $rows AS row CREATE (n:Node:Party:Organization) SET n = row", names, {"own": own, **more})


async def _nodes(writer: Writer, query: LiteralString, names: tuple[str, ...], more: dict[str, Any]) -> None:
    rows = [{"id": name, "name": name, "version": 1, "created_at": LONG_AGO, "updated_at": LONG_AGO, **more} for name in names]
    await _run(writer, query, rows=rows)


async def knows(writer: Writer, *pairs: str, closeness: str | None = "GOOD", warmth: float = 0.0, **more: Any) -> None:
    """`knows(writer, "ann bob", closeness="CLOSE")`; `warmth` is that of today in both directions."""
    stored = warmth / DEFAULT.decay(instant(writer.clock.now()))
    values = {"out": stored, "in": stored, "count": int(warmth > 0), "declared": closeness is not None, "closeness": closeness, **more}
    rows = [(*sorted(pair.split()), values) for pair in pairs]
    await _run(
        writer,
        """UNWIND $rows AS row MATCH (a:Node {id: row[0]}), (b:Node {id: row[1]})
        CREATE (a)-[k:KNOWS {pair: row[0] + '|' + row[1]}]->(b) SET k += row[2], k.id = k.pair, k.version = 1""",
        rows=[list(row) for row in rows],
    )


async def position(writer: Writer, person: str | None, organization: str, *, reports_to: str | None = None, **more: Any) -> str:
    id = f"{person} at {organization}"
    await _run(
        writer,
        "MATCH (o:Node {id: $organization}) CREATE (x:Node:Position)-[:AT]->(o) SET x = $values",
        organization=organization,
        values={"id": id, "kind": "EMPLOYEE", **more},
    )
    if person:
        await _run(writer, "MATCH (p:Node {id: $p}), (x:Node {id: $x}) CREATE (p)-[:HOLDS]->(x)", p=person, x=id)
    if reports_to:
        await _run(writer, "MATCH (x:Node {id: $x}), (y:Node {id: $y}) CREATE (x)-[:REPORTS_TO]->(y)", x=id, y=reports_to)
    return id


async def referral(writer: Writer, referrer: str, referred: str, at: str = LONG_AGO, **more: Any) -> str:
    id = f"{referrer} → {referred}"
    await _run(
        writer,
        """MATCH (a:Node {id: $a}), (b:Node {id: $b}) CREATE (a)-[:MADE]->(r:Node:Referral)-[:LED_TO]->(b) SET r = $values""",
        a=referrer,
        b=referred,
        values={"id": id, "occurred_at": at, "status": "WON", **more},
    )
    return id


async def order(writer: Writer, buyer: str, at: str, total: int, margin: int | None = None, **more: Any) -> None:
    """`total` and `margin` in whole units of the currency."""
    values = {"ordered_at": at, "total": total * 10**6, "margin": None if margin is None else margin * 10**6, "currency": "CNY", **more}
    await _run(
        writer,
        "MATCH (b:Node {id: $buyer}) CREATE (b)-[:BOUGHT]->(o:Node:Order) SET o = $values",
        buyer=buyer,
        values={"id": writer.ids.new(), **values},
    )


_TIES: dict[str, LiteralString] = {
    "CUSTOMER_OF": "MATCH (a:Node {id: $a}), (b:Node {id: $b}) CREATE (a)-[t:CUSTOMER_OF]->(b) SET t = $values",
    "OWNS": "MATCH (a:Node {id: $a}), (b:Node {id: $b}) CREATE (a)-[t:OWNS]->(b) SET t = $values",
    "PARTNERS_WITH": "MATCH (a:Node {id: $a}), (b:Node {id: $b}) CREATE (a)-[t:PARTNERS_WITH]->(b) SET t = $values",
    "SUPPLIER_OF": "MATCH (a:Node {id: $a}), (b:Node {id: $b}) CREATE (a)-[t:SUPPLIER_OF]->(b) SET t = $values",
    "SUPPLIES": "MATCH (a:Node {id: $a}), (b:Node {id: $b}) CREATE (a)-[t:SUPPLIES]->(b) SET t = $values",
}


async def tie(writer: Writer, type: str, a: str, b: str, **more: Any) -> None:
    await _run(writer, _TIES[type], a=a, b=b, values={"id": f"{a} {type} {b}", "version": 1, **more})


async def change(writer: Writer, id: str, **properties: Any) -> None:
    await _run(writer, "MATCH (n:Node {id: $id}) SET n += $properties", id=id, properties=properties)


async def _run(writer: Writer, query: LiteralString, **parameters: Any) -> None:
    """Beside the log: the network that is kept is read again."""
    if (later := _LATER.get()) is not None:
        later.append((query, parameters))
        return
    await given.run(writer.database, query, **parameters)
    keeper(writer.database).forget()


async def properties(writer: Writer, id: str) -> dict[str, Any]:
    return dict(await given.value(writer.database, "MATCH (n:Node {id: $id}) RETURN properties(n)", id=id))


async def logged(writer: Writer, *ids: str) -> None:
    """A change of these, for what was written without the log."""

    async def work(_: object, draft: Draft) -> str:
        draft.set("name", None, "changed")
        for id in ids[1:]:
            draft.subject(id)
        return ids[0]

    await write(writer, ChangeAction.UPDATE, work, given=Fields())
