"""Positions: started, changed, ended, deleted. Who reports to whom stays without a circle, also when several write at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, LiteralString

from pydantic.alias_generators import to_camel

from graph import nodes, periods
from graph.changes import ChangeAction
from graph.database import Transaction
from graph.errors import ProblemCode, invalid, refused
from graph.fields import Fields, Reference
from graph.positions.fields import HeldPosition, PositionEnding, PositionStart, PositionUpdate
from graph.positions.holders import Claim, label, settle
from graph.text import search_text
from graph.writing import Draft, Writer, Written, locked, write

Values = dict[str, Any]

_TAKE_TURN = "MATCH (turn:Lock {name: 'REPORTS_TO'}) SET turn._lock = true REMOVE turn._lock"

_LOCK = """
MATCH (position:Node {id: $id}) SET position._lock = true REMOVE position._lock
WITH position
MATCH (position)-[:AT]->(organization:Organization)
OPTIONAL MATCH (person:Person)-[:HOLDS]->(position)
OPTIONAL MATCH (position)-[:REPORTS_TO]->(superior:Position)
WITH position, organization, person, superior
WHERE position.deleted_at IS NULL AND organization.deleted_at IS NULL AND (person IS NULL OR person.deleted_at IS NULL)
RETURN position {.*, organization: organization.id, person: person.id, reports_to: superior.id}
"""

_CIRCLE = """
MATCH path = (superior:Node {id: $superior})-[:REPORTS_TO*0..]->(position:Node {id: $position})
WHERE all(step IN nodes(path) WHERE step.deleted_at IS NULL)
RETURN 1 LIMIT 1
"""

_CREATE = """
MATCH (organization:Node {id: $organization})
CREATE (position:Node:Position)-[:AT]->(organization) SET position = $properties
"""

_SET = """
MATCH (position:Node {id: $id})
SET position += $changed, position.updated_at = $now, position.version = position.version + 1
"""

_LEAVE: dict[str, LiteralString] = {
    "organization": "MATCH (:Node {id: $id})-[tie:AT]->() DELETE tie",
    "person": "MATCH (:Node {id: $id})<-[tie:HOLDS]-() DELETE tie",
    "reports_to": "MATCH (:Node {id: $id})-[tie:REPORTS_TO]->() DELETE tie",
}

_JOIN: dict[str, LiteralString] = {
    "organization": "MATCH (position:Node {id: $id}), (end:Node {id: $end}) CREATE (position)-[:AT]->(end)",
    "person": "MATCH (position:Node {id: $id}), (end:Node {id: $end}) CREATE (position)<-[:HOLDS]-(end)",
    "reports_to": "MATCH (position:Node {id: $id}), (end:Node {id: $end}) CREATE (position)-[:REPORTS_TO]->(end)",
}


async def start(writer: Writer, input: PositionStart) -> Written:
    """Start a position, held or vacant; with `endsPosition` the person moves (任职开始)."""

    async def work(transaction: Transaction, draft: Draft) -> str:
        if input.person:
            await nodes.hold(transaction, "Person", input.person, "person")
        if input.ends_position:
            await _end_former(transaction, writer, draft, input)
        return await begin(transaction, writer, draft, input, input.person)

    return await write(writer, ChangeAction.START, work, given=input)


async def update(writer: Writer, input: PositionUpdate) -> Written:
    """Change a position, its holder, place or superior too (修改职位)."""

    async def work(transaction: Transaction, draft: Draft) -> str:
        if input.reports_to:
            # Before any other lock: who waits for this turn must not hold what the one whose turn it is needs.
            await transaction.run(_TAKE_TURN)
        before = await locked(transaction, _LOCK, input.id, version=input.version)
        ends = {name: getattr(input, name) for name in _JOIN if name in input.model_fields_set and getattr(input, name) != before[name]}
        await _check_ends(transaction, input.id, ends)
        await _change(transaction, writer, draft, before, input, ends)
        return input.id

    return await write(writer, ChangeAction.UPDATE, work, given=input)


async def end(writer: Writer, input: PositionEnding) -> Written:
    """End a position, today if no day is given (任职结束)."""
    ending = input if input.until else PositionEnding(id=input.id, until=writer.today())

    async def work(transaction: Transaction, draft: Draft) -> str:
        before = await locked(transaction, _LOCK, input.id)
        await _change(transaction, writer, draft, before, ending, {})
        return input.id

    return await write(writer, ChangeAction.END, work, given=input)


async def delete(writer: Writer, input: Reference) -> Written:
    """Delete a position that should never have been there; one that is over is ended (删除职位)."""

    async def work(transaction: Transaction, draft: Draft) -> str:
        before = await locked(transaction, _LOCK, input.id, version=input.version)
        draft.set("deletedAt", None, writer.now())
        draft.about(before["person"], before["organization"])
        await _set(transaction, writer, input.id, {"deleted_at": writer.now()})
        await label(transaction, writer, [before["person"]])
        return input.id

    return await write(writer, ChangeAction.DELETE, work, given=input)


async def begin(transaction: Transaction, writer: Writer, draft: Draft, given: HeldPosition, person: str | None, *path: str) -> str:
    """A new position of `person`, who is locked, or of nobody. Gives its id. `path` leads to the position in the input."""
    await nodes.find(transaction, "Organization", given.organization, *path, "organization")
    await nodes.find(transaction, "Position", given.reports_to, *path, "reportsTo")
    ends = {"organization": given.organization, "person": person, "reports_to": given.reports_to}
    values = draft.compare(given, {}, *path)
    _log_ends(draft, dict.fromkeys(ends), ends, *path)
    periods.check(given.since, given.until, *path, "until")
    id, now = writer.ids.new(), writer.now()
    claim = Claim(id, person, given.since, given.until, given.primary)
    values |= {"primary": await settle(transaction, writer, draft, claim, taking=True), **_derived(values)}
    values |= {"id": id, "version": 1, "created_at": now, "updated_at": now}
    await transaction.run(_CREATE, {"organization": given.organization, "properties": values})
    await _join(transaction, id, {"person": person, "reports_to": given.reports_to})
    await label(transaction, writer, [person])
    draft.about(person, given.organization)
    return id


async def _end_former(transaction: Transaction, writer: Writer, draft: Draft, given: PositionStart) -> None:
    former = await locked(transaction, _LOCK, given.ends_position or "", "endsPosition")
    if former["person"] is None or former["person"] != given.person:
        en = "endsPosition: somebody else holds this position; end it by itself"
        raise invalid(en, "endsPosition：该职位不属于此人，请单独结束", "endsPosition")
    until = given.since or writer.today()
    if former.get("until") is None or periods.first_day(former["until"]) > periods.first_day(until):
        periods.check(former.get("since"), until, "endsPosition")
        draft.subject(former["id"])
        draft.set(f"{former['id']}.until", former.get("until"), until)
        draft.about(former["organization"])
        await _set(transaction, writer, former["id"], {"until": until})


async def _check_ends(transaction: Transaction, id: str, ends: Mapping[str, str | None]) -> None:
    await nodes.find(transaction, "Organization", ends.get("organization"), "organization")
    superior = ends.get("reports_to")
    await nodes.find(transaction, "Position", superior, "reportsTo")
    if superior and await transaction.run(_CIRCLE, {"superior": superior, "position": id}):
        en = "reportsTo: this position reports to the one that is changed, so a circle would close; choose another superior"
        raise refused(en, "reportsTo：该职位向当前职位汇报，将形成循环，请另选上级", "reportsTo", code=ProblemCode.CYCLE)


async def _change(
    transaction: Transaction, writer: Writer, draft: Draft, before: Values, given: Fields, ends: Mapping[str, str | None]
) -> None:
    changed = draft.compare(given, before)
    _log_ends(draft, before, ends)
    if not draft.fields:
        return
    after = {**before, **changed, **ends}
    periods.check(after.get("since"), after.get("until"))
    people = sorted({person for person in (before["person"], after["person"]) if person})
    for person in people:
        await nodes.hold(transaction, "Person", person, "person")
    explicit = "primary" in given.model_fields_set
    wanted = after["primary"] if explicit or "person" not in ends else None
    claim = Claim(before["id"], after["person"], after.get("since"), after.get("until"), wanted)
    changed["primary"] = await settle(transaction, writer, draft, claim, taking=explicit)
    if not explicit:
        draft.set("primary", *(given.shown("primary", each)[1] for each in (before["primary"], changed["primary"])))
    await _leave(transaction, before, ends)
    await _join(transaction, before["id"], ends)
    await _set(transaction, writer, before["id"], changed | _derived(after))
    await label(transaction, writer, people)
    draft.about(before["person"], before["organization"], after["person"], after["organization"])


def _log_ends(draft: Draft, before: Mapping[str, Any], ends: Mapping[str, str | None], *path: str) -> None:
    for name, end in ends.items():
        draft.set(".".join((*path, to_camel(name))), before[name], end)


def _derived(values: Mapping[str, Any]) -> Values:
    return {"search_text": search_text(values.get("title"), values.get("department"))}


async def _leave(transaction: Transaction, before: Values, ends: Mapping[str, str | None]) -> None:
    for name in ends:
        if before[name] is not None:
            await transaction.run(_LEAVE[name], {"id": before["id"]})


async def _join(transaction: Transaction, id: str, ends: Mapping[str, str | None]) -> None:
    for name, end in ends.items():
        if end is not None:
            await transaction.run(_JOIN[name], {"id": id, "end": end})


async def _set(transaction: Transaction, writer: Writer, id: str, changed: Values) -> None:
    await transaction.run(_SET, {"id": id, "changed": changed, "now": writer.now()})
