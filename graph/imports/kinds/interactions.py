"""Interactions from files. Acquaintance and last contact follow in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, LiteralString

from graph import interactions
from graph.contact_points import Address
from graph.database import Transaction
from graph.errors import NotFound
from graph.imports import cells
from graph.imports.batches import Batch, Kind, Row, is_address
from graph.imports.columns import Column, plain
from graph.imports.keys import INTERACTION, PARTY
from graph.interactions import (
    Channel,
    Guest,
    InteractionFields,
    InteractionRecord,
    InteractionUpdate,
    ParticipantRole,
    Told,
    Visibility,
)
from graph.interactions.addresses import standard
from graph.writing import Writer

_GUESTS = {"from": ParticipantRole.FROM, "to": ParticipantRole.TO, "cc": ParticipantRole.CC, "bcc": ParticipantRole.BCC}
_COLUMNS = (
    Column("key", required=True),
    Column("channel", ("channel",), cells.term(Channel), required=True),
    Column("occurred_at", ("occurred_at",), cells.instant, required=True),
    Column("from", read=cells.several, names=PARTY, addresses=True, required=True),
    Column("to", read=cells.several, names=PARTY, addresses=True, required=True),
    Column("cc", read=cells.several, names=PARTY, addresses=True),
    Column("bcc", read=cells.several, names=PARTY, addresses=True),
    *plain(InteractionFields, "channel", "occurred_at", "participants", "regarding"),
)
_VERSION: LiteralString = """
MATCH (interaction:Node {id: $id}) WHERE interaction:Interaction AND interaction.deleted_at IS NULL
RETURN interaction.version AS version
"""


@dataclass(frozen=True)
class Interactions(Kind):
    """What was said or done together."""

    def values(self, cells_given: Mapping[str, str], writer: Writer) -> dict[str, Any]:
        values = super().values(cells_given, writer)
        guests = [{"role": role.value, "party": key} for name, role in _GUESTS.items() for key in cells.several(cells_given.get(name, ""))]
        return values | ({"participants": guests} if guests else {})

    def prepared(self, model: Any, writer: Writer) -> _Ready:
        """The interaction as told, its guests still keys or addresses."""
        told = interactions.tell(replace(writer, ids=_NoIds()), model)
        texts = {guest.party or "" for guest in told.guests}
        return _Ready(
            told, {text: standard(text, model.channel, writer.customs.region) for text in texts if is_address(text, writer.customs.region)}
        )

    async def create(self, transaction: Transaction, batch: Batch) -> None:
        told = []
        for row in batch.accepted:
            row.id = batch.writer.ids.new()
            told.append(_told(batch, row))
        await interactions.record_all(transaction, batch.writer, told)

    async def correct(self, batch: Batch, row: Row) -> None:
        found = await batch.writer.database.read(_VERSION, {"id": row.id})
        if not found:
            raise NotFound(row.id, "id")
        given = self.corrected(row, batch.writer)
        if given.get("visibility", ...) is None:
            given["visibility"] = Visibility.EVERYONE
        if row.changed & _GUESTS.keys():
            given["participants"] = _guests(batch, row)
        await interactions.update(batch.writer, InteractionUpdate.parse({**given, "id": row.id, "version": found[0]["version"]}))


class _NoIds:
    """Stands where no id is wanted yet: who reads ahead must not take one out of turn."""

    def new(self) -> str:
        return ""


@dataclass(frozen=True)
class _Ready:
    """An interaction as told, and those of its guests that are addresses."""

    told: Told
    addresses: Mapping[str, Address]


def _told(batch: Batch, row: Row) -> Told:
    ready: _Ready = row.ready
    guests = tuple(
        Guest(guest.role, found.id)
        if (found := batch.found.get((PARTY, guest.party or "")))
        else Guest(guest.role, None, ready.addresses[guest.party or ""])
        for guest in ready.told.guests
    )
    return replace(ready.told, id=row.id, values={**ready.told.values, "id": row.id}, guests=guests)


def _guests(batch: Batch, row: Row) -> list[dict[str, str]]:
    """Who took part: what a key names, else the address itself."""
    guests = []
    for guest in row.model.participants:
        found = batch.found.get((PARTY, guest.party))
        guests.append({"role": guest.role.value, **({"party": found.id} if found else {"address": guest.party})})
    return guests


INTERACTIONS = Interactions("interactions", INTERACTION, InteractionRecord, _COLUMNS, labels=frozenset({"Interaction"}))
