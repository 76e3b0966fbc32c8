"""Who knows whom (认识), kept by the interactions themselves.

One tie `(a)-[:KNOWS {pair: "a|b", …}]->(b)` for two people, a < b: the sums of warmth a → b (`out`) and b → a (`in`), how many interactions
joined them, the first and the last of these. A tie without any, that nobody declared, is removed; one with `until` is the past of a
declaration. What is kept equals what `recount` finds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

from graph.database import Record, Transaction
from graph.metrics import warmth
from graph.metrics.warmth import DEFAULT, Pair, Warmth
from graph.writing import Writer

BATCH = 2_000

# Finding and creating apart, not MERGE, which takes the embedded engine longer. `unclear` is what cannot be had by adding, because an end
# of the tie went, or older weights made it.
_ADD: LiteralString = """
UNWIND $ties AS t
MATCH (a:Node {id: t.a}) MATCH (b:Node {id: t.b})
MATCH (a)-[k:KNOWS {pair: t.pair}]->(b)
SET k.out = k.out + t.out, k.`in` = k.`in` + t.back, k.count = k.count + t.count,
  k.first_at = CASE WHEN k.first_at IS NULL OR t.first_at < k.first_at THEN t.first_at ELSE k.first_at END,
  k.last_at = CASE WHEN k.last_at IS NULL OR t.last_at > k.last_at THEN t.last_at ELSE k.last_at END
REMOVE k.until
RETURN t.pair, k.weights <> $weights OR t.lost_first <= k.first_at OR t.lost_last >= k.last_at OR k.count <= 0 AS unclear
"""
_PUT: LiteralString = """
UNWIND $ties AS t
MATCH (a:Node {id: t.a}) MATCH (b:Node {id: t.b})
MATCH (a)-[k:KNOWS {pair: t.pair}]->(b)
SET k.out = t.out, k.`in` = t.back, k.count = t.count, k.first_at = t.first_at, k.last_at = t.last_at, k.weights = $weights
REMOVE k.until
RETURN t.pair
"""
_CREATE: LiteralString = """
UNWIND $ties AS t
MATCH (a:Node {id: t.a}) MATCH (b:Node {id: t.b})
CREATE (a)-[k:KNOWS {
  id: t.id, pair: t.pair, out: t.out, `in`: t.back, count: t.count, first_at: t.first_at, last_at: t.last_at, weights: $weights,
  declared: false, bases: [], version: 1, created_at: $now, updated_at: $now
}]->(b)
"""
_EMPTY: LiteralString = """
UNWIND $ties AS t
MATCH (a:Node {id: t.a})-[k:KNOWS {pair: t.pair}]->()
WHERE k.declared
SET k.out = 0.0, k.`in` = 0.0, k.count = 0, k.weights = $weights
REMOVE k.first_at, k.last_at
"""
_REMOVE: LiteralString = """
UNWIND $ties AS t
MATCH (a:Node {id: t.a})-[k:KNOWS {pair: t.pair}]->()
WHERE NOT k.declared AND k.until IS NULL
DELETE k
"""
_SHARED: LiteralString = """
UNWIND $pairs AS pair
MATCH (a:Node {id: pair[0]}) MATCH (b:Node {id: pair[1]})
MATCH (a)-[:TOOK_PART]->(i:Interaction)<-[:TOOK_PART]-(b)
WHERE i.deleted_at IS NULL AND NOT i.crowd
WITH DISTINCT i
MATCH (i)<-[t:TOOK_PART]-(p:Person)
WITH i, collect([p.id, t.role]) AS people
RETURN i.channel, i.occurred_at, people
"""


@dataclass(frozen=True)
class Encounter:
    """What an interaction, that is no crowd, means to the people (id, role) in it."""

    channel: str
    occurred_at: str
    people: tuple[tuple[str, str], ...]


@dataclass
class Delta:
    """What some encounters change between two people; `lost` are the earliest and the latest that went."""

    a: str
    b: str
    out: float = 0.0
    back: float = 0.0
    count: int = 0
    first_at: str | None = None
    last_at: str | None = None
    lost_first: str | None = None
    lost_last: str | None = None

    @property
    def pair(self) -> Pair:
        return self.a, self.b

    @property
    def key(self) -> str:
        return "|".join(self.pair)

    def gain(self, at: str, out: float, back: float) -> None:
        self.out, self.back, self.count = self.out + out, self.back + back, self.count + 1
        self.first_at, self.last_at = min(self.first_at or at, at), max(self.last_at or at, at)

    def lose(self, at: str, out: float, back: float) -> None:
        self.out, self.back, self.count = self.out - out, self.back - back, self.count - 1
        self.lost_first, self.lost_last = min(self.lost_first or at, at), max(self.lost_last or at, at)


def deltas(added: Iterable[Encounter], removed: Iterable[Encounter] = (), weights: Warmth = DEFAULT) -> list[Delta]:
    """One Delta for each pair of people for whom these differ, in the order of pairs."""
    gains, losses = _contributions(added, weights), _contributions(removed, weights)
    found: dict[Pair, Delta] = {}
    # What a correction leaves as it was is not taken out and put in again: that would recount the ends of the tie.
    for contributions, change in ((gains - losses, Delta.gain), (losses - gains, Delta.lose)):
        for pair, at, out, back in contributions.elements():
            change(found.setdefault(pair, Delta(*pair)), at, out, back)
    return [found[pair] for pair in sorted(found)]


def _contributions(encounters: Iterable[Encounter], weights: Warmth) -> Counter[tuple[Pair, str, float, float]]:
    found: Counter[tuple[Pair, str, float, float]] = Counter()
    for encounter in encounters:
        whole = weights.contribution(encounter.channel, encounter.occurred_at)
        for pair, (out, back) in warmth.pairs(encounter.channel, encounter.people).items():
            found[pair, encounter.occurred_at, whole * out, whole * back] += 1
    return found


async def add(tx: Transaction, writer: Writer, changes: Sequence[Delta], weights: Warmth = DEFAULT) -> None:
    """Brings the ties up to date, after the interactions were written in the same transaction, which must hold all people in `changes`."""
    unclear: list[Pair] = []
    for start in range(0, len(changes), BATCH):
        batch = changes[start : start + BATCH]
        there = {row[0]: row[1] for row in await tx.run(_ADD, _parameters(batch, weights))}
        missing = [delta for delta in batch if delta.key not in there]
        await _create(tx, writer, [delta for delta in missing if not delta.lost_first], weights)
        unclear += [delta.pair for delta in batch if there.get(delta.key, delta.lost_first)]
    await recount(tx, writer, unclear, weights)


async def recount(tx: Transaction, writer: Writer, pairs: Collection[Pair], weights: Warmth = DEFAULT) -> None:
    """Puts the ties of these pairs (smaller id, greater id) to what the stored interactions say, as after a merge of people."""
    ordered = sorted(pairs)
    for start in range(0, len(ordered), BATCH):
        batch = ordered[start : start + BATCH]
        rows = await tx.run(_SHARED, {"pairs": batch})
        wanted = set(batch)
        found = [delta for delta in deltas(encounters(rows), weights=weights) if delta.pair in wanted]
        await put(tx, writer, found, wanted - {delta.pair for delta in found}, weights)


def encounters(rows: Iterable[Record]) -> list[Encounter]:
    """Rows of channel, instant and [[person, role]] as encounters."""
    return [Encounter(channel, at, tuple((person, role) for person, role in people)) for channel, at, people in rows]


async def put(tx: Transaction, writer: Writer, sums: Sequence[Delta], empty: Collection[Pair], weights: Warmth = DEFAULT) -> None:
    """Sets ties to these sums; those without any encounter go, or keep what was declared."""
    if sums:
        there = {row[0] for row in await tx.run(_PUT, _parameters(sums, weights))}
        await _create(tx, writer, [delta for delta in sums if delta.key not in there], weights)
    if empty:
        parameters = _parameters([Delta(*pair) for pair in sorted(empty)], weights)
        await tx.run(_EMPTY, parameters)
        await tx.run(_REMOVE, parameters)


async def _create(tx: Transaction, writer: Writer, sums: Sequence[Delta], weights: Warmth) -> None:
    if sums:
        parameters = _parameters(sums, weights)
        for tie in parameters["ties"]:
            tie["id"] = writer.ids.new()
        await tx.run(_CREATE, {**parameters, "now": writer.now()})


def _parameters(changes: Sequence[Delta], weights: Warmth) -> dict[str, Any]:
    return {"ties": [{**vars(delta), "pair": delta.key} for delta in changes], "weights": weights.version}
