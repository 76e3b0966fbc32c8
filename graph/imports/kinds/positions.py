"""Positions from a file of their own: vacant ones, past ones, a second one of the same person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, LiteralString

from graph import positions
from graph.database import Transaction
from graph.errors import NotFound, Problems, WriteProblem
from graph.imports.batches import Batch, Kind, Row
from graph.imports.columns import Column, plain
from graph.imports.keys import PARTY
from graph.positions import PositionFields, PositionKind, PositionStart, PositionUpdate
from graph.writing import Draft

_COLUMNS = (
    Column("key", required=True),
    Column("person_key", ("person",), names=PARTY, label="Person"),
    Column("organization_key", ("organization",), names=PARTY, label="Organization", required=True),
    *plain(PositionFields, "organization", "reports_to"),
)
_LOCK: LiteralString = "UNWIND $ids AS id MATCH (person:Node {id: id}) SET person._lock = true REMOVE person._lock"
_VERSION: LiteralString = """
MATCH (position:Node {id: $id}) WHERE position:Position AND position.deleted_at IS NULL
RETURN position.version AS version
"""


@dataclass(frozen=True)
class Positions(Kind):
    """What people are where, from when until when."""

    async def create(self, transaction: Transaction, batch: Batch) -> None:
        people = {person.id for row in batch.accepted if (person := batch.named(row, "person_key"))}
        await transaction.run(_LOCK, {"ids": sorted(people)})
        # One after the other: which position is the primary one depends on those above it.
        for row in batch.accepted:
            given = row.model.model_copy(update=_ends(batch, row))
            try:
                row.id = await positions.begin(transaction, batch.writer, Draft(), given, given.person)
            except (Problems, WriteProblem) as problem:
                batch.refuse_for(row, problem)

    async def correct(self, batch: Batch, row: Row) -> None:
        found = await batch.writer.database.read(_VERSION, {"id": row.id})
        if not found:
            raise NotFound(row.id, "id")
        given = self.corrected(row, batch.writer)
        given |= {name: end for name, end in _ends(batch, row).items() if name in given}
        for name, usual in (("kind", PositionKind.EMPLOYEE), ("primary", False)):
            if name in given and given[name] is None:
                given[name] = usual
        await positions.update(batch.writer, PositionUpdate.parse({**given, "id": row.id, "version": found[0]["version"]}))


def _ends(batch: Batch, row: Row) -> dict[str, Any]:
    named = {"person": batch.named(row, "person_key"), "organization": batch.named(row, "organization_key")}
    return {field: found.id for field, found in named.items() if found}


POSITIONS = Positions("positions", "position", PositionStart, _COLUMNS)
