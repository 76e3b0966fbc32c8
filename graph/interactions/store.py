"""Interactions as they are stored, and all that follows them in the same transaction: last contact and acquaintance.

Locks are taken in the order of ids, before anything that depends on them is read, so that writers of common people wait and do not clash.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

from graph import knows
from graph.database import Transaction
from graph.knows import Encounter
from graph.writing import Writer

_SEATS: LiteralString = """
UNWIND $ids AS id
MATCH (i:Node {id: id})
MATCH (i)<-[t:TOOK_PART]-(x)
RETURN id, t.role, coalesce(x.id, x.match), t.address, x.id IS NOT NULL, x:Organization
"""
_REGARDED: LiteralString = "UNWIND $ids AS id MATCH (i:Node {id: id}) MATCH (i)-[r:REGARDS]->(n) RETURN id, n.id, r.given"
_CREATE: LiteralString = "UNWIND $rows AS row CREATE (i:Node:Interaction) SET i = row.values"
_SEAT: LiteralString = """
UNWIND $rows AS row
MATCH (i:Node {id: row.id})
UNWIND row.seats AS seat
MATCH (p:Node {id: seat.party})
CREATE (p)-[:TOOK_PART {role: seat.role, address: seat.address}]->(i)
"""
_SEAT_UNCLAIMED: LiteralString = """
UNWIND $rows AS row
MATCH (i:Node {id: row.id})
UNWIND row.unclaimed AS seat
MATCH (u:UnclaimedAddress {match: seat.match})
CREATE (u)-[:TOOK_PART {role: seat.role, address: seat.address}]->(i)
"""
_REGARD: LiteralString = """
UNWIND $rows AS row
MATCH (i:Node {id: row.id})
UNWIND row.regarding AS regarded
MATCH (n:Node {id: regarded.id})
CREATE (i)-[:REGARDS {given: regarded.given}]->(n)
"""
_UNTIE: LiteralString = "MATCH (:Node {id: $id})-[t:TOOK_PART|REGARDS]-() DELETE t"
_SET: LiteralString = "MATCH (i:Node {id: $id}) SET i += $values REMOVE i._lock"

# The last contact only moves on here; what was taken away is counted anew below. Being regarded concerns organizations alone.
_HOLD: LiteralString = """
UNWIND $parties AS row
MATCH (p:Node {id: row.id})
SET p._lock = true
WITH p, row, CASE WHEN p:Organization AND row.regarded > coalesce(row.took_part, '') THEN row.regarded ELSE row.took_part END AS at
SET p.last_interaction_at = CASE WHEN at IS NULL OR at <= p.last_interaction_at THEN p.last_interaction_at ELSE at END
REMOVE p._lock
RETURN p.id, CASE WHEN p.deleted_at IS NULL THEN labels(p) ELSE [] END, coalesce(p.own, false)
"""
_LAST: LiteralString = """
UNWIND $parties AS id
MATCH (p:Node {id: id})
WHERE p.last_interaction_at <= $at
OPTIONAL MATCH (p)-[:TOOK_PART]->(i:Interaction) WHERE i.deleted_at IS NULL
WITH p, max(i.occurred_at) AS own
OPTIONAL MATCH (p)<-[:REGARDS]-(i:Interaction) WHERE i.deleted_at IS NULL AND p:Organization
WITH p, own, max(i.occurred_at) AS regarded
SET p.last_interaction_at = CASE WHEN own IS NULL OR own < regarded THEN regarded ELSE own END
"""


@dataclass(frozen=True)
class Seat:
    """How a party, or an address nobody has, took part. `key` is the id of the one or the match of the other."""

    role: str
    key: str
    address: str | None = None
    claimed: bool = True
    organization: bool = False


@dataclass(frozen=True)
class Happening:
    """An interaction as it is stored: its properties, who took part, what it regards (whether that was named or follows from positions)."""

    id: str
    values: Mapping[str, Any]
    seats: tuple[Seat, ...]
    regarding: Mapping[str, bool]

    @property
    def occurred_at(self) -> str:
        return str(self.values["occurred_at"])

    @property
    def encounters(self) -> list[Encounter]:
        """What it means to the people in it: nothing, if they were a crowd."""
        people = tuple((seat.key, seat.role) for seat in self.seats if seat.claimed and not seat.organization)
        return [] if self.values["crowd"] else [Encounter(self.values["channel"], self.occurred_at, people)]

    @property
    def concerned(self) -> set[str]:
        """Ids of all whose last contact it may be."""
        return {seat.key for seat in self.seats if seat.claimed} | self.regarding.keys()

    def row(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "values": self.values,
            "seats": [{"party": seat.key, "role": seat.role, "address": seat.address} for seat in self.seats if seat.claimed],
            "unclaimed": [{"match": seat.key, "role": seat.role, "address": seat.address} for seat in self.seats if not seat.claimed],
            "regarding": [{"id": id, "given": given} for id, given in sorted(self.regarding.items())],
        }


@dataclass(frozen=True)
class Hold:
    """A locked node: its labels, none if it was deleted, and whether it is a company of ours."""

    labels: frozenset[str]
    own: bool


Held = Mapping[str, Hold]


async def hold(transaction: Transaction, took_part: Mapping[str, str], regarded: Mapping[str, str], others: Iterable[str] = ()) -> Held:
    """Locks all these nodes. Their last contact moves on to the instant given for each, of what is regarded only for organizations."""
    ids = sorted({*took_part, *regarded, *others})
    rows = [{"id": id, "took_part": took_part.get(id), "regarded": regarded.get(id)} for id in ids]
    return {id: Hold(frozenset(labels), bool(own)) for id, labels, own in await transaction.run(_HOLD, {"parties": rows})}


async def create(transaction: Transaction, writer: Writer, happenings: Sequence[Happening]) -> None:
    """Writes new interactions whose parties are held."""
    await transaction.run(_CREATE, {"rows": [{"values": happening.values} for happening in happenings]})
    await _tie(transaction, happenings)
    await knows.add(transaction, writer, knows.deltas(each for happening in happenings for each in happening.encounters))


async def replace(transaction: Transaction, writer: Writer, before: Happening, after: Happening) -> None:
    """Writes a correction; whom both concern is held."""
    await transaction.run(_SET, {"id": after.id, "values": after.values})
    if (before.seats, before.regarding) != (after.seats, after.regarding):
        await transaction.run(_UNTIE, {"id": after.id})
        await _tie(transaction, [after])
    await _follow(transaction, writer, before, after.encounters)


async def remove(transaction: Transaction, writer: Writer, before: Happening, values: Mapping[str, Any]) -> None:
    """Marks an interaction as deleted; whom it concerned is held."""
    await transaction.run(_SET, {"id": before.id, "values": values})
    await _follow(transaction, writer, before, [])


async def _tie(transaction: Transaction, happenings: Sequence[Happening]) -> None:
    rows = [happening.row() for happening in happenings]
    parts: list[tuple[LiteralString, str]] = [(_SEAT, "seats"), (_SEAT_UNCLAIMED, "unclaimed"), (_REGARD, "regarding")]
    for query, part in parts:
        if wanted := [{"id": row["id"], part: row[part]} for row in rows if row[part]]:
            await transaction.run(query, {"rows": wanted})


async def _follow(transaction: Transaction, writer: Writer, before: Happening, encounters: Sequence[Encounter]) -> None:
    await transaction.run(_LAST, {"parties": sorted(before.concerned), "at": before.occurred_at})
    if encounters != before.encounters:
        await knows.add(transaction, writer, knows.deltas(encounters, before.encounters))


async def read(transaction: Transaction, stored: Iterable[Mapping[str, Any]]) -> list[Happening]:
    """The interactions with these stored properties, with all that is tied to them."""
    values = {each["id"]: each for each in stored}
    seats: dict[str, list[Seat]] = {id: [] for id in values}
    regarding: dict[str, dict[str, bool]] = {id: {} for id in values}
    for id, *seat in await transaction.run(_SEATS, {"ids": list(values)}):
        seats[id].append(Seat(*seat))
    for id, regarded, given in await transaction.run(_REGARDED, {"ids": list(values)}):
        regarding[id][regarded] = given
    return [Happening(id, values[id], ordered(seats[id]), regarding[id]) for id in values]


def ordered(seats: Iterable[Seat]) -> tuple[Seat, ...]:
    """Each once, in an order that does not depend on the engine."""
    return tuple(sorted(set(seats), key=lambda seat: (seat.role, seat.key, seat.address or "")))
