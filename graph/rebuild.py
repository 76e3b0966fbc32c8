"""What can be computed from the rest of the graph, computed anew: acquaintance, last contact, labels of roles. Others may write meanwhile.

Each batch is a transaction that locks its parties, in the order of ids as every writer does, before it reads what they did.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import LiteralString

from graph import changes, knows, positions
from graph.database import Record, Transaction
from graph.knows import Delta
from graph.metrics.warmth import DEFAULT, Warmth
from graph.writing import Writer

__all__ = ["Progress", "Rebuilt", "rebuild"]

Progress = Callable[[str, int, int], None]
"""Hears of a step by name, how many parties are done, and how many there are."""

_SECONDS = 600.0
_PARTIES = 1_000
_INTERACTIONS = 20_000
_NEGLIGIBLE = 1e-9

_SIZES: LiteralString = "MATCH (p:Person) RETURN p.id, COUNT { (p)-[:TOOK_PART]->() }"
_EVERYBODY: LiteralString = "MATCH (p:Party) RETURN p.id"
_LOCK: LiteralString = "UNWIND $ids AS id MATCH (p:Node {id: id}) SET p._lock = true REMOVE p._lock"
_ENCOUNTERS: LiteralString = """
UNWIND $ids AS id
MATCH (p:Node {id: id})
MATCH (p)-[:TOOK_PART]->(i:Interaction)
WHERE i.deleted_at IS NULL AND NOT i.crowd
WITH DISTINCT i
MATCH (i)<-[t:TOOK_PART]-(q:Person)
WITH i, collect([q.id, t.role]) AS people
RETURN i.channel, i.occurred_at, people
"""
_TIES: LiteralString = """
UNWIND $ids AS id
MATCH (a:Node {id: id})
MATCH (a)-[k:KNOWS]->(b:Person)
RETURN id, b.id, k.out, k.`in`, k.count, k.first_at, k.last_at, k.weights, k.declared OR k.until IS NOT NULL
"""
_LAST: LiteralString = """
UNWIND $ids AS id
MATCH (p:Node {id: id})
OPTIONAL MATCH (p)-[:TOOK_PART]->(i:Interaction) WHERE i.deleted_at IS NULL
WITH p, max(i.occurred_at) AS own
OPTIONAL MATCH (p)<-[:REGARDS]-(i:Interaction) WHERE i.deleted_at IS NULL AND p:Organization
WITH p, own, max(i.occurred_at) AS regarded
WITH p, CASE WHEN own IS NULL OR own < regarded THEN regarded ELSE own END AS at
WHERE coalesce(p.last_interaction_at, '') <> coalesce(at, '')
SET p.last_interaction_at = at
RETURN count(p)
"""
_ROLES: Sequence[LiteralString] = (
    "MATCH (p:Party)-[t:CUSTOMER_OF]->() WHERE t.deleted_at IS NULL AND NOT p:Customer WITH DISTINCT p SET p:Customer",
    "MATCH (p:Party)-[t:PARTNER_OF]->() WHERE t.deleted_at IS NULL AND NOT p:Partner WITH DISTINCT p SET p:Partner",
    "MATCH (p:Party)-[t:SUPPLIER_OF]->() WHERE t.deleted_at IS NULL AND NOT p:Supplier WITH DISTINCT p SET p:Supplier",
)
_LABELS: LiteralString = "MATCH (p:Party) RETURN coalesce(sum(size(labels(p))), 0)"


@dataclass(frozen=True)
class Rebuilt:
    """How much there was, and how much of it was not as it should be."""

    people: int
    parties: int
    acquaintances: int
    last_contacts: int
    labels: int


async def rebuild(writer: Writer, progress: Progress = lambda step, done, total: None, weights: Warmth = DEFAULT) -> Rebuilt:
    """Puts all derived data right, and says how much was wrong. It writes no Change and raises no version."""
    sizes = {row[0]: int(row[1]) for row in await writer.database.read(_SIZES, seconds=_SECONDS)}
    parties = dict.fromkeys([row[0] for row in await writer.database.read(_EVERYBODY, seconds=_SECONDS)], 1)
    labels = await _labels(writer)

    async def acquaintances(transaction: Transaction, ids: Sequence[str]) -> int:
        corrected = await _acquaintances(transaction, writer, ids, weights)
        if corrected:
            await changes.rebuilt(transaction)
        return corrected

    async def positions_held(transaction: Transaction, ids: Sequence[str]) -> int:
        await positions.label(transaction, writer, ids)
        return 0

    corrected = await _step(writer, "acquaintances", acquaintances, sizes, _INTERACTIONS, progress)
    last_contacts = await _step(writer, "last contacts", _last_contacts, parties, _PARTIES, progress)
    await _step(writer, "labels", positions_held, dict.fromkeys(sizes, 1), _PARTIES, progress)
    for query in _ROLES:
        await writer.database.write(_statement(query), seconds=_SECONDS)
    await writer.database.write(changes.rebuilt)
    return Rebuilt(len(sizes), len(parties), corrected, last_contacts, await _labels(writer) - labels)


async def _step(
    writer: Writer,
    name: str,
    work: Callable[[Transaction, Sequence[str]], Awaitable[int]],
    sizes: Mapping[str, int],
    room: int,
    progress: Progress,
) -> int:
    corrected = done = 0
    for ids in _batches(sizes, room):

        async def unit(transaction: Transaction, ids: Sequence[str] = ids) -> int:
            await transaction.run(_LOCK, {"ids": ids})
            return await work(transaction, ids)

        corrected += await writer.database.write(unit, seconds=_SECONDS)
        done += len(ids)
        progress(name, done, len(sizes))
    return corrected


def _batches(sizes: Mapping[str, int], room: int) -> Iterator[list[str]]:
    """Ids in order, as many as `room` holds of their sizes, and at least one."""
    batch: list[str] = []
    taken = 0
    for id in sorted(sizes):
        if batch and (taken + sizes[id] > room or len(batch) == _PARTIES):
            yield batch
            batch, taken = [], 0
        batch.append(id)
        taken += sizes[id]
    if batch:
        yield batch


async def _acquaintances(transaction: Transaction, writer: Writer, ids: Sequence[str], weights: Warmth) -> int:
    """Those whose smaller end is one of `ids`."""
    whose = set(ids)
    rows = [row async for batch in transaction.batches(_ENCOUNTERS, {"ids": ids}) for row in batch]
    right = {delta.pair: delta for delta in knows.deltas(knows.encounters(rows), weights=weights) if delta.a in whose}
    there = {(row[0], row[1]): row for row in await transaction.run(_TIES, {"ids": ids})}
    wrong = [delta for pair, delta in right.items() if pair not in there or _differs(delta, there[pair], writer, weights)]
    empty = [pair for pair, row in there.items() if pair not in right and (row[4] or not row[8])]
    await knows.put(transaction, writer, wrong, empty, weights)
    return len(wrong) + len(empty)


def _differs(delta: Delta, row: Record, writer: Writer, weights: Warmth) -> bool:
    if (delta.count, delta.first_at, delta.last_at, weights.version) != tuple(row[4:8]):
        return True
    # Sums that grew in another order differ in their last digits, which mean nothing today.
    now = weights.decay(writer.clock.now())
    return any(abs(kept - found) * now > _NEGLIGIBLE for kept, found in ((row[2], delta.out), (row[3], delta.back)))


async def _last_contacts(transaction: Transaction, ids: Sequence[str]) -> int:
    return int((await transaction.run(_LAST, {"ids": ids}))[0][0])


async def _labels(writer: Writer) -> int:
    return int((await writer.database.read(_LABELS, seconds=_SECONDS))[0][0])


def _statement(query: LiteralString) -> Callable[[Transaction], Awaitable[list[Record]]]:
    return lambda transaction: transaction.run(query)
