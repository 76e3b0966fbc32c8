"""Recording, correcting and deleting interactions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, LiteralString

from graph import contact_points
from graph.changes import ChangeAction
from graph.contact_points import Address, ContactPointKind
from graph.database import Transaction
from graph.errors import Invalid, ProblemCode, invalid
from graph.fields import Reference
from graph.interactions import addresses, store
from graph.interactions.fields import Channel, InteractionFields, InteractionRecord, InteractionUpdate, ParticipantFields
from graph.interactions.settle import Guest, Told, settle
from graph.interactions.store import Happening, Seat
from graph.text import search_text
from graph.writing import Draft, Writer, Written, locked, write

_LOCK: LiteralString = """
MATCH (i:Node {id: $id}) WHERE i:Interaction
SET i._lock = true REMOVE i._lock
WITH i WHERE i.deleted_at IS NULL
RETURN properties(i)
"""


async def record(writer: Writer, input: InteractionRecord) -> Written:
    """Record an interaction; addresses become the parties they belong to, and acquaintances follow (记录互动)."""

    async def work(transaction: Transaction, draft: Draft) -> str:
        told = tell(writer, input, draft)
        (happening,) = await settle(transaction, writer, [told])
        await store.create(transaction, writer, [happening])
        await _warn(transaction, draft, told.guests, happening)
        _log(draft, None, happening)
        return happening.id

    return await write(writer, ChangeAction.RECORD, work, given=input)


async def update(writer: Writer, input: InteractionUpdate) -> Written:
    """Correct an interaction; acquaintances follow (更正互动)."""

    async def work(transaction: Transaction, draft: Draft) -> str:
        values = await locked(transaction, _LOCK, input.id, version=input.version)
        (before,) = await store.read(transaction, [values])
        changed = draft.compare(input, values)
        after = await _corrected(transaction, writer, input, before, {**values, **_derived(changed)})
        if "participants" in input.model_fields_set:
            await _warn(transaction, draft, _guests(writer, Channel(after.values["channel"]), input.participants), after)
        _log(draft, before, after)
        if draft.fields:
            stamped = {**after.values, "version": values["version"] + 1, "updated_at": writer.now()}
            await store.replace(transaction, writer, before, replace(after, values=stamped))
        return input.id

    return await write(writer, ChangeAction.UPDATE, work, given=input)


async def delete(writer: Writer, input: Reference) -> Written:
    """Delete an interaction that never was; acquaintances follow (删除互动)."""

    async def work(transaction: Transaction, draft: Draft) -> str:
        values = await locked(transaction, _LOCK, input.id, version=input.version)
        (before,) = await store.read(transaction, [values])
        await store.hold(transaction, {}, {}, before.concerned)
        now = writer.now()
        draft.set("deletedAt", None, now)
        draft.about(*sorted(before.concerned))
        await store.remove(transaction, writer, before, {"deleted_at": now, "updated_at": now, "version": values["version"] + 1})
        return input.id

    return await write(writer, ChangeAction.DELETE, work, given=input)


async def record_all(transaction: Transaction, writer: Writer, told: Sequence[Told]) -> None:
    """Records many in one go, without a Change: for imports. NotFound when something that one of them names is not there."""
    if told:
        await store.create(transaction, writer, await settle(transaction, writer, told))


def tell(writer: Writer, input: InteractionRecord, draft: Draft | None = None) -> Told:
    """A new interaction as told, with an id. Invalid when its times cannot be; what it names is looked up by `settle`."""
    values = draft.compare(input, {}) if draft else input.given()
    _check(writer, input, values)
    now = writer.now()
    stored = {**_derived(values), "id": writer.ids.new(), "version": 1, "created_at": now, "updated_at": now}
    return Told(
        str(stored["id"]),
        {name: value for name, value in stored.items() if value is not None},
        _guests(writer, input.channel, input.participants),
        tuple(input.regarding or ()),
        direction=input.direction,
    )


async def _corrected(
    transaction: Transaction, writer: Writer, input: InteractionUpdate, before: Happening, values: Mapping[str, Any]
) -> Happening:
    _check(writer, input, values)
    moved = "participants" in input.model_fields_set or values["occurred_at"] != before.occurred_at
    if not moved and not {"regarding", "direction"} & input.model_fields_set:
        await store.hold(transaction, {}, {}, before.concerned)
        return replace(before, values=values)
    (after,) = await settle(transaction, writer, [_retold(writer, input, before, values, moved)], before.concerned)
    return after


def _retold(writer: Writer, input: InteractionUpdate, before: Happening, values: Mapping[str, Any], moved: bool) -> Told:
    given = input.model_fields_set
    named = tuple(id for id, was_named in before.regarding.items() if was_named)
    direction = values["direction"] if values["direction_given"] or not moved else None
    return Told(
        before.id,
        values,
        _guests(writer, Channel(values["channel"]), input.participants) if "participants" in given else _seated(before.seats),
        tuple(input.regarding or ()) if "regarding" in given else named,
        None if moved else tuple(before.regarding.keys() - set(named)),
        input.direction if "direction" in given else direction,
    )


def _derived(values: dict[str, Any]) -> dict[str, Any]:
    return {**values, "search_text": search_text(values["subject"])} if "subject" in values else values


def _check(writer: Writer, input: InteractionFields, values: Mapping[str, Any]) -> None:
    writer.check_past(input.occurred_at, "occurredAt")
    writer.check_past(input.ended_at, "endedAt")
    if values.get("ended_at") and values["ended_at"] < values["occurred_at"]:
        en = f"endedAt: {values['ended_at']} lies before occurredAt, {values['occurred_at']}; give a later time"
        zh = f"endedAt：{values['ended_at']} 早于开始时间 {values['occurred_at']}，请填写更晚的时间"
        raise invalid(en, zh, "endedAt", code=ProblemCode.OUT_OF_RANGE)


def _guests(writer: Writer, channel: Channel, participants: Iterable[ParticipantFields]) -> tuple[Guest, ...]:
    return tuple(_guest(writer, channel, each, place) for place, each in enumerate(participants))


def _guest(writer: Writer, channel: Channel, told: ParticipantFields, place: int) -> Guest:
    try:
        address = addresses.standard(told.address, channel, writer.customs.region) if told.address else None
    except Invalid as problem:
        raise problem.at("participants", str(place), "address") from None
    return Guest(told.role, told.party, address)


async def _warn(transaction: Transaction, draft: Draft, guests: Iterable[Guest], happening: Happening) -> None:
    """Of each address that is that of several parties, and therefore of nobody here."""
    nobodys = {seat.key for seat in happening.seats if not seat.claimed}
    open_ = {place: guest.address.match for place, guest in enumerate(guests) if guest.address and guest.address.match in nobodys}
    found = await contact_points.holders(transaction, open_.values())
    for place, match in open_.items():
        if match in found:
            draft.warn(contact_points.ambiguous(found[match], "participants", str(place), "address"))


def _seated(seats: Iterable[Seat]) -> tuple[Guest, ...]:
    return tuple(
        Guest(
            seat.role, seat.key if seat.claimed else None, Address(ContactPointKind.OTHER, seat.address, seat.key) if seat.address else None
        )
        for seat in seats
    )


def _log(draft: Draft, before: Happening | None, after: Happening) -> None:
    draft.set("direction", before.values["direction"] if before else None, after.values["direction"])
    draft.set("participants", _shown(before.seats) if before else None, _shown(after.seats))
    draft.set("regarding", _ids(before) if before else None, _ids(after))
    draft.about(*sorted(after.concerned | (before.concerned if before else set())))


def _shown(seats: Iterable[Seat]) -> str:
    return json.dumps([[seat.role, seat.key if seat.claimed else seat.address] for seat in seats], ensure_ascii=False)


def _ids(happening: Happening) -> str | None:
    return json.dumps(sorted(happening.regarding)) if happening.regarding else None
